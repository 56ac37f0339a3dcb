"""A name that is kept back stands in no words of anything: whatever a reader asks, none of
the published texts of any record of any kind is told once somebody of that name is
protected.

Each text of the world is made a name of two words, and then a person's name.
"""

from collections.abc import Iterable, Iterator

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from cases.models import PersonName, PublishingFailure
from cases.publishing import publish_pending
from tests import factories as make
from tests.leaks import canaries
from tests.leaks import world as planting
from tests.leaks.canaries import found
from tests.leaks.crawler import READERS
from tests.leaks.test_canaries import told_everywhere
from tests.leaks.world import World
from tracker.audiences import AUDIENCES
from tracker.names import query_key

pytestmark = pytest.mark.django_db

SURNAME = "Secretname"


one_word = canaries.word


def two_words(level: str) -> str:
    return f"{one_word(level)} {SURNAME}"


@pytest.fixture(scope="module")
def published_world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    """Published, changed and published again, as for the other tests here."""
    with (
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        override_settings(REQUIRE_REVIEW=True),
        transaction.atomic(),
    ):
        for module in (canaries, planting):
            patch.setattr(module, "word", two_words)
        world = World()
        for _time in range(2):
            world.rewrite()
            world.approve_all()
            publish_pending()
        world.remember()
        yield world
        transaction.set_rollback(True)


def texts(told: Iterable[str]) -> set[str]:
    """Of what was told the words: days and numbers are nobody's name."""
    return {canary for canary in told if canary.startswith("qz")}


def words_published(who: str) -> set[str]:
    """Whatever stands in a row that this reader is answered from; a partner reads pages,
    too, which show what anyone may see. To ask for all of it took half of the time. A
    word that is told and stands in no row fails the test: nobody would be protected.
    """
    words: set[str] = set()
    for audience in AUDIENCES:
        if audience.name in READERS[who]().sees:
            for model in (audience.document_model, audience.correction_model):
                for row in model._default_manager.values():
                    words |= texts(found(str(row)))
    return words


def names_told(told: set[str]) -> set[str]:
    """Of these those that are names of cases, or are read as one: rules of their own
    keep them.
    """
    names: set[str] = set()
    for value in PersonName.objects.values_list("value", flat=True):
        names.update(query_key(value))
    return {canary for canary in told if names.issuperset(query_key(canary))}


def protect(names: set[str]) -> None:
    person = make.make_prisoner("", visibility="public", name_withheld=True)
    for name in sorted(names):
        make.make_name(person, f"{name} {SURNAME}")
    make.approve(person)


@pytest.mark.parametrize("who", READERS)
def test_no_words_of_any_record_hold_it(who: str, world: World) -> None:
    told = words_published(who)
    own = names_told(told)
    assert len(told - own) > 100
    protect(told - own)
    publish_pending()
    assert not PublishingFailure.objects.exists()
    left = told_everywhere(world, who).told
    assert {text: left[text] for text in texts(left) - own} == {}
