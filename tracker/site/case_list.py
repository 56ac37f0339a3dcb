"""Cases as lines of a list: who, which status on a day, and what is told first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from tracker.site import status
from tracker.site.case import name_language
from tracker.site.values import words

Case = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """`name` is "" where it is withheld; `facts` are a few words each."""

    href: str
    name: str
    lang: str
    status: status.StatusWords
    facts: list[str]


def lines(cases: Iterable[Case], day: date | None = None) -> list[Line]:
    """With the status on that day; the last that is known if none is given."""
    return [_line(case, day) for case in cases]


def _line(case: Case, day: date | None) -> Line:
    facts = [
        words("prisoner", "occupations", case["occupations"]),
        words("prisoner", "citizenships", case["citizenships"]),
    ]
    for sentence in case["sentences"]:
        facts.append(words("sentence", "term_months", sentence["term_months"]))
    return Line(
        href=reverse("site:case", args=[case["id"]]),
        name=case["name"] or "",
        lang=name_language(case),
        status=status.on(case, day) if day else status.last_known(case),
        facts=[fact for fact in facts if fact],
    )
