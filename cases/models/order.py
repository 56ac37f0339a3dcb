"""Events in order without days: which other record of the case an event came after, so
that nobody has to invent a day.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cases.models.base import Part, declared_records
from cases.models.declaring import filed

CIRCLE = _("An order of events cannot run in a circle.")
ELSEWHERE = _("Choose another event of this case.")


class EarlierRecord(models.UUIDField):
    """The id of an event of the same case, of whatever kind: so it is no foreign key.
    The database holds what one would (cases/triggers/order.py).
    """

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.UUIDField", args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        """A box of choices. The page of a case fills it in: `offer`."""
        own = {"label": capfirst(self.verbose_name), "help_text": self.help_text}
        return EarlierRecordBox(**own)


class EarlierRecordBox(forms.TypedChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, coerce=UUID, empty_value=None, **kwargs)
        self.offer({})

    def offer(self, events: Mapping[UUID, str]) -> None:
        choices = [("", "---------")]
        for event_id, name in events.items():
            choices.append((str(event_id), name))
        self.choices = choices

    def prepare_value(self, value: Any) -> Any:
        return str(value) if value else ""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial) != self.prepare_value(data)


class Ordered(Part):
    """A part that tells of an event."""

    after = filed(
        EarlierRecord(
            _("came after"),
            null=True,
            blank=True,
            help_text=_(
                "Which other event of this case came before this one, where sources tell the order and not the days."
            ),
        )
    )

    # By which of its fields it comes after other events.
    comes_after: ClassVar[tuple[str, ...]] = ("after",)

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        case = getattr(self, "root", None)
        if case is None:
            return  # its field says so
        if self.after and not _is_event_of(case, self.after):
            raise ValidationError({"after": ELSEWHERE})
        for name in self.comes_after:
            first = getattr(self, _column(type(self), name))
            if first and self._leads_back(first, case):
                raise ValidationError({name: CIRCLE})

    def _leads_back(self, first: UUID, case: Any) -> bool:
        """The database asks, too: cases/triggers/order.py."""
        links = {event.pk: list(earlier_of(event)) for event in events_of(case)}
        links[self.pk] = list(earlier_of(self))
        met: set[UUID] = set()
        waiting = [first]
        while waiting:
            event_id = waiting.pop()
            if event_id == self.pk:
                return True
            if event_id not in met:
                met.add(event_id)
                waiting += links.get(event_id, ())
        return False


def ordered_models() -> list[type[Ordered]]:
    """In the order in which they were declared."""
    return [model for model in declared_records() if issubclass(model, Ordered)]


def order_columns(model: type[Ordered]) -> list[str]:
    return [_column(model, name) for name in model.comes_after]


def _column(model: type[Ordered], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.column)


def earlier_of(event: Ordered) -> Iterator[UUID]:
    """The ids of what it comes after."""
    for column in order_columns(type(event)):
        earlier = getattr(event, column)
        if earlier:
            yield earlier


def events_of(case: Any) -> list[Ordered]:
    """Every event of a case. Read once for all rows of a page."""
    if not hasattr(case, _READ):
        setattr(case, _READ, list(_read_events(case)))
    events: list[Ordered] = getattr(case, _READ)
    return events


def called(event: Ordered) -> str:
    """Such as “Release: released 2025-09-11”."""
    return f"{capfirst(str(event._meta.verbose_name))}: {event}"


_READ = "events_as_read"


def _is_event_of(case: Any, event_id: UUID) -> bool:
    """It may have been added since they were read."""
    read = {event.pk for event in events_of(case)}
    if event_id in read:
        return True
    return any(event.pk == event_id for event in _read_events(case))


def _read_events(case: Any) -> Iterator[Ordered]:
    for model in ordered_models():
        yield from model._default_manager.filter(**{model.root_path: case.pk})
