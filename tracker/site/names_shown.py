"""Which of a person's published names stands in titles and lists: one that the reader of
the page can read.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.translation import get_language

from tracker.contract.vocabulary import Agreement, NameKind
from tracker.language_names import script_of

Case = Mapping[str, Any]

# A short form, a misspelling or what somebody is also called is no title.
TITLES = {NameKind.LEGAL, NameKind.TRANSLITERATION}


class ShownName(NamedTuple):
    """`language` is "" where it is not known; `value`, where the name is withheld."""

    value: str
    language: str


def shown_name(case: Case) -> ShownName:
    """The preferred name if it is in the language of the page; else another in that
    language, else in its script; else the preferred one all the same.
    """
    here = get_language() or "en"
    names = list(_for_titles(case))
    for name in names:
        if name.language == here:
            return name
    for name in names:
        if name.language and script_of(name.language) == script_of(here):
            return name
    return names[0]


def preferred_name(case: Case) -> ShownName:
    """The same in every language."""
    preferred = case["name"] or ""
    languages = {name["value"]: name["language"] or "" for name in case["names"]}
    return ShownName(preferred, languages.get(preferred, ""))


def _for_titles(case: Case) -> Iterator[ShownName]:
    """The preferred one first."""
    preferred = preferred_name(case)
    yield preferred
    if not preferred.value:
        return
    contradicted = set()
    for citation in case["citations"]:
        if citation["agreement"] == Agreement.CONTRADICTS:
            contradicted.add(citation["record"]["id"])
    for name in case["names"]:
        if name["name_kind"] in TITLES and name["id"] not in contradicted:
            yield ShownName(name["value"], name["language"] or "")
