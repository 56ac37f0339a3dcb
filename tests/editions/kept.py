"""One stored edition of each kind, in each form that was ever released, and the record
to match.

The files are what a release stored. Whoever raises the form adds a folder with what was
stored in the form until then (`keep`); nobody changes one.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from cases import editions
from cases.aggregate import PARTS, ROOTS, Aggregate, columns, links
from cases.models import Claimant, Edition, Facility, Mark, Prisoner, Source
from cases.models.base import Record
from tests.roles import acting_as

FOLDER = Path(__file__).parent


def forms() -> list[int]:
    return sorted(int(folder.name[5:]) for folder in FOLDER.glob("form-*"))


def _file(kind: str, form: int) -> Path:
    return FOLDER / f"form-{form}" / f"{kind}.json"


def kinds(form: int) -> list[str]:
    """Those that there were in that form: a kind that came later has no edition in it."""
    return [kind for kind in ROOTS if _file(kind, form).exists()]


KINDS = tuple(kinds(0))


@cache
def _text(kind: str, form: int) -> str:
    return _file(kind, form).read_text()


def stored(kind: str, form: int = 0) -> dict[str, Any]:
    return json.loads(_text(kind, form))


def read(kind: str, form: int = 0) -> Aggregate:
    return editions.read(kind, stored(kind, form))


def keep() -> None:
    """Before the form is raised: what was kept last, as it would be stored today."""
    folder = FOLDER / f"form-{editions.FORM}"
    folder.mkdir()
    for kind in kinds(editions.FORM - 1):
        case = {"form": editions.FORM, **read(kind, editions.FORM - 1)}
        text = json.dumps(case, indent=2, ensure_ascii=False)
        (folder / f"{kind}.json").write_text(f"{text}\n")


def bring_back(form: int) -> dict[str, Any]:
    """The roots by kind, as those editions have them, and their editions, approved in
    this moment.
    """
    cases = {kind: deepcopy(read(kind, form)) for kind in kinds(form)}
    for case in cases.values():
        for source_id, row in case["sources"].items():
            _make_if_missing(Source, source_id, cases, title="Another source", **row)
        for claimant_id, row in case["claimants"].items():
            Claimant.objects.get_or_create(id=claimant_id, defaults=row)
    for source_id in cases["source"]["root"]["derived_from_ids"]:
        _make_if_missing(Source, source_id, cases, title="What it repeats")
    for placement in cases["prisoner"]["placements"]:
        _make_if_missing(Facility, placement["facility_id"], cases)
    for kind in kinds(form):
        _make_case(kind, cases[kind])
    for former_id in cases["prisoner"]["root"]["merged_from_ids"]:
        case_id = cases["prisoner"]["root"]["id"]
        Prisoner.objects.create(id=former_id, merged_into_id=case_id)
    return {kind: _approved(kind, form) for kind in kinds(form)}


def _make_if_missing(
    model: type[Record], record_id: str, cases: dict[str, Aggregate], **values: Any
) -> None:
    """Those that are roots of a stored edition come with it."""
    if record_id in {case["root"]["id"] for case in cases.values()}:
        return
    model._default_manager.get_or_create(id=record_id, defaults=values)


def _make_case(kind: str, case: Aggregate) -> None:
    _make(ROOTS[kind], case["root"])
    for part in PARTS[kind]:
        for row in case[part.name]:
            _make(part.model, row)


def _make(model: type[Record], row: dict[str, Any]) -> None:
    values = {name: row[name] for name in columns(model)}
    record = model._default_manager.create(**values)
    for column in links(model):
        name = column.removesuffix("_ids")
        if name != "merged_from":
            getattr(record, name).set(row[column])


def _approved(kind: str, form: int) -> Any:
    snapshot = stored(kind, form)
    root = ROOTS[kind]._default_manager.get(id=snapshot["root"]["id"])
    approve_as(root, snapshot)
    return root


def approve_as(root: Any, snapshot: dict[str, Any]) -> None:
    """As another release may have stored it: nobody can change what is stored."""
    root.refresh_from_db()
    editions_of_it = Edition.objects.filter(root_kind=root.kind, root_id=root.pk)
    with acting_as("owner"):
        Edition.objects.create(
            root_kind=root.kind,
            root_id=root.pk,
            number=editions_of_it.count() + 1,
            version=root.version,
            snapshot=snapshot,
            event=10**12,  # nothing of history is newer
        )
    Mark.objects.create(root_kind=root.kind, root_id=root.pk)


def places(kind: str, form: int) -> Iterator[tuple[str, str]]:
    """(list, column) of everything that the stored edition of this kind holds."""
    snapshot = stored(kind, form)
    for name, rows in snapshot.items():
        if name in ("form", "erased_by"):
            continue
        for column in dict.fromkeys(key for row in rows_of(rows) for key in row):
            yield name, column


def rows_of(rows: Any) -> list[dict[str, Any]]:
    """Of a list, of rows by id, or of the root."""
    if isinstance(rows, list):
        return rows
    return [rows] if "id" in rows else list(rows.values())


def without(kind: str, name: str, column: str, form: int = 0) -> dict[str, Any]:
    """As if the column had been added to the models later."""
    snapshot = stored(kind, form)
    for row in rows_of(snapshot[name]):
        row.pop(column, None)
    return snapshot
