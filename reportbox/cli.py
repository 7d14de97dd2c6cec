"""The ``reportbox`` command: what an operator does at a terminal."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

import click

from reportbox.adapters.clock import SystemClock
from reportbox.adapters.gpg import GpgKeyring
from reportbox.adapters.gpg_files import GpgVault
from reportbox.adapters.sftp import host_keys
from reportbox.errors import ReportBoxError
from reportbox.lifecycle import TABLES, Actor, words
from reportbox.office.accounts import Newcomer, invite, reinvite
from reportbox.office.archive import Facts
from reportbox.office.backup import back_up, copy_beside
from reportbox.office.choosing import read_box
from reportbox.office.health import checks
from reportbox.office.opening import new_code
from reportbox.office.proof import do_what_is_due, prove, words_of, words_of_proof
from reportbox.office.recovery import as_text, sheet_of
from reportbox.office.rekey import rekey
from reportbox.office.restore import (
    STILL,
    Wanted,
    pause_once_restored,
    restore,
)
from reportbox.office.roles import Role
from reportbox.ports import DomainRecord
from reportbox.post.keys import take_in
from reportbox.records import database
from reportbox.records.journey import Deed
from reportbox.records.staff import Account
from reportbox.records.upgrade import upgrade
from reportbox.settings import DATABASE_KEY, Settings
from reportbox.tracing import printed
from reportbox.tracing.address import read_address
from reportbox.tracing.domain import registrable
from reportbox.tracing.look import Target, look_at_all, look_up_domains
from reportbox.world import SETTINGS, clock_of, real_world

GUNICORN = Path(__file__).parents[1] / "config" / "gunicorn.conf.py"


class Group(click.Group):
    def invoke(self, ctx: click.Context) -> object:
        """Show the errors we foresee as one plain line."""
        try:
            result: object = super().invoke(ctx)
        except ReportBoxError as trouble:
            raise click.ClickException(str(trouble)) from trouble
        return result


@click.group(cls=Group)
@click.option(
    "--settings",
    "file",
    type=click.Path(path_type=Path),
    envvar=SETTINGS,
    default=Path("/etc/reportbox/reportbox.toml"),
    show_default=True,
    help="The settings file of the box.",
)
@click.pass_context
def main(ctx: click.Context, file: Path) -> None:
    """Report Box: one hotline on one server."""
    os.umask(0o077)  # whatever the box writes is its own
    ctx.obj = file


@main.command("serve")
@click.pass_obj
def serve_command(file: Path) -> None:
    """Serve the three faces and run the jobs, until stopped."""
    from gunicorn.app.wsgiapp import run as gunicorn  # noqa: PLC0415 - only here

    pause_once_restored(file, SystemClock().now())
    read_box(file)  # fail here, in one clear line
    database.close_file()  # no connection may be carried into a worker
    os.environ[SETTINGS] = str(file.resolve())
    # In this process: to load everything a second time would double the start.
    sys.argv = ["gunicorn", "--config", str(GUNICORN)]
    sys.argv.append("reportbox.app:from_environment()")
    gunicorn()


@main.command("upgrade")
@click.pass_obj
def upgrade_command(file: Path) -> None:
    """Make or upgrade the database; run it before the first start and each new one."""
    done = upgrade(Settings.read(file))
    click.echo(f"Applied: {', '.join(done)}." if done else "Nothing to do.")
    if pause_once_restored(file, SystemClock().now()):
        click.echo("NTDs and reminders are paused: this box was restored.")


@main.command("check")
@click.pass_obj
def check_command(file: Path) -> None:
    """Say whether the box is healthy, one line per check; exit 1 if it is not."""
    settings = read_box(file)
    found = list(checks(settings, real_world(settings)))
    for check in found:
        state = "BAD " if not check.is_ok else "soon" if check.warning else "ok  "
        click.echo(f"{state} {check.name}: {check.words}")
    if not all(check.is_ok for check in found):
        sys.exit(1)


@main.command("trace")
@click.argument("addresses", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per address.")
@click.pass_obj
def trace_command(file: Path, addresses: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001 - click's
    """Print where each address is hosted, and how we know; nothing is recorded."""
    settings = read_box(file)
    world = real_world(settings)
    read = [read_address(text) for text in addresses]
    hosts = {address.host for address in read}
    looks = look_at_all((Target(host) for host in hosts), settings, world, fresh=True)
    sights = {target.host: sight for target, sight in looks}
    by_name = {host: registrable(host) for host, s in sights.items() if s.locations}
    domains = dict(look_up_domains(by_name.values(), world))
    for address in read:
        host = address.host
        domain = domains.get(by_name.get(host, ""))
        known = domain if isinstance(domain, DomainRecord) else None
        found = (address, sights[host], known)
        if as_json:
            click.echo(json.dumps(printed.as_data(*found), default=str))
        else:
            click.echo(printed.as_text(*found) + "\n")
    if not all(sight.conclusion for sight in sights.values()):
        sys.exit(1)


@main.command("backup")
@click.option("--due", is_flag=True, help="Only what is due or ordered; for a timer.")
@click.option(
    "--local", is_flag=True, help="Only the database, beside itself, under its own key."
)
@click.pass_obj
def backup_command(file: Path, due: bool, local: bool) -> None:  # noqa: FBT001 - click's
    """Make a sealed backup while the box is in use, and delete what is old."""
    settings = read_box(file)
    if local:
        click.echo(copy_beside(settings, clock_of(settings).now()))
        return
    world = real_world(settings)
    if due:
        said = do_what_is_due(settings, world, file)
        click.echo("\n".join(said) or "Nothing is due.")
        return
    made = back_up(settings, world, file)
    click.echo(words_of(made))
    if made.trouble or made.trouble_there:
        sys.exit(1)


@main.command("rekey")
@click.pass_obj
def rekey_command(file: Path) -> None:
    """Give the database another key; the box must stand still."""
    settings = Settings.read(file)
    before = rekey(settings, SystemClock().now())
    if before is None:
        click.echo("The key was changed already; its file is in order now.")
        return
    click.echo(f"The database has another key: {settings.secrets_dir / DATABASE_KEY}.")
    click.echo(f"What was there before is in {before.database},")
    click.echo(f"and its key in {before.key}.")
    click.echo("Once a backup made from now on is proved (`reportbox prove`), type:")
    click.echo(f"shred --remove {before.database} {before.key}")


@main.command("prove")
@click.pass_obj
def prove_command(file: Path) -> None:
    """Restore the last backup aside, compare it, and write down what was found."""
    settings = read_box(file)
    proof = prove(settings, real_world(settings))
    click.echo(words_of_proof(proof))
    if proof.trouble:
        sys.exit(1)


@main.command("restore")
@click.argument("sealed", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--key",
    "key_file",
    type=click.Path(exists=True, path_type=Path),
    help="Your secret key in a file; without it, your own gpg is asked.",
)
@click.option("--box-key", help="The box's fingerprint on the recovery sheet.")
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    help="Put everything below this folder, wherever it was before.",
)
@click.option("--over", is_flag=True, help="Even over a box that was used.")
@click.pass_obj
def restore_command(  # noqa: PLR0913, PLR0917 - click's
    file: Path,
    sealed: Path,
    key_file: Path | None,
    box_key: str | None,
    into: Path | None,
    over: bool,  # noqa: FBT001
) -> None:
    """Put a box back on this machine, out of a backup and your secret key."""
    into = into and into.resolve()
    wanted = Wanted(sealed, into / "reportbox.toml" if into else file, into, over)
    with opener_of(key_file) as opener:
        done = restore(
            wanted,
            opener,
            GpgVault,
            lambda facts: _is_confirmed(facts, box_key),
            SystemClock().now(),
        )
    rows = sum(done.facts.tables.values())
    click.echo(f"Restored {rows} rows into {done.settings.data_dir}; all are sound.")
    for path in done.moved:
        click.echo(f"What was there before is in {path}: delete it when all is well.")
    click.echo("\n".join(STILL))


def _is_confirmed(facts: Facts, box_key: str | None) -> bool:
    """Have a person compare the box's key with the recovery sheet."""
    click.echo(f"Made on {facts.made_at:%Y-%m-%d %H:%M} UTC by release {facts.version}")
    click.echo(f"by the box with the key {facts.box_key}.")
    if box_key is not None:
        return box_key.replace(" ", "").upper() == facts.box_key
    return click.confirm("Does that key stand on your recovery sheet?")


