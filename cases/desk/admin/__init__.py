"""The desk: one module a noun, as in cases/models. cases/desk/site.py holds the site
itself.
"""

from cases.desk.admin import (
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
