"""Whoever changes history behind everyone's back, as PostgreSQL's superuser may, is
found by the signed checkpoints.
"""

import json
import stat
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from cases.history import acting, checkpoints, digests, verification
from cases.models import Claimant
from tests import factories as make

Logins = Callable[[str], psycopg.Connection[Any]]

EVENT = {
    "pgh_id": "17",
    "pgh_created_at": "2026-11-22 12:00:00.5+00",
    "pgh_label": "insert",
    "pgh_salt": "11111111-1111-4111-8111-111111111111",
    "pgh_login": "desk",
    "id": "22222222-2222-4222-8222-222222222222",
    "name": "Зьміцер “D” \\ \t",
    "visibility": "internal",
    "pgh_context": '{"reason": "it\'s “so”"}',
}


@dataclass
class Folder:
    """With checkpoints in it."""

    path: Path
    public_key: str

    def make(self, *options: str) -> Path:
        call_command(
            "checkpoint", "--into", str(self.path), *options, stdout=StringIO()
        )
        return self.files()[-1]

    def files(self) -> list[Path]:
        return sorted(self.path.iterdir())

    def verify(self, *options: str) -> str:
        """What it says of a history that holds."""
        output = StringIO()
        call_command("checkpoint", "--verify", str(self.path), *options, stdout=output)
        return output.getvalue()

    def findings(self, *options: str) -> list[str]:
        with pytest.raises(CommandError) as refusal:
            call_command(
                "checkpoint", "--verify", str(self.path), *options, stdout=StringIO()
            )
        first, *findings = str(refusal.value).splitlines()
        assert first == "History is not as it was:"
        return findings


def new_key(path: Path) -> str:
    output = StringIO()
    call_command("checkpoint", "--new-key", str(path), stdout=output)
    return output.getvalue().split()[-1]


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Folder:
    settings.CHECKPOINT_KEY_FILE = str(tmp_path / "key.pem")
    path = tmp_path / "checkpoints"
    path.mkdir()
    return Folder(path, new_key(tmp_path / "key.pem"))


@pytest.fixture
def history(logins: Logins, monkeypatch: pytest.MonkeyPatch) -> psycopg.Connection[Any]:
    """Three blocks of two events, and a number that was never used; the connection is
    the owner's.
    """
    monkeypatch.setattr(checkpoints, "BLOCK", 2)
    owner = logins("owner")
    with acting(page="a test", reason="a test"):
        make.make_claimant("First")
        owner.execute("SELECT nextval('cases_history_order')")
        for name in ("Second", "Third", "Fourth"):
            make.make_claimant(name)
        make.make_prisoner("Ales Example")
    return owner


def number_of(owner: psycopg.Connection[Any], name: str) -> int:
    found = owner.execute(
        "SELECT pgh_id FROM cases_claimanthistory WHERE name = %s", [name]
    ).fetchone()
    assert found
    return int(found[0])


@pytest.mark.django_db
def test_the_digest_of_an_event_never_changes(logins: Logins) -> None:
    owner = logins("owner")
    names, values = ", ".join(EVENT), list(EVENT.values())
    with owner.transaction(force_rollback=True), owner.cursor() as cursor:
        cursor.execute("SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German'")
        places = ", ".join(["%s"] * len(values))
        cursor.execute(
            f"INSERT INTO cases_claimanthistory ({names}, pgh_transaction)"
            f" VALUES ({places}, NULL)",
            values,
        )
        cursor.execute(digests.FORMATS)
        found = digests.of_events(cursor, "cases_claimanthistory", [17])[17]
    order = [
        name for name in digests.columns()["cases_claimanthistory"] if name in EVENT
    ]
    row = {"table": "cases_claimanthistory"} | {name: EVENT[name] for name in order}
    assert (
        found
        == sha256(
            json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
        ).hexdigest()
    )
    assert found == "bf138a6720a573473f62789bc130d91e65cce0ae0404cddaf3b4317b206014f2"


