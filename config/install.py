"""Make `.venv` hold what the locked requirements say; a moment's work if it does. Nothing is installed when this runs.

    python config/install.py requirements.txt ...

Every package must have a hash that stands in the file. Of two at once, the second waits.
"""

import fcntl
import hashlib
import importlib.util
import subprocess
import sys
import tempfile
import urllib.request
import venv
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
# Debian's python3 comes without pip. There, this one installs the rest.
PIP = "https://files.pythonhosted.org/packages/07/25/ee8c38ae72d66b844ce8eb9711ba905dba21ca1a8a0c960057c41cd23337/"
PIP_WHEEL = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
NO_SERVER = """
There is no PostgreSQL to bring along for this machine: see pip's words above.
Install PostgreSQL 15 or newer, and set DATABASE_URL: docs/operations.md, "Database logins"."""


def main(names: list[str]) -> None:
    files = [Path(name) for name in names]
    if all(map(installed, files)):
        return
    with open(__file__) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not PYTHON.exists():
            make_venv()
        for file in files:
            if not installed(file):
                install(file)


def stamp(file: Path) -> Path:
    return VENV / f"{file.stem}-{hashlib.sha256(file.read_bytes()).hexdigest()[:16]}"


def installed(file: Path) -> bool:
    return PYTHON.exists() and stamp(file).exists()


def install(file: Path) -> None:
    print(f"Installing {file} into {VENV} …", flush=True)
    if pip("install", "--require-hashes", "--requirement", str(file)) != 0:
        sys.exit(NO_SERVER if "embedded" in file.stem else f"The packages of {file} could not be installed.")
    for old in VENV.glob(f"{file.stem}-????????????????"):
        old.unlink()
    stamp(file).touch()


def pip(*arguments: str, run: str = "-mpip") -> int:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    return subprocess.run([PYTHON, run, *arguments, *quiet], check=False).returncode


def make_venv() -> None:
    """Where one is broken, or was left half made, it is made anew."""
    with_pip = importlib.util.find_spec("ensurepip") is not None
    venv.create(VENV, clear=True, with_pip=with_pip, symlinks=True)
    if not with_pip:
        fetch_pip()


def fetch_pip() -> None:
    with urllib.request.urlopen(PIP + PIP_WHEEL, timeout=60) as answer:
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != PIP_SHA256:
        sys.exit(f"What came from {PIP} is not the file that was expected: its hash differs.")
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(folder, PIP_WHEEL)
        wheel.write_bytes(content)
        if pip("install", "--no-index", "--no-deps", str(wheel), run=f"{wheel}/pip") != 0:
            sys.exit("pip could not be installed.")


if __name__ == "__main__":
    main(sys.argv[1:])
