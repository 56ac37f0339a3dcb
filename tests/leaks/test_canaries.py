"""No one reads what is not theirs: not by any link, question, feed, error or header.

Each reader is also told of every field that is theirs: a crawler that goes nowhere
finds nothing.
"""

from collections.abc import Collection
from uuid import uuid4

import pytest

from cases import aggregate
from cases.models import Prisoner, PublishingFailure
from cases.publishing import publish_pending
from tests.leaks.canaries import found
from tests.leaks.crawler import (
    READERS,
    Reader,
    addresses_of,
    fixed_addresses,
    questions,
)
from tests.leaks.world import PARTS, ROOTS, Planted, World
from tracker.contract.walking import CHILD_KINDS

# Answers are read as they are made, and as they are kept.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told_again")]

METHODS = ("HEAD", "OPTIONS", "POST", "DELETE")


def own_addresses(planted: Collection[Planted]) -> list[str]:
    kinds = {kind.replace("_", ""): kind for kind in (*aggregate.ROOTS, *CHILD_KINDS)}
    return [
        address
        for one in planted
        if one.record._meta.model_name in kinds
        for address in addresses_of(kinds[one.record._meta.model_name], one.record.pk)
    ]


def told_everywhere(world: World, who: str) -> Reader:
    reader = READERS[who]()
    reader.crawl([*fixed_addresses(), *questions(), *own_addresses(world.planted)])
    return reader


@pytest.mark.parametrize("who", READERS)
def test_a_reader_of_everything_is_told_only_what_is_theirs_and_approved(
    who: str, pending: World
) -> None:
    """While an edit of every field waits for somebody to approve it."""
    reader = told_everywhere(pending, who)
    assert not PublishingFailure.objects.exists()
    for address in fixed_addresses(desk=False):
        for method in METHODS:
            reader.ask(method, address)
    assert reader.leaks == {}
    for level in reader.sees:
        assert expected(pending, level) - set(reader.told) == set()


def expected(world: World, level: str) -> set[str]:
    """The words in what is of this level itself. That they are told is the proof that
    the crawler gets around.
    """
    shown = [one for one in world.of(Prisoner, *ROOTS, *PARTS) if one.level == level]
    return {
        word
        for one in shown
        for word in found(str(one.approved), (level,))
        if word.startswith("qz")
    }


@pytest.mark.parametrize("who", READERS)
def test_what_is_hidden_or_was_withdrawn_answers_as_what_never_was(
    who: str, world: World
) -> None:
    roots = world.of(Prisoner, *ROOTS)
    for one in roots:
        type(one.record)._default_manager.filter(pk=one.record.pk).update(
            visibility="internal"
        )
    publish_pending()
    reader, stranger = READERS[who](), READERS[who]()
    latest = {type(one.record): one for one in roots if one.level == "public"} | {}
    hidden = {type(one.record): one for one in roots if one.level == "internal"}
    assert latest.keys() == hidden.keys() == {Prisoner, *ROOTS}
    for one in (*latest.values(), *hidden.values()):
        for address in own_addresses([one]):
            own, never = str(one.record.pk), str(uuid4())
            for method in ("GET", *METHODS):
                _answer, told = reader.ask(method, address)
                _answer, untold = stranger.ask(method, address.replace(own, never))
                assert told.replace(own, never) == untold
