"""Does what is backed up come back? Tried in a database beside the real one, with a key
that is thrown away.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyrage
from django.db import ProgrammingError, connection
from django.utils.translation import gettext as _
from psycopg import errors, sql

from config.backups import archive, backing_up, restoring
from config.backups.archive import Unusable
from config.backups.backing_up import Made


def run() -> Made:
    """Raises Unusable if anything is not as it was."""
    identity = pyrage.x25519.Identity.generate()
    with tempfile.TemporaryDirectory() as folder:
        made = backing_up.make(Path(folder), [identity.to_public()])
        about = archive.look_through(made.path, [identity])
        with _beside():
            restoring.fill(made.path, [identity], about)
    return made


@contextmanager
def _beside() -> Iterator[None]:
    """Our connection goes to an empty database of the same server meanwhile."""
    here = connection.settings_dict["NAME"]
    there = f"{here}_drill"
    _make(there)
    connection.close()
    connection.settings_dict["NAME"] = there
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = here
        with connection.cursor() as cursor:
            name = sql.Identifier(there)
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _make(name: str) -> None:
    """One that is there already may be somebody's, and stays."""
    create = sql.SQL("CREATE DATABASE {} TEMPLATE template0")
    try:
        with connection.cursor() as cursor:
            cursor.execute(create.format(sql.Identifier(name)))
    except ProgrammingError as error:
        if isinstance(error.__cause__, errors.InsufficientPrivilege):
            sentence = _("The owner's login needs CREATEDB for a drill.")
            raise Unusable(sentence) from error
        if isinstance(error.__cause__, errors.DuplicateDatabase):
            sentence = _("A drill was broken off: drop the database %(name)s first.")
            raise Unusable(sentence % {"name": name}) from error
        raise
