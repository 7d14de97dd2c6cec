"""Every table of the box, parents first."""

from reportbox.records.agencies import Agency, AgencyChange, AgencyKey
from reportbox.records.agreements import Agreement, Annex
from reportbox.records.alarms import Alarm
from reportbox.records.answers import Answer, Attempt, Call, Custody, OwnAddress
from reportbox.records.audit import Audit, AuditHead
from reportbox.records.backups import Backup, Proof
from reportbox.records.beats import Heartbeat
from reportbox.records.choices import Campaign, Choice
from reportbox.records.contacts import Contact, ContactKey
from reportbox.records.drafts import Draft
from reportbox.records.health import Health
from reportbox.records.items import (
    Event,
    Finding,
    Hold,
    Item,
    PassedOn,
    Sighting,
    Verdict,
)
from reportbox.records.letter_texts import LetterText
from reportbox.records.letters import Enclosure, Letter, Writing
from reportbox.records.log_marks import LogMark
from reportbox.records.messages import Message
from reportbox.records.openings import Opening
from reportbox.records.partners import Partner
from reportbox.records.provider_answers import ProviderAnswer
from reportbox.records.providers import Provider, ProviderName
from reportbox.records.reports import Report
from reportbox.records.retention import Erasure, Preservation
from reportbox.records.rows import Parked
from reportbox.records.second_looks import SecondLook
from reportbox.records.settings_chosen import PasswordKept, SettingsChosen
from reportbox.records.snippets import Snippet
from reportbox.records.spells import Spell
from reportbox.records.staff import (
    Account,
    Invitation,
    Passkey,
    RecoveryCode,
    SavedFilter,
    Session,
)
from reportbox.records.tracks import LeaNotice, Ntd, Referral
from reportbox.records.trainings import Training
from reportbox.records.uploads import Upload, UploadLine

ALL = (
    SettingsChosen,
    PasswordKept,
    Opening,
    Agency,
    Account,
    Session,
    RecoveryCode,
    Passkey,
    Invitation,
    Report,
    Item,
    Sighting,
    Verdict,
    Finding,
    Hold,
    Event,
    AgencyKey,
    AgencyChange,
    Agreement,
    Annex,
    LeaNotice,
    Ntd,
    Referral,
    Answer,
    Call,
    Attempt,
    Custody,
    OwnAddress,
    Letter,
    Writing,
    Enclosure,
    Heartbeat,
    Health,
    Parked,
    Audit,
    AuditHead,
    SavedFilter,
    PassedOn,
    Spell,
    Training,
    SecondLook,
    Snippet,
    Message,
    Alarm,
    Choice,
    Campaign,
    Partner,
    Upload,
    UploadLine,
    Draft,
    Preservation,
    Erasure,
    Provider,
    ProviderName,
    Contact,
    ProviderAnswer,
    ContactKey,
    LetterText,
    LogMark,
    Backup,
    Proof,
)
