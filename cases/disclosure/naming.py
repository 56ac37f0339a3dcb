"""Who is told the name of a person: decided here, for the gate, for reviewers and for
merging alike. docs/decisions/disclosure.md says why.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.aggregate import Aggregate
from cases.disclosure.consents import consented, took_back
from cases.disclosure.minors import may_be_minor
from cases.disclosure.readers import READERS, Reader
from cases.visibility import NOBODY_OUTSIDE


@dataclass(frozen=True)
class NameDecision:
    """Why one reader is not told the name. `ticked_…`: the editors withheld it, when
    the case was approved or now. `protected`: consent was taken back, or the person may
    be a minor without a consent.
    """

    ticked_then: bool = False
    ticked_now: bool = False
    protected: bool = False

    @property
    def withheld(self) -> bool:
        return self.ticked_then or self.ticked_now or self.protected

    @property
    def subtracts(self) -> bool:
        """Was the case approved as one that tells the name, or could it be?"""
        return self.protected or (self.ticked_now and not self.ticked_then)

    @property
    def words_may_repeat_it(self) -> bool:
        """Whoever approved the case without its name has vouched for its words."""
        return self.withheld and not self.ticked_then


def name_decision(
    then: Aggregate, now: Aggregate, reader: Reader, day: date
) -> NameDecision:
    """`then` is the case as approved, on that day, and `now` as it is. Of each only the
    root, the consents and the citations are asked.
    """
    minor = any(may_be_minor(case, day) for case in (then, now))
    return NameDecision(
        ticked_then=bool(then["root"]["name_withheld"]),
        ticked_now=bool(now["root"]["name_withheld"]),
        protected=took_back("name", reader, then, now)
        or (minor and not consented("name", reader, then, now)),
    )


def who_sees_the_name(case: Aggregate, day: date) -> str:
    """A code of Visibility: who would be told it, if they see the case and it were
    approved on this day as it stands.
    """
    for reader in READERS:
        if not name_decision(case, case, reader, day).withheld:
            return reader.name
    return NOBODY_OUTSIDE


def call_by(names: list[dict[str, Any]]) -> str | None:
    """The name by which the case is called, which is marked as preferred: that none is
    would tell that the preferred one is withheld.
    """
    if names and not any(name["preferred"] for name in names):
        names[0]["preferred"] = True
    return display_name(names)


def display_name(names: list[dict[str, Any]]) -> str | None:
    """Of these names the one by which the case is called."""
    for name in sorted(names, key=lambda name: not name["preferred"]):
        return name["value"]
    return None
