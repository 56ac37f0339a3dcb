"""Hearing that marks were left, as soon as they are committed."""

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from cases.triggers.marks import CHANNEL


class Listener:
    """A connection of its own, which does nothing else: what is called out while the
    gate is at work is heard when it waits again.
    """

    def __init__(self) -> None:
        self._connection: BaseDatabaseWrapper | None = None

    def listen(self) -> None:
        """To be called before the marks are read, so that no call is missed."""
        if self._connection is not None:
            return
        session = connections.create_connection("default")
        with session.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        self._connection = session

    def wait(self, seconds: float) -> None:
        """Until it is called, or for so long. If the connection is lost, not at all."""
        assert self._connection is not None
        try:
            with self._connection.wrap_database_errors:
                for _call in self._connection.connection.notifies(
                    timeout=seconds, stop_after=1
                ):
                    pass
        except DatabaseError:
            self.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
