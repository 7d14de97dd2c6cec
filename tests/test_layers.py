"""Who may import whom. The picture is in CONTRIBUTING; this is the guard."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "reportbox"

# Each layer names the layers it may look at, besides itself.
MAY_SEE: dict[str, set[str]] = {
    "words": set(),
    "rules": {"words"},
    "records": {"words"},
    "adapters": {"words"},
    "actions": {"words", "rules", "records"},
    "pages": {"words", "rules", "records", "actions"},
    "wiring": {"words", "rules", "records", "adapters", "actions", "pages"},
}
# Each outside library lives in one layer only.
HOME = {
    "flask": {"pages", "wiring"},
    "flask_login": {"pages"},
    "flask_wtf": {"pages"},
    "peewee": {"records"},
    "playhouse": {"records"},
    "sqlcipher3": {"records"},
    "smtplib": {"adapters"},
    "dns": {"adapters", "wiring"},  # wiring: the practice name server
    "ipwhois": {"adapters"},
    "gnupg": {"adapters"},
    "imap_tools": {"adapters"},
    "imaplib": {"adapters"},
    "altcha": {"rules"},
    "holidays": {"rules"},
    "publicsuffixlist": {"rules"},
    "argon2": {"actions"},
    "babel": {"words"},
    "pyotp": {"rules"},
    "segno": {"rules", "actions"},
    "weasyprint": {"rules"},
    "webauthn": {"rules"},
    "apscheduler": {"wiring"},
    "click": {"wiring"},
}
WORDS = {
    "__init__",
    "errors",
    "languages",
    "lifecycle",
    "plain",
    "ports",
    "settings",
}
PAGES = {"views", "portal", "questions", "web", "door", "drawing", "here"}
# What gathers facts or asks the outside through a port, and so is not pure.
ACTIONS = {
    "actions",
    "reading",
    "rekey",
    "owed",
    "rounds",
    "retrace",
    "case",
    "look",
    "printed",
    "keep",
    "book",
    "queues",
    "item_page",
    "task",
    "tasks",
    "write",
    "letters",
    "documents",
    "desk_of_officer",
    "replies",
    "decisions",
    "health",
    "health_alarm",
    "passwords",
    "accounts",
    "sessions",
    "trail",
    "search",
    "claim",
    "care",
    "second_looks",
    "many",
    "texts",
    "knowledge",
    "exchange",
    "alarm",
    "presence",
    "entry",
    "lists",
    "partners",
    "mails",
    "checks",
    "retention",
    "backup",
    "opening",
    "choosing",
    "backup_health",
    "proof",
    "restore",
    "step_facts",
    "keys",
    "providers",
    "scorecard",
    "elsewhere",
    "above",
    "count",
    "ladder",
    "hours",
    "sealed",
    "looks",
}


def layer(path: Path) -> str:
    folder, name = path.parent.name, path.stem
    if folder in {"records", "adapters", "migrations"}:
        return "records" if folder == "migrations" else folder
    if folder == "practice":
        return "wiring"
    if name in PAGES or name.endswith("_views"):
        return "pages"
    if folder == "post" or name in ACTIONS or name.endswith("_health"):
        return "actions"
    if folder == "reportbox":
        return "words" if name in WORDS else "wiring"
    return "rules"


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = [f"{module}.{alias.name}" for alias in node.names]
            yield from (n if find(n).exists() else module for n in names)


def find(module: str) -> Path:
    path = PACKAGE.parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=str)
def test_a_module_imports_only_what_its_layer_may_see(path: Path) -> None:
    ours = layer(path)
    for module in imports(path):
        top = module.split(".")[0]
        if top == "reportbox":
            assert layer(find(module)) in {ours, *MAY_SEE[ours]}, module
        else:
            assert ours in HOME.get(top, {ours}), module


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*/actions.py")), ids=str)
def test_a_stage_hands_over_through_the_table_never_by_a_call(path: Path) -> None:
    stage = path.parent.name
    for module in imports(path):
        _, _, other = module.partition("reportbox.")
        assert not other.endswith("actions") or other.startswith(stage), module


def test_a_port_asks_one_to_three_things_and_may_join_others_that_do() -> None:
    for port in ast.parse((PACKAGE / "ports.py").read_text()).body:
        bases = [ast.unparse(base) for base in getattr(port, "bases", [])]
        if isinstance(port, ast.ClassDef) and "Protocol" in bases:
            kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
            asked = sum(isinstance(part, kinds) for part in port.body)
            joins_others = len(bases) > 1
            assert (asked == 0) if joins_others else (1 <= asked <= 3), port.name


def test_only_the_journey_writes_a_state() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name == "journey.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword):
                assert node.arg != "state", f"{path}:{node.lineno} names state="
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                assert node.attr != "state", f"{path}:{node.lineno} sets a state"


def test_no_code_path_can_fetch_a_reported_page() -> None:
    """Only these open web addresses: of registries, of provider APIs, and our own."""
    may = {
        "adapters/api.py",
        "adapters/fetch.py",
        "adapters/registry.py",
        "practice/demo.py",
    }
    clients = {"urllib.request", "http.client", "requests", "httpx", "urllib3"}
    for path in sorted(PACKAGE.rglob("*.py")):
        if str(path.relative_to(PACKAGE)) not in may:
            assert not clients & set(imports(path)), path
