"""Query parameters that nobody knows are refused: an ignored filter answers another
question than the one asked.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request


def refuse_unknown(
    given: QueryDict, known: Iterable[str], repeatable: Collection[str] = ()
) -> None:
    """Raise a ValidationError that names each unknown, repeated or empty parameter, and
    lists the known ones.
    """
    known = sorted(known)
    errors = {}
    for name, values in given.lists():
        if problem := _problem(name, values, known, name in repeatable):
            errors[name] = problem
    if errors:
        raise ValidationError(errors)


def _problem(
    name: str, values: list[str], known: list[str], repeatable: bool
) -> str | None:
    if name not in known:
        if not known:
            return _("This address takes no parameters.")
        return _("There is no such parameter here. Known: %(known)s.") % {
            "known": ", ".join(known)
        }
    if len(values) > 1 and not repeatable:
        return _("Give this parameter once.")
    if not all(value.strip() for value in values):
        return _("Give a value, or leave the parameter out.")
    return None


class KnownParametersOnly:
    """For a viewset with a FilterSet and a pagination that lists its `parameters`."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        refuse_unknown(
            request.query_params,
            self.known_parameters(),
            self.repeatable_parameters(),
        )

    def known_parameters(self) -> set[str]:
        view: Any = self
        if view.action != "list":
            return set()
        return {*view.filterset_class.base_filters, *view.pagination_class.parameters}

    def repeatable_parameters(self) -> set[str]:
        return set()
