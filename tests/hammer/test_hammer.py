"""Nothing is lost on the way to a copy, whoever writes and whatever is killed."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection

from cases.models import Mark
from cases.publishing import mark_everything, publish_pending
from tests.factories import make_documenter
from tests.hammer.stage import Difference, Stage, url_of
from tests.keys import key_for
from tracker.audiences import AUDIENCES

SECONDS = 8.0


@pytest.mark.django_db(transaction=True)
def test_every_copy_equals_what_is_published_and_a_naive_reader_lost_some(
    tmp_path: Path, settings: Any
) -> None:
    settings.REQUIRE_REVIEW = False
    database = connection.settings_dict["NAME"]
    urls = {
        role: url_of(url, database) for role, url in site.DATABASE_URLS.items() if url
    }
    make_documenter()  # by the owner: the writers may make no superuser
    keys = {"partners": key_for("Example Rights Centre").secret}
    outcome = Stage(tmp_path, urls, keys, seed=20251007).run(SECONDS)

    nothing = Difference(set(), set(), set())
    assert outcome.copies == {audience.name: nothing for audience in AUDIENCES}, (
        tmp_path / "errors.log"
    ).read_text()
    assert outcome.verified == {audience.name: 0 for audience in AUDIENCES}
    # What is published is what rendering everything anew would give.
    assert not Mark.objects.exists()
    mark_everything()
    assert publish_pending() == 0
    # All of this could have gone wrong: there was much to copy, much was killed, and
    # who reads by time lost some.
    assert min(outcome.published.values()) > 10
    assert min(outcome.killed.values()) > 1
    for way in ("through_models", "through_sql", "API 200", "merged", "Thrown"):
        assert outcome.written.get(way), (way, outcome.written)
    assert outcome.naive
    assert outcome.naive.missing | outcome.naive.stale
