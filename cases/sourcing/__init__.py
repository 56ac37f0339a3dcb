"""On whose word each fact of a case stands: docs/decisions/sourcing.md."""

from cases.sourcing.changing import ChangedFact, changed_facts, cite
from cases.sourcing.independence import Relations, Sources
from cases.sourcing.reading import read
from cases.sourcing.standing import TARGET_OF, FactStanding, Question, assess, questions

__all__ = [
    "TARGET_OF",
    "ChangedFact",
    "FactStanding",
    "Question",
    "Relations",
    "Sources",
    "assess",
    "changed_facts",
    "cite",
    "questions",
    "read",
]
