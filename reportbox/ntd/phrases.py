"""How providers say it: one table of phrases for each thing they may say.

Each row is a regular expression for one sentence in small letters. The table only
suggests; a person decides.
"""

import re
from enum import StrEnum, auto


class Says(StrEnum):
    """What an answer seems to say."""

    BOUNCED = auto()  # it came back for good
    GAVE_UP = auto()  # their server could not be reached
    DELAYED = auto()  # it is still being tried
    DELIVERED = auto()  # a mail server says that it arrived
    RECEIVED = auto()  # an automatic acknowledgement
    OUT_OF_OFFICE = auto()
    REMOVED = auto()
    NOT_OURS = auto()
    NEEDS_MORE = auto()
    REFUSED = auto()
    UNKNOWN = auto()


S = Says
GONE = (
    r"(?:removed|deleted|disabled|suspended|terminated|blocked|nullrouted"
    r"|taken (?:it )?(?:down|offline))"
)
WILL_NOT = r"(?:will|can|could|do|does|did|shall) ?not"
# The order is that of caution: what keeps a notice alive comes before “removed”.
PHRASES: dict[Says, tuple[str, ...]] = {
    S.REFUSED: (
        (
            rf"\b{WILL_NOT} (?:be )?(?:able to )?"
            rf"(?:{GONE}|remove|delete|disable|suspend|block|act|comply|take)\b"
        ),
        r"\bunable to (?:remove|delete|disable|suspend|block|act|comply|take)",
        r"\b(?:decline|refuse)[ds]? (?:to|your)\b",
        r"\bdoes not (?:violate|breach|infringe)",
        r"\bno (?:violation|breach|further action|action will)",
        r"\b(?:need|require|without) an? court order",
        r"\b(?:werden|können|wird|kann) .{0,60}\bnicht (?:löschen|entfernen|sperren)",
        r"\b(?:gerichtsbeschluss|kein verstoß)",
        r"\b(?:zullen|kunnen) .{0,60}\bniet (?:verwijderen|blokkeren)",
        r"\bne (?:pouvons|souhaitons) pas (?:supprimer|retirer|bloquer)",
        r"\bno (?:podemos|vamos a) (?:eliminar|retirar|bloquear)",
    ),
    S.NOT_OURS: (
        r"\bnot (?:being )?(?:hosted|located) (?:by|with|on|at|in) (?:us|our)\b",
        r"\bnot (?:ours|a customer|our (?:customer|client|server|network|ip))",
        r"\bnot (?:one of|in|on|part of|within|under) our\b",
        r"\b(?:do|does) not (?:host|manage|own|control)\b",
        r"\b(?:do|does) not (?:belong|resolve|point) to (?:us|our)",
        r"\bno longer (?:hosted|a customer|our customer|with us|on our)",
        r"\b(?:wrong|not the right|not the correct) (?:provider|host|company|contact)",
        r"\bnicht (?:bei uns|unser|von uns|in unserem|auf unseren)",
        r"\bniet (?:bij ons|van ons|onze|in ons)",
        r"\b(?:pas|plus) (?:chez nous|hébergé par nos|sur nos|dans notre|notre client)",
        r"\bno (?:está|es|se encuentra) (?:alojad[oa]|nuestr[oa]|en nuestr)",
    ),
    S.NEEDS_MORE: (
        (
            r"\b(?:please|kindly|could you|can you) (?:provide|send|supply|give|share"
            r"|specify|clarify|include|forward)\b"
        ),
        (
            r"\b(?:need|require|request) (?:some )?(?:more|further|additional"
            r"|the (?:full|exact|complete))\b"
        ),
        r"\b(?:more|further|additional) (?:information|details|evidence) (?:is|are) ",
        r"\bwhich (?:url|address|ip|page|file)\b",
        r"\b(?:bitte|könnten sie) .{0,60}\b(?:senden|übermitteln|nennen|mitteilen)",
        r"\b(?:benötigen|brauchen) .{0,30}\b(?:weitere|mehr|genaue)",
        r"\b(?:hebben|nodig) .{0,30}\b(?:meer|aanvullende) (?:informatie|gegevens)",
        r"\b(?:veuillez|pourriez-vous) .{0,40}\b(?:fournir|envoyer|préciser)",
        r"\bbesoin (?:de plus|d'informations)",
        r"\b(?:por favor|podría) .{0,40}\b(?:proporcion|enví|indi)",
        r"\bnecesitamos más\b",
    ),
    S.REMOVED: (
        rf"\b(?:has|have|had)(?: now| just| already| since)? been (?:\w+ )?{GONE}",
        rf"\b(?:we|i)(?:'ve| have)?(?: now| just| already| since)? {GONE}",
        r"\b(?:we|i) (?:took|have taken) .{0,40}\b(?:down|offline)\b",
        rf"\b(?:was|were|is|are)(?: now| already)? (?:{GONE}|gone|offline|down)\b",
        r"\bno longer (?:available|accessible|online|reachable|active|live)\b",
        r"^(?:removed|deleted|done|gone|taken down|suspended|blocked)\b",
        (
            r"\b(?:wurde|wurden|haben|ist|sind) .{0,80}\b(?:gelöscht|entfernt|gesperrt"
            r"|abgeschaltet|deaktiviert)"
        ),
        r"\bnicht mehr (?:erreichbar|verfügbar|online)",
        r"\b(?:is|zijn|hebben|werd) .{0,80}\b(?:verwijderd|offline gehaald)",
        r"\bniet meer (?:bereikbaar|beschikbaar|online)",
        r"\b(?:a été|ont été|avons|est) .{0,60}\b(?:supprimé|retiré|bloqué)",
        (
            r"\b(?:ha sido|han sido|hemos|fue) .{0,60}\b(?:eliminad[oa]s?"
            r"|retirad[oa]s?|bloquead[oa]s?)"
        ),
    ),
    S.OUT_OF_OFFICE: (
        r"\bout of (?:the )?office\b",
        r"\bon (?:annual |parental |sick )?(?:leave|vacation|holiday)",
        r"\baway from (?:my|the) (?:desk|mail|office)",
        r"\b(?:nicht im (?:büro|haus)|abwesen|im urlaub)",
        r"\b(?:afwezig|niet op kantoor|met vakantie)",
        r"\b(?:absente? du bureau|en congés?|en vacances)",
        r"\b(?:fuera de la oficina|de vacaciones)",
    ),
    S.RECEIVED: (
        r"\b(?:have|has been|was|been) (?:\w+ )?(?:received|registered|logged)\b",
        r"\bthank you for (?:contacting|reporting|your)\b",
        r"\b(?:ticket|case|request|incident) .{0,60}\b(?:created|opened|assigned)",
        r"\b(?:automatic|automated|auto)[ -]?(?:reply|response|message|acknowledg)",
        r"\b(?:erhalten|eingegangen|eingangsbestätigung|vielen dank für ihre)\b",
        r"\b(?:ontvangen|ontvangstbevestiging|bedankt voor uw)\b",
        r"\b(?:bien reçu|accusé de réception|merci (?:de|pour) )",
        r"\b(?:hemos recibido|acuse de recibo|gracias por )",
    ),
}
# Short forms, written out before the table is asked.
SHORT = (("’", "'"), ("can't", "can not"), ("won't", "will not"), ("n't ", " not "))
READ = {says: re.compile("|".join(rows)) for says, rows in PHRASES.items()}
# Before “removed” in the same sentence: it is not so, or not yet.
DENIED = re.compile(
    r"\b(?:not|never|nicht|kein\w*|noch|niet|geen|pas|no|will|if|once|when|unless"
    r"|wenn|falls|sobald|indien|zodra|si|dès|cuando|asked you to)\b"
)

