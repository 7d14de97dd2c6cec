"""The history of an item in words a person reads without a key.

Every move of ``lifecycle.py`` that is written down has a sentence here; a test says so.
"""

from reportbox.lifecycle import Kind, Move, words

M = Move
SENTENCES: dict[tuple[str, str], str] = {
    (Kind.ITEM, M.JUDGE_ILLEGAL): "Judged illegal",
    (Kind.ITEM, M.JUDGE_UNCERTAIN): "Judged uncertain",
    (Kind.ITEM, M.JUDGE_NOT_ILLEGAL): "Judged not illegal",
    (Kind.ITEM, M.POSTPONE): "Could not be assessed",
    (Kind.ITEM, M.SET_ASIDE): "Set aside",
    (Kind.ITEM, M.FORWARD): "Forwarded to the LEA unassessed",
    (Kind.ITEM, M.PROPOSE): "Verdict proposed; a second analyst must agree",
    (Kind.ITEM, M.UNDO): "Taken back",
    (Kind.ITEM, M.HOLD): "Put on hold",
    (Kind.ITEM, M.RELEASE): "Hold released",
    (Kind.ITEM, M.CONFIRM_REMOVAL): "Found removed",
    (Kind.ITEM, M.SEE_AGAIN): "Reported again",
    (Kind.ITEM, M.LOCATE): "Traced",
    (Kind.ITEM, M.ROUTE): "Routed",
    (Kind.ITEM, M.ROUTE_UNDECIDED): "Routed; a decision is awaited",
    (Kind.ITEM, M.MOVE_HOST): "Hosted elsewhere now",
    (Kind.ITEM, M.CLOSE_REMOVED): "Closed: removed",
    (Kind.ITEM, M.CLOSE_REFERRED): "Closed: referred",
    (Kind.ITEM, M.CLOSE_HANDED_OVER): "Closed: handed over to the LEA",
    (Kind.ITEM, M.CLOSE_UNRESOLVED): "Closed: unresolved",
    (Kind.LEA, M.WRITE): "LEA notice written",
    (Kind.LEA, M.HAND_OVER): "LEA told",
    (Kind.LEA, M.FAIL): "LEA not reached",
    (Kind.LEA, M.SEND_AGAIN): "LEA notice to be sent again",
    (Kind.LEA, M.RESEND): "LEA notice to be written anew",
    (Kind.LEA, M.TELL_OTHERWISE): "LEA told another way",
    (Kind.LEA, M.CONFIRM): "LEA confirmed the receipt",
    (Kind.LEA, M.LAPSE): "LEA stayed silent",
    (Kind.LEA, M.CLOSE): "Receipt no longer awaited",
    (Kind.LEA, M.WITHDRAW): "LEA notice withdrawn unsent",
    (Kind.NTD, M.WRITE): "NTD written",
    (Kind.NTD, M.ASK_CHECK): "Name gone: a look is due before the NTD",
    (Kind.NTD, M.STILL_THERE): "Found still there",
    (Kind.NTD, M.RECALL): "NTD called back",
    (Kind.NTD, M.HAND_OVER): "Provider asked",
    (Kind.NTD, M.FAIL): "Provider not reached",
    (Kind.NTD, M.SEND_AGAIN): "NTD to be sent again",
    (Kind.NTD, M.RESEND): "NTD to another contact",
    (Kind.NTD, M.REMIND): "Provider reminded",
    (Kind.NTD, M.CLAIM_REMOVAL): "Provider says it is removed",
    (Kind.NTD, M.CONFIRM_REMOVAL): "NTD ended: removed",
    (Kind.NTD, M.GIVE_UP): "NTD ended without removal",
    (Kind.NTD, M.WITHDRAW): "NTD withdrawn",
    (Kind.REFERRAL, M.REFER): "Referred through ICCAM",
    (Kind.REFERRAL, M.WITHDRAW): "Not referred",
    (Kind.LETTER, M.DELIVER): "Letter sent",
    (Kind.LETTER, M.REFUSE): "Letter refused",
    (Kind.LETTER, M.DOUBT): "Letter in doubt",
    (Kind.LETTER, M.STOP): "Letter stopped",
    (Kind.LETTER, M.FOUND): "Letter found to have arrived",
    (Kind.LETTER, M.NOT_FOUND): "Letter found not to have arrived",
    (Kind.LETTER, M.RESEND): "Letter tried again",
    (Kind.LETTER, M.CLOSE): "Letter left be",
    (Kind.ITEM, "show_address"): "Live address shown",
    (Kind.ITEM, "take"): "Taken for assessment",
    (Kind.ITEM, "copy_address"): "Live address copied",
    (Kind.ITEM, "look_again"): "Looked at a second time",
    (Kind.NTD, "name_contact"): "Contact named",
    (Kind.NTD, "retrace"): "Traced again: still there",
}

# Short words for the buttons; the page behind each asks the whole question.
BUTTONS = {
    M.HOLD: "Hold",
    M.CONFIRM_REMOVAL: "Confirm removal",
    M.CONFIRM: "Receipt came",
    M.FAIL: "The notice came back",
    M.CLOSE: "Stop waiting",
    M.TELL_OTHERWISE: "Told another way",
    M.RESEND: "Send again",
    M.CLAIM_REMOVAL: "Provider says removed",
    M.STILL_THERE: "Still there",
    M.GIVE_UP: "End without removal",
}


def sentence(kind: str, move: str) -> str:
    return SENTENCES.get((kind, move), words(move))
