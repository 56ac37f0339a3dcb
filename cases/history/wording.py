"""A case's history as people read it: labels instead of codes, words instead of dates,
names instead of ids.

Names are fetched by one query for each kind of record that is referred to, however many
events there are.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.catalogue import TARGETS, citable_fields, references
from cases.history.timeline import Change
from cases.kept import told
from cases.models import Citation, Prisoner
from cases.models.base import Part, Record, Root
from cases.models.order import EarlierRecord, ordered_models
from cases.permissions import may
from cases.words import shown

_DONE = {
    "insert": gettext_lazy("added"),
    "update": gettext_lazy("changed"),
    "delete": gettext_lazy("deleted"),
    "internal_notes": gettext_lazy("internal notes changed"),
}
# Django makes these fields, and has only their names for them.
_ENDS_OF_LINKS = {
    "sentence": gettext_lazy("sentence"),
    "charge": gettext_lazy("charge"),
    "from_source": gettext_lazy("source"),
    "to_source": gettext_lazy("repeats"),
}
_Key = tuple[type[models.Model], str]
"""Names a record: its model and its id."""


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

    @property
    def why(self) -> str:
        return told(self.change.why)


def entries(changes: Sequence[Change], history: Sequence[Change]) -> list[Entry]:
    """`history` is the whole of the case: it knows what deleted parts were called."""
    names = Names(changes, history)
    entries = []
    for change in changes:
        fields = _changed_fields(change, names)
        title = names.title(change)
        entries.append(Entry(change, title, _done(change), _by(change), fields))
    return entries


def _done(change: Change) -> str:
    done = str(_DONE[change.operation])
    if change.erased:
        return _("%(done)s (what it said has been erased)") % {"done": done}
    return done


def sentences(changes: Sequence[Change], history: Sequence[Change]) -> list[str]:
    """A line for each field that was changed, or for each record that was added or
    deleted.
    """
    lines = []
    for entry in entries(changes, history):
        lines += _lines(entry)
    return lines


def in_sight(changes: Sequence[Change], user: User | AnonymousUser) -> list[Change]:
    """Of the models that this user may view."""
    allowed = {}
    for model in {change.model for change in changes}:
        allowed[model] = user.has_perm(may("view", holder(model)))
    return [change for change in changes if allowed[change.model]]


def holder(model: type[models.Model]) -> type[models.Model]:
    """The model itself, or for a link the one that holds it."""
    if issubclass(model, Record):
        return model
    return references(model)[0].related_model


def label(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    if name in _ENDS_OF_LINKS and not issubclass(model, Record):
        return capfirst(str(_ENDS_OF_LINKS[name]))
    return capfirst(str(field.verbose_name))


class Names:
    """What ids lead to: as it is now, or, where that is gone, as this case's history
    knew it last.
    """

    def __init__(self, changes: Sequence[Change], history: Sequence[Change]) -> None:
        self._history: dict[_Key, Change] = {}
        for change in history:
            self._history[change.model, change.record_id] = change
        self._records: dict[_Key, Any] = {}
        for model, ids in _referred(changes).items():
            self._records |= _as_they_are(model, ids)
        self._existing = set(self._records)

    def title(self, change: Change) -> str:
        """Such as “Sentence: imprisonment 5 years”; of the case itself, its kind."""
        if not issubclass(change.model, Record):  # a link between two
            return capfirst(str(change.model.called))  # type: ignore[attr-defined]
        kind = capfirst(str(change.model._meta.verbose_name))
        if issubclass(change.model, Root):
            return kind
        name = str(self._as_it_was(change))
        if name:
            return f"{kind}: {name}"
        return kind

    def value(self, change: Change, name: str, value: object) -> str:
        field: Any = change.model._meta.get_field(name)
        if value is not None and isinstance(field, models.ForeignKey):
            return self._called(field.related_model, str(value))
        if value is not None and isinstance(field, EarlierRecord):
            return self._event_called(str(value))
        if change.model is Citation and name in {"field", "states", "item"}:
            return _cited(change, name, value)
        return shown(field, value)

    def _called(self, model: type[models.Model], record_id: str) -> str:
        name = str(self._record(model, record_id) or record_id[:8])
        if (model, record_id) in self._existing:
            return name
        return _("%(name)s (deleted)") % {"name": name}

    def _event_called(self, record_id: str) -> str:
        for model in ordered_models():
            if self._record(model, record_id) is not None:
                kind = capfirst(str(model._meta.verbose_name))
                return f"{kind}: {self._called(model, record_id)}"
        return record_id[:8]

    def _record(self, model: type[models.Model], record_id: str) -> Any:
        key = model, record_id
        if key not in self._records:
            record = None
            if key in self._history:
                record = self._as_it_was(self._history[key])
            self._records[key] = record
        return self._records[key]

    def _as_it_was(self, change: Change) -> Any:
        """As far as its name goes: asks the database nothing."""
        values = {}
        for field in change.model._meta.concrete_fields:
            if field.name in change.record:
                values[field.attname] = change.record[field.name]
        record: Any = change.model(**values)
        for reference in references(change.model):
            record_id = getattr(record, reference.attname)
            if record_id:
                referred = self._record(reference.related_model, str(record_id))
                setattr(record, reference.name, referred)
        if isinstance(record, Prisoner):
            record._state.fields_cache["desk"] = None
        return record


def _referred(changes: Sequence[Change]) -> dict[type[models.Model], set[str]]:
    """The ids that these changes name, by their model."""
    referred: dict[type[models.Model], set[str]] = defaultdict(set)
    for change in changes:
        for field in references(change.model):
            for values in (change.record, change.before, change.after):
                record_id = values.get(field.name)
                if record_id:
                    referred[field.related_model].add(record_id)
        for event_id in _events_before(change):
            for model in ordered_models():
                referred[model].add(event_id)
    return referred


def _events_before(change: Change) -> set[str]:
    """What its record is said to come after; of which kind that is, no id tells."""
    events = set()
    for field in change.model._meta.concrete_fields:
        if isinstance(field, EarlierRecord):
            for values in (change.record, change.before, change.after):
                if values.get(field.name):
                    events.add(str(values[field.name]))
    return events


def _as_they_are(model: type[models.Model], ids: set[str]) -> dict[_Key, models.Model]:
    records = model._base_manager.filter(pk__in=ids)
    if issubclass(model, Record) and model.called_by:
        records = records.select_related(model.called_by)
    by_key: dict[_Key, models.Model] = {}
    for record in records:
        by_key[model, str(record.pk)] = record
    return by_key


def _cited(change: Change, name: str, value: object) -> str:
    """What a citation says of a field, in that field's own words."""
    cited = change.record.get("field", "")
    if name == "field":
        cited = value
    fact = _citable(change).get(cited)
    if fact is None:
        return str(value or "")
    if name == "field":
        return str(fact.verbose_name)
    return shown(fact, value)


