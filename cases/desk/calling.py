"""What the rows of a list are about, by name: a query for each kind of record."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from cases.catalogue import KINDS
from cases.desk.permissions import may
from cases.models import Merge, Prisoner
from cases.models.base import Root

Called = dict[tuple[type[Model], str], str]


def called(
    about: Iterable[tuple[type[Model], Any]], user: User | AnonymousUser
) -> Called:
    """Of these records, by model and id, those that the user may view and sees."""
    ids: dict[type[Model], set[Any]] = defaultdict(set)
    for model, record_id in about:
        ids[model].add(record_id)
    names: Called = {}
    for model, ids_of_model in ids.items():
        if not user.has_perm(may("view", model)):
            continue
        for record in _records(model).filter(pk__in=ids_of_model):
            names[model, str(record.pk)] = str(record)
    return names


def _records(model: type[Model]) -> QuerySet[Any]:
    records: QuerySet[Any] = model._default_manager.all()
    if issubclass(model, Root) and model.called_by:
        return records.select_related(model.called_by)
    return records


class NamedList(ChangeList):
    """Rows that are about cases carry what these are called: `row.called`."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        cases = {row: _cases(row) for row in self.result_list}
        about = [case for of_row in cases.values() for case in of_row]
        names = called(about, request.user)
        for row, of_row in cases.items():
            row.called = [in_short(names, *case) for case in of_row]


def in_short(names: Called, model: type[Model], record_id: object) -> str:
    """A number only where there is no name, or none that this reader may see."""
    return names.get((model, str(record_id)), str(record_id)[:8])


def _cases(row: Any) -> list[tuple[type[Model], UUID]]:
    if isinstance(row, Merge):
        return [(Prisoner, row.merged_id), (Prisoner, row.kept_id)]
    if getattr(row, "root_kind", "") in KINDS:
        return [(KINDS[row.root_kind], row.root_id)]
    return []
