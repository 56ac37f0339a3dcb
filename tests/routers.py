"""For tests that ask whether a question names its database: the default one has rights
that others lack.
"""

from typing import Any


class Elsewhere:
    """Sends those who name no database to one that is not there.

    settings.DATABASE_ROUTERS = [Elsewhere()]
    """

    def db_for_read(self, model: Any, **hints: Any) -> str:
        if "instance" in hints:
            return str(hints["instance"]._state.db)
        return "nowhere"

    db_for_write = db_for_read
