"""Which day it is: everywhere the same, in UTC, whatever the machine is set to."""

from datetime import UTC, date, datetime, timedelta


def today() -> date:
    return datetime.now(UTC).date()


def last_day_on_earth() -> date:
    """The day where it is latest: at UTC+14."""
    return (datetime.now(UTC) + timedelta(hours=14)).date()
