"""The journey: every state, every move, four kinds of traveller, one file.

An *item* is one reported address. Once judged it has up to three kinds of tracks that
run side by side: *LEA* notices, *NTD*s and *referrals*. What leaves the box leaves as a
*letter*, and the letter has a small journey of its own.

Rule 1: a state changes by a move in these tables and in no other way.
Rule 2: this file knows no database, no clock and no web page.

A state is named for what is waited for, an ending for how it ended. Below the tables
stand the promises that bind the travellers together: what a hold stops, what must have
happened before, what one move brings about elsewhere, and how an item ends.
"""

from collections.abc import Iterable
from enum import StrEnum, auto
from functools import cache
from typing import NamedTuple

from reportbox.errors import IllegalMove


class Kind(StrEnum):
    ITEM = auto()
    LEA = auto()
    NTD = auto()
    REFERRAL = auto()
    LETTER = auto()


class Actor(StrEnum):
    PUBLIC = auto()
    ANALYST = auto()
    OFFICER = auto()  # law enforcement: portal, telephone or letter
    BOX = auto()  # the scheduler, acting on a rule


class Item(StrEnum):
    TO_ASSESS = auto()
    TO_ASSESS_AGAIN = auto()  # could not be assessed; comes back on its retry date
    TO_AGREE = auto()  # judged; a second analyst must agree before anybody is asked
    TO_TRACE = auto()
    TO_SETTLE = auto()  # the sources name different countries: a person decides
    TO_ROUTE = auto()
    TO_DECIDE = auto()  # uncertain or unassessed: the LEA or a second analyst decides
    TO_FINISH = auto()  # its tracks are running
    SET_ASIDE = auto()
    NOT_ILLEGAL = auto()
    REMOVED = auto()
    REFERRED = auto()
    HANDED_OVER = auto()  # the LEA alone acts on it
    UNRESOLVED = auto()


# Nobody's word counts yet, so a reporter's still does.
UNJUDGED = frozenset({Item.TO_ASSESS, Item.TO_ASSESS_AGAIN, Item.TO_AGREE})


# Judged, and not yet known where: a notice still hopes for a trace to go with it.
UNROUTED = frozenset({Item.TO_TRACE, Item.TO_SETTLE, Item.TO_ROUTE})

# What may still come in time for the first notice: a second opinion, a trace, an undo.
MAY_COME_IN_TIME = UNROUTED | {Item.TO_AGREE, Item.NOT_ILLEGAL}


class Lea(StrEnum):
    TO_NOTIFY = auto()
    TO_SEND = auto()
    TO_REACH = auto()  # refused, in doubt, or told in its own tool: by a person
    TO_CONFIRM = auto()  # told; the receipt is awaited
    CONFIRMED = auto()
    SILENT = auto()  # no receipt within the agreed cap
    CLOSED = auto()  # by hand, with a reason
    WITHDRAWN = auto()


class Ntd(StrEnum):
    TO_FALL_DUE = auto()
    TO_CHECK_FIRST = auto()  # the name is gone: a person looks before any letter
    TO_SEND = auto()
    TO_REACH = auto()  # refused or in doubt: a person must find another way
    TO_VERIFY = auto()  # the provider was asked; removal is awaited
    TO_CHECK = auto()  # the provider claims removal: a person looks
    REMOVED = auto()
    UNRESOLVED = auto()
    WITHDRAWN = auto()


class Referral(StrEnum):
    TO_REFER = auto()
    REFERRED = auto()
    WITHDRAWN = auto()


class Letter(StrEnum):
    WAITING = auto()
    SENDING = auto()
    HANDING_OVER = auto()  # the point of no return
    SENT = auto()
    IN_DOUBT = auto()  # broken after the point of no return
    REFUSED = auto()
    STOPPED = auto()


