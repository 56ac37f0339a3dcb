"""A name that is kept back stands in other records, too: in the title of a source, in
the words of an event. What holds it is not told, as if nobody had said it.
docs/decisions/names-elsewhere.md
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from cases.aggregate import PARTS, Aggregate
from tracker.contract import walking
from tracker.contract.documents import CitationDocument, ClaimantDocument
from tracker.contract.fields import (
    NOWHERE,
    Address,
    Anything,
    Form,
    Text,
    TextByLanguage,
    Texts,
)
from tracker.names import names_key, search_key, tells, words_of_names

Content = dict[str, Any]

_WORDS = (Text, Address, Texts, TextByLanguage, Anything)


@dataclass(frozen=True)
class Kept:
    """A name as it may stand elsewhere. `is_near`: the person's case names the record."""

    person: str
    words: tuple[str, ...]
    told_to: str
    is_near: bool = False

    def stands_in(self, words: Collection[str]) -> bool:
        """In any spelling, also with an ending. One word is enough only where readers
        may come from the person's case.
        """
        if self.is_near:
            return any(_begins_one(word, words) for word in self.words)
        if len(self.words) < 2:
            return False
        return all(_begins_one(word, words) for word in self.words)


def _begins_one(word: str, words: Collection[str]) -> bool:
    return any(written.startswith(word) for written in words)


def telling_words(name: str) -> set[tuple[str, ...]]:
    """Without initials, and what else is too short to tell anything; and the same as it
    may be written otherwise, such as without marks.
    """
    ways = set()
    for words in words_of_names(names_key([name])):
        telling = tuple(sorted(filter(tells, words)))
        if telling:
            ways.add(telling)
    return ways


def words_in(text: str) -> set[str]:
    return set(search_key([text]).split())


def said(root_id: str, text: str, name: Kept) -> str:
    """What a person decides on: another text, or another name, is another thing."""
    lines = "\n".join([root_id, " ".join(name.words), text])
    return sha256(lines.encode()).hexdigest()


# --- What is published -----------------------------------------------------------------


def without_names(
    content: Content, kept: Iterable[Kept], may_stay: Collection[str]
) -> bool:
    """Takes out each text that holds one of the names. Did any? The content may be that
    of a document, too.
    """
    names = _secret_here(content, kept)
    if not names:
        return False
    looked = _Looked(content["id"], names, may_stay)
    for row, fields in _rows(content):
        for field in fields:
            if field in row:
                row[field] = looked.left_of(row[field])
    if looked.took_any and "identifiers" in content:
        content["identifiers"] = list(filter(_is_whole, content["identifiers"]))
    return looked.took_any


def _is_whole(identifier: Content) -> bool:
    """Half of one is none."""
    return bool(identifier["scheme"] and identifier["value"])


def _secret_here(content: Content, kept: Iterable[Kept]) -> list[Kept]:
    """A case's own name is kept by rules of its own (naming.py). And what spells a name
    that the document tells is no secret in it.
    """
    told: set[str] = set()
    if content["kind"] == "prisoner":
        for name in content["names"]:
            told |= words_in(name["value"])
    secret = []
    for kept_name in kept:
        if kept_name.person != content["id"] and not told.issuperset(kept_name.words):
            secret.append(kept_name)
    return secret


@dataclass
class _Looked:
    root_id: str
    names: Sequence[Kept]
    may_stay: Collection[str]
    took_any: bool = False

    def left_of(self, value: Any) -> Any:
        if isinstance(value, str):
            return None if self._holds_a_name(value) else value
        if isinstance(value, list):
            return [item for item in value if self.left_of(item) is not None]
        if isinstance(value, dict):
            left = {key: self.left_of(item) for key, item in value.items()}
            return {key: item for key, item in left.items() if item is not None}
        return value

    def _holds_a_name(self, text: str) -> bool:
        words = words_in(text)
        for name in self.names:
            if not name.stands_in(words):
                continue
            if said(self.root_id, text, name) not in self.may_stay:
                self.took_any = True
                return True
        return False


def _rows(content: Content) -> Iterator[tuple[Content, Sequence[str]]]:
    """With the fields in which words stand. Names are kept back by rules of their own."""
    for kind, row in walking.records(content):
        if kind != "person_name":
            yield row, _fields(kind)
            if row.get("claimant"):
                yield row["claimant"], _of_a_claimant()
    for citation in content["citations"]:
        yield citation, _of_a_citation()
        if citation["claimant"]:
            yield citation["claimant"], _of_a_claimant()


@cache
def _fields(kind: str) -> tuple[str, ...]:
    return _words_of(walking.fields_of(kind))


@cache
def _of_a_citation() -> tuple[str, ...]:
    """`field` and `item` say what of the record it is of; an item is one of its texts."""
    names = _words_of(CitationDocument().fields)
    return tuple(name for name in names if name != "field")


@cache
def _of_a_claimant() -> tuple[str, ...]:
    return _words_of(ClaimantDocument().fields)


def _words_of(fields: Mapping[str, Any]) -> tuple[str, ...]:
    names = []
    for name, form in fields.items():
        if not isinstance(form, Form) or type(form) not in _WORDS:
            continue
        if not form.line.derived and form.line.place != NOWHERE:
            names.append(name)
    return tuple(names)


# --- The record ------------------------------------------------------------------------


@cache
def _not_looked_at() -> frozenset[str]:
    """Names, which rules of their own keep; and what stays inside as a whole."""
    lists = {"names"}
    for parts in PARTS.values():
        for part in parts:
            if part.model.stays_inside:
                lists.add(part.name)
    return frozenset(lists)


def texts_of(case: Aggregate) -> set[str]:
    """Every text of a root and its parts that may be published. A facility has names,
    too: those are of no person.
    """
    texts: set[str] = set()
    for name, value in case.items():
        if name not in _not_looked_at():
            texts.update(texts_in(value))
    for detail in case.get("personal_details", ()):
        texts.update(texts_in(detail["told_as"]))
    return texts


def texts_in(value: Any) -> Iterator[str]:
    """Ids, days and numbers are none."""
    if isinstance(value, str):
        if any(letter.isalpha() for letter in value) and not _is_id(value):
            yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts_in(item)


def _is_id(text: str) -> bool:
    return len(text) == 36 and text[8] == text[13] == "-"


def words_of(texts: Iterable[str]) -> set[str]:
    return set(search_key(texts).split())
