"""Makes `.venv` hold what the locked requirements say.

    python config/install.py requirements.txt ...

It takes a moment if `.venv` holds it already. This file imports the standard library
only, because nothing else is installed yet. Every package must have a hash that stands
in the file. What comes as source is built with what an earlier file has installed: pip
alone would fetch tools without a hash. Of two runs at once, the second waits.
"""

import fcntl
import hashlib
import importlib.util
import subprocess
import sys
import venv
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
NO_PIP = """
This Python comes without pip. On Debian and Ubuntu: apt install python3-venv"""
NO_SERVER = """
There is no PostgreSQL to bring along for this machine: see pip's words above.
Install PostgreSQL 15 or newer, and set DATABASE_URL:
docs/operations.md, "Database logins"."""


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
    checked = ("--require-hashes", "--no-build-isolation")
    if pip("install", *checked, "--requirement", str(file)) != 0:
        if "embedded" in file.stem:
            sys.exit(NO_SERVER)
        sys.exit(f"The packages of {file} could not be installed.")
    for old in VENV.glob(f"{file.stem}-????????????????"):
        old.unlink()
    stamp(file).touch()


def pip(*arguments: str) -> int:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    command = [str(PYTHON), "-m", "pip", *arguments, *quiet]
    return subprocess.run(command, check=False).returncode


def make_venv() -> None:
    """A folder that is broken or half made is made anew."""
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit(NO_PIP)
    venv.create(VENV, clear=True, with_pip=True, symlinks=True)


if __name__ == "__main__":
    main(sys.argv[1:])
