"""What tracing asks: name servers, registries, its list of proxies; the calendar."""

from datetime import timedelta

from reportbox.office.check import Check
from reportbox.office.working_day import calendar_of, trouble_with
from reportbox.ports import World
from reportbox.records.items import Finding
from reportbox.settings import Settings
from reportbox.tracing.proxies import read_proxies

OLDEST_LIST = timedelta(days=730)
TOO_FEW = (
    "that a name is gone is never believed with fewer than two: name two in “resolvers”"
)


def name_servers(_: Settings, world: World) -> Check:
    """Ask each for something harmless: who is silent is missed at the next trace."""
    count = world.resolver.count
    if not count:
        return Check("name servers", is_ok=False, words=f"none is known; {TOO_FEW}")
    [silent] = world.loop.each([world.resolver.silent()], 1)
    figures = {"name_servers": count, "name_servers_silent": len(silent)}
    if silent:
        said = "; ".join(f"{server} {trouble}" for server, trouble in silent.items())
        words = f"{said}: mend it, or name another in “resolvers”"
        return Check("name servers", is_ok=False, words=words, figures=figures)
    words = f"all {count} answer" if count > 1 else TOO_FEW
    warning = "" if count > 1 else "one alone"
    return Check("name servers", True, words, warning, figures)  # noqa: FBT003 - it is well


def registries(_: Settings, world: World) -> Check:
    """Read how the last real questions went; none is asked for the sake of this."""
    alone = world.registry.left_alone()
    figures = {"registries_left_alone": len(alone)}
    if alone:
        words = (
            f"{', '.join(alone)} failed again and again, and rests: items wait, and "
            "the box tries again by itself; look whether the network lets it out"
        )
        return Check("registries", is_ok=False, words=words, figures=figures)
    traced_at = Finding.last_traced_at()
    words = "none was asked yet"
    if traced_at:
        words = f"none fails; the last trace was on {traced_at:%d %b %Y, %H:%M} UTC"
    return Check("registries", is_ok=True, words=words, figures=figures)


def proxies(settings: Settings, world: World) -> Check:
    """A list of proxies grows old: networks change hands."""
    dated = read_proxies(settings.proxies_file).dated
    age = (world.clock.now().date() - dated).days
    words = f"the list of proxies is of {dated}"
    is_ok = age <= OLDEST_LIST.days or settings.practice
    return Check("proxies", is_ok, words if is_ok else f"{words}: bring it up to date")


def holidays(settings: Settings, _: World) -> Check:
    trouble = trouble_with(calendar_of(settings))
    where = " ".join(filter(None, (settings.country, settings.holidays_region)))
    return Check("holidays", not trouble, trouble or f"of {where} are known")
