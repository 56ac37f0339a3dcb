"""Does what is backed up come back? Tried in a database beside the real one, with a key
that is thrown away.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pyrage
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

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
    name = sql.Identifier(there)
    with connection.cursor() as cursor:
        try:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
            cursor.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name)
            )
        except psycopg.errors.InsufficientPrivilege as error:
            raise Unusable(
                _("The owner's login needs CREATEDB for a drill.")
            ) from error
    connection.close()
    connection.settings_dict["NAME"] = there
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = here
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
