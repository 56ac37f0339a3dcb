"""Which day it is: everywhere the same, in UTC, whatever the machine is set to."""

from datetime import UTC, date, datetime


def today() -> date:
    return datetime.now(UTC).date()
