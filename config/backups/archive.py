"""The file itself: members by name, within a tar, within age."""

import io
import json
import os
import tarfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyrage
from django.utils.translation import gettext as _

ABOUT = "about.json"
END = "end.json"
DATABASE = "database/"
FILES = "files/"
PIECE = 4 * 1024 * 1024  # bytes of the database in one member


class Unusable(Exception):
    """This key, or this file, cannot be used. The text is a sentence for people."""


class Writer:
    """Members are written one after another. Without `end`, the file is not whole."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._count = 0

    def add(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        self._tar.addfile(member, io.BytesIO(content))
        self._count += 1

    def add_json(self, name: str, told: Any) -> None:
        self.add(name, json.dumps(told, indent=1).encode())

    def add_database(self, dump: IO[bytes]) -> None:
        for number in range(1, 10**9):
            piece = dump.read(PIECE)
            if not piece:
                return
            self.add(f"{DATABASE}{number:09}", piece)

    def end(self) -> None:
        self.add_json(END, {"members": self._count})


@contextmanager
def writing(target: IO[bytes], keys: list[Any]) -> Iterator[Writer]:
    """What is added goes into `target`, encrypted to all of these public keys."""
    from_here, to_there = os.pipe()

    def encrypt() -> None:
        with os.fdopen(from_here, "rb") as plain:
            pyrage.encrypt_io(plain, target, keys)

    with ThreadPoolExecutor(1) as beside:
        encrypted = beside.submit(encrypt)
        try:
            with (
                os.fdopen(to_there, "wb") as pipe,
                tarfile.open(fileobj=pipe, mode="w|") as tar,
            ):
                yield Writer(tar)
        except BrokenPipeError:
            encrypted.result()  # why nobody reads any more, such as a full disk
            raise
        encrypted.result()


@contextmanager
def reading(path: Path, identities: list[Any]) -> Iterator[Iterator[tuple[str, bytes]]]:
    """(name, content) of each member, one after another. Raises Unusable."""
    from_there, to_here = os.pipe()

    def decrypt() -> None:
        with path.open("rb") as encrypted, os.fdopen(to_here, "wb") as pipe:
            pyrage.decrypt_io(encrypted, pipe, identities)

    with (
        ThreadPoolExecutor(1) as beside,
        os.fdopen(from_there, "rb") as pipe,
    ):
        decrypted = beside.submit(decrypt)
        yield _members(pipe, decrypted)


def _members(pipe: IO[bytes], decrypted: Future[None]) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(fileobj=pipe, mode="r|") as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None:
                    raise Unusable(_("This file is not a backup."))
                yield member.name, content.read()
        while pipe.read(PIECE):
            pass  # age says only at the end that nothing is missing
    except tarfile.TarError as error:
        _say_why(decrypted)
        raise Unusable(_("This file is not a backup.")) from error
    _say_why(decrypted)


def _say_why(decrypted: Future[None]) -> None:
    try:
        decrypted.result()
    except (pyrage.DecryptError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the disk; that of the library has no number
        sentence = _("The file cannot be opened: it is damaged, or of another key.")
        raise Unusable(sentence) from error


def look_through(path: Path, identities: list[Any]) -> dict[str, Any]:
    """What `about.json` says. The whole file is read before anything of it is believed.

    Raises Unusable.
    """
    about: dict[str, Any] = {}
    count, expected = 0, -1
    with reading(path, identities) as members:
        for name, content in members:
            if name == ABOUT:
                about = json.loads(content)
            if name == END:
                expected = json.loads(content)["members"]
            else:
                count += 1
    if not about or count != expected:
        raise Unusable(_("The backup is not whole: it was ended before its time."))
    return about