class Move(StrEnum):
    # what people decide about an item
    JUDGE_ILLEGAL = auto()
    JUDGE_UNCERTAIN = auto()
    JUDGE_NOT_ILLEGAL = auto()
    POSTPONE = auto()
    SET_ASIDE = auto()
    FORWARD = auto()
    PROPOSE = auto()  # where four eyes must see it
    UNDO = auto()
    HOLD = auto()
    RELEASE = auto()
    CONFIRM_REMOVAL = auto()
    SEE_AGAIN = auto()
    TRACE_AGAIN = auto()
    CORRECT = auto()
    # what the box does with an item
    LOCATE = auto()
    QUESTION = auto()
    ROUTE = auto()
    ROUTE_UNDECIDED = auto()
    MOVE_HOST = auto()
    CLOSE_REMOVED = auto()
    CLOSE_REFERRED = auto()
    CLOSE_HANDED_OVER = auto()
    CLOSE_UNRESOLVED = auto()
    # what happens on a track
    WRITE = auto()
    HAND_OVER = auto()
    FAIL = auto()
    RECALL = auto()
    WITHDRAW = auto()
    RESEND = auto()
    SEND_AGAIN = auto()
    TELL_OTHERWISE = auto()
    CONFIRM = auto()
    LAPSE = auto()
    CLOSE = auto()
    ASK_CHECK = auto()
    REMIND = auto()
    TELL_UPSTREAM = auto()  # whose network carries the provider gets a copy
    ESCALATE = auto()  # the LEA hears that the provider does not react
    ASK_LAST = auto()  # the platform's operator, or the registrar of the name
    CLAIM_REMOVAL = auto()
    STILL_THERE = auto()
    GIVE_UP = auto()
    TAKE_BACK = auto()  # it was removed as asked, and is not illegal
    ASK_BY_HAND = auto()
    LEA_ASKS = auto()  # the LEA asked the provider itself
    REFER = auto()
    # what happens to a letter
    CLAIM = auto()
    PASS = auto()
    DELIVER = auto()
    BACK_OFF = auto()
    REFUSE = auto()
    DOUBT = auto()
    STOP = auto()
    FOUND = auto()
    NOT_FOUND = auto()


State = Item | Lea | Ntd | Referral | Letter
States = dict[Kind, type[Item] | type[Lea] | type[Ntd] | type[Referral] | type[Letter]]
STATES: States = {
    Kind.ITEM: Item,
    Kind.LEA: Lea,
    Kind.NTD: Ntd,
    Kind.REFERRAL: Referral,
    Kind.LETTER: Letter,
}


class Step(NamedTuple):
    kind: Kind
    start: State
    move: Move
    end: State
    actors: frozenset[Actor]


PUBLIC, ANALYST, OFFICER, BOX = (frozenset({actor}) for actor in Actor)
PEOPLE = ANALYST | OFFICER
M = Move


def _item(start: Item, move: Move, end: Item, actors: frozenset[Actor]) -> Step:
    return Step(Kind.ITEM, start, move, end, actors)


def _lea(start: Lea, move: Move, end: Lea, actors: frozenset[Actor]) -> Step:
    return Step(Kind.LEA, start, move, end, actors)


def _ntd(start: Ntd, move: Move, end: Ntd, actors: frozenset[Actor]) -> Step:
    return Step(Kind.NTD, start, move, end, actors)


def _referral(
    start: Referral, move: Move, end: Referral, actors: frozenset[Actor]
) -> Step:
    return Step(Kind.REFERRAL, start, move, end, actors)


def _letter(start: Letter, move: Move, end: Letter, actors: frozenset[Actor]) -> Step:
    return Step(Kind.LETTER, start, move, end, actors)


