"""The servers that are asked: ours as the documents start it, and those beside it."""

import os
import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parent.parent.parent
SERVICE = ROOT / "deploy" / "systemd" / "tracker-public.service"
REQUIREMENTS = ROOT / "requirements-bench.txt"
PATIENCE = 60  # seconds, until a server answers
# What the owner's process knows, and a process for the public does not.
FORGOTTEN = ("DATABASE_LOGIN", "REQUIRE_REVIEW", "DEMO", "DEBUG", "PGOPTIONS")


class Server:
    """It runs inside `with`."""

    def __init__(
        self, command: list[str], port: int, settings: Mapping[str, str], log: Path
    ) -> None:
        self.command = command
        self.port = port
        self.environment = {**os.environ, **settings}
        for name in FORGOTTEN:
            if name not in settings:
                self.environment.pop(name, None)
        self.log = log

    def __enter__(self) -> "Server":
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def get(self, path: str) -> tuple[bytes, dict[str, str]]:
        """Waits until it answers."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                address = f"http://localhost:{self.port}{path}"
                with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
                    headers = {
                        name.lower(): told for name, told in answer.headers.items()
                    }
                    return answer.read(), headers
            except urllib.error.HTTPError as error:
                raise SystemExit(f"{address}: {error}, {self.log}") from error
            except OSError:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"It does not answer: {self.log}") from None
                time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        port: int = some.getsockname()[1]
        return port


def as_documented(application: str, port: int) -> list[str]:
    """The command of the service, word by word, but for port and application."""
    for line in SERVICE.read_text().splitlines():
        if line.startswith("ExecStart="):
            words = shlex.split(line.removeprefix("ExecStart="))
    words[0] = str(Path(sys.executable).parent / "granian")
    words[words.index("--port") + 1] = str(port)
    words[-1] = application
    return words


def workers() -> int:
    words = as_documented("", 0)
    return int(words[words.index("--workers") + 1])


def ours(url: str, var_dir: Path, log: str, **settings: str) -> Server:
    port = free_port()
    known = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SERVE": "public",
        "DATABASE_PUBLIC_URL": url,
        "SECRET_KEY": "measured-only-" + "0123456789" * 5,
        "ALLOWED_HOSTS": "localhost",
        "HTTPS_REDIRECT": "off",
        "ORGANISATION": "Example Rights Centre",
        "CONTACT": "mailto:desk@tracker.example.org",
        "LICENCE": "CC-BY-4.0",
        "ADDRESS_REQUESTS_A_MINUTE": "0",
        **settings,
    }
    command = as_documented("config.wsgi:application", port)
    return Server(command, port, known, var_dir / log)


def bare(url: str, var_dir: Path) -> Server:
    port = free_port()
    command = as_documented("benchmarks.bench.bare:application", port)
    return Server(command, port, {"DATABASE_PUBLIC_URL": url}, var_dir / "bare.log")


def nested(var_dir: Path) -> Server:
    port = free_port()
    command = as_documented("benchmarks.bench.nested:application", port)
    settings = {
        "DJANGO_SETTINGS_MODULE": "benchmarks.bench.nested_settings",
        "DEBUG": "on",
        "ALLOWED_HOSTS": "localhost",
    }
    return Server(command, port, settings, var_dir / "nested.log")


def beside(python: Path, documents: Path, var_dir: Path) -> Server:
    """Datasette, in as many processes as ours has."""
    port = free_port()
    command = [
        *(str(python), "-m", "uvicorn", "benchmarks.bench.beside:application"),
        *("--host", "127.0.0.1", "--port", str(port), "--loop", "uvloop"),
        *("--workers", str(workers()), "--no-access-log"),
    ]
    return Server(command, port, {"DOCUMENTS": str(documents)}, var_dir / "beside.log")


def environment_beside(folder: Path) -> Path | None:
    """The Python of the environment for those beside us, made when it is missing; None
    where it cannot be made.
    """
    python = folder / "bin" / "python"
    made = folder / "made-of"
    if made.exists() and made.read_text() == REQUIREMENTS.read_text():
        return python
    venv.create(folder, clear=True, with_pip=True, symlinks=True)
    command = [
        *(str(python), "-m", "pip", "install", "--quiet", "--require-hashes"),
        *("--disable-pip-version-check", "--no-input", "--only-binary", ":all:"),
        *("--requirement", str(REQUIREMENTS)),
    ]
    if subprocess.run(command, check=False).returncode:
        return None
    made.write_text(REQUIREMENTS.read_text())
    return python
