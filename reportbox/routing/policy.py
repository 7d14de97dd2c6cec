"""Who must act: verdict x hosting x agreement, as one table.

Source: guidelines, "which reports are shared" and "NTD body". Law enforcement is told
of everything illegal or uncertain, home or abroad; that is not this table's to decide,
it only says how the notice is marked.
"""

from enum import StrEnum, auto
from typing import NamedTuple

from reportbox.lifecycle import Move
from reportbox.tracing.finding import Hosting


class Notice(StrEnum):
    FULL = auto()
    FOR_INFORMATION = auto()  # hosted abroad: another country's police acts
    NOT_ILLEGAL = auto()  # told where that was agreed, for administrative purposes
    UNASSESSED = auto()  # register and forward: nobody here has looked


class Duty(NamedTuple):
    notice: Notice
    ntd: bool  # ask the provider at home, if the agreement makes us the NTD body
    refer: bool  # refer to the hosting countries through ICCAM


# fmt: off
DUTIES = {
    Hosting.HOME:        Duty(Notice.FULL,            ntd=True,  refer=False),
    Hosting.ABROAD:      Duty(Notice.FOR_INFORMATION, ntd=False, refer=True),
    Hosting.BOTH:        Duty(Notice.FULL,            ntd=True,  refer=True),
    # The proxy is asked whose server it hides. It forwards: delay and holds bind that.
    Hosting.PROXIED:     Duty(Notice.FULL,            ntd=True,  refer=False),
    Hosting.UNTRACEABLE: Duty(Notice.FULL,            ntd=False, refer=False),
    Hosting.DISPUTED:    Duty(Notice.FULL,            ntd=False, refer=False),
}
# fmt: on


def duty(verdict: Move, hosting: Hosting | None, ntd_body: str) -> Duty:
    """Say what must happen; ``hosting`` is None while it is not yet known.

    An uncertain item is neither asked for nor referred before a clear verdict.
    """
    if verdict is Move.FORWARD:
        return Duty(Notice.UNASSESSED, ntd=False, refer=False)
    if verdict is Move.JUDGE_NOT_ILLEGAL:
        return Duty(Notice.NOT_ILLEGAL, ntd=False, refer=False)
    if hosting is None or verdict is not Move.JUDGE_ILLEGAL:
        return Duty(Notice.FULL, ntd=False, refer=False)
    known = DUTIES[hosting]
    return known._replace(ntd=known.ntd and ntd_body == "hotline")
