"""A name that is kept back stands in other records, too: in the title of a source, in
the words of an event. What holds it is not told, as if nobody had said it.
docs/decisions/names-elsewhere.md
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
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


@lru_cache(maxsize=8192)  # of one case it is asked for each reader
def telling_words(name: str) -> frozenset[tuple[str, ...]]:
    """Without initials, and what else is too short to tell anything; and the same as it
    may be written otherwise, such as without marks.
    """
    ways = set()
    for words in words_of_names(names_key([name])):
        telling = tuple(sorted(filter(tells, words)))
        if telling:
            ways.add(telling)
    return frozenset(ways)


def words_in(text: str) -> frozenset[str]:
    if len(text) <= _SHORT:
        return _words_in_short(text)
    return _words_in(text)


def _words_in(text: str) -> frozenset[str]:
    return frozenset(search_key([text]).split())


# Most texts are codes and names, and stand in many cases, or are asked for many times.
_SHORT = 80
_words_in_short = lru_cache(maxsize=16384)(_words_in)


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
    strings: set[str] = set()
    for name, value in case.items():
        if name not in _not_looked_at():
            _gather(value, strings)
    for detail in case.get("personal_details", ()):
        _gather(detail["told_as"], strings)
    return set(filter(_is_text, strings))


def texts_in(value: Any) -> set[str]:
    """Ids, days and numbers are none."""
    strings: set[str] = set()
    _gather(value, strings)
    return set(filter(_is_text, strings))


def _gather(value: Any, strings: set[str]) -> None:
    """All strings, each once: most stand in a case many times, such as codes."""
    items: Iterable[Any] = (value,)
    if isinstance(value, dict | Mapping):
        items = value.values()
    elif isinstance(value, list):
        items = value
    for item in items:
        if type(item) is str:
            strings.add(item)
        elif type(item) not in _NO_TEXTS:
            _gather_one(item, strings)


def _gather_one(item: Any, strings: set[str]) -> None:
    if isinstance(item, str):
        strings.add(str(item))
    elif isinstance(item, list | Mapping):
        _gather(item, strings)


_NO_TEXTS = frozenset({type(None), bool, int, float})


def _is_text(text: str) -> bool:
    if len(text) == 36 and text[8] == text[13] == "-":
        return False  # an id
    return any(map(str.isalpha, text))


def words_of(texts: Iterable[str]) -> set[str]:
    words: set[str] = set()
    return words.union(*map(words_in, texts))
