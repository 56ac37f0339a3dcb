"""A cache in the database, so that limits hold for all processes together.

Django's own keeps Python pickles: whoever may write to the table, could run code in the
process that reads it. It also looks and writes in two steps, and makes room by throwing
away what still counts. This one keeps JSON, adds in one statement, and throws away only
what has expired, by the database's clock.
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
# More than one call adds, so that the table shrinks again after an attack.
SWEEP = """
    DELETE FROM signin_counted WHERE key IN (
        SELECT key FROM signin_counted WHERE expires <= clock_timestamp() LIMIT 10 FOR UPDATE SKIP LOCKED
    )
"""


class SharedCache(BaseCache):
    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        found = self._run(GET, self._key(key, version))
        return json.loads(found[0]) if found else default

    def set(
        self,
        key: str,
        value: Any,
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        self._run(SWEEP)
        self._run(
            f"{SET} RETURNING 1",
            self._key(key, version),
            json.dumps(value),
            self._seconds(timeout),
        )

    def add(
        self,
        key: str,
        value: Any,
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        return bool(
            self._run(
                ADD, self._key(key, version), json.dumps(value), self._seconds(timeout)
            )
        )

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._run(DELETE, self._key(key, version)))

    def clear(self) -> None:
        self._run("DELETE FROM signin_counted")

    def _key(self, key: str, version: int | None) -> str:
        return str(self.make_and_validate_key(key, version=version))

    def _seconds(self, timeout: Any) -> float:
        seconds: Any = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return float(seconds)

    def _run(self, statement: str, *values: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone() if cursor.description else None
