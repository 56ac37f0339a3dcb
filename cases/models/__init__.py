"""The record. One module a noun; what belongs to no one in particular stands in base.py
and fields.py.
"""

from cases.models.acting import ActingSecret
from cases.models.among import Among
from cases.models.citation import TARGETS, Citation
from cases.models.commits import Commit, CommitTurn
from cases.models.copies import (
    Cause,
    CopyDecision,
    Decision,
    Recognisable,
    RedactedCopy,
)
from cases.models.count import ListedName, ReportedCount
from cases.models.court import (
    CourtCase,
    Hearing,
    Prosecution,
    ProsecutionCharge,
    ProsecutionSentence,
)
from cases.models.custody import (
    Charge,
    ChargeDecision,
    Detention,
    DetentionOrder,
    FurtherPunishment,
    Placement,
    Sentence,
    SentenceCharge,
)
from cases.models.erasure import Erasure, ErasureOrder, OrderState
from cases.models.events import Facility, ReleaseEvent
from cases.models.evidence import EvidencePack
from cases.models.files import KeptFile
from cases.models.history import RecordEvent
from cases.models.kept_names import KeptName, NameStays, ToldWords
from cases.models.merging import Merge, MergeState
from cases.models.named import NamedStaff
from cases.models.nationality import NationalityChange
from cases.models.prisoner import (
    Consent,
    Designation,
    Identifier,
    PersonalDetail,
    PersonName,
    Prisoner,
    Recognition,
    name_unseen,
)
from cases.models.publishing import (
    ConfirmedContract,
    DeskEntry,
    Edition,
    Heartbeat,
    Mark,
    PossibleDuplicate,
    PublishingDay,
    PublishingFailure,
)
from cases.models.release import Deportation, Release, Sighting, Whereabouts
from cases.models.review import ChangeKind, ReviewRule, SentBack, WaitingCase
from cases.models.sealed import Forgotten, Ledger, Publication
from cases.models.source import Claimant, Source, SourceDerivation

__all__ = [
    "TARGETS",
    "ActingSecret",
    "Among",
    "Cause",
    "ChangeKind",
    "Charge",
    "ChargeDecision",
    "Citation",
    "Claimant",
    "Commit",
    "CommitTurn",
    "ConfirmedContract",
    "Consent",
    "CopyDecision",
    "CourtCase",
    "Decision",
    "Deportation",
    "Designation",
    "DeskEntry",
    "Detention",
    "DetentionOrder",
    "Edition",
    "Erasure",
    "ErasureOrder",
    "EvidencePack",
    "Facility",
    "Forgotten",
    "FurtherPunishment",
    "Hearing",
    "Heartbeat",
    "Identifier",
    "KeptFile",
    "KeptName",
    "Ledger",
    "ListedName",
    "Mark",
    "Merge",
    "MergeState",
    "NameStays",
    "NamedStaff",
    "NationalityChange",
    "OrderState",
    "PersonName",
    "PersonalDetail",
    "Placement",
    "PossibleDuplicate",
    "Prisoner",
    "Prosecution",
    "ProsecutionCharge",
    "ProsecutionSentence",
    "Publication",
    "PublishingDay",
    "PublishingFailure",
    "Recognisable",
    "Recognition",
    "RecordEvent",
    "RedactedCopy",
    "Release",
    "ReleaseEvent",
    "ReportedCount",
    "ReviewRule",
    "SentBack",
    "Sentence",
    "SentenceCharge",
    "Sighting",
    "Source",
    "SourceDerivation",
    "ToldWords",
    "WaitingCase",
    "Whereabouts",
    "name_unseen",
]
