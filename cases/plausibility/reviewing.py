"""What is hardly so in what is to be approved, for the reviewer: and who said that the
source says so.
"""

from dataclasses import dataclass

from cases.day import today
from cases.plausibility.asking import doubts_of, new_doubts
from cases.plausibility.doubt import Doubt
from cases.review.difference import Difference


@dataclass(frozen=True)
class AnsweredDoubt:
    """`confirmed_by` are the names of those who said, when they saved it, that the
    source says so. Empty: nobody was asked, as by an import or in the database.
    """

    doubt: Doubt
    confirmed_by: tuple[str, ...]


def doubts_in(difference: Difference) -> list[AnsweredDoubt]:
    """Of the case as it is, without those that were approved before."""
    kind, day = difference.kind, today()
    approved: list[Doubt] = []
    if difference.before is not None:
        approved = doubts_of(kind, difference.before, day)
    answered = []
    for doubt in new_doubts(approved, doubts_of(kind, difference.after, day)):
        people = {
            edit.who: None for edit in difference.edits if doubt.key in edit.source_says
        }
        answered.append(AnsweredDoubt(doubt, tuple(people)))
    return answered
