"""Everything that can go wrong on purpose.

ReportBoxError
    Refused             a person asked for something the rules forbid
        InvalidInput    ... because a form field is wrong
        IllegalMove     ... because the item is not at that point
        TooSoon         ... for now: ask again a little later
    PeerFailed          another service let us down
        PeerUnavailable ... for now: try again later
        PeerRejected    ... for good: a person must look
        PeerSilent      ... at the one moment when it may have done it: never repeat
    Misconfigured       the operator's settings cannot work

Anything else that is raised is a bug.
"""


class ReportBoxError(Exception):
    """The root; raise one of the leaves instead."""


class Refused(ReportBoxError):
    """The rules forbid it. The text is shown to the person who asked."""

    @property
    def problems(self) -> dict[str, str]:
        """The text as the problem of a whole form, for pages that draw it again."""
        return {"form": str(self)}


class InvalidInput(Refused):
    """One message per wrong field, keyed by the field's name."""

    def __init__(self, /, **problems: str) -> None:
        super().__init__("; ".join(problems.values()))
        self._problems = problems

    @property
    def problems(self) -> dict[str, str]:
        return self._problems


class IllegalMove(Refused):
    """The item is not at a point from which this can be done."""


class TooSoon(Refused):
    """The same may be asked again a little later."""


class PeerFailed(ReportBoxError):
    """Another service let us down."""


class PeerUnavailable(PeerFailed):
    """The other side may answer later; the same call is worth repeating.

    ``again_in`` are the seconds to wait where somebody asked us to, or 0.
    """

    def __init__(self, message: str, again_in: float = 0) -> None:
        super().__init__(message)
        self.again_in = again_in


class PeerRejected(PeerFailed):
    """The other side said no; repeating the call changes nothing.

    ``of_recipient`` tells that it is the mailbox that does not exist.
    """

    def __init__(self, message: str, *, of_recipient: bool = False) -> None:
        super().__init__(message)
        self.of_recipient = of_recipient


class PeerSilent(PeerFailed):
    """The other side went silent after the point of no return.

    Whether it took the letter is unknown (RFC 1047), so nobody may simply send again.
    """


class Misconfigured(ReportBoxError):
    """A setting is missing, unknown or impossible."""
