"""A cache in the database: its limits hold for all processes together.

Django's own keeps Python pickles. Whoever may write to its table could run code in the
process that reads it. It also looks and writes in two steps, and to make room it throws
away what still counts. This one keeps JSON and adds in one statement. It throws away
only what has expired by the database's clock.
"""

import json
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

GET = "SELECT value FROM signin_counted WHERE key = %s AND expires > clock_timestamp()"
SET = """
    INSERT INTO signin_counted AS held (key, value, expires)
    VALUES (%s, %s, clock_timestamp() + make_interval(secs => %s))
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, expires = EXCLUDED.expires
"""
ADD = f"{SET} WHERE held.expires <= clock_timestamp() RETURNING 1"
DELETE = "DELETE FROM signin_counted WHERE key = %s RETURNING 1"
# It takes out more than one call adds, so the table shrinks again after an attack.
SWEEP = """
    DELETE FROM signin_counted WHERE key IN (
        SELECT key FROM signin_counted WHERE expires <= clock_timestamp()
        LIMIT 10 FOR UPDATE SKIP LOCKED
    )
"""


class SharedCache(BaseCache):
    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: str, default: object = None, version: int | None = None) -> Any:
        row = self._run(GET, self._key(key, version))
        if row is None:
            return default
        (value,) = row
        return json.loads(value)

    def set(
        self,
        key: str,
        value: object,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        text, seconds = json.dumps(value), self._seconds(timeout)
        self._run(SWEEP)
        self._run(f"{SET} RETURNING 1", self._key(key, version), text, seconds)

    def add(
        self,
        key: str,
        value: object,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        text, seconds = json.dumps(value), self._seconds(timeout)
        return bool(self._run(ADD, self._key(key, version), text, seconds))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._run(DELETE, self._key(key, version)))

    def clear(self) -> None:
        self._run("DELETE FROM signin_counted")

    def _key(self, key: str, version: int | None) -> str:
        return str(self.make_and_validate_key(key, version=version))

    def _seconds(self, timeout: Any) -> float:
        if timeout is DEFAULT_TIMEOUT:
            timeout = self.default_timeout
        return float(timeout)

    def _run(self, statement: str, *values: str | float) -> tuple[Any, ...] | None:
        """The first row of the answer."""
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            if not cursor.description:
                return None
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row