# Words of free-text bounces, where no report stands beside them.
STILL_TRYING = re.compile(
    r"(?i)\b(?:delayed|will (?:keep|continue to) try\w*|still (?:being|try)"
    r"|warning message only|do not need to resend|no action is required"
    r"|noch nicht zugestellt|will be retried)"
)
FAILED = re.compile(
    r"(?i)\b(?:permanent(?:ly)? (?:fatal )?(?:error|failure|failed)|could ?n[o']t be "
    r"delivered|could not deliver|was(?:n't| not) (?:able to )?deliver|undeliverable"
    r"|delivery (?:to the following|has failed|failed)|given up|giving up"
    r"|recipients? failed|address(?:es)? had permanent|user unknown|no such user"
    r"|nicht zugestellt werden|n'a pas pu être (?:remis|distribué)"
    r"|no se (?:pudo|ha podido) entregar|kon niet worden (?:bezorgd|afgeleverd))"
)
BOUNCE_SUBJECT = re.compile(
    r"(?i)\s*(?:undeliver|delivery (?:status|failure|has failed)|mail delivery"
    r"|returned mail|failure notice|unzustellbar|onbestelbaar|non remis"
    r"|no se puede entregar|warning: (?:message|could not)"
    r"|delivery delayed|mail system error)"
)
