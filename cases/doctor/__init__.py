"""Does all that must agree agree? What is published with what was approved, editions
and rows with history, marks with failures, the feeds' counters, the triggers, what
proves who acts; does somebody see each case that is open to named staff only; and does
the organisation's file explain each code of its own?

Each module examines one of these. `manage.py doctor` asks them all.
"""

from collections.abc import Iterator

from cases.doctor import acting, codes, history, named, publishing, triggers
from cases.doctor.finding import Finding

__all__ = ["Finding", "examine"]


def examine() -> Iterator[Finding]:
    yield from triggers.examine()
    yield from acting.examine()
    yield from history.examine()
    yield from publishing.examine()
    yield from named.examine()
    yield from codes.examine()
