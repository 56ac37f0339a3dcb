"""Databases of the releases that were before: `manage.py upgrade` says what it will do, does
it, and nothing of what was approved or published is another thing afterwards.

tests/stored/store-release stores one of each release.
"""

import gzip
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from cases.history.timeline import timeline
from cases.models import Edition, Prisoner, PublishingFailure, WaitingCase
from cases.publishing.confirming import must_be_confirmed, remember
from cases.publishing.epochs import stored
from config.backups import backing_up
from tests.test_restore import (
    RESTORED,
    a_database_of_its_own,
    connected_to,
    of_database,
    owner_url,
)
from tracker.models import PublicDocument

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("logins"),
]

RELEASES = sorted((Path(__file__).parent / "stored/releases").glob("*.sql.gz"))
AsOwner = Callable[[], AbstractContextManager[None]]


@pytest.fixture(params=RELEASES, ids=lambda path: path.name)
def older_database(
    request: pytest.FixtureRequest, as_owner: AsOwner, settings: Any, tmp_path: Path
) -> Iterator[str]:
    settings.STATIC_ROOT = tmp_path / "static"
    with as_owner(), a_database_of_its_own(owner_url()) as url:
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(gzip.decompress(request.param.read_bytes()))
        with connected_to(url):
            yield url


def backed_up(folder: Path, hours_ago: int) -> None:
    made = datetime.now(UTC) - timedelta(hours=hours_ago)
    name = f"{backing_up.BEGINNING}{made:%Y%m%dT%H%M%SZ}{backing_up.ENDING}"
    (folder / name).touch()


def what_waits(capsys: Any, *arguments: str) -> tuple[int, str]:
    """How `upgrade --check` ends, and what it says."""
    capsys.readouterr()
    try:
        call_command("upgrade", "--check", *arguments)
    except CommandError as error:
        return error.returncode, capsys.readouterr().out
    return 0, capsys.readouterr().out


def approved() -> list[Any]:
    return list(Edition.objects.order_by("id").values_list("id", "snapshot", "reason"))


def published() -> set[Any]:
    """Of each case: its name, the day of its last change, and that it is still told."""
    rows = PublicDocument.objects.values_list(
        "id", "sort_name", "changed_on", "document"
    )
    return {(*row[:3], row[3] is None) for row in rows}


def what_history_ticks() -> list[Any]:
    """In events from before there was that list, too: they can be gone back to."""
    lists: list[Any] = []
    for case_id in Prisoner.objects.values_list("id", flat=True):
        for change in timeline("prisoner", case_id):
            if change.model is Prisoner and change.record:
                lists.append(change.record["told_without_name"])
    return [one for place, one in enumerate(lists) if one not in lists[:place]]


def test_a_database_of_an_older_release_is_upgraded_and_nothing_is_another_thing(
    older_database: str, tmp_path: Path, capsys: Any, settings: Any
) -> None:
    editions, documents = approved(), published()
    assert {is_gone for *_row, is_gone in documents} == {True, False}
    status, said = what_waits(capsys, "--backups", str(tmp_path))
    assert status == 1
    assert "It is not known which one was here before." in said
    assert "Rights of logins are not as they must be." in said
    assert "There is no backup in" in said
    with pytest.raises(CommandError, match="first make a backup"):
        call_command("upgrade", "--backups", str(tmp_path))
    backed_up(tmp_path, hours_ago=3)
    with pytest.raises(CommandError, match="first make a backup"):
        call_command("upgrade", "--backups", str(tmp_path))
    backed_up(tmp_path, hours_ago=1)
    call_command("upgrade", "--backups", str(tmp_path))
    assert (tmp_path / "static").is_dir()
    if must_be_confirmed(stored()):
        remember("", "read")
    call_command("publish", "--all")
    call_command("doctor")
    assert not PublishingFailure.objects.exists()
    assert approved() == editions
    assert published() == documents
    assert WaitingCase.objects.exists()
    assert what_history_ticks() == [[]]
    assert what_waits(capsys)[0] == 0
    desk = of_database(settings.DATABASE_URLS["desk"], RESTORED)
    with psycopg.connect(desk), pytest.raises(CommandError, match="first stop"):
        call_command("upgrade", "--without-backup")