# fmt: off
ITEM = (
    #     waits for             what happens           then                  who may
    _item(Item.TO_ASSESS,       M.JUDGE_ILLEGAL,       Item.TO_TRACE,        ANALYST),
    _item(Item.TO_ASSESS,       M.JUDGE_UNCERTAIN,     Item.TO_TRACE,        ANALYST),
    _item(Item.TO_ASSESS,       M.JUDGE_NOT_ILLEGAL,   Item.NOT_ILLEGAL,     ANALYST),
    _item(Item.TO_ASSESS,       M.POSTPONE,            Item.TO_ASSESS_AGAIN, ANALYST),
    _item(Item.TO_ASSESS,       M.SET_ASIDE,           Item.SET_ASIDE,       ANALYST),
    _item(Item.TO_ASSESS,       M.FORWARD,             Item.TO_DECIDE,       ANALYST),
    _item(Item.TO_ASSESS_AGAIN, M.JUDGE_ILLEGAL,       Item.TO_TRACE,        ANALYST),
    _item(Item.TO_ASSESS_AGAIN, M.JUDGE_UNCERTAIN,     Item.TO_TRACE,        ANALYST),
    _item(Item.TO_ASSESS_AGAIN, M.JUDGE_NOT_ILLEGAL,   Item.NOT_ILLEGAL,     ANALYST),
    _item(Item.TO_ASSESS_AGAIN, M.POSTPONE,            Item.TO_ASSESS_AGAIN, ANALYST),
    _item(Item.TO_ASSESS_AGAIN, M.SET_ASIDE,           Item.SET_ASIDE,       ANALYST),
    _item(Item.TO_ASSESS_AGAIN, M.FORWARD,             Item.TO_DECIDE,       ANALYST),
    # Four eyes, where a hotline wants them: nobody is asked on one person's word. The
    # LEA is told in time all the same, and that a second analyst has yet to agree.
    _item(Item.TO_ASSESS,       M.PROPOSE,             Item.TO_AGREE,        ANALYST),
    _item(Item.TO_ASSESS_AGAIN, M.PROPOSE,             Item.TO_AGREE,        ANALYST),
    _item(Item.TO_AGREE,        M.PROPOSE,             Item.TO_AGREE,        ANALYST),
    _item(Item.TO_AGREE,        M.JUDGE_ILLEGAL,       Item.TO_TRACE,        PEOPLE),
    _item(Item.TO_AGREE,        M.JUDGE_UNCERTAIN,     Item.TO_TRACE,        PEOPLE),
    _item(Item.TO_AGREE,        M.JUDGE_NOT_ILLEGAL,   Item.NOT_ILLEGAL,     PEOPLE),
    _item(Item.TO_AGREE,        M.FORWARD,             Item.TO_DECIDE,       ANALYST),
    _item(Item.TO_AGREE,        M.POSTPONE,            Item.TO_ASSESS_AGAIN, ANALYST),
    _item(Item.TO_AGREE,        M.SET_ASIDE,           Item.SET_ASIDE,       ANALYST),
    # A slip of the hand, noticed at once, before anybody outside could know of it.
    _item(Item.NOT_ILLEGAL,     M.UNDO,                Item.TO_ASSESS,       ANALYST),
    _item(Item.SET_ASIDE,       M.UNDO,                Item.TO_ASSESS,       ANALYST),
    _item(Item.TO_TRACE,        M.LOCATE,              Item.TO_ROUTE,        BOX),
    _item(Item.TO_TRACE,        M.QUESTION,            Item.TO_SETTLE,       BOX),
    _item(Item.TO_TRACE,        M.JUDGE_ILLEGAL,       Item.TO_TRACE,        PEOPLE),
    _item(Item.TO_TRACE,        M.JUDGE_NOT_ILLEGAL,   Item.NOT_ILLEGAL,     PEOPLE),
    _item(Item.TO_TRACE,        M.CONFIRM_REMOVAL,     Item.TO_TRACE,        PEOPLE),
    _item(Item.TO_AGREE,        M.CONFIRM_REMOVAL,     Item.TO_AGREE,        PEOPLE),
    _item(Item.TO_SETTLE,       M.JUDGE_ILLEGAL,       Item.TO_TRACE,        PEOPLE),
    _item(Item.TO_SETTLE,       M.JUDGE_NOT_ILLEGAL,   Item.NOT_ILLEGAL,     PEOPLE),
    _item(Item.TO_SETTLE,       M.CONFIRM_REMOVAL,     Item.TO_ROUTE,        PEOPLE),
    # People know more than registries: what they correct is routed at once.
    *(_item(state, M.CORRECT, Item.TO_ROUTE, ANALYST)
      for state in (Item.TO_TRACE, Item.TO_SETTLE, Item.TO_ROUTE, Item.TO_DECIDE,
                    Item.TO_FINISH)),
    *(_item(state, M.TRACE_AGAIN, Item.TO_TRACE, ANALYST)
      for state in (Item.TO_TRACE, Item.TO_SETTLE, Item.TO_DECIDE, Item.TO_FINISH,
                    Item.HANDED_OVER, Item.REFERRED, Item.UNRESOLVED)),
    _item(Item.TO_ROUTE,        M.CONFIRM_REMOVAL,     Item.TO_ROUTE,        PEOPLE),
    _item(Item.TO_ROUTE,        M.ROUTE,               Item.TO_FINISH,       BOX),
    _item(Item.TO_ROUTE,        M.ROUTE_UNDECIDED,     Item.TO_DECIDE,       BOX),
    _item(Item.TO_DECIDE,       M.JUDGE_ILLEGAL,       Item.TO_TRACE,        PEOPLE),
    _item(Item.TO_DECIDE,       M.JUDGE_NOT_ILLEGAL,   Item.NOT_ILLEGAL,     PEOPLE),
    _item(Item.TO_DECIDE,       M.CONFIRM_REMOVAL,     Item.TO_DECIDE,       PEOPLE),
    _item(Item.TO_FINISH,       M.JUDGE_UNCERTAIN,     Item.TO_DECIDE,       PEOPLE),
    _item(Item.TO_FINISH,       M.JUDGE_NOT_ILLEGAL,   Item.NOT_ILLEGAL,     PEOPLE),
    _item(Item.TO_FINISH,       M.MOVE_HOST,           Item.TO_ROUTE,        BOX),
    _item(Item.TO_FINISH,       M.QUESTION,            Item.TO_SETTLE,       BOX),
    _item(Item.TO_FINISH,       M.CONFIRM_REMOVAL,     Item.TO_FINISH,       PEOPLE),
    _item(Item.TO_FINISH,       M.CLOSE_REMOVED,       Item.REMOVED,         BOX),
    _item(Item.TO_FINISH,       M.CLOSE_REFERRED,      Item.REFERRED,        BOX),
    _item(Item.TO_FINISH,       M.CLOSE_HANDED_OVER,   Item.HANDED_OVER,     BOX),
    _item(Item.TO_FINISH,       M.CLOSE_UNRESOLVED,    Item.UNRESOLVED,      BOX),
    # The same address is reported again: an open item counts it, an ended one reopens.
    _item(Item.TO_ASSESS,       M.SEE_AGAIN,           Item.TO_ASSESS,       PUBLIC),
    _item(Item.TO_ASSESS_AGAIN, M.SEE_AGAIN,           Item.TO_ASSESS_AGAIN, PUBLIC),
    _item(Item.TO_AGREE,        M.SEE_AGAIN,           Item.TO_AGREE,        PUBLIC),
    _item(Item.TO_TRACE,        M.SEE_AGAIN,           Item.TO_TRACE,        PUBLIC),
    _item(Item.TO_SETTLE,       M.SEE_AGAIN,           Item.TO_SETTLE,       PUBLIC),
    _item(Item.TO_ROUTE,        M.SEE_AGAIN,           Item.TO_ROUTE,        PUBLIC),
    _item(Item.TO_DECIDE,       M.SEE_AGAIN,           Item.TO_DECIDE,       PUBLIC),
    _item(Item.TO_FINISH,       M.SEE_AGAIN,           Item.TO_FINISH,       PUBLIC),
    _item(Item.SET_ASIDE,       M.SEE_AGAIN,           Item.TO_ASSESS,       PUBLIC),
    _item(Item.NOT_ILLEGAL,     M.SEE_AGAIN,           Item.TO_ASSESS,       PUBLIC),
    _item(Item.REMOVED,         M.SEE_AGAIN,           Item.TO_ASSESS,       PUBLIC),
    _item(Item.REFERRED,        M.SEE_AGAIN,           Item.TO_ASSESS,       PUBLIC),
    _item(Item.HANDED_OVER,     M.SEE_AGAIN,           Item.TO_ASSESS,       PUBLIC),
    _item(Item.UNRESOLVED,      M.SEE_AGAIN,           Item.TO_ASSESS,       PUBLIC),
    # A hold may be asked for as soon as a person has judged; it changes no state,
    # it is a brake on everything that outsiders could notice (see BRAKED).
    # The box places one itself where a child is in danger, until the LEA answers.
    *(_item(state, M.HOLD, state, PEOPLE | BOX)
      for state in (Item.TO_AGREE, Item.TO_TRACE, Item.TO_SETTLE, Item.TO_ROUTE,
                    Item.TO_DECIDE, Item.TO_FINISH)),
    # What was held can be released whatever became of it meanwhile.
    *(_item(state, M.RELEASE, state, PEOPLE | BOX) for state in Item),
    # An LEA that is the NTD body says so later, as do other hotlines.
    *(_item(state, M.CONFIRM_REMOVAL, Item.REMOVED, PEOPLE)
      for state in (Item.HANDED_OVER, Item.REFERRED, Item.UNRESOLVED)),
)