@pytest.mark.django_db(transaction=True)
def test_history_that_nobody_touched_holds(history: Any, folder: Folder) -> None:
    folder.make()
    make.make_claimant("Fifth")
    folder.make()
    make.make_claimant("Sixth is in no checkpoint yet")
    assert "7 events" in folder.verify("--public-key", folder.public_key)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("tampering", "block", "finding"),
    [
        (
            "UPDATE cases_claimanthistory SET name = 'Another' WHERE name = 'Third'",
            2,
            "not what they said",
        ),
        (
            "UPDATE cases_claimanthistory SET role = 'monitor' WHERE name = 'Third'",
            2,
            "not what they said",
        ),
        (
            "UPDATE cases_claimanthistory SET pgh_context = '{\"username\": \"another\"}' WHERE name = 'Third'",
            2,
            "not what they said",
        ),
        (
            "UPDATE cases_claimanthistory SET pgh_context = NULL WHERE name = 'First'",
            1,
            "not what they said",
        ),
        (
            "UPDATE cases_claimanthistory SET pgh_login = 'another' WHERE name = 'Third'",
            2,
            "not what they said",
        ),
        (
            "UPDATE cases_claimanthistory SET pgh_label = 'update' WHERE name = 'Third'",
            2,
            "not what they said",
        ),
        (
            "UPDATE cases_claimanthistory SET pgh_created_at = now() WHERE name = 'Third'",
            2,
            "not what they said",
        ),
        (
            "UPDATE cases_claimanthistory SET pgh_salt = NULL, name = NULL WHERE name = 'Third'",
            2,
            "not what they said",
        ),
        (
            "DELETE FROM cases_claimanthistory WHERE name = 'Fourth'",
            2,
            "1 event is missing.",
        ),
        (
            "INSERT INTO cases_claimanthistory (pgh_id, pgh_created_at, pgh_label, id, name)"
            " SELECT pgh_id + 1, pgh_created_at, pgh_label, id, name FROM cases_claimanthistory WHERE name = 'First'",
            1,
            "1 event was added.",
        ),
        (
            "UPDATE cases_claimanthistory one SET name = other.name FROM cases_claimanthistory other"
            " WHERE one.name IN ('First', 'Second') AND other.name IN ('First', 'Second') AND one.name <> other.name",
            1,
            "not what they said",
        ),
    ],
)
def test_tampering_is_found_and_its_place_named(
    tampering: str,
    block: int,
    finding: str,
    history: psycopg.Connection[Any],
    folder: Folder,
) -> None:
    folder.make()
    history.execute(tampering)
    (found,) = folder.findings()
    assert found.startswith(f"checkpoint-000001.json, block {block} (events ")
    assert "cases_claimanthistory: " in found
    assert finding in found


@pytest.mark.django_db(transaction=True)
def test_an_event_that_changed_places_is_found_where_it_was_and_where_it_is(
    history: psycopg.Connection[Any], folder: Folder
) -> None:
    unused = number_of(history, "First") + 1
    folder.make()
    history.execute(
        "UPDATE cases_claimanthistory SET pgh_id = %s WHERE name = 'Third'", [unused]
    )
    added, missing = folder.findings()
    assert "block 1 " in added
    assert "was added" in added
    assert "block 2 " in missing
    assert "is missing" in missing


@pytest.mark.django_db(transaction=True)
def test_a_block_of_which_nothing_is_left_is_named_too(
    history: psycopg.Connection[Any], folder: Folder
) -> None:
    folder.make()
    history.execute(
        "DELETE FROM cases_claimanthistory WHERE name IN ('Third', 'Fourth')"
    )
    (found,) = folder.findings()
    assert "block 2 " in found
    assert "2 events are missing." in found
    history.execute(
        "TRUNCATE cases_claimanthistory, cases_prisonerhistory, cases_personnamehistory"
    )
    with pytest.raises(
        CommandError,
        match=r"History ends before checkpoint-000001\.json does: events are missing\.",
    ):
        folder.make()


@pytest.mark.django_db(transaction=True)
def test_events_of_a_change_that_has_not_ended_are_waited_for(
    logins: Logins, folder: Folder
) -> None:
    slow = logins("owner")
    with slow.transaction():
        slow.execute(
            "INSERT INTO cases_claimant"
            " (id, name, internal_notes, role_as_stated, protected_pseudonym, visibility, version)"
            " VALUES (gen_random_uuid(), 'Slow', '', '', FALSE, 'internal', 1)"
        )
        make.make_claimant("Quick")
        with pytest.raises(
            CommandError, match="A change that was begun before has not ended"
        ):
            folder.make("--patience", "0")
        assert folder.files() == []
    assert number_of(slow, "Slow") < number_of(slow, "Quick")
    assert json.loads(folder.make().read_text())["events"] == 2
    assert "2 events" in folder.verify()


