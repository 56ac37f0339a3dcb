"""On whose word each fact of a case stands: docs/decisions/sourcing.md."""

from cases.sourcing.changing import ChangedFact, changed_facts, cite
from cases.sourcing.independence import Relations, Sources
from cases.sourcing.reading import read
from cases.sourcing.resting import (
    Resting,
    narrowed_to,
    resting_only_on,
    resting_unseen,
    withdraw,
    withdraw_unseen,
)
from cases.sourcing.standing import (
    TARGET_OF,
    FactStanding,
    Question,
    assess,
    is_about,
    questions,
)

__all__ = [
    "TARGET_OF",
    "ChangedFact",
    "FactStanding",
    "Question",
    "Relations",
    "Resting",
    "Sources",
    "assess",
    "changed_facts",
    "cite",
    "is_about",
    "narrowed_to",
    "questions",
    "read",
    "resting_only_on",
    "resting_unseen",
    "withdraw",
    "withdraw_unseen",
]
