"""Which cases are told as related: those of which each names the other in a consent that
stands, if both are told by name. What only one of two says changes nothing outside.
docs/decisions/related-cases.md
"""

from collections.abc import Iterator

from cases.aggregate import Aggregate
from cases.disclosure.consents import item_allowed
from cases.disclosure.readers import Reader
from cases.disclosure.seeing import SeenCase
from cases.disclosure.surroundings import Surroundings
from tracker.contract.vocabulary import ConsentSubject


def agreed_with(
    person: SeenCase, reader: Reader, then: Aggregate, now: Aggregate
) -> Iterator[str]:
    """The ids of the cases with which the reader may be told of this one, as far as this
    one decides it.
    """
    if not person.lists["names"] or person.root.get("merged_into_id"):
        return
    for other in sorted(named_as_related(then)):
        subject = ConsentSubject.RELATIVES.value
        if item_allowed(subject, reader, then, now, related_case_id=other):
            yield other


def named_as_related(case: Aggregate) -> set[str]:
    """Whatever becomes of it: of these the gate must know what they say of this one."""
    named = {consent.get("related_case_id") for consent in case.get("consents", ())}
    return {other for other in named if other}


def related_cases(
    person: SeenCase,
    reader: Reader,
    then: Aggregate,
    now: Aggregate,
    around: Surroundings,
) -> list[str]:
    related = []
    for other in agreed_with(person, reader, then, now):
        agreeing = around.agreed.get(other, ())
        if other in around.published and person.root["id"] in agreeing:
            related.append(other)
    return related
