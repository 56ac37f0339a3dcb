"""Secrets that say of themselves who may read them, so that one look at an answer tells
what has leaked.

A canary is a word, an address, a day, a number, a digest or an id, each of a form that
nothing else in an answer has, and with the least visibility of what it stands in:
"public", "partners" or "internal".
"""

import re
import uuid
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models import Charge, Facility, Prisoner
from cases.models.base import Record
from cases.models.dates import EDTFField
from cases.models.events import WITH_COORDINATES
from cases.models.fields import CodeField, CodesField
from cases.models.order import EarlierRecord
from cases.models.texts import TextByLanguage
from tracker.contract.vocabulary import Country, ToldWithoutName

LEVELS = ("public", "partners", "internal")

# What holds no canary of its own, and why that is no hole.
WITHOUT = {
    "lowest": "it is of words, and what is planted has a number",
    "highest": "it is of words, and what is planted has a number",
    "visibility": "it is what the canaries are about",
    "language": "a tag that its own rule restricts; nothing hidden fits in",
    "age_as_stated": "at most 120, and it decides whether a name is shown: test_canaries.py makes minors by it",
    "withheld": "names of fields; test_withdrawals.py withholds them all",
    "field": "the name of a field of a citation’s record, or nothing",
}

_YEARS = {"public": 1000, "partners": 1200, "internal": 1400}
_number = count(1)
_day = count(1)  # days are few, and words and numbers need none
_FORMS = "|".join(
    rf"(?P<{level}>qz{level}[a-z]+zq|ca0de{place}[0-9a-f]{{2}}-[0-9a-f-]{{27}}|(?:f0){{20}}{place}[0-9a-f]{{23}}"
    rf"|\b7{place}[ ,.]?\d{{3}}[ ,.]?\d{{3}}\b|\b(?:{years})\d\d-\d\d-\d\d\b|\b\d{{1,2}} [A-Z][a-z]+ (?:{years})\d\d\b)"
    for place, (level, years) in enumerate(
        {"public": "10|11", "partners": "12|13", "internal": "14|15"}.items()
    )
)
# Every form begins with one of these. A look at the first letter makes it seven times
# as fast, and the crawls read hundreds of megabytes.
_ANY = re.compile(rf"(?=[qcf\d])(?:{_FORMS})")


def found(text: str, levels: tuple[str, ...] = LEVELS) -> set[str]:
    """Every canary of these levels in a text."""
    return {match.group() for match in _ANY.finditer(text) if match.lastgroup in levels}


def begin_anew() -> None:
    """For each world: its days are within two centuries, and a file of tests that
    rewrites one world often needs some 10,000 canaries.
    """
    global _number, _day
    _number, _day = count(1), count(1)


def word(level: str) -> str:
    letters, rest = "", next(_number)
    while rest:
        rest, letter = divmod(rest, 26)
        letters = chr(ord("a") + letter) + letters
    return f"qz{level}{letters}zq"


def day(level: str) -> str:
    """Never the first or the last of a month: what is dated to the month has these as
    its bounds.
    """
    one_day = timedelta(days=1)
    while True:
        found = date(_YEARS[level], 1, 1) + timedelta(days=next(_day))
        if found.year >= _YEARS[level] + 200:
            raise OverflowError("This world has no day left for a canary.")
        months = {found.month, (found - one_day).month, (found + one_day).month}
        if len(months) == 1:
            return found.isoformat()


def number(level: str) -> int:
    """Later ones are higher: the upper end of a range comes after its lower one."""
    return 70_000_000 + 1_000_000 * LEVELS.index(level) + next(_number)


def digest(level: str) -> str:
    return "f0" * 20 + f"{LEVELS.index(level)}{next(_number):023x}"


def record_id(level: str) -> uuid.UUID:
    return uuid.UUID(f"ca0de{LEVELS.index(level)}{uuid.uuid4().hex[6:]}")


def fill(model: type[Record], level: str, **levels: str) -> dict[str, Any]:
    """A canary for each field that people write, in the order of the fields: later days
    for later ones, and higher numbers.

    `levels`: fields that are of another level. A new field is covered as it comes; one
    of a form that is new here raises TypeError.
    """
    return {
        field.name: _canary(
            field,
            "internal"
            if field.name in model.inside_only
            else levels.get(field.name, level),
        )
        for field in sorted(model._meta.concrete_fields, key=_is_not_first)
        if field.editable
        and not (field.primary_key or field.is_relation or field.name in WITHOUT)
        and not isinstance(
            field,
            CodeField
            | CodesField
            | EarlierRecord
            | models.BooleanField
            | models.GeneratedField,
        )
    }


def _is_not_first(field: models.Field) -> bool:
    return field.name not in ("ordered_on", "enforceable_months")


def codes(model: type[Record], place: int = 0) -> dict[str, Any]:
    """The first code of each vocabulary, or another: a code is no secret, but which one
    is (test_oracles.py). A facility that has coordinates is an official one; a charge
    has its outcome in its decisions. Of a case without a name all may be told that would
    be with one.
    """
    if model is Facility:
        kinds = {"official": "yes", "place_kind": WITH_COORDINATES[place]}
        return {**kinds, "country": Country.values[place]}
    if model is Charge:
        return {}
    first = {
        field.name: [field.vocabulary.values[place]]
        if isinstance(field, CodesField)
        else field.vocabulary.values[place]
        for field in model._meta.concrete_fields
        if isinstance(field, CodeField | CodesField)
        and field.vocabulary
        and field.name not in WITHOUT
    }
    if model is Prisoner:
        first["told_without_name"] = list(ToldWithoutName)
    return first


def _canary(field: models.Field, level: str) -> Any:
    match field:
        case EDTFField():
            return day(level)
        case TextByLanguage():
            return {"en": word(level)}
        case models.JSONField():
            return word(level)
        case ArrayField():
            return [word(level)]
        case models.URLField():
            return f"https://example.org/{word(level)}"
        case models.CharField(name="sha256"):
            return digest(level)
        case models.CharField(name="coordinates"):
            return f"53.{number(level)}, 27.{number(level)}"
        case models.CharField(name="currency" | "bail_currency"):
            return "BYN"  # three letters; nothing hidden fits in
        case models.CharField() | models.TextField():
            return word(level)
        case models.PositiveIntegerField() | models.PositiveBigIntegerField():
            return number(level)
    raise TypeError(f"{field}: say what a canary in it looks like")