LEA = (
    _lea(Lea.TO_NOTIFY,  M.WRITE,          Lea.TO_SEND,    BOX),
    # An agency with a web tool of its own: a person enters it there.
    _lea(Lea.TO_NOTIFY,  M.ASK_BY_HAND,    Lea.TO_REACH,   BOX),
    _lea(Lea.TO_NOTIFY,  M.WITHDRAW,       Lea.WITHDRAWN,  PEOPLE),
    _lea(Lea.TO_NOTIFY,  M.CONFIRM,        Lea.CONFIRMED,  OFFICER),
    _lea(Lea.TO_SEND,    M.HAND_OVER,      Lea.TO_CONFIRM, BOX),
    _lea(Lea.TO_SEND,    M.FAIL,           Lea.TO_REACH,   BOX),
    # Its block was dissolved for the sake of another report in it: written anew.
    _lea(Lea.TO_SEND,    M.RECALL,         Lea.TO_NOTIFY,  BOX | PEOPLE),
    # Whoever says that they have it, has it, whatever became of the letter.
    _lea(Lea.TO_SEND,    M.CONFIRM,        Lea.CONFIRMED,  OFFICER),
    _lea(Lea.TO_SEND,    M.WITHDRAW,       Lea.WITHDRAWN,  PEOPLE),
    _lea(Lea.TO_REACH,   M.CONFIRM,        Lea.CONFIRMED,  OFFICER),
    _lea(Lea.TO_REACH,   M.HAND_OVER,      Lea.TO_CONFIRM, BOX | PEOPLE),
    _lea(Lea.TO_REACH,   M.SEND_AGAIN,     Lea.TO_SEND,    ANALYST | BOX),
    _lea(Lea.TO_REACH,   M.RESEND,         Lea.TO_NOTIFY,  ANALYST),
    _lea(Lea.TO_REACH,   M.TELL_OTHERWISE, Lea.TO_CONFIRM, ANALYST),
    _lea(Lea.TO_REACH,   M.WITHDRAW,       Lea.WITHDRAWN,  PEOPLE),
    _lea(Lea.TO_CONFIRM, M.FAIL,           Lea.TO_REACH,   ANALYST | BOX),
    _lea(Lea.TO_CONFIRM, M.RESEND,         Lea.TO_NOTIFY,  ANALYST),
    _lea(Lea.TO_CONFIRM, M.CONFIRM,        Lea.CONFIRMED,  PEOPLE),
    _lea(Lea.TO_CONFIRM, M.LAPSE,          Lea.SILENT,     BOX),
    _lea(Lea.TO_CONFIRM, M.CLOSE,          Lea.CLOSED,     ANALYST),
)

