"""The record. One module a noun; what belongs to no one in particular stands in base.py
and fields.py.
"""

from cases.models.acting import ActingSecret
from cases.models.citation import TARGETS, Citation
from cases.models.count import ReportedCount
from cases.models.custody import Charge, Detention, Placement, Sentence, SentenceCharge
from cases.models.erasure import Erasure, ErasureOrder, OrderState
from cases.models.events import Facility, ReleaseEvent
from cases.models.evidence import EvidencePack
from cases.models.history import RecordEvent
from cases.models.merging import Merge, MergeState
from cases.models.named import NamedStaff
from cases.models.prisoner import Consent, Identifier, PersonName, Prisoner, Recognition
from cases.models.publishing import (
    DeskEntry,
    Edition,
    Heartbeat,
    Mark,
    PublishingDay,
    PublishingFailure,
)
from cases.models.release import Deportation, Release, Whereabouts
from cases.models.review import ChangeKind, ReviewRule, SentBack, WaitingCase
from cases.models.source import Claimant, Source, SourceDerivation

__all__ = [
    "TARGETS",
    "ActingSecret",
    "ChangeKind",
    "Charge",
    "Citation",
    "Claimant",
    "Consent",
    "Deportation",
    "DeskEntry",
    "Detention",
    "Edition",
    "Erasure",
    "ErasureOrder",
    "EvidencePack",
    "Facility",
    "Heartbeat",
    "Identifier",
    "Mark",
    "Merge",
    "MergeState",
    "NamedStaff",
    "OrderState",
    "PersonName",
    "Placement",
    "Prisoner",
    "PublishingDay",
    "PublishingFailure",
    "Recognition",
    "RecordEvent",
    "Release",
    "ReleaseEvent",
    "ReportedCount",
    "ReviewRule",
    "SentBack",
    "Sentence",
    "SentenceCharge",
    "Source",
    "SourceDerivation",
    "WaitingCase",
    "Whereabouts",
]
