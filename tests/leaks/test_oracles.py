"""Guessing what is hidden yields nothing: no answer to any question depends on it, by a
single byte.
"""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings

from cases.publishing import publish_pending
from tests.leaks.crawler import KINDS, READERS, SHAPES, fixed_addresses
from tests.leaks.world import Planted, World
from tracker.asking.filters import FILTERS

pytestmark = [pytest.mark.django_db, pytest.mark.crawl]

PREFIX = 8  # letters of a word: enough to tell it from those that anyone may read


def guesses(hidden: list[Planted], question: object) -> Iterator[str]:
    """All that a spy may know of what is hidden, as this question takes it."""
    choices = [str(code) for code, _label in getattr(question, "choices", ())]
    if choices:
        yield choices[-1]  # that of all that is hidden: see World.hide_more
        return
    match type(question).__name__:
        case "IdsField":
            yield from (str(one.record.pk) for one in hidden)
        case "IdentifiersField":
            rows = [one.record for one in hidden if hasattr(one.record, "scheme")]
            yield from (f"{row.scheme}:{row.value}" for row in rows)
        case "DayField":
            yield from sorted(
                canary
                for one in hidden
                for canary in one.approved
                if canary[4:5] == "-"
            )[:1]
        case "IntegerField":
            yield "72000000"
        case _:
            words = sorted(
                canary
                for one in hidden
                for canary in one.approved
                if canary.startswith("qz")
            )
            yield from (words[0], words[0][:PREFIX], words[-1])


def questions(hidden: list[Planted]) -> Iterator[str]:
    for kind, filters in FILTERS.items():
        asked = [
            f"{name}={guess}"
            for name, one in filters.base_filters.items()
            for guess in guesses(hidden, one.field)
        ]
        asked += [
            f"ordering={sign}{name}" for name in filters.orderings for sign in ("", "-")
        ]
        for address in KINDS[kind]:
            yield from (f"{address}?{one}" for one in asked)
        yield from (f"{KINDS[kind][0]}?{shape}" for shape in SHAPES)
        yield f"/api/v1/changes?kind={kind}"


@override_settings(KEY_REQUESTS_A_MINUTE=0)  # there is much to ask
@pytest.mark.parametrize("who", READERS)
def test_what_is_hidden_changes_no_answer(who: str, world: World) -> None:
    reader = READERS[who]()
    with transaction.atomic():
        hidden = world.hide_more()
        for one in hidden:
            one.remember()
        world.approve_all()
        publish_pending()
        addresses = [
            *questions(hidden),
            *(one for one in fixed_addresses(desk=False) if "schema" not in one),
        ]
        with_it = {address: reader.ask("GET", address)[1] for address in addresses}
        transaction.set_rollback(True)
    assert len(addresses) > 300
    assert [
        address
        for address in addresses
        if reader.ask("GET", address)[1] != with_it[address]
    ] == []