NTD = (
    _ntd(Ntd.TO_FALL_DUE,    M.WRITE,           Ntd.TO_SEND,        BOX),
    _ntd(Ntd.TO_FALL_DUE,    M.ASK_CHECK,       Ntd.TO_CHECK_FIRST, BOX),
    _ntd(Ntd.TO_FALL_DUE,    M.ASK_BY_HAND,     Ntd.TO_VERIFY,      ANALYST),
    _ntd(Ntd.TO_FALL_DUE,    M.GIVE_UP,         Ntd.UNRESOLVED,     ANALYST),
    _ntd(Ntd.TO_CHECK_FIRST, M.STILL_THERE,     Ntd.TO_FALL_DUE,    PEOPLE),
    _ntd(Ntd.TO_CHECK_FIRST, M.GIVE_UP,         Ntd.UNRESOLVED,     ANALYST),
    _ntd(Ntd.TO_SEND,        M.RECALL,          Ntd.TO_FALL_DUE,    BOX | PEOPLE),
    _ntd(Ntd.TO_SEND,        M.HAND_OVER,       Ntd.TO_VERIFY,      BOX),
    _ntd(Ntd.TO_SEND,        M.FAIL,            Ntd.TO_REACH,       BOX),
    _ntd(Ntd.TO_REACH,       M.HAND_OVER,       Ntd.TO_VERIFY,      ANALYST | BOX),
    _ntd(Ntd.TO_REACH,       M.SEND_AGAIN,      Ntd.TO_SEND,        ANALYST | BOX),
    # After a bounce the box goes on to the next approved contact by itself.
    _ntd(Ntd.TO_REACH,       M.RESEND,          Ntd.TO_FALL_DUE,    ANALYST | BOX),
    # Whoever answers was reached, whatever became of the letter.
    _ntd(Ntd.TO_REACH,       M.CLAIM_REMOVAL,   Ntd.TO_CHECK,       ANALYST),
    _ntd(Ntd.TO_REACH,       M.GIVE_UP,         Ntd.UNRESOLVED,     ANALYST),
    # A person reminds whoever is asked in a form of its own.
    _ntd(Ntd.TO_VERIFY,      M.REMIND,          Ntd.TO_VERIFY,      ANALYST | BOX),
    _ntd(Ntd.TO_VERIFY,      M.TELL_UPSTREAM,   Ntd.TO_VERIFY,      BOX),
    _ntd(Ntd.TO_VERIFY,      M.ESCALATE,        Ntd.TO_VERIFY,      BOX),
    _ntd(Ntd.TO_VERIFY,      M.ASK_LAST,        Ntd.TO_VERIFY,      BOX),
    # The letter came back later, or they say that it is not theirs.
    _ntd(Ntd.TO_VERIFY,      M.FAIL,            Ntd.TO_REACH,       ANALYST | BOX),
    _ntd(Ntd.TO_VERIFY,      M.CLAIM_REMOVAL,   Ntd.TO_CHECK,       ANALYST),
    _ntd(Ntd.TO_VERIFY,      M.GIVE_UP,         Ntd.UNRESOLVED,     ANALYST),
    _ntd(Ntd.TO_CHECK,       M.STILL_THERE,     Ntd.TO_VERIFY,      PEOPLE),
    _ntd(Ntd.TO_CHECK,       M.GIVE_UP,         Ntd.UNRESOLVED,     ANALYST),
    # Nobody asks twice: what has not left yet is not needed any more.
    *(_ntd(state, M.LEA_ASKS, Ntd.TO_VERIFY, OFFICER)
      for state in (Ntd.TO_FALL_DUE, Ntd.TO_CHECK_FIRST, Ntd.TO_SEND, Ntd.TO_REACH)),
    *(_ntd(state, move, end, actors)
      for state in (Ntd.TO_FALL_DUE, Ntd.TO_CHECK_FIRST, Ntd.TO_SEND,
                    Ntd.TO_REACH, Ntd.TO_VERIFY, Ntd.TO_CHECK)
      for move, end, actors in ((M.CONFIRM_REMOVAL, Ntd.REMOVED, PEOPLE),
                                (M.WITHDRAW, Ntd.WITHDRAWN, BOX | PEOPLE))),
    # Whoever removed it hears that it was not illegal, as everybody who was asked.
    _ntd(Ntd.REMOVED,        M.TAKE_BACK,       Ntd.WITHDRAWN,      PEOPLE),
)

