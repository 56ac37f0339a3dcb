"""Filters of the desk's lists that offer a few choices. What is none of them is refused,
as public lists refuse it: answered with everything it would look like an answer, and
“Who may see these” would change all of it.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _


class NotAChoice(Exception):
    """The sentence is for whoever asked."""

    def __init__(self, label: Any, value: str, known: Iterable[Any]) -> None:
        sentence = _("“%(value)s” is not one of: %(known)s.")
        names = ", ".join(str(code) for code in known)
        said = {"value": value[:100], "known": names}
        self.sentence = f"{str(label).capitalize()}: {sentence % said}"
        super().__init__(self.sentence)


class ChoiceFilter(admin.SimpleListFilter):
    """Without a value it is as if nothing was asked."""

    def value(self) -> str | None:
        return super().value() or None

    def has_output(self) -> bool:
        """What has none is not asked at all."""
        return bool(super().has_output() or self.value())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.value()
        if asked is None:
            return queryset
        if not self.is_known(asked):
            codes = [code for code, _label in self.lookup_choices]
            raise NotAChoice(self.title, asked, codes)
        return self.chosen(request, queryset, asked)

    def is_known(self, asked: str) -> bool:
        return any(str(code) == asked for code, _label in self.lookup_choices)

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], asked: str
    ) -> QuerySet[Any]:
        raise NotImplementedError