@contextmanager
def opener_of(key_file: Path | None) -> Iterator[GpgVault]:
    """Take the operator's key into memory, or leave it with their own gpg."""
    if key_file is None:
        yield GpgVault(None, "")
        return
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - memory
    with TemporaryDirectory(prefix="rb-", dir=memory, ignore_cleanup_errors=True) as at:
        said = ""
        if sys.stdin.isatty():
            ask = "Pass-phrase of the key (empty if it has none)"
            said = click.prompt(ask, default="", hide_input=True, show_default=False)
        vault = GpgVault(Path(at) / "gnupg", "", said)
        try:
            vault.import_keys(key_file.read_bytes())
            yield vault
        finally:
            vault.end()


@main.command("backup-identity")
@click.pass_obj
def backup_identity_command(file: Path) -> None:
    """Print the key by which an SFTP server is to let the box in; make it if needed."""
    settings = read_box(file)
    click.echo(real_world(settings).store.create_identity())


@main.command("backup-host")
@click.argument("where", required=False)
@click.pass_obj
def backup_host_command(file: Path, where: str | None) -> None:
    """Ask the SFTP server for its keys; compare one, then enter it in the settings."""
    if where is None:
        settings = read_box(file)
        where = settings.backup_sftp
    for key, fingerprint in host_keys(where):
        click.echo(f'{fingerprint}\nbackup_host_key = "{key}"\n')
    click.echo("Compare a fingerprint with the server's operator, then enter its line.")


