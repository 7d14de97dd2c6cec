"""Law enforcement: who should have been told, and whether letters can be closed."""

from datetime import datetime, timedelta

from reportbox.agreements.reading import read_terms, read_units
from reportbox.lea.agency import Channel
from reportbox.lea.schedule import at_risk, is_late
from reportbox.lifecycle import Lea
from reportbox.lifecycle import Ntd as NtdState
from reportbox.office.check import Check
from reportbox.office.key_health import Key, judge_keys
from reportbox.ports import World
from reportbox.records.agencies import Agency, AgencyKey
from reportbox.records.items import Hold
from reportbox.records.tracks import LeaNotice, Ntd
from reportbox.settings import Settings

OVERDUE = timedelta(hours=1)


def notices(settings: Settings, world: World) -> Check:
    """Count whom nobody could tell, who should have been told, and who soon must be."""
    now = world.clock.now()
    to_reach = LeaNotice.state == Lea.TO_REACH
    unreached = LeaNotice.select().where(to_reach).count()
    untold = LeaNotice.first_rows(LeaNotice.state.in_([Lea.TO_NOTIFY, Lea.TO_SEND]))
    late = sum(is_late(n.opened_at, now, settings) for n in untold)
    risky = sum(at_risk(n.opened_at, now, settings) for n in untold) - late
    found = (
        (unreached, "wait for a person to reach the LEA"),
        (late, "are late"),
        (risky, "will be late soon"),
    )
    words = ", ".join(f"{count} {what}" for count, what in found if count)
    words = f"{words}: see “Needs a person” at the desk" if words else "all told"
    figures = {
        'lea_notices{state="to_reach"}': unreached,
        'lea_notices{state="late"}': late,
        'lea_notices{state="at_risk"}': risky,
    }
    return Check("LEA notices", not (unreached or late or risky), words, "", figures)


def ntds(_: Settings, world: World) -> Check:
    """Count what has fallen due and has not left; a hold or a pause is no fault."""
    overdue = Ntd.select().where(
        Ntd.state == NtdState.TO_FALL_DUE, Ntd.due_at < world.clock.now() - OVERDUE
    )
    stuck = Ntd.select().where(Ntd.state == NtdState.TO_FALL_DUE, Ntd.trouble != "")
    count = stuck.count()
    words = f"{count} cannot leave: see “Needs a person” at the desk"
    figures = {'ntds{state="overdue"}': overdue.count(), 'ntds{state="stuck"}': count}
    return Check("NTDs", not count, words if count else "leave in time", "", figures)


def holds(_: Settings, world: World) -> Check:
    """Say how many there are and how old: whoever asked for them lifts them."""
    placed = [hold.placed_at for hold in Hold.rows(Hold.released_at.is_null())]
    if not placed:
        return Check("holds", is_ok=True, words="none", figures={"holds": 0})
    days = (world.clock.now() - min(placed)).days
    words = f"{len(placed)}, the oldest for {days} days"
    return Check("holds", is_ok=True, words=words, figures={"holds": len(placed)})


def keys(_: Settings, world: World) -> Check:
    """Every agency told by mail needs a key that can be used, and for a while yet."""
    units, terms = read_units(), read_terms()
    by_mail = [u for u in units if u.channel in {Channel.MAIL, Channel.BOTH}]
    if not units:
        words = "no agency is entered, so nobody is told: see “LEA”"
        return Check("LEA keys", is_ok=False, words=words)
    needed = [u for u in by_mail if u.key or not terms.plain_mail]
    ends = _ends()
    found = [Key(u.name, u.key, ends.get((u.id, u.key))) for u in needed]
    fine = f"agencies that can be written to: {len(by_mail)}"
    return judge_keys("LEA keys", found, fine, world)


def _ends() -> dict[tuple[int, str], datetime | None]:
    used = AgencyKey.fingerprint.in_(Agency.select(Agency.key))
    return {(k.agency_id, k.fingerprint): k.expires_at for k in AgencyKey.rows(used)}
