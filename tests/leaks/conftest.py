"""One record of canaries for all tests of a file: built once, each test in the
savepoint that pytest-django makes.
"""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from cases.publishing import publish_pending
from tests.leaks.world import World


@pytest.fixture(scope="module")
def published_world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    """Published, changed, approved and published again: corrections have something to
    tell.
    """
    with (
        django_db_blocker.unblock(),
        override_settings(REQUIRE_REVIEW=True),
        transaction.atomic(),
    ):
        world = World()
        for _time in range(2):
            world.rewrite()
            world.approve_all()
            publish_pending()
        world.remember()
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(published_world: World, db: None) -> World:
    return published_world


@pytest.fixture
def pending(world: World) -> World:
    """With an edit in every field that nobody has approved."""
    world.rewrite("internal")
    publish_pending()
    return world
