"""Single facts of a published case that are kept inside, while the case itself stays as
visible as it is.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.visibility import narrowest
from tracker.contract.vocabulary import NarrowedVisibility

Withheld = dict[str, dict[str, str]]
"""{id of the root or of a part: {"field", or "field:entry" of a list: who may still see
it}}
"""


def validate_withheld(value: Any) -> None:
    if not isinstance(value, dict) or not all(
        isinstance(facts, dict) for facts in value.values()
    ):
        raise ValidationError(
            _(
                "Write, for the id of each record, its fields and who may still see them."
            )
        )
    for facts in value.values():
        for fact, who in facts.items():
            if who not in NarrowedVisibility.values:
                raise ValidationError(
                    _("“%(fact)s”: who may still see it is one of: %(known)s."),
                    params={
                        "fact": fact,
                        "known": ", ".join(NarrowedVisibility.values),
                    },
                )


class WithheldFacts(models.JSONField):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"default": dict, "blank": True}
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, validate_withheld]

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("validators", None)
        return name, "django.db.models.JSONField", args, kwargs


def key_of(field: str, entry: str = "") -> str:
    return f"{field}:{entry}" if entry else field


def both(one: Withheld, other: Withheld) -> Withheld:
    """What either withholds; of two, the narrower."""
    found = {record: dict(facts) for record, facts in one.items()}
    for record, facts in other.items():
        its = found.setdefault(record, {})
        for fact, who in facts.items():
            its[fact] = narrowest(its.get(fact, who), who)
    return found
