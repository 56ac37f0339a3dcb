"""On whose word each fact of a case stands: docs/decisions/sourcing.md."""

from cases.sourcing.changing import (
    ChangedFact,
    Word,
    changed_facts,
    cite,
    cite_all,
)
from cases.sourcing.giving_back import give_back, gone_with
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
    "Word",
    "assess",
    "changed_facts",
    "cite",
    "cite_all",
    "give_back",
    "gone_with",
    "is_about",
    "narrowed_to",
    "questions",
    "read",
    "resting_only_on",
    "resting_unseen",
    "withdraw",
    "withdraw_unseen",
]