def _citable(citation: Change) -> dict[str, models.Field]:
    """The fields of the record that it cites."""
    for target, model in TARGETS.items():
        if citation.record.get(target):
            return citable_fields(model)
    return {}


def _by(change: Change) -> str:
    if change.who:
        return change.who
    if change.made_in_database:
        return _("made in the database (login “%(login)s”)") % {"login": change.login}
    return _("nobody signed in")


def _changed_fields(change: Change, names: Names) -> list[ChangedField]:
    changed = {*change.before, *change.after} - _of_course(change)
    fields = []
    for field in change.model._meta.concrete_fields:
        name = field.name
        if name in changed:
            before = names.value(change, name, change.before.get(name))
            after = names.value(change, name, change.after.get(name))
            fields.append(ChangedField(name, label(change.model, name), before, after))
    return fields


def _of_course(change: Change) -> set[str]:
    """That a part is of this case, unless it was moved."""
    is_moved = change.operation == "update"
    if issubclass(change.model, Part) and not is_moved:
        return {change.model.root_path}
    return set()


def _lines(entry: Entry) -> list[str]:
    facts = {
        "record": entry.record,
        "by": entry.by,
        "at": date_format(localtime(entry.change.at), "TIME_FORMAT"),
    }
    if entry.change.operation != "update":
        facts["done"] = entry.done
        return [_("%(record)s: %(done)s (%(by)s, %(at)s)") % facts]
    lines = []
    for field in entry.fields:
        facts["field"] = field.label
        facts["before"] = field.before or "–"
        facts["after"] = field.after or "–"
        lines.append(
            _(
                "%(record)s: %(field)s was “%(before)s”, and is now “%(after)s”"
                " (%(by)s, %(at)s)"
            )
            % facts
        )
    return lines