@main.command("recovery-sheet")
@click.pass_obj
def recovery_sheet_command(file: Path) -> None:
    """Print what is needed to restore: for a safe, on paper."""
    settings = read_box(file)
    world = real_world(settings)
    click.echo(
        as_text(sheet_of(settings, world.keyring.own_fingerprint(), world.clock.now()))
    )


@main.command("setup-code")
@click.pass_obj
def setup_code_command(file: Path) -> None:
    """Print a code that opens the wizard of a new box, good for a day."""
    settings = read_box(file)
    code = new_code(settings, clock_of(settings).now())
    click.echo(f"{settings.desk_url}/setup")
    click.echo(code)


@main.group("account")
def account_group() -> None:
    """Manage the accounts of the desk."""


@account_group.command("invite")
@click.argument("username")
@click.option("--name", default="", help="The name that stands in the history.")
@click.option(
    "--role",
    type=click.Choice([r.value for r in Role]),
    default="analyst",
    show_default=True,
)
@click.pass_obj
def account_invite(file: Path, username: str, name: str, role: str) -> None:
    """Print a link by which one person opens an account, or renews a lost one."""
    settings = read_box(file)
    lasts = timedelta(hours=settings.invitation_hours)
    deed = Deed("the terminal", Actor.BOX, clock_of(settings).now())
    known = Account.find(username)
    if known is not None:
        token = reinvite(known, deed, lasts=lasts)
    else:
        newcomer = Newcomer.read(username, name, role)
        token = invite(newcomer, deed, lasts=lasts)
    click.echo(f"For {known.name if known else name}, good once:")
    click.echo(f"{settings.desk_url}/join/{token}")


@main.group("key")
def key_group() -> None:
    """Manage OpenPGP keys: the box's own and those of agencies."""


@key_group.command("create")
@click.pass_obj
def key_create(file: Path) -> None:
    """Make the box's own key, unless it has one, and print the public part."""
    ring, settings = _ring(file)
    ring.create_own_key(settings.hotline_name)
    click.echo(ring.export_own_key())


@key_group.command("import")
@click.argument("key_file", type=click.File())
@click.pass_obj
def key_import(file: Path, key_file: TextIO) -> None:
    """Take a public key in; compare an agency's fingerprint by telephone."""
    ring, _ = _ring(file)
    for fingerprint in take_in(key_file.read(), ring):
        click.echo(f"Imported {fingerprint}. Now compare an agency's at “LEA”.")


@main.command("journey")
def journey_command() -> None:
    """Print the tables of the journey as Markdown."""
    for kind, steps in TABLES.items():
        click.echo(f"## {words(kind)}\n")
        click.echo("| waits for | what happens | then | who may |")
        click.echo("|---|---|---|---|")
        for step in steps:
            who = ", ".join(sorted(step.actors))
            cells = (words(step.start), words(step.move), words(step.end), who)
            click.echo(f"| {' | '.join(cells)} |")
        click.echo()


@main.command("demo")
@click.option("--port", default=8081, show_default=True, help="First of four ports.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Where the practice box lives; kept between starts. Default: a fresh one.",
)
def demo_command(port: int, folder: Path | None) -> None:
    """Run a practice box: nothing leaves this machine."""
    from reportbox.practice.demo import run_demo  # noqa: PLC0415 - loads all pages

    run_demo(port, folder)


def _ring(file: Path) -> tuple[GpgKeyring, Settings]:
    settings = read_box(file)
    return GpgKeyring(settings.gnupg_home, settings.hotline_email), settings
