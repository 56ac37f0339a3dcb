"""The record, and the published tracker, which knows no record, say the same of what
needs a source.
"""

import pytest

from cases.catalogue import TARGETS, citable_fields, facts_of
from cases.models.base import Root
from tracker.contract.telling import is_own_word
from tracker.contract.walking import RECORDS

TOLD = [name for name, model in TARGETS.items() if not model.stays_inside]
# Documents have placements within their detention, further punishments within their
# sentence, decisions within their charge.
NOT_TOLD = {"detention", "sentence", "charge"}
LISTS_OF_ROOTS = {"derived_from"}  # no citation names it, and it is a fact


def outside(target: str) -> str:
    """What the tracker calls such a record."""
    return "source" if target == "about_source" else target


def needs_none_outside(kind: str) -> bool:
    return not getattr(RECORDS[kind], "needs_sources", True)


def is_one_claim_outside(kind: str) -> bool:
    return RECORDS[kind].one_claim


def is_own_word_outside(kind: str, name: str) -> bool:
    return is_own_word(kind, name)


@pytest.mark.parametrize("target", TOLD)
def test_a_kind_that_needs_no_source_inside_needs_none_outside(target: str) -> None:
    model = TARGETS[target]
    needs_none = issubclass(model, Root) and not model.needs_citation
    assert needs_none_outside(outside(target)) == needs_none


@pytest.mark.parametrize("target", TOLD)
def test_what_is_one_claim_inside_is_one_outside(target: str) -> None:
    assert is_one_claim_outside(outside(target)) == TARGETS[target].one_claim


@pytest.mark.parametrize(
    "target", [name for name in TOLD if getattr(TARGETS[name], "needs_citation", True)]
)
def test_a_fact_inside_is_one_outside(target: str) -> None:
    """Of what a source can state, and of links within a case."""
    model = TARGETS[target]
    facts = {field.name for field in facts_of(model)}
    names = {
        *citable_fields(model),
        *(field.name for field in model._meta.many_to_many),
    }
    for name in names - NOT_TOLD:
        is_own = is_own_word_outside(outside(target), name)
        assert is_own == (name not in facts | LISTS_OF_ROOTS), name
