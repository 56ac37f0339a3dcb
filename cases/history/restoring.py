"""Going back to what history holds. It is a change like any other: with a reason, under
every rule, and in the history.

Whoever calls this has locked the case and compared its version, and does it within
`acting(reason=…)`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from cases.history.timeline import NO_FACTS, Change
from cases.history.wording import holder, label, references
from cases.models.base import Part, Record, Root
from tracker.contract.vocabulary import Visibility

State = Literal["before", "after"]


class CannotRestore(Exception):
    """It no longer fits. `sentences` are for people."""

    def __init__(self, *sentences: str) -> None:
        self.sentences = sentences
        super().__init__(" ".join(sentences))


@dataclass(frozen=True)
class Goal:
    """What would be put back."""

    change: Change
    record: Any
    """As it stands now; None if it was deleted."""
    values: dict[str, Any]
    """By field, as JSON has them: of a living record only what it does not say now."""
    deleted_with_it: list[Change]
    """The deletions that come back with a deleted record: its parts, and what was cited
    of them.
    """

    @property
    def permissions(self) -> set[str]:
        """To change what is there, or to add what comes back."""
        if self.record is not None:
            return {_permission("change", self.change.model)}
        return {
            _permission("add", one.model)
            for one in [self.change, *self.deleted_with_it]
        }

    def now(self) -> dict[str, Any]:
        return {} if self.record is None else _as_json(self.record)


def goal(
    case: Any, history: Sequence[Change], number: int, state: State = "after"
) -> Goal:
    """The record of that event as it was before or after it; a deleted one as it was
    last. `case`: whose history it is.

    Raises CannotRestore where there is no such state.
    """
    change = next((one for one in history if one.number == number), None)
    if change is None:
        raise CannotRestore(_("There is no such event in this history."))
    _refuse_erased(change)
    record = change.model._base_manager.filter(pk=change.record_id).first()
    if record is None:
        if change.operation != "delete":
            raise CannotRestore(
                _(
                    "This was deleted later: bring it back first, from the event that deleted it."
                )
            )
        return Goal(change, None, change.record, _deleted_with(history, change))
    if isinstance(record, Part) and record.root != case:
        raise CannotRestore(
            _("It is part of another case now: go back from that case’s history.")
        )
    if state == "before" and not (change.operation == "update" and change.before):
        raise CannotRestore(_("There was nothing before this event to go back to."))
    then = {**change.record, **(change.before if state == "before" else {})}
    now = _as_json(record)
    fixed = _fixed(change.model)
    values = {
        name: then[name]
        for name in now
        if name in then and name not in fixed and then[name] != now[name]
    }
    return Goal(change, record, values, [])


def _fixed(model: type[models.Model]) -> set[str]:
    """What no form sets, and which case a part is of: merging moves that, and only its
    undoing moves it back.
    """
    of_case = {model.root_path} if issubclass(model, Part) else set()
    return of_case | {
        field.name for field in model._meta.concrete_fields if not field.editable
    }


def restore(wanted: Goal, fields: Collection[str] | None = None) -> Any:
    """Store it, all of it or these fields of a living record; the record. Raises
    CannotRestore and stores nothing.
    """
    if wanted.record is None:
        return _bring_back(wanted)
    record = wanted.record
    chosen = {
        name: value
        for name, value in wanted.values.items()
        if fields is None or name in fields
    }
    if not chosen:
        raise CannotRestore(
            _("There is nothing to restore: this is how it stands now.")
        )
    case = getattr(record, "root", None)
    for name, value in chosen.items():
        setattr(record, record._meta.get_field(name).attname, value)
    _check_references(record)
    if getattr(record, "root", None) != case:
        raise CannotRestore(
            _(
                "It belonged to another case then, and a record does not move from case to case."
            )
        )
    _save(record)
    return record


def _bring_back(wanted: Goal) -> Any:
    """Each under its old id, what others refer to first."""
    restored = [
        _brought_back(change)
        for change in _in_order([wanted.change, *wanted.deleted_with_it])
    ]
    return next(
        record for record in restored if str(record.pk) == wanted.change.record_id
    )


def _brought_back(change: Change) -> Any:
    """A case comes back visible inside only, and with a version that nobody can have
    seen before.
    """
    _refuse_erased(change)
    fields = [
        field
        for field in change.model._meta.concrete_fields
        if field.name in change.record
    ]
    kept = [
        field for field in fields if field.name not in {"root_kind", "root_id"}
    ]  # the database fills these
    record: Any = change.model(
        **{field.attname: change.record[field.name] for field in kept}
    )
    if any(change.record[field.name] is None and not field.null for field in kept):
        raise CannotRestore(
            _("It was deleted before all was kept that a record must say.")
        )
    if issubclass(change.model, Root):
        record.visibility = Visibility.INTERNAL
    if hasattr(record, "version"):
        record.version = change.number
    _check_references(record)
    _save(record)
    return record


def _refuse_erased(change: Change) -> None:
    if change.erased:
        raise CannotRestore(_("What it said was erased from the history."))


def _save(record: models.Model) -> None:
    try:
        record.full_clean()
    except ValidationError as error:
        raise CannotRestore(*_sentences(record, error)) from error
    record.save()


def _sentences(record: models.Model, error: ValidationError) -> Iterator[str]:
    for name, problems in error.message_dict.items():
        for problem in problems:
            yield (
                problem
                if name == NON_FIELD_ERRORS
                else f"{label(type(record), name)}: {problem}"
            )


def _check_references(record: models.Model) -> None:
    gone = [
        label(type(record), field.name)
        for field in references(type(record))
        if (key := getattr(record, field.attname)) is not None
        and not field.related_model._base_manager.filter(pk=key).exists()
    ]
    if gone:
        raise CannotRestore(
            *(
                _("%(field)s: what it referred to is no longer there.") % {"field": one}
                for one in gone
            )
        )


def _as_json(record: models.Model) -> dict[str, Any]:
    """The facts of a record as history keeps them."""
    values = {
        field.name: getattr(record, field.attname)
        for field in record._meta.concrete_fields
        if field.name not in NO_FACTS and not field.generated
    }
    return {
        name: str(value) if isinstance(value, UUID) else value
        for name, value in values.items()
    }


def _deleted_with(history: Sequence[Change], change: Change) -> list[Change]:
    """Of what was deleted in the same transaction, what led to this record, or to what
    did.
    """
    together = [
        one
        for one in history
        if one.operation == "delete" and one.at == change.at and one is not change
    ]
    ids, found = {change.record_id}, []
    while new := [one for one in together if one not in found and ids & _referred(one)]:
        found += new
        ids |= {one.record_id for one in new}
    return found


def _in_order(changes: list[Change]) -> list[Change]:
    """What others refer to before them."""
    ordered: list[Change] = []
    waiting = list(changes)
    while waiting:
        missing = {one.record_id for one in waiting}
        ready = [
            one for one in waiting if not missing & (_referred(one) - {one.record_id})
        ] or waiting
        ordered += ready
        waiting = [one for one in waiting if one not in ready]
    return ordered


def _referred(change: Change) -> set[str]:
    return {
        str(change.record[field.name])
        for field in references(change.model)
        if change.record.get(field.name)
    }


def _permission(action: str, model: type[models.Model]) -> str:
    of = holder(model)
    return f"cases.{action if issubclass(model, Record) else 'change'}_{of._meta.model_name}"
