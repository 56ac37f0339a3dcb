"""Everything comes back from one encrypted file, and nothing that was taken back since is
shown before somebody says so.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from cases import files
from cases.models import Prisoner
from cases.models.files import storage
from cases.publishing import publish_pending
from config import closed
from config.backups import archive, drill, postgres, restoring
from config.backups.archive import Unusable
from config.backups.keys import public_keys
from config.logins import give_rights
from tests.cases.pdfs import pdf, text_of
from tests.roles import acting_as
from tests.test_restore import (
    RESTORED,
    a_database_of_its_own,
    connected_to,
    of_database,
    owner_url,
    public_case,
)

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "Sakretnaja"


@pytest.fixture
def owner(
    as_owner: Callable[[], AbstractContextManager[None]], settings: Any
) -> Iterator[None]:
    if len({login["USER"] for login in settings.DATABASE_LOGINS.values()}) < 5:
        pytest.skip("needs a server with five logins")
    settings.REQUIRE_REVIEW = False
    with as_owner():
        yield


@pytest.fixture
def identity(tmp_path: Path, settings: Any, capsys: Any) -> Path:
    path = tmp_path / "identity"
    call_command("backup", new_key=path)
    settings.BACKUP_KEYS = [capsys.readouterr().out.split()[-1]]
    return path


def backed_up(folder: Path) -> Path:
    call_command("backup", into=folder)
    return sorted(folder.glob("*.age"))[-1]


def reader() -> "psycopg.Connection[Any]":
    return psycopg.connect(of_database(settings.DATABASE_URLS["public"], RESTORED))


def names_told() -> str:
    with reader() as public:
        rows = public.execute("SELECT document FROM tracker_public_document").fetchall()
    return str(rows)


def test_what_was_lost_comes_back_whole_and_is_shown_to_nobody_before_it_is_opened(
    owner: None,
    identity: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Any,
) -> None:
    taken_back = public_case(SECRET)
    kept = pdf(text_of("A verdict"))
    files.keep_file(taken_back, "v.pdf", kept, by=None, reason="")
    expires = timezone.now()
    Session.objects.create(session_key="s", session_data="d", expire_date=expires)
    publish_pending()
    backup = backed_up(tmp_path)
    assert SECRET.encode() not in backup.read_bytes()
    assert b"pg_dump" not in backup.read_bytes()
    Prisoner.objects.update(visibility="internal")
    publish_pending()
    for name in storage().listdir("")[0]:
        for file in storage().listdir(name)[1]:
            storage().delete(f"{name}/{file}")
    with a_database_of_its_own(owner_url()) as url, connected_to(url):
        capsys.readouterr()
        call_command("restore", backup, identity=identity)
        said = capsys.readouterr().out
        assert "is whole" in said
        assert "Readers are kept out" in said
        assert Prisoner.objects.get().visibility == "public"
        assert not Session.objects.exists()
        (row,) = files.files_of(taken_back)
        assert files.content(row) == kept
        give_rights("default")  # as `migrate`, whoever runs it
        publish_pending()
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            reader()
        with pytest.raises(CommandError, match="1 findings"):
            call_command("doctor")
        assert "readers are kept out" in capsys.readouterr().out
        with pytest.raises(CommandError, match="is not empty"):
            call_command("restore", backup, identity=identity)
        Prisoner.objects.update(visibility="internal")
        with monkeypatch.context() as nobody_publishes:
            nobody_publishes.setattr(restoring, "publish_pending", lambda: 0)
            with pytest.raises(CommandError, match="not out of sight yet"):
                call_command("restore", open=True)
        assert closed.roles() == {"public", "partners"}
        call_command("restore", open=True)
        assert SECRET not in names_told()
        assert not closed.roles()
        with pytest.raises(CommandError, match="not kept out"):
            call_command("restore", open=True)


def test_what_is_no_whole_backup_of_ours_changes_nothing(
    owner: None, identity: Path, tmp_path: Path
) -> None:
    public_case("Ales Example")
    backup = backed_up(tmp_path)
    other = tmp_path / "other"
    call_command("backup", new_key=other)
    whole = backup.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    broken = {"flipped": flipped, "cut": whole[:middle], "none": b"", "text": b"x" * 99}
    with a_database_of_its_own(owner_url()) as url, connected_to(url):
        for name, content in broken.items():
            (tmp_path / name).write_bytes(content)
            with pytest.raises(CommandError, match="cannot be opened"):
                call_command("restore", tmp_path / name, identity=identity)
        with pytest.raises(CommandError, match="of another key"):
            call_command("restore", backup, identity=other)
        unfinished = tmp_path / "unfinished"
        keys = public_keys(settings.BACKUP_KEYS)
        with unfinished.open("wb") as target, archive.writing(target, keys) as writer:
            writer.add_json(archive.ABOUT, {"made_at": "2026-11-28"})
        with pytest.raises(CommandError, match="is not whole"):
            call_command("restore", unfinished, identity=identity)
        call_command("restore", backup, identity=identity, check=True)
        assert postgres.is_empty()
        assert not closed.roles()


def test_a_drill_compares_and_leaves_nothing(
    owner: None, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    public_case("Ales Example")
    call_command("backup", drill=True)
    assert "came back as they were" in capsys.readouterr().out
    look_through = archive.look_through

    def otherwise(*args: Any) -> dict[str, Any]:
        about = look_through(*args)
        about["tables"]["public.cases_prisoner"] = [2, "7"]
        return about

    monkeypatch.setattr(archive, "look_through", otherwise)
    with pytest.raises(CommandError, match=r"not as they were: public\.cases_prisoner"):
        call_command("backup", drill=True)
    drill._make("somebodys")
    with pytest.raises(Unusable, match="drop the database somebodys"):
        drill._make("somebodys")
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE somebodys")
    with acting_as("publisher"), pytest.raises(Unusable, match="needs CREATEDB"):
        drill._make("somebodys")


def test_a_file_that_is_missing_is_named_and_old_backups_go_but_for_three(
    owner: None, identity: Path, tmp_path: Path, settings: Any, capsys: Any
) -> None:
    case = public_case("Ales Example")
    files.keep_file(case, "v.pdf", pdf(text_of("A")), by=None, reason="")
    (row,) = files.files_of(case)
    storage().delete(str(row.file))
    for day in range(1, 6):
        (tmp_path / f"tracker-2026010{day}T000000Z.backup.age").touch()
        (tmp_path / f"tracker-2026010{day}T000000Z.backup.age.sha256").touch()
    with pytest.raises(CommandError, match=f"missing.*{row.pk}"):
        call_command("backup", into=tmp_path)
    left = sorted(path.name for path in tmp_path.glob("tracker-*"))
    assert left[:4] == [
        "tracker-20260104T000000Z.backup.age",
        "tracker-20260104T000000Z.backup.age.sha256",
        "tracker-20260105T000000Z.backup.age",
        "tracker-20260105T000000Z.backup.age.sha256",
    ]
    assert len(left) == 6
    name, sha256 = left[4:]
    digest = hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
    assert (tmp_path / sha256).read_text() == f"{digest}  {name}\n"


def test_without_a_key_or_a_right_nothing_is_written(
    tmp_path: Path, settings: Any
) -> None:
    with pytest.raises(CommandError, match="BACKUP_KEYS is not set"):
        call_command("backup", into=tmp_path)
    settings.BACKUP_KEYS = ["age1nonsense"]
    with pytest.raises(CommandError, match="“age1nonsense” is not a public key"):
        call_command("backup", into=tmp_path)
    call_command("backup", new_key=tmp_path / "identity")
    settings.BACKUP_KEYS = [(tmp_path / "identity").read_text().split()[3]]
    with pytest.raises(CommandError, match="Only the owner"):
        call_command("backup", into=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["identity"]
