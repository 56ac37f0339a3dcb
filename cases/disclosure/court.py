"""Who is told of a court case: only whoever is told, by name, of a person in it, and
that they are in it. Number, court and days lead to the people as a name does.
"""

from collections.abc import Iterator
from typing import Any

from cases.disclosure.seeing import SeenCase
from cases.disclosure.surroundings import Surroundings

Content = dict[str, Any]


def court_cases_of(person: SeenCase) -> Iterator[str]:
    """The court cases that the reader of this case may be told of through it, each by
    its id.
    """
    if not person.lists["names"] or person.root.get("merged_into_id"):
        return
    for prosecution in person.lists["prosecutions"]:
        yield prosecution["court_case_id"]


def without_unseen(person: SeenCase, around: Surroundings) -> None:
    """That the person is in a court case of which the reader is not told is not told
    either, nor what was cited for it.
    """
    court_cases = set(court_cases_of(person))
    kept = []
    left_out = set()
    for prosecution in person.lists["prosecutions"]:
        court_case = prosecution["court_case_id"]
        if court_case in court_cases and court_case in around.published:
            kept.append(prosecution)
        else:
            left_out.add(prosecution["id"])
    person.lists["prosecutions"] = kept
    person.citations[:] = [
        cited for cited in person.citations if cited.record["id"] not in left_out
    ]


def without_words_of_sources(content: Content) -> None:
    """Such words name several people, and not all of them may be told."""
    for citation in content["citations"]:
        citation.update(quote=None, locator=None)