REFERRAL = (
    _referral(Referral.TO_REFER, M.REFER,    Referral.REFERRED,  ANALYST),
    _referral(Referral.TO_REFER, M.WITHDRAW, Referral.WITHDRAWN, BOX | PEOPLE),
)

LETTER = (
    _letter(Letter.WAITING,      M.CLAIM,     Letter.SENDING,      BOX),
    _letter(Letter.WAITING,      M.STOP,      Letter.STOPPED,      BOX | PEOPLE),
    _letter(Letter.WAITING,      M.REFUSE,    Letter.REFUSED,      BOX),
    _letter(Letter.SENDING,      M.STOP,      Letter.STOPPED,      BOX | PEOPLE),
    _letter(Letter.SENDING,      M.BACK_OFF,  Letter.WAITING,      BOX),
    _letter(Letter.SENDING,      M.REFUSE,    Letter.REFUSED,      BOX),
    _letter(Letter.SENDING,      M.PASS,      Letter.HANDING_OVER, BOX),
    _letter(Letter.HANDING_OVER, M.DELIVER,   Letter.SENT,         BOX),
    _letter(Letter.HANDING_OVER, M.BACK_OFF,  Letter.WAITING,      BOX),
    _letter(Letter.HANDING_OVER, M.REFUSE,    Letter.REFUSED,      BOX),
    _letter(Letter.HANDING_OVER, M.DOUBT,     Letter.IN_DOUBT,     BOX),
    _letter(Letter.IN_DOUBT,     M.FOUND,     Letter.SENT,         BOX | PEOPLE),
    _letter(Letter.IN_DOUBT,     M.NOT_FOUND, Letter.WAITING,      ANALYST | BOX),
    # Only papers that are no track's own: what a refused notice needs, its track knows.
    _letter(Letter.REFUSED,      M.RESEND,    Letter.WAITING,      ANALYST),
    _letter(Letter.REFUSED,      M.CLOSE,     Letter.STOPPED,      ANALYST),
)
# fmt: on

TABLES = {
    Kind.ITEM: ITEM,
    Kind.LEA: LEA,
    Kind.NTD: NTD,
    Kind.REFERRAL: REFERRAL,
    Kind.LETTER: LETTER,
}


class Paper(StrEnum):
    """What a letter is about."""

    LEA_NOTICE = auto()
    LEA_POINTER = auto()  # a notice waits in the portal; nothing of it stands here
    LEA_SUPPLEMENT = auto()  # what was not yet known, or a correction
    LEA_CHASE = auto()  # the receipt is overdue
    LEA_NOTE = auto()  # something new waits in the portal; nothing of it stands here
    LEA_LOOK = auto()  # as agreed they check the removal, and it is time to look
    LEA_LIST = auto()  # what was found not illegal, where that was agreed
    LEA_TEST = auto()  # does a letter arrive, and can they read it?
    OWN_ADDRESSES = auto()  # the networks the hotline itself comes from
    NTD = auto()
    ORIGIN_REQUEST = auto()  # a proxy is asked whose server stands behind it
    NTD_REMINDER = auto()
    UPSTREAM_COPY = auto()  # whose network carries a provider that does not remove
    LAST_REQUEST = auto()  # to the platform's operator, or the registrar of the name
    NTD_CORRECTION = auto()  # the verdict changed after the provider was asked
    NTD_TEST = auto()  # to the hotline itself: how a letter to a provider would look
    REPORTER_NOTE = auto()  # there is something to read for a reporter; never what
    ALARM = auto()  # a report should wake somebody; never what it says
    HEALTH = auto()  # the box itself needs an administrator; nothing of any report


