"""A case's history as people read it: labels instead of codes, words instead of dates,
names instead of ids.

Names are fetched by one query for each kind of record that is referred to, however many
events there are.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.history.timeline import Change
from cases.models import (
    TARGETS,
    Citation,
    Placement,
    Prisoner,
    SentenceCharge,
    SourceDerivation,
)
from cases.models.base import Part, Record, Root
from cases.models.citation import citable_fields
from cases.words import shown

_DONE = {
    "insert": gettext_lazy("added"),
    "update": gettext_lazy("changed"),
    "delete": gettext_lazy("deleted"),
    "internal_notes": gettext_lazy("internal notes changed"),
}
_LINKS: dict[type[models.Model], Any] = {
    SentenceCharge: gettext_lazy("charge of a sentence"),
    SourceDerivation: gettext_lazy("what a source repeats"),
}
_CALLED_BY: dict[type[models.Model], str] = {
    Prisoner: "desk",
    Placement: "facility",
}  # what their name is taken from


@dataclass(frozen=True)
class ChangedField:
    name: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One event, in words."""

    change: Change
    record: str
    done: str
    by: str
    fields: list[ChangedField]


def entries(changes: Sequence[Change], history: Sequence[Change]) -> list[Entry]:
    """`history` is the whole of the case: it knows what deleted parts were called."""
    names = Names(changes, history)
    return [
        Entry(one, names.title(one), _done(one), _by(one), _fields(one, names))
        for one in changes
    ]


def _done(change: Change) -> str:
    done = str(_DONE[change.operation])
    return (
        _("%(done)s (what it said has been erased)") % {"done": done}
        if change.erased
        else done
    )


def sentences(changes: Sequence[Change], history: Sequence[Change]) -> list[str]:
    """A line for each field that was changed, or for each record that was added or
    deleted.
    """
    return [line for entry in entries(changes, history) for line in _lines(entry)]


def in_sight(changes: Sequence[Change], user: Any) -> list[Change]:
    """Of the models that this user may view."""
    models_seen = {one.model for one in changes}
    allowed = {
        model: user.has_perm(f"cases.view_{holder(model)._meta.model_name}")
        for model in models_seen
    }
    return [one for one in changes if allowed[one.model]]


def holder(model: type[models.Model]) -> type[models.Model]:
    """The model itself, or for a link the one that holds it."""
    return model if issubclass(model, Record) else references(model)[0].related_model


def references(model: type[models.Model]) -> list[models.ForeignKey]:
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
    ]


def label(model: type[models.Model], name: str) -> str:
    return capfirst(str(model._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


class Names:
    """What ids lead to: as it is now, or, where that is gone, as this case's history
    knew it last.
    """

    def __init__(self, changes: Sequence[Change], history: Sequence[Change]) -> None:
        wanted: dict[Any, set[str]] = defaultdict(set)
        for change in changes:
            for field in references(change.model):
                values = [
                    told.get(field.name)
                    for told in (change.record, change.before, change.after)
                ]
                wanted[field.related_model].update(value for value in values if value)
        self._known = {(one.model, one.record_id): one for one in history}
        self._found: dict[tuple[Any, str], Any] = {}
        for model, ids in wanted.items():
            beside = [_CALLED_BY[model]] if model in _CALLED_BY else []
            for record in model._base_manager.filter(pk__in=ids).select_related(
                *beside
            ):
                self._found[model, str(record.pk)] = record
        self._there = set(self._found)

    def title(self, change: Change) -> str:
        """Such as “Sentence: imprisonment 5 years”; of the case itself only what it is."""
        if link := _LINKS.get(change.model):
            return capfirst(str(link))
        kind = capfirst(str(change.model._meta.verbose_name))
        if issubclass(change.model, Root):
            return kind
        called = str(self._as_it_was(change))
        return f"{kind}: {called}" if called else kind

    def value(self, change: Change, name: str, value: Any) -> str:
        field: Any = change.model._meta.get_field(name)
        if value is not None and isinstance(field, models.ForeignKey):
            return self._called(field.related_model, str(value))
        if change.model is Citation and name in {"field", "states", "item"}:
            return _cited(change, name, value)
        return shown(field, value)

    def _called(self, model: Any, key: str) -> str:
        called = str(self._record(model, key) or key[:8])
        return (
            called
            if (model, key) in self._there
            else _("%(name)s (deleted)") % {"name": called}
        )

    def _record(self, model: Any, key: str) -> Any:
        if (model, key) not in self._found:
            known = self._known.get((model, key))
            self._found[model, key] = self._as_it_was(known) if known else None
        return self._found[model, key]

    def _as_it_was(self, change: Change) -> Any:
        """As far as its name goes: asks the database nothing."""
        fields = {
            field.name: field
            for field in change.model._meta.concrete_fields
            if field.name in change.record
        }
        record: Any = change.model(
            **{field.attname: change.record[name] for name, field in fields.items()}
        )
        for field in references(change.model):
            if key := getattr(record, field.attname):
                setattr(record, field.name, self._record(field.related_model, str(key)))
        if isinstance(record, Prisoner):
            record._state.fields_cache["desk"] = None
        return record


def _cited(change: Change, name: str, value: Any) -> str:
    """What a citation says of a field, in that field's own words."""
    target = next((target for target in TARGETS if change.record.get(target)), None)
    facts = citable_fields(TARGETS[target]) if target else {}
    fact = facts.get(value if name == "field" else change.record.get("field", ""))
    if fact is None:
        return str(value or "")
    return str(fact.verbose_name) if name == "field" else shown(fact, value)


def _by(change: Change) -> str:
    if change.who:
        return change.who
    if change.made_in_database:
        return _("made in the database (login “%(login)s”)") % {"login": change.login}
    return _("nobody signed in")


def _fields(change: Change, names: Names) -> list[ChangedField]:
    order = [field.name for field in change.model._meta.concrete_fields]
    told = sorted({*change.before, *change.after} - _of_course(change), key=order.index)
    return [
        ChangedField(
            name,
            label(change.model, name),
            names.value(change, name, change.before.get(name)),
            names.value(change, name, change.after.get(name)),
        )
        for name in told
    ]


def _of_course(change: Change) -> set[str]:
    """That a part is of this case, unless it was moved."""
    moved = change.operation == "update"
    return (
        {change.model.root_path}
        if issubclass(change.model, Part) and not moved
        else set()
    )


def _lines(entry: Entry) -> list[str]:
    who = {"by": entry.by, "at": date_format(localtime(entry.change.at), "TIME_FORMAT")}
    if entry.change.operation != "update":
        return [
            _("%(record)s: %(done)s (%(by)s, %(at)s)")
            % {"record": entry.record, "done": entry.done, **who}
        ]
    return [
        _(
            "%(record)s: %(field)s was “%(before)s”, and is now “%(after)s” (%(by)s, %(at)s)"
        )
        % {
            "record": entry.record,
            "field": one.label,
            "before": one.before or "–",
            "after": one.after or "–",
            **who,
        }
        for one in entry.fields
    ]
