"""The desk: one module a noun, as in cases/models. cases/desk.py holds the site itself."""

from cases.admin import (
    citation,
    count,
    custody,
    events,
    merging,
    people,
    prisoner,
    publishing,
    release,
    source,
    waiting,
)

__all__ = [
    "citation",
    "count",
    "custody",
    "events",
    "merging",
    "people",
    "prisoner",
    "publishing",
    "release",
    "source",
    "waiting",
]
