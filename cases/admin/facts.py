"""What a source states of a field: from the words that people type to the value as the field holds it, and back."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from cases.models.base import Part
from cases.models.dates import EDTFField
from cases.models.fields import CodeField, CodesField
from cases.models.texts import TextByLanguage
from tracker.dates import display
from tracker.vocabulary import YesNo

_FEW = 30  # codes that an error message can list


def typed(fact: models.Field, text: str, *, entry: bool = False) -> Any:
    """The value that `text` means for this field, or for one entry of a list. Raises ValidationError."""
    if isinstance(fact, CodesField | ArrayField):
        read = _code if isinstance(fact, CodesField) else _same
        return read(fact, text) if entry else [read(fact, one.strip()) for one in text.split(",") if one.strip()]
    for kind, read in _READERS.items():
        if isinstance(fact, kind):
            return read(fact, text)
    return text


def shown(fact: models.Field, value: Any) -> str:
    """The value as people read it; "" for none."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, list):
        return ", ".join(shown(fact, one) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{language}: {text}" for language, text in value.items())
    if isinstance(value, bool):
        return str(YesNo.YES.label if value else YesNo.NO.label)
    if isinstance(fact, EDTFField):
        return display(value)
    if isinstance(fact, models.ForeignKey) and not isinstance(value, models.Model):
        return str(_related(fact).filter(pk=value).first() or value)
    return str(_labels(fact).get(value, value))


def as_typed(fact: models.Field | None, value: Any) -> str:
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


def _labels(fact: models.Field) -> dict[str, str]:
    vocabulary = getattr(fact, "vocabulary", None)
    return {code: str(label) for code, label in vocabulary.choices} if vocabulary else {}


def _related(fact: models.Field) -> models.QuerySet[Any]:
    return fact.related_model._default_manager.all()  # type: ignore[union-attr]


def _same(_fact: models.Field, text: str) -> str:
    return text


def _code(fact: models.Field, text: str) -> str:
    labels = _labels(fact)
    for code, label in labels.items():
        if text.casefold() in {code.casefold(), label.casefold()}:
            return code
    sentence = _("“%(text)s” is not a known value of %(field)s.") % {"text": text, "field": fact.verbose_name}
    if len(labels) <= _FEW:
        sentence += " " + _("Known are: %(known)s.") % {"known": ", ".join(labels.values())}
    raise ValidationError(sentence)


def _number(_fact: models.Field, text: str) -> int:
    if not text.lstrip("-").isdecimal():
        raise ValidationError(_("“%(text)s” is not a whole number, such as 48.") % {"text": text})
    return int(text)


def _yes_or_no(_fact: models.Field, text: str) -> bool:
    spoken = {"true": True, "false": False, str(YesNo.YES.label): True, str(YesNo.NO.label): False}
    if text.casefold() not in spoken:
        raise ValidationError(_("Write %(yes)s or %(no)s.") % {"yes": YesNo.YES.label, "no": YesNo.NO.label})
    return spoken[text.casefold()]


def _by_language(_fact: models.Field, text: str) -> dict[str, str]:
    """Lines such as "en: Penal colony No. 1"."""
    pairs = [line.partition(":") for line in text.splitlines() if line.strip()]
    if not all(words.strip() for _language, _colon, words in pairs):
        raise ValidationError(_("Write a line for each language, such as “en: Penal colony No. 1”."))
    return {language.strip(): words.strip() for language, _colon, words in pairs}


def _record(fact: models.Field, text: str) -> str:
    """The id of the one record called so. Parts of a case have no names of their own: those go by id."""
    named = [] if issubclass(_related(fact).model, Part) else _related(fact)
    called = [str(record.pk) for record in named if str(record).casefold() == text.casefold()]
    if len(called) == 1:
        return called[0]
    return text  # an id, or refused by the field itself


_READERS: dict[Any, Any] = {
    CodeField: _code,
    TextByLanguage: _by_language,
    models.BooleanField: _yes_or_no,
    models.IntegerField: _number,
    models.ForeignKey: _record,
}
