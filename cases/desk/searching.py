"""What is found by a word at the desk, by indexes, and never more than anybody reads.

Letters that stand in nearly every name would have the database read all of them. Such a
search is refused with the rule: one that was cut would be another search
(docs/decisions/names.md).
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.text import smart_split, unescape_string_literal
from django.utils.translation import gettext as _

from cases.models import DeskEntry, Identifier, PersonName, Prisoner
from tracker.asking.named import nearly, with_every_word
from tracker.nearest import Match
from tracker.plain import as_searched

MOST = 10_000  # records that one search may find
SHORTEST = 3  # letters; by fewer no index finds what stands within a word


class FindsTooMuch(Exception):
    @property
    def sentence(self) -> str:
        return _("This finds more than %(most)s records. Search for more letters.") % {
            "most": f"{MOST:,}"
        }


def cases_found(term: str) -> set[UUID]:
    """By a name in any spelling or as written, or by an identifier. Of one letter or two
    by the beginnings of words alone. Raises FindsTooMuch.
    """
    term = as_searched(term)
    case_ids: set[UUID] = set()
    if not term.strip():
        return case_ids
    called_so = with_every_word(DeskEntry.objects.all(), term)
    if called_so is not None:
        case_ids |= _few(called_so.values_list("prisoner_id"))
    for model in (PersonName, Identifier):
        parts = model._default_manager.filter(_has(["value"], term))
        case_ids |= _few(parts.values_list("prisoner_id"))
    return case_ids


def cases_nearly(term: str, cases: QuerySet[Prisoner]) -> Match:
    """Of these cases, those whose names have most of the words, or are spelled nearly so.
    Of others no name is read.
    """

    def names_of(ids: Collection[UUID]) -> dict[UUID, list[str]]:
        spellings: dict[UUID, list[str]] = {}
        rows = PersonName.objects.filter(prisoner__in=cases.filter(pk__in=ids))
        for case_id, name in rows.values_list("prisoner_id", "value"):
            spellings.setdefault(case_id, []).append(name)
        return spellings

    return nearly(DeskEntry.objects.all(), term, names_of)


def records_found(model: type[Model], fields: Sequence[str], term: str) -> set[Any]:
    """Those that have each of the words in one of these fields. Raises FindsTooMuch."""
    term = as_searched(term)
    if not fields or not term.strip():
        return set()
    words = _words(term)
    telling = [word for word in words if len(word) >= SHORTEST]
    records = model._default_manager.all()
    for word in telling or [term]:
        records = records.filter(_has(fields, word))
    record_ids = _few(records.values_list("pk"))
    others = [word for word in words if word not in telling]
    if telling and others:
        among = model._default_manager.filter(pk__in=record_ids)
        for word in others:
            within = [Q(**{f"{field}__icontains": word}) for field in fields]
            among = among.filter(Q(*within, _connector=Q.OR))
        return set(among.values_list("pk", flat=True))
    return record_ids


def _has(fields: Sequence[str], word: str) -> Q:
    lookup = "icontains" if len(word) >= SHORTEST else "istartswith"
    conditions = [Q(**{f"{field}__{lookup}": word}) for field in fields]
    return Q(*conditions, _connector=Q.OR)


def _words(term: str) -> list[str]:
    """As the admin divides a search: what stands in quotes is one word."""
    words = []
    for bit in smart_split(term):
        if bit.startswith(('"', "'")) and bit[0] == bit[-1]:
            bit = unescape_string_literal(bit)
        words.append(bit)
    return words


def _few(ids: QuerySet[Any, Any]) -> set[Any]:
    rows = list(ids.order_by()[: MOST + 1])
    if len(rows) > MOST:
        raise FindsTooMuch
    return {record_id for (record_id,) in rows}
