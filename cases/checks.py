"""Checks of the desk, run by `manage.py check`."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.checks import Error
from django.db import connection

from cases.catalogue import records
from cases.history import proof
from cases.models import Citation
from cases.models.base import Part
from tracker.contract.vocabulary import called


def who_acts_is_believed(
    databases: Collection[str] | None = None, **_: object
) -> list[Error]:
    """Whoever is signed in could save nothing."""
    if "default" not in (databases or ()) or settings.DATABASE_LOGIN != "desk":
        return []
    if not settings.ACTING_SECRET or not _is_migrated() or proof.is_believed():
        return []
    return [
        Error(
            "The database knows another ACTING_SECRET than this process, or none.",
            hint="Run manage.py migrate with the ACTING_SECRET of the desk:"
            " docs/operations.md, “Who acts”.",
            id="cases.E001",
        )
    ]


def _is_migrated() -> bool:
    """Before, nobody can act: `migrate` stores the secret."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('acting_session()') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def used_fields_are_fields(**_: object) -> list[Error]:
    """What the organisation's file says that its desk uses must be there."""
    fields, sections = _of_the_record()
    problems = []
    for section in settings.OWN.sections or ():
        if section not in sections:
            problems.append(
                f"used.sections: there is no section “{section}”. There are"
                f" {', '.join(sorted(sections))}."
            )
    for kind, names in settings.OWN.fields.items():
        if kind not in fields:
            problems.append(
                f"used.{kind}: there is no such kind of record. There are"
                f" {', '.join(sorted(fields))}."
            )
            continue
        for name in names:
            if name not in fields[kind]:
                problems.append(
                    f"used.{kind}: there is no field “{name}”. There are"
                    f" {', '.join(sorted(fields[kind]))}."
                )
    return [
        Error(f"ORGANISATION_FILE: {problem}", id="cases.E002") for problem in problems
    ]


def _of_the_record() -> tuple[dict[str, set[str]], set[str]]:
    """The names of the fields of each kind of record, and of the lists of parts."""
    fields, sections = {}, set()
    for model in records():
        every = (*model._meta.concrete_fields, *model._meta.many_to_many)
        names = {field.name for field in every if field.editable}
        fields[called(model)] = names
        if issubclass(model, Part) and model is not Citation:
            holder: Any = model._meta.get_field(model.root_path.split("__")[0])
            sections.add(str(holder.remote_field.related_name))
    return fields, sections