# Rule (guidelines, "fixed time when NTD is sent out"): during a hold nothing happens
# that an outsider could notice. These moves are refused while a hold is open ...
BRAKED = frozenset(
    {
        (Kind.NTD, M.WRITE),
        (Kind.NTD, M.ASK_BY_HAND),
        (Kind.NTD, M.REMIND),
        (Kind.NTD, M.TELL_UPSTREAM),
        (Kind.NTD, M.ESCALATE),
        (Kind.NTD, M.ASK_LAST),
        (Kind.REFERRAL, M.REFER),
    }
)
# Above a provider that does not remove; what is said to them is not said to it.
TO_OTHERS = frozenset({Paper.UPSTREAM_COPY, Paper.LAST_REQUEST})
# These ask for something, so the trace behind them must be fresh.
ASKING = TO_OTHERS | {Paper.NTD, Paper.ORIGIN_REQUEST, Paper.NTD_REMINDER}
TO_PROVIDERS = ASKING | {Paper.NTD_CORRECTION}
BRAKED_PAPERS = TO_PROVIDERS  # ... and these letters are neither claimed nor finished
# What tells an agency: what becomes of these becomes of its track.
TELLING = frozenset({Paper.LEA_NOTICE, Paper.LEA_POINTER})
# The first letters to a provider: what becomes of them becomes of the track.
FIRST_PAPERS = frozenset({Paper.NTD, Paper.ORIGIN_REQUEST})

# No NTD is written before every LEA notice of the item stands in one of these.
TOLD = frozenset({Lea.TO_CONFIRM, Lea.CONFIRMED, Lea.SILENT, Lea.CLOSED})
NEEDS_LEA_TOLD = frozenset({(Kind.NTD, M.WRITE), (Kind.NTD, M.ASK_BY_HAND)})

# A letter leaves only while its tracks still want it; asked at the claim and once more
# at the point of no return. Supplements and corrections of fact are always true.
WANTED_WHILE: dict[Paper, frozenset[State]] = {
    **dict.fromkeys(TELLING, frozenset({Lea.TO_SEND})),
    Paper.LEA_CHASE: frozenset({Lea.TO_CONFIRM}),
    **dict.fromkeys(FIRST_PAPERS, frozenset({Ntd.TO_SEND})),
    Paper.NTD_REMINDER: frozenset({Ntd.TO_VERIFY}),
    **dict.fromkeys(TO_OTHERS, frozenset({Ntd.TO_VERIFY})),
    # Whoever was asked can still act upon it, also where nobody waits for that.
    Paper.NTD_CORRECTION: frozenset({Ntd.WITHDRAWN, Ntd.UNRESOLVED}),
}

# Nobody here looked at what was only forwarded: it is neither traced nor corrected.
NEEDS_VERDICT = frozenset({M.TRACE_AGAIN, M.CORRECT})

# These verdicts owe the LEA a notice (guidelines, "which reports are shared").
OWES_LEA_NOTICE = frozenset({M.JUDGE_ILLEGAL, M.JUDGE_UNCERTAIN, M.FORWARD})

# After one of these an agency that was already told may not know everything any more.
NEWS_FOR_LEA = frozenset(
    {
        M.JUDGE_ILLEGAL,
        M.JUDGE_UNCERTAIN,
        M.JUDGE_NOT_ILLEGAL,
        M.PROPOSE,  # where it was told before a second analyst agreed
        M.POSTPONE,
        M.SET_ASIDE,
        M.ROUTE,
        M.ROUTE_UNDECIDED,
        M.REFER,
        M.CONFIRM_REMOVAL,  # whoever finds it removed first tells the other
        M.ESCALATE,
        M.ASK_LAST,
    }
)


class Consequence(NamedTuple):
    when: tuple[Kind, Move]
    kind: Kind
    move: Move


