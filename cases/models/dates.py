"""The field for dates, lookups that respect imprecision, and the rule that nothing ends
before it starts.
"""

from datetime import date
from typing import Any

from django.db import models
from django.db.models.expressions import Col
from django.utils.translation import gettext_lazy as _

from tracker.dates import validate

BOUNDS = ("earliest", "latest")


class EDTFField(models.CharField):
    """EDTF text (tracker/dates.py); `<name>_earliest` and `<name>_latest` hold its
    bounds, NULL where open.

    PostgreSQL computes them: after changing a saved record, read them again with
    `refresh_from_db`.
    """

    default_validators = [validate]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            *args, **{"max_length": 40, "null": True, "blank": True, **kwargs}
        )
        self.help_text = self.help_text or _("2025, 2025-09 or 2025-09-11")

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only)
        # A migration's models list the bounds themselves, and so do history's, if they
        # keep them.
        if (
            cls._meta.abstract
            or cls.__module__ == "__fake__"
            or hasattr(cls, "pgh_tracked_model")
        ):
            return
        for bound in BOUNDS:
            cls.add_to_class(
                f"{name}_{bound}",
                models.GeneratedField(
                    expression=models.Func(
                        models.F(name),
                        function=f"edtf_{bound}",
                        output_field=models.DateField(),
                    ),
                    output_field=models.DateField(),
                    db_persist=True,
                    serialize=False,
                ),
            )

    def db_check(self, connection: Any) -> str:
        """A CHECK on the column, for every way in that does not meet the validator."""
        return f"edtf_is_valid({connection.ops.quote_name(self.column)})"

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        return text.strip() or None if text else None

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value) or None


class _Overlap(models.Lookup):
    """True where the date may be in the days asked for: "on or after 11 September"
    finds `2025-09`.
    """

    prepare_rhs = False
    template: str

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        model, name, alias = self.lhs.target.model, self.lhs.target.name, self.lhs.alias
        columns = {
            bound: compiler.compile(
                Col(alias, model._meta.get_field(f"{name}_{bound}"))
            )[0]
            for bound in BOUNDS
        }
        text, _params = compiler.compile(self.lhs)
        return (
            f"({text} IS NOT NULL AND {self.template.format(**columns)})",
            self.days(),
        )

    def days(self) -> tuple[date, ...]:
        return (_day(self.rhs),)


@EDTFField.register_lookup
class OnOrAfter(_Overlap):
    """The rhs is a day, or its ISO text."""

    lookup_name = "on_or_after"
    template = "COALESCE({latest}, 'infinity'::date) >= %s"


@EDTFField.register_lookup
class OnOrBefore(_Overlap):
    """The rhs is a day, or its ISO text."""

    lookup_name = "on_or_before"
    template = "COALESCE({earliest}, '-infinity'::date) <= %s"


@EDTFField.register_lookup
class During(_Overlap):
    """The rhs is (first day, last day), both included."""

    lookup_name = "during"
    template = "COALESCE({latest}, 'infinity'::date) >= %s AND COALESCE({earliest}, '-infinity'::date) <= %s"

    def days(self) -> tuple[date, ...]:
        first, last = self.rhs
        return _day(first), _day(last)


def _day(value: Any) -> Any:
    return models.DateField().to_python(value)


def ends_not_before_starts(
    started: str, ended: str, message: Any
) -> models.CheckConstraint:
    """Refuses an end only if it is certainly before the start; `message` is the
    sentence that people read.
    """
    return models.CheckConstraint(
        condition=models.Q(**{f"{ended}_latest__gte": models.F(f"{started}_earliest")}),
        name=f"%(app_label)s_%(class)s_{ended}_not_before_{started}",
        violation_error_message=message,
    )