@pytest.mark.django_db(transaction=True)
def test_what_another_database_of_the_server_does_is_not_waited_for(
    logins: Logins, folder: Folder
) -> None:
    with psycopg.connect(logins("owner").info.dsn, dbname="postgres") as elsewhere:
        elsewhere.execute("SELECT pg_current_xact_id()")
        folder.make("--patience", "0")
        assert len(folder.files()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_file_that_was_changed_replaced_or_taken_away_is_found(
    history: Any, folder: Folder, tmp_path: Path, settings: Any
) -> None:
    for _ in range(3):
        folder.make()
    first, second, third = folder.files()
    kept = second.read_text()
    second.write_text(kept.replace('"made_at": "2', '"made_at": "3'))
    assert folder.findings() == [
        "checkpoint-000002.json: the signature does not fit; the file was changed.",
        "checkpoint-000003.json was made after another file than this checkpoint-000002.json.",
    ]
    second.unlink()
    assert folder.findings() == [
        "Between checkpoint-000001.json and checkpoint-000003.json a checkpoint is missing."
    ]
    second.write_text("[]")
    assert "checkpoint-000002.json cannot be read as a checkpoint." in folder.findings()
    second.write_text(kept)
    first.unlink()
    assert folder.findings() == [
        "checkpoint-000002.json is not the first, and the ones before it were not given."
    ]
    second.unlink()
    third.unlink()
    settings.CHECKPOINT_KEY_FILE = str(tmp_path / "other.pem")
    other = new_key(tmp_path / "other.pem")
    folder.make()
    assert folder.findings("--public-key", folder.public_key) == [
        f"checkpoint-000001.json was signed with another key: {other}"
    ]
    assert f"Signed by whoever has the key to: {other}" in folder.verify()


@pytest.mark.django_db(transaction=True)
def test_columns_that_are_added_later_leave_old_checkpoints_as_they_are(
    history: psycopg.Connection[Any], folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = digests.columns()
    for table in ("claimant", "prisoner", "personname"):
        history.execute(f"UPDATE cases_{table}history SET visibility = NULL")
    then = {
        table: [name for name in names if name != "visibility"]
        for table, names in now.items()
    }
    del then["cases_releasehistory"]
    with monkeypatch.context() as before:
        before.setattr(digests, "columns", lambda: then)
        folder.make()
    Claimant.objects.filter(name="Third").update(visibility="partners")
    folder.make()
    assert "7 events" in folder.verify()


@pytest.mark.django_db(transaction=True)
def test_columns_that_are_gone_are_named_and_the_other_tables_still_compared(
    history: psycopg.Connection[Any], folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.make()
    there = digests.columns_in_database()
    there["cases_claimanthistory"].remove("role")
    monkeypatch.setattr(verification.digests, "columns_in_database", lambda: there)
    history.execute("UPDATE cases_personnamehistory SET value = 'Another'")
    gone, changed = folder.findings()
    assert (
        gone
        == "checkpoint-000001.json covers columns of cases_claimanthistory that are no longer there: role"
    )
    assert "cases_personnamehistory: as many events as there were" in changed


def test_a_key_is_for_its_owner_alone_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    assert len(bytes.fromhex(new_key(path))) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(CommandError, match="File exists"):
        new_key(path)
    assert path.read_bytes() == before


def test_without_a_key_nothing_is_made(
    folder: Folder, settings: Any, tmp_path: Path
) -> None:
    for given, refusal in (
        ("", "CHECKPOINT_KEY_FILE is not set"),
        (str(tmp_path / "nowhere.pem"), "cannot be read as a key"),
        (__file__, "cannot be read as a key"),
    ):
        settings.CHECKPOINT_KEY_FILE = given
        with pytest.raises(CommandError, match=refusal):
            folder.make()
    assert folder.files() == []