# One move brings about others on the same item's tracks, wherever they are possible.
CONSEQUENCES = (
    Consequence((Kind.ITEM, M.HOLD), Kind.NTD, M.RECALL),
    Consequence((Kind.ITEM, M.JUDGE_NOT_ILLEGAL), Kind.LEA, M.WITHDRAW),
    Consequence((Kind.ITEM, M.UNDO), Kind.LEA, M.WITHDRAW),
    # Whoever was asked for a second opinion says neither yes nor no.
    Consequence((Kind.ITEM, M.POSTPONE), Kind.LEA, M.WITHDRAW),
    Consequence((Kind.ITEM, M.SET_ASIDE), Kind.LEA, M.WITHDRAW),
    Consequence((Kind.ITEM, M.JUDGE_NOT_ILLEGAL), Kind.NTD, M.WITHDRAW),
    # What only became uncertain stays gone, and unsaid, while somebody decides.
    Consequence((Kind.ITEM, M.JUDGE_NOT_ILLEGAL), Kind.NTD, M.TAKE_BACK),
    Consequence((Kind.ITEM, M.JUDGE_NOT_ILLEGAL), Kind.REFERRAL, M.WITHDRAW),
    Consequence((Kind.ITEM, M.JUDGE_UNCERTAIN), Kind.NTD, M.WITHDRAW),
    Consequence((Kind.ITEM, M.JUDGE_UNCERTAIN), Kind.REFERRAL, M.WITHDRAW),
    Consequence((Kind.ITEM, M.CONFIRM_REMOVAL), Kind.NTD, M.CONFIRM_REMOVAL),
    Consequence((Kind.ITEM, M.CONFIRM_REMOVAL), Kind.REFERRAL, M.WITHDRAW),
    Consequence((Kind.LEA, M.FAIL), Kind.NTD, M.RECALL),
    Consequence((Kind.LEA, M.RESEND), Kind.NTD, M.RECALL),
)

# A track that makes one of these moves has no more use for its unsent letters.
STOPS_LETTERS = frozenset(
    {
        M.RECALL,
        M.WITHDRAW,
        M.CONFIRM_REMOVAL,
        M.CLAIM_REMOVAL,
        M.GIVE_UP,
        M.LEA_ASKS,
    }
)

# What became of a letter is what became of its tracks.
OUTCOMES = {
    **{
        (paper, of_letter): of_track
        for paper in TELLING | FIRST_PAPERS
        for of_letter, of_track in (
            (M.DELIVER, M.HAND_OVER),
            (M.FOUND, M.HAND_OVER),
            (M.REFUSE, M.FAIL),
            (M.DOUBT, M.FAIL),
            (M.NOT_FOUND, M.SEND_AGAIN),
        )
    },
}

_STEPS = {
    (step.kind, step.start, step.move): step
    for steps in TABLES.values()
    for step in steps
}


def advance(kind: Kind, state: State, move: Move, actor: Actor) -> State:
    """Say where the move leads, or raise IllegalMove in words a person can read."""
    step = _STEPS.get((kind, state, move))
    if step is None:
        raise IllegalMove(
            f"This {words(kind)} is “{words(state)}”: “{words(move)}” is not possible."
        )
    if actor not in step.actors:
        raise IllegalMove(
            f"The {actor} may not {words(move)} while it is “{words(state)}”."
        )
    return step.end


def moves(kind: Kind, state: State, actor: Actor) -> list[Move]:
    """List what this actor may do now; pages draw their buttons from it."""
    return [s.move for s in TABLES[kind] if s.start is state and actor in s.actors]


def may(kind: Kind, state: State, move: Move, actor: Actor) -> bool:
    """Tell whether this actor may do that now."""
    step = _STEPS.get((kind, state, move))
    return step is not None and actor in step.actors


@cache
def is_all_there_is(kind: Kind, move: Move, end: State) -> bool:
    """Tell whether nothing follows from a move that ends there, but a line of history.

    Of an item and of a letter something may follow from any.
    """
    follows = NEWS_FOR_LEA | STOPS_LETTERS | {M.STILL_THERE}
    return (
        kind not in {Kind.ITEM, Kind.LETTER}
        and move not in follows
        and not is_ended(kind, end)
        and all(one.when != (kind, move) for one in CONSEQUENCES)
    )


@cache
def is_ended(kind: Kind, state: State) -> bool:
    """Tell whether nothing but a fresh report, or a person who knows more, moves it."""
    reopening = {M.SEE_AGAIN, M.UNDO, M.TRACE_AGAIN, M.CONFIRM_REMOVAL, M.TAKE_BACK}
    return all(
        s.start is not state or s.end is state or s.move in reopening
        for s in TABLES[kind]
    )


def closing(
    ntds: Iterable[Ntd], referrals: Iterable[Referral], *, removed: bool
) -> Move:
    """Say how an item ends whose tracks have all ended."""
    ntds, referrals = set(ntds), set(referrals)
    if removed or Ntd.REMOVED in ntds:
        return M.CLOSE_REMOVED
    if Ntd.UNRESOLVED in ntds:
        return M.CLOSE_UNRESOLVED
    return M.CLOSE_REFERRED if Referral.REFERRED in referrals else M.CLOSE_HANDED_OVER


def words(name: str) -> str:
    """Return a state, move or kind as a person reads it: “LEA notice”."""
    if name == Item.TO_FINISH:
        return "under way"  # its tracks say what for
    capitals = {"lea": "LEA", "ntd": "NTD"}
    return " ".join(capitals.get(word, word) for word in name.split("_"))
