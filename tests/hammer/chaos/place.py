"""A site of its own: PostgreSQL with its data on a small file system, a web server, the
publisher, and copies of what each audience is shown.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from config import embedded_postgres
from config import embedded_server as server

ROOT = Path(__file__).resolve().parents[3]
DISK = "1g"  # of the small file system
LONGEST_START = 60.0  # seconds
BETWEEN_COPIES = 2.0  # seconds
# What a function planted before those of PostgreSQL says of the time; by hours.
CLOCK = """
    CREATE TABLE planted_clock (ahead interval NOT NULL);
    INSERT INTO planted_clock VALUES ('0');
"""
TIMES = ("statement_timestamp", "clock_timestamp", "now", "transaction_timestamp")
PLANT_TIME = """
    CREATE FUNCTION public.{name}() RETURNS timestamptz LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog
    AS 'SELECT pg_catalog.{name}() + ahead FROM public.planted_clock';
    GRANT EXECUTE ON FUNCTION public.{name}() TO PUBLIC;
"""
MISLED = ("desk", "publisher")  # logins whose time moves
PLANTED_FULL = """
    CREATE FUNCTION planted_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE disk_full USING MESSAGE = 'No space left on device'; END $$;
"""
WRITTEN = (
    "tracker_public_document",
    "tracker_partners_document",
    "cases_prisoner",
    "cases_mark",
)


class Place:
    """`disk`: the small file system, if this machine lets us mount one."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.var = directory / "var"
        self.disk: Path | None = None
        self.urls: dict[str, str] = {}
        self.environment: dict[str, str] = {}
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.keys: dict[str, str] = {}
        self.web: subprocess.Popen[bytes] | None = None
        self.publisher: subprocess.Popen[bytes] | None = None
        self.copied = 0
        self._over = threading.Event()
        self._copying: list[threading.Thread] = []

    # --- Setting up ----------------------------------------------------------------------

    @contextmanager
    def made(self) -> Iterator[None]:
        """An empty database, with all its logins."""
        self.directory.chmod(0o755)
        try:
            self.urls = embedded_postgres.start(self.var)
            self._move_to_small_disk()
            self._set_environment()
            code, told = self.run(
                *("manage.py", "migrate", "--verbosity", "0"), login="owner"
            )
            if code:
                raise RuntimeError(told)
            yield
        finally:
            embedded_postgres.stop(self.var)
            self._unmount()
            embedded_postgres.remove(self.var)

    def _move_to_small_disk(self) -> None:
        """All tables of the database; the log of what is written stays elsewhere, or
        the server would end, not refuse.
        """
        disk = self.directory / "disk"
        disk.mkdir()
        options = f"size={DISK},mode=0755"
        try:
            mounted = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk],
                stderr=subprocess.DEVNULL,
                check=False,
            )
        except FileNotFoundError:
            return
        if mounted.returncode != 0:
            return
        self.disk = disk
        tables = disk / "tables"
        tables.mkdir()
        data = self.home / "data"
        shutil.chown(tables, data.stat().st_uid, data.stat().st_gid)
        with self.superuser() as superuser:
            superuser.execute(f"CREATE TABLESPACE small LOCATION '{tables}'")
            database = embedded_postgres.DATABASE
            superuser.execute(f"ALTER DATABASE {database} SET TABLESPACE small")

    def _unmount(self) -> None:
        if self.disk:
            subprocess.run(["umount", "--lazy", self.disk], check=False)

    def _set_environment(self) -> None:
        inherited = {}
        for name, value in os.environ.items():
            if not name.startswith(("DATABASE_", "DJANGO_")):
                inherited[name] = value
        logins = {"DATABASE_URL": self.urls["desk"]}
        for role, url in self.urls.items():
            if role != "desk":
                logins[f"DATABASE_{role.upper()}_URL"] = url
        self.environment = {
            **inherited,
            **logins,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "VAR_DIR": str(self.var),
            "DEBUG": "off",
            "DEMO": "off",
            "SECRET_KEY": secrets.token_urlsafe(60),
            "ACTING_SECRET": secrets.token_urlsafe(60),
            "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
            "HTTPS_REDIRECT": "off",
            "HTTPS_COOKIES": "off",
            "SERVE": "all",
            "REQUIRE_REVIEW": "off",
            "REQUIRE_SECOND_FACTOR": "off",
            "KEY_REQUESTS_A_MINUTE": "0",
            "ADDRESS_REQUESTS_A_MINUTE": "0",
            "EDITORIAL_ROWS_A_DAY": "1000000",
        }

    # --- The server ----------------------------------------------------------------------

    @property
    def home(self) -> Path:
        return (self.var / "postgresql").resolve()

    def superuser(self, database: str = "postgres") -> psycopg.Connection:
        with suppress(AttributeError, OSError):
            sockets = server.listening(self.home)
        assert sockets, "PostgreSQL does not run"
        return psycopg.connect(
            host=str(sockets),
            port=server.PORT,
            user="postgres",
            dbname=database,
            autocommit=True,
        )

    def owner(self) -> psycopg.Connection:
        return self.login("owner")

    def login(self, role: str) -> psycopg.Connection:
        return psycopg.connect(self.urls[role], autocommit=True, connect_timeout=5)

    def postmaster(self) -> int:
        lines = (self.home / "data" / "postmaster.pid").read_text().splitlines()
        return int(lines[0])

    def stop_postgres_at_once(self) -> None:
        """As a power cut: what was not written to the log is lost."""
        data = self.home / "data"
        server.run(self.home, "pg_ctl", "stop", f"--pgdata={data}", "--mode=immediate")

    def start_postgres(self) -> None:
        if not server.listening(self.home):
            server.launch(self.home)
        self.wait_for_postgres()

    def wait_for_postgres(self) -> None:
        deadline = time.monotonic() + LONGEST_START
        while True:
            try:
                self.owner().close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    # --- The clock of the database -------------------------------------------------------

    def plant_clock(self) -> None:
        with self.owner() as owner:
            owner.execute(CLOCK)
            for name in TIMES:
                owner.execute(PLANT_TIME.format(name=name))
        with self.superuser() as superuser:
            for role in MISLED:
                login = embedded_postgres.LOGINS[role]
                superuser.execute(
                    f"ALTER ROLE {login} IN DATABASE {embedded_postgres.DATABASE}"
                    " SET search_path = public, pg_catalog"
                )

    def move_clock(self, days: int) -> None:
        with self.owner() as owner:
            owner.execute(
                "UPDATE planted_clock SET ahead = make_interval(days => %s)", [days]
            )

    def take_clock_away(self) -> None:
        with self.superuser() as superuser:
            for role in MISLED:
                login = embedded_postgres.LOGINS[role]
                superuser.execute(
                    f"ALTER ROLE {login} IN DATABASE {embedded_postgres.DATABASE}"
                    " RESET search_path"
                )
        with self.owner() as owner:
            for name in TIMES:
                owner.execute(f"DROP FUNCTION public.{name}()")
            owner.execute("DROP TABLE planted_clock")

    # --- The disk ------------------------------------------------------------------------

    def fill_disk(self) -> None:
        if self.disk is None:
            self._plant_full()
            return
        with (self.disk / "ballast").open("wb") as ballast:
            while left := shutil.disk_usage(self.disk).free:
                with suppress(OSError):  # PostgreSQL has taken some meanwhile
                    os.posix_fallocate(ballast.fileno(), ballast.tell(), left)
                ballast.seek(0, os.SEEK_END)

    def empty_disk(self) -> None:
        if self.disk is None:
            with self.owner() as owner:
                owner.execute("DROP FUNCTION planted_full() CASCADE")
            return
        (self.disk / "ballast").unlink()

    def _plant_full(self) -> None:
        """Where no file system can be mounted, the database says that it is full."""
        with self.owner() as owner:
            owner.execute(PLANTED_FULL)
            for table in WRITTEN:
                owner.execute(
                    f"CREATE TRIGGER planted_full BEFORE INSERT OR UPDATE ON {table}"
                    " EXECUTE FUNCTION planted_full()"
                )

    # --- Processes -----------------------------------------------------------------------

    def start(self) -> None:
        self.start_web()
        self.start_publisher()
        for audience in ("public", "partners"):
            copying = threading.Thread(target=self._keep_copying, args=(audience,))
            copying.start()
            self._copying.append(copying)

    def stop(self) -> None:
        self._over.set()
        for copying in self._copying:
            copying.join()
        self.kill_publisher()
        self.kill_web()

    def start_web(self) -> None:
        self.web = self.popen(
            *("-m", "granian", "--interface", "wsgi", "--workers", "1"),
            *("--no-ws", "--port", str(self.port), "config.wsgi:application"),
        )
        deadline = time.monotonic() + LONGEST_START
        while not _answers(self.port):
            assert time.monotonic() < deadline, "the web server does not answer"
            time.sleep(0.05)

    def kill_web(self) -> None:
        assert self.web
        _kill(self.web)

    def start_publisher(self) -> None:
        self.publisher = self.popen(
            "manage.py", "publish", "--watch", login="publisher"
        )

    def kill_publisher(self) -> None:
        assert self.publisher
        _kill(self.publisher)

    def revive_publisher(self) -> bool:
        """As the machine's service manager does, if it has ended by itself."""
        assert self.publisher
        if self.publisher.poll() is None:
            return False
        self.start_publisher()
        return True

    def popen(self, *arguments: str, login: str = "desk") -> "subprocess.Popen[bytes]":
        with (self.directory / "errors.log").open("ab") as errors:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env={**self.environment, "DATABASE_LOGIN": login},
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )

    def run(self, *arguments: str, login: str = "desk") -> tuple[int, str]:
        ended = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**self.environment, "DATABASE_LOGIN": login},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return ended.returncode, ended.stdout

    # --- Copies --------------------------------------------------------------------------

    def mirror(self, audience: str, *more: str) -> tuple[int, str]:
        into = ("--into", str(self.directory / audience), "--patience", "5")
        key: tuple[str, ...] = ()
        if audience in self.keys:
            key = ("--key-file", self.keys[audience])
        return self.run("-m", "tracker.mirror", self.address, *into, *key, *more)

    def _keep_copying(self, audience: str) -> None:
        while not self._over.wait(BETWEEN_COPIES):
            code, _told = self.mirror(audience)
            self.copied += code == 0


def give_key(place: Place, audience: str, key: str) -> None:
    path = place.directory / f"{audience}.key"
    path.write_text(key)
    place.keys[audience] = str(path)


def apply(environment: Mapping[str, str]) -> None:
    """For this process, before Django is set up."""
    for name in list(os.environ):
        if name.startswith(("DATABASE_", "DJANGO_")):
            del os.environ[name]
    os.environ.update(environment)
    os.environ["DATABASE_LOGIN"] = "owner"


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """With its workers."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0
