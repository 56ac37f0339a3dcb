"""One module a noun, named as in cases/models; accounts are in people.py. What several
nouns share stands beside this folder, one module a concern.
"""

from cases.desk.admin.nouns import (
    citation,
    count,
    custody,
    events,
    people,
    prisoner,
    publishing,
    release,
    source,
)

__all__ = [
    "citation",
    "count",
    "custody",
    "events",
    "people",
    "prisoner",
    "publishing",
    "release",
    "source",
]
