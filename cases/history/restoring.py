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

from cases import withheld
from cases.catalogue import references
from cases.history.timeline import NO_FACTS, Change, Values
from cases.history.wording import holder, label
from cases.models.base import Part, Record, Root
from cases.models.order import Ordered
from cases.permissions import may
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
    values: Values
    """Of a living record only what it does not say now."""
    deleted_with_it: list[Change]
    """The deletions that come back with a deleted record: its parts, and what was cited
    of them.
    """

    @property
    def permissions(self) -> set[str]:
        """To change what is there, or to add what comes back."""
        if self.record is not None:
            return {_permission("change", self.change.model)}
        deletions = [self.change, *self.deleted_with_it]
        return {_permission("add", deletion.model) for deletion in deletions}

    def now(self) -> Values:
        if self.record is None:
            return {}
        return _as_json(self.record)


def goal(
    case: Record, history: Sequence[Change], number: int, state: State = "after"
) -> Goal:
    """The record of that event as it was before or after it; a deleted one as it was
    last. `case`: whose history it is.

    Raises CannotRestore where there is no such state.
    """
    change = _event(history, number)
    _refuse_erased(change)
    record = change.model._base_manager.filter(pk=change.record_id).first()
    if record is None:
        if change.operation != "delete":
            raise CannotRestore(
                _(
                    "This was deleted later: bring it back first, from the event that"
                    " deleted it."
                )
            )
        return Goal(change, None, change.record, _deleted_with(history, change))
    if isinstance(record, Part) and record.root != case:
        raise CannotRestore(
            _("It is part of another case now: go back from that case’s history.")
        )
    if state == "before" and not (change.operation == "update" and change.before):
        raise CannotRestore(_("There was nothing before this event to go back to."))
    return Goal(change, record, _no_longer_said(change, record, state), [])


def _event(history: Sequence[Change], number: int) -> Change:
    for change in history:
        if change.number == number:
            return change
    raise CannotRestore(_("There is no such event in this history."))


def _no_longer_said(change: Change, record: models.Model, state: State) -> Values:
    """Of what the record said then, what differs now and can be set."""
    then = dict(change.record)
    if state == "before":
        then |= change.before
    fixed = _fixed(change.model)
    values = {}
    for name, value_now in _as_json(record).items():
        if name in then and name not in fixed and then[name] != value_now:
            values[name] = then[name]
    return values


def _fixed(model: type[models.Model]) -> set[str]:
    """What no form sets, and which case a part is of: merging moves that, and only its
    undoing moves it back.
    """
    fixed = {field.name for field in model._meta.concrete_fields if not field.editable}
    if issubclass(model, Part):
        fixed.add(model.root_path)
    return fixed


def restore(wanted: Goal, fields: Collection[str] | None = None) -> Any:
    """Store it, all of it or these fields of a living record; the record. Raises
    CannotRestore and stores nothing.
    """
    record = wanted.record
    if record is None:
        return _bring_back(wanted)
    chosen = wanted.values
    if fields is not None:
        chosen = {name: wanted.values[name] for name in wanted.values if name in fields}
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
                "It belonged to another case then, and a record does not move from case"
                " to case."
            )
        )
    if isinstance(record, Root):
        sentences = list(withheld.unknown(record, withheld.stored(record)))
        if sentences:
            raise CannotRestore(*sentences)
    _save(record)
    return record


def _bring_back(wanted: Goal) -> models.Model:
    """Each under its old id, what others refer to first."""
    restored = {}
    for deletion in _in_order([wanted.change, *wanted.deleted_with_it]):
        restored[deletion.number] = _brought_back(deletion)
    return restored[wanted.change.number]


def _brought_back(deletion: Change) -> models.Model:
    """A case comes back visible inside only, and with a version that nobody can have
    seen before.
    """
    _refuse_erased(deletion)
    record: Any = deletion.model(**_kept_values(deletion))
    if issubclass(deletion.model, Root):
        record.visibility = Visibility.INTERNAL
    if hasattr(record, "version"):
        record.version = deletion.number
    _check_references(record)
    _save(record)
    return record


def _kept_values(deletion: Change) -> Values:
    """By column; without those that the database fills."""
    values = {}
    for field in deletion.model._meta.concrete_fields:
        name = field.name
        if name in deletion.record and name not in {"root_kind", "root_id"}:
            value = deletion.record[name]
            if value is None and not field.null:
                raise CannotRestore(
                    _("It was deleted before all was kept that a record must say.")
                )
            values[field.attname] = value
    return values


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
            if name == NON_FIELD_ERRORS:
                yield problem
            else:
                yield f"{label(type(record), name)}: {problem}"


def _check_references(record: models.Model) -> None:
    problems = []
    for field in references(type(record)):
        key = getattr(record, field.attname)
        if key is not None and not _exists(field.related_model, key):
            gone = label(type(record), field.name)
            problems.append(
                _("%(field)s: what it referred to is no longer there.")
                % {"field": gone}
            )
    if problems:
        raise CannotRestore(*problems)


def _exists(model: type[models.Model], key: object) -> bool:
    return model._base_manager.filter(pk=key).exists()


def _as_json(record: models.Model) -> Values:
    """The facts of a record as history keeps them."""
    values = {}
    for field in record._meta.concrete_fields:
        if field.name not in NO_FACTS and not field.generated:
            value = getattr(record, field.attname)
            if isinstance(value, UUID):
                value = str(value)
            values[field.name] = value
    return values


def _deleted_with(history: Sequence[Change], change: Change) -> list[Change]:
    """Of what was deleted in the same transaction, what led to this record, or to what
    did.
    """
    candidates = []
    for event in history:
        is_together = event.operation == "delete" and _moment(event) == _moment(change)
        if is_together and event.number != change.number:
            candidates.append(event)
    deleted_with_it: list[Change] = []
    ids = {change.record_id}
    while True:
        leading, rest = _divide(candidates, ids)
        if not leading:
            return deleted_with_it
        deleted_with_it += leading
        ids.update(deletion.record_id for deletion in leading)
        candidates = rest


def _moment(change: Change) -> tuple[object, ...]:
    """The same for all that was done in one transaction."""
    if change.transaction is None:
        return (change.at,)
    return change.transaction, change.login


def _in_order(deletions: list[Change]) -> list[Change]:
    """What others refer to before them."""
    ordered: list[Change] = []
    waiting = deletions
    while waiting:
        missing = {deletion.record_id for deletion in waiting}
        waiting_still, ready = _divide(waiting, missing)
        if not ready:  # they refer to each other: the database will say so
            return ordered + waiting
        ordered += ready
        waiting = waiting_still
    return ordered


def _divide(
    deletions: list[Change], ids: set[str]
) -> tuple[list[Change], list[Change]]:
    """Those that refer to a record of these ids, and those that do not; a reference to
    itself does not count.
    """
    referring, rest = [], []
    for deletion in deletions:
        referred = _referred(deletion) - {deletion.record_id}
        if referred.isdisjoint(ids):
            rest.append(deletion)
        else:
            referring.append(deletion)
    return referring, rest


def _referred(change: Change) -> set[str]:
    referred = set()
    for field in references(change.model):
        key = change.record.get(field.name)
        if key:
            referred.add(str(key))
    if issubclass(change.model, Ordered) and change.record.get("after"):
        referred.add(str(change.record["after"]))
    return referred


def _permission(action: str, model: type[models.Model]) -> str:
    """A link is added by changing the record that holds it."""
    if not issubclass(model, Record):
        action = "change"
    return may(action, holder(model))
