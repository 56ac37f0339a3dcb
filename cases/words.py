"""The value of any field as people read it: labels for codes, words for dates, names
for ids.
"""

from typing import Any

from django.db import models

from cases.models.dates import EDTFField
from cases.models.order import EarlierRecord, called, ordered_models
from cases.models.withheld import WithheldFacts
from tracker.contract.vocabulary import YesNo
from tracker.dates import display
from tracker.emptiness import is_empty


def shown(fact: models.Field, value: object) -> str:
    """The value as people read it; "" for none."""
    if is_empty(value):
        return ""
    if isinstance(value, list):
        return ", ".join(shown(fact, entry) for entry in value)
    if isinstance(value, dict):
        return _entries(fact, value)
    if isinstance(value, bool):
        return _yes_or_no(value)
    text = str(value)
    if isinstance(fact, EDTFField):
        return display(text)
    if isinstance(fact, models.ForeignKey) and not isinstance(value, models.Model):
        record = related(fact).filter(pk=value).first()
        return str(record or value)
    if isinstance(fact, EarlierRecord):
        return _called(text)
    return labels(fact).get(text, text)


def _called(event_id: str) -> str:
    """An event of whatever kind; its id if it is gone."""
    for model in ordered_models():
        event = model._default_manager.filter(pk=event_id).first()
        if event is not None:
            return called(event)
    return event_id


def _entries(fact: models.Field, value: dict[str, Any]) -> str:
    """Of withheld facts their names; else a text in several languages."""
    entries = []
    if isinstance(fact, WithheldFacts):
        for facts in value.values():
            for name in facts:
                entries.append(name.replace("_", " "))
        return ", ".join(entries)
    for language, text in value.items():
        entries.append(f"{language}: {text}")
    return "; ".join(entries)


def _yes_or_no(value: bool) -> str:
    if value:
        return str(YesNo.YES.label)
    return str(YesNo.NO.label)


def labels(fact: models.Field) -> dict[str, str]:
    vocabulary = getattr(fact, "vocabulary", None)
    if not vocabulary:
        return {}
    return {code: str(label) for code, label in vocabulary.choices}


def related(fact: models.Field) -> models.QuerySet[Any]:
    return fact.related_model._default_manager.all()  # type: ignore[union-attr]
