"""Coded values. The list of codes stands in tracker/contract/vocabulary.py; the
database holds it too, by a CHECK.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Regex
from django.utils.translation import gettext_lazy as _

from tracker.contract.vocabulary import OPEN, Country, is_own


class FieldCheck(models.CheckConstraint):
    """A rule on one field that its own validators have applied before: asking the
    database again would cost a query.
    """

    def validate(self, *args: Any, **kwargs: Any) -> None:
        return


def add_constraint(
    model: type[models.Model], constraint: models.BaseConstraint
) -> None:
    """Let a field bring a constraint with it. Migration states list theirs; abstract
    models pass theirs on.
    """
    if model._meta.abstract or model.__module__ == "__fake__":
        return
    model._meta.constraints = [*model._meta.constraints, constraint]
    model._meta.original_attrs["constraints"] = model._meta.constraints


def country_list(expression: Any) -> models.Func:
    """The SQL function of migration 0001: are all of these ISO 3166-1 alpha-2 codes?"""
    return models.Func(
        expression, function="countries_exist", output_field=models.BooleanField()
    )


def one_line(name: str) -> models.Func:
    """The SQL function of migration 0006: has this text nothing of UNSEEN
    (tracker/plain.py)?
    """
    return models.Func(
        F(name), function="is_one_line", output_field=models.BooleanField()
    )


def _ours(vocabulary: type[models.TextChoices]) -> list[str]:
    """The database's checks are the same for every organisation: they name our codes,
    and let through what has the form of somebody's own (docs/organisation.md).
    """
    return [code for code in vocabulary.values if not is_own(code)]


def open_fields(model: type[models.Model]) -> list[Any]:
    """The fields whose codes an organisation may add to."""
    fields: list[Any] = list(model._meta.concrete_fields)
    opened = OPEN.values()
    return [field for field in fields if getattr(field, "vocabulary", None) in opened]


def forgotten_codes(record: models.Model) -> Iterator[tuple[str, list[str]]]:
    """What a record holds that the organisation's file has no more, by field."""
    for field in open_fields(type(record)):
        stored = getattr(record, field.attname)
        if not isinstance(stored, list):
            stored = [stored]
        codes = []
        for code in stored:
            if code and is_own(code) and code not in field.vocabulary.values:
                codes.append(code)
        if codes:
            yield field.name, codes


def _each_matches(name: str, pattern: str) -> Regex:
    """Of a list of codes, in which no code may be NULL."""
    codes = models.Func(
        F(name),
        models.Value(","),
        models.Value("NULL"),
        function="array_to_string",
        output_field=models.TextField(),
    )
    return Regex(codes, f"^(({pattern})(,|$))*$")


class CodeField(models.CharField):
    """One code of a vocabulary; NULL is "not known". The empty text of a form is NULL
    too.
    """

    def __init__(
        self,
        *args: Any,
        vocabulary: type[models.TextChoices] | None = None,
        **kwargs: Any,
    ) -> None:
        self.vocabulary = vocabulary
        if vocabulary is not None:
            kwargs["choices"] = vocabulary.choices
            kwargs.setdefault("null", True)
            kwargs["blank"] = kwargs["null"]
        kwargs.setdefault("max_length", 40)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop(
            "choices", None
        )  # a label is not a matter of the database, and a code's CHECK is listed beside it
        return name, "django.db.models.CharField", args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value) or None

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return super().clean(value or None, model_instance)

    def contribute_to_class(
        self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any
    ) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        if self.vocabulary is not None:
            add_constraint(cls, self._check(cls, name))

    def _check(self, cls: type[models.Model], name: str) -> FieldCheck:
        assert self.vocabulary is not None
        known: Any = Q(**{f"{name}__in": _ours(self.vocabulary)})
        if self.vocabulary in OPEN.values():
            known |= Q(**{f"{name}__regex": f"^{settings.OWN.CODE}$"})
        if self.vocabulary is Country:
            known = Q(
                country_list(
                    models.Func(
                        F(name),
                        function="array_append",
                        template="ARRAY[%(expressions)s]",
                    )
                )
            )
        return FieldCheck(
            condition=Q(**{f"{name}__isnull": True}) | known,
            name=f"{cls._meta.model_name}_{name}_is_a_known_code",
            violation_error_message=_("This is not one of the known codes."),
        )


class LaterText(models.CharField):
    """A text that came when records and their history were there already: NULL where
    nothing is said, and the empty text of a form is NULL too.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"null": True, "blank": True, **kwargs})

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value) or None

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return super().clean(value or None, model_instance)


class CodesField(ArrayField):
    """Several codes of one vocabulary; empty is "none known"."""

    def __init__(
        self,
        verbose_name: Any = None,
        vocabulary: type[models.TextChoices] | None = None,
        **kwargs: Any,
    ) -> None:
        self.vocabulary = vocabulary
        if vocabulary is not None:
            kwargs["base_field"] = models.CharField(
                max_length=40, choices=vocabulary.choices
            )
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(verbose_name=verbose_name, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        kwargs["base_field"] = models.CharField(max_length=40)
        return name, "django.contrib.postgres.fields.ArrayField", args, kwargs

    def contribute_to_class(
        self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any
    ) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        if self.vocabulary is None:
            return
        ours = _ours(self.vocabulary)
        known = Q(**{f"{name}__contained_by": ours})
        if self.vocabulary in OPEN.values():
            known = Q(_each_matches(name, "|".join([*ours, settings.OWN.CODE])))
        if self.vocabulary is Country:
            known = Q(country_list(F(name)))
        add_constraint(
            cls,
            FieldCheck(
                condition=known,
                name=f"{cls._meta.model_name}_{name}_are_known_codes",
                violation_error_message=_("These are not all known codes."),
            ),
        )

    def formfield(self, **kwargs: Any) -> Any:
        from django import forms

        assert self.vocabulary is not None
        return forms.MultipleChoiceField(
            choices=self.vocabulary.choices,
            required=False,
            label=kwargs.get("label", self.verbose_name),
            help_text=self.help_text,
            widget=forms.CheckboxSelectMultiple
            if len(self.vocabulary.choices) < 30
            else forms.SelectMultiple,
        )
