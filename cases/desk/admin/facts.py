"""What a source states of a field: from the words that people type to the value as the
field holds it, and back.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from cases.models.base import Part
from cases.models.dates import EDTFField
from cases.models.fields import CodeField, CodesField
from cases.models.texts import TextByLanguage
from cases.typed_dates import understood
from cases.words import labels, related, shown
from tracker.contract.vocabulary import YesNo

_FEW = 30  # codes that an error message can list


def typed(fact: models.Field, text: str, *, entry: bool = False) -> Any:
    """The value that `text` means for this field, or for one entry of a list. Raises
    ValidationError.
    """
    if isinstance(fact, CodesField | ArrayField):
        read_entry: Callable[[models.Field, str], str] = _same
        if isinstance(fact, CodesField):
            read_entry = _code
        if entry:
            return read_entry(fact, text)
        texts = [part.strip() for part in text.split(",")]
        return [read_entry(fact, entry_text) for entry_text in texts if entry_text]
    for kind, read in _READERS.items():
        if isinstance(fact, kind):
            return read(fact, text)
    return text


def as_typed(fact: models.Field | None, value: object) -> str:
    """What one would type for this value: `typed` reads it back."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return "\n".join(f"{language}: {text}" for language, text in value.items())
    if fact is None or isinstance(fact, EDTFField | models.ForeignKey):
        return str(value)
    return shown(fact, value)


def _same(_fact: models.Field, text: str) -> str:
    return text


def _code(fact: models.Field, text: str) -> str:
    known = labels(fact)
    for code, label in known.items():
        if text.casefold() in {code.casefold(), label.casefold()}:
            return code
    sentence = _("“%(text)s” is not a known value of %(field)s.") % {
        "text": text,
        "field": fact.verbose_name,
    }
    if len(known) <= _FEW:
        sentence += " " + _("Known are: %(known)s.") % {
            "known": ", ".join(known.values())
        }
    raise ValidationError(sentence)


def _number(_fact: models.Field, text: str) -> int:
    if not text.lstrip("-").isdecimal():
        raise ValidationError(
            _("“%(text)s” is not a whole number, such as 48.") % {"text": text}
        )
    return int(text)


def _yes_or_no(_fact: models.Field, text: str) -> bool:
    spoken = {
        "true": True,
        "false": False,
        str(YesNo.YES.label): True,
        str(YesNo.NO.label): False,
    }
    if text.casefold() not in spoken:
        raise ValidationError(
            _("Write %(yes)s or %(no)s.")
            % {"yes": YesNo.YES.label, "no": YesNo.NO.label}
        )
    return spoken[text.casefold()]


def _date(_fact: models.Field, text: str) -> str:
    return understood(text)


def _by_language(_fact: models.Field, text: str) -> dict[str, str]:
    """Lines such as "en: Penal colony No. 1"."""
    pairs = [line.partition(":") for line in text.splitlines() if line.strip()]
    if not all(words.strip() for _language, _colon, words in pairs):
        raise ValidationError(
            _("Write a line for each language, such as “en: Penal colony No. 1”.")
        )
    return {language.strip(): words.strip() for language, _colon, words in pairs}


def _record(fact: models.Field, text: str) -> str:
    """The id of the one record called so. Parts of a case have no names of their own:
    those go by id.
    """
    if issubclass(related(fact).model, Part):
        return text
    ids = []
    for record in related(fact):
        if str(record).casefold() == text.casefold():
            ids.append(str(record.pk))
    if len(ids) == 1:
        return ids[0]
    return text  # an id, or refused by the field itself


_READERS: dict[Any, Any] = {
    EDTFField: _date,
    CodeField: _code,
    TextByLanguage: _by_language,
    models.BooleanField: _yes_or_no,
    models.IntegerField: _number,
    models.ForeignKey: _record,
}
