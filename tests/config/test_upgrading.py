"""What an upgrade will do is said before it does anything, and what must not be done is
refused.
"""

from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from cases.models import Edition
from cases.publishing.confirming import remember
from cases.upgrades import FORM
from config import closed
from config.table_locks import NotKnown, locked
from tests.test_releases import what_waits
from tracker.contract.documents import CONTRACT
from tracker.models import PublicFeed
from tracker.versions import RELEASE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]


def test_it_says_what_a_migration_keeps_readers_from(capsys: Any) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("cases", "0008_held_of_many")
    recorder.record_unapplied("tracker", "0007_held_of_many")
    recorder.record_unapplied("tracker", "0006_days_as_ranges")
    recorder.record_unapplied("tracker", "0005_revision")
    said = what_waits(capsys)[1]
    assert (
        "tracker.0005_revision runs. Until it has ended nobody reads"
        " tracker_partners_feed, tracker_public_feed." in said
    )
    assert "Stop the processes of the public and the partners, too." in said


def test_it_says_what_a_new_contract_takes(capsys: Any) -> None:
    PublicFeed.objects.update_or_create(id=1, defaults={"contract": CONTRACT - 1})
    status, said = what_waits(capsys)
    assert status == 1
    assert f"The contract is a new one: {CONTRACT - 1} before, {CONTRACT} here." in said
    assert "one person reads of whom another status would be told" in said
    remember("", "read")
    assert "one person reads" not in what_waits(capsys)[1]


def test_it_says_which_rules_the_environment_changes(
    capsys: Any, settings: Any
) -> None:
    settings.APPROVE_OWN_CHANGES = True
    status, said = what_waits(capsys)
    assert status == 1
    assert "APPROVE_OWN_CHANGES was off, and becomes on" in said


def test_a_newer_release_is_not_overwritten(capsys: Any) -> None:
    closed.close(closed.MIGRATED, "99.0")
    assert f"Release {RELEASE} takes the place of 99.0." in what_waits(capsys)[1]
    recorder = MigrationRecorder(connection)
    recorder.record_applied("cases", "9999_later")
    # An app of a former release, which no release has any more.
    recorder.record_applied("rest_framework_api_key", "0001_initial")
    status, said = what_waits(capsys)
    assert status == 2
    assert "it has the migration cases.9999_later" in said
    assert "rest_framework_api_key" not in said
    recorder.record_unapplied("cases", "9999_later")
    PublicFeed.objects.update_or_create(id=1, defaults={"contract": CONTRACT + 1})
    assert "A newer release has published here" in what_waits(capsys)[1]
    Edition.objects.create(
        root_kind="source",
        root_id=uuid4(),
        number=1,
        version=1,
        snapshot={"form": FORM + 1},
    )
    status, said = what_waits(capsys)
    assert status == 2
    assert "1 edition was stored by a newer release" in said
    with pytest.raises(CommandError, match="must not go onto this database"):
        call_command("upgrade", "--without-backup")


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ('ALTER TABLE "a" ADD COLUMN "b" int', {"a"}),
        ('ALTER TABLE "a" ADD COLUMN "b" int, VALIDATE CONSTRAINT c', {"a"}),
        ("ALTER TABLE a VALIDATE CONSTRAINT c", set()),
        ('DROP TABLE IF EXISTS "a" CASCADE', {"a"}),
        ("TRUNCATE a", {"a"}),
        ("LOCK TABLE a", {"a"}),
        ('DROP TRIGGER IF EXISTS t ON "a"', {"a"}),
        ("CREATE INDEX i ON a (b)", set()),
        ("DROP INDEX mark_of_root", {"cases_mark"}),
        ("UPDATE a SET b = 'x; DROP TABLE a'", set()),
        ("CREATE FUNCTION f() RETURNS trigger AS $$ DROP TABLE a; $$", set()),
        ("-- DROP TABLE a", set()),
    ],
)
def test_which_tables_a_statement_locks_is_known(
    statement: str, tables: set[str]
) -> None:
    assert locked(f"SET x = 1; {statement};") == tables


@pytest.mark.parametrize(
    "statement",
    [
        "DO $$ BEGIN DROP TABLE a; END $$",
        "SELECT does_what_it_likes()",
        "DROP TYPE a CASCADE",
        "TRUNCATE a, b",
        "DROP TABLE a, b",
        "LOCK a, b",
    ],
)
def test_of_other_statements_nothing_is_said(statement: str) -> None:
    with pytest.raises(NotKnown):
        locked(statement)
