"""The value of any field as people read it: labels for codes, words for dates, names
for ids.
"""

from typing import Any

from django.db import models

from cases.models.dates import EDTFField
from cases.models.withheld import WithheldFacts
from tracker.contract.vocabulary import YesNo
from tracker.dates import display
from tracker.emptiness import is_empty


def shown(fact: models.Field, value: Any) -> str:
    """The value as people read it; "" for none."""
    if is_empty(value):
        return ""
    if isinstance(value, list):
        return ", ".join(shown(fact, one) for one in value)
    if isinstance(fact, WithheldFacts):
        return ", ".join(
            name.replace("_", " ") for facts in value.values() for name in facts
        )
    if isinstance(value, dict):
        return "; ".join(f"{language}: {text}" for language, text in value.items())
    if isinstance(value, bool):
        return str(YesNo.YES.label if value else YesNo.NO.label)
    if isinstance(fact, EDTFField):
        return display(value)
    if isinstance(fact, models.ForeignKey) and not isinstance(value, models.Model):
        return str(related(fact).filter(pk=value).first() or value)
    return str(labels(fact).get(value, value))


def labels(fact: models.Field) -> dict[str, str]:
    vocabulary = getattr(fact, "vocabulary", None)
    return (
        {code: str(label) for code, label in vocabulary.choices} if vocabulary else {}
    )


def related(fact: models.Field) -> models.QuerySet[Any]:
    return fact.related_model._default_manager.all()  # type: ignore[union-attr]
