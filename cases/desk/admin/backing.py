"""On whose word what is new and what was changed on a page stands: one source in hand,
asked for once a page, for its rows too.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import (
    AutocompleteSelect,
    RelatedFieldWidgetWrapper,
)
from django.db import IntegrityError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases import quotes, sourcing
from cases.catalogue import can_be_cited, citable_fields
from cases.desk.admin.cited import record_title
from cases.desk.admin.dates import DateAsTyped
from cases.desk.admin.fields import Aside
from cases.desk.admin.recording import (
    AS_OF,
    CLAIMANT,
    HEDGE,
    LOCATOR,
    NAMES,
    SOURCE,
    in_hand,
)
from cases.desk.permissions import may
from cases.locking import root_of
from cases.models import Citation, Claimant, Source
from cases.models.base import Record, Root
from cases.sourcing import ChangedFact, Word
from tracker.contract.vocabulary import Hedge

# Of this page alone: it goes along to no other one, and stands in no address.
QUOTE = "recording_quote"
NEW = "recording_new"
CHANGED = "recording_changed"
LONGEST_QUOTE = 500  # characters: a few words at most


class NeedsSource(IntegrityError):
    """Refused as what the database refuses: nothing is saved, and the page says why."""


class RecordingField(Aside, forms.ModelChoiceField):
    """A box that searches; with `add`, another one can be begun beside it."""

    def __init__(self, name: str, *, label: Any, help_text: Any = "") -> None:
        field: Any = Citation._meta.get_field(name)
        widget = RelatedFieldWidgetWrapper(
            AutocompleteSelect(field, admin.site), field.remote_field, admin.site
        )
        super().__init__(
            queryset=field.related_model._default_manager.all(),
            required=False,
            label=label,
            widget=widget,
            help_text=help_text,
        )


class LocatorField(Aside, forms.CharField):
    def __init__(self) -> None:
        box = forms.TextInput(attrs={"class": "vTextField"})
        label = gettext_lazy("Where in it")
        super().__init__(required=False, max_length=200, label=label, widget=box)


class QuoteField(Aside, forms.CharField):
    def __init__(self) -> None:
        box = forms.Textarea(attrs={"rows": 2, "class": "quote"})
        super().__init__(
            required=False,
            max_length=LONGEST_QUOTE,
            label=gettext_lazy("Quote"),
            widget=box,
        )


class HedgeField(Aside, forms.ChoiceField):
    def __init__(self) -> None:
        super().__init__(
            choices=Hedge.choices,
            required=False,
            initial=Hedge.STATED.value,
            label=gettext_lazy("How surely"),
        )


class DayField(Aside, DateAsTyped):
    """As the record's days are written: the citation's own field reads it."""

    def __init__(self) -> None:
        super().__init__(required=False, label=gettext_lazy("As of"))

    def clean(self, value: object) -> Any:
        as_of: Any = Citation._meta.get_field("as_of")
        return as_of.clean(super().clean(value), None)


class TickField(Aside, forms.BooleanField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


class BackedForm(forms.ModelForm):
    """Of a record that others are cited for, for whoever may cite."""

    recording = RecordingField("source", label=gettext_lazy("Source"))
    recording_locator = LocatorField()
    recording_claimant = RecordingField("claimant", label=gettext_lazy("Who says so"))
    recording_hedge = HedgeField()
    recording_as_of = DayField()
    recording_quote = QuoteField()
    recording_new = TickField(label=gettext_lazy("Cite it for all that is new here"))
    recording_changed = TickField(
        label=gettext_lazy("It also states what I changed here"),
        help_text=gettext_lazy(
            "If it is cited for the old value already, it is taken to state the new one: the slip was ours."
        ),
    )
    may_cite: bool = False  # set by the admin
    may_add_source: bool = False  # the same
    may_add_claimant: bool = False  # the same
    boxes_in_hand: dict[str, str] = {}  # the same

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        record = self.instance
        needs_source = getattr(record, "needs_citation", True)
        if (
            not can_be_cited(type(record))
            or not self.may_cite
            or (record._state.adding and not needs_source)
        ):
            for name in (*NAMES, QUOTE, NEW, CHANGED):
                del self.fields[name]
            return
        self._searching(SOURCE).can_add_related = self.may_add_source
        self._searching(CLAIMANT).can_add_related = self.may_add_claimant
        for name in NAMES:
            self.initial[name] = self.boxes_in_hand.get(name)
        self.initial[HEDGE] = self.initial[HEDGE] or Hedge.STATED.value
        self.initial[NEW] = needs_source

    def _searching(self, name: str) -> RelatedFieldWidgetWrapper:
        widget = self.fields[name].widget
        assert isinstance(widget, RelatedFieldWidgetWrapper)
        return widget

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        cleaned_source = self.cleaned_data.get(SOURCE)
        has_source = cleaned_source or self.errors.get(SOURCE)
        if SOURCE in self.fields and not has_source and self._says_of_source():
            self.add_error(
                SOURCE, _("Choose the source, or empty the boxes that tell of it.")
            )
        self._clean_quote()
        if isinstance(self.instance, Root):
            cites = bool(cleaned_source and self.cleaned_data.get(NEW))
            self.instance.is_cited_in_this_save = cites
        return cleaned

    def _clean_quote(self) -> None:
        quote, source = self.cleaned_data.get(QUOTE), self.cleaned_data.get(SOURCE)
        if not quote or source is None:
            return
        sentence = quotes.refusal(
            quote,
            case=root_of(self.instance),
            source_id=source.pk,
            claimant=self.cleaned_data.get(CLAIMANT),
        )
        if sentence:
            self.add_error(QUOTE, sentence)

    def _says_of_source(self) -> bool:
        boxes = (LOCATOR, CLAIMANT, AS_OF, QUOTE)
        typed = [self.cleaned_data.get(name) for name in boxes]
        hedge = self.cleaned_data.get(HEDGE) or Hedge.STATED.value
        is_ticked = bool(self.cleaned_data.get(CHANGED))
        return any(typed) or hedge != Hedge.STATED.value or is_ticked

    def of_source(self) -> list[forms.BoundField]:
        """The boxes of the panel."""
        return [self[name] for name in (*NAMES, QUOTE)]

    def word(self) -> Word | None:
        """What the panel says; None without a source."""
        source: Source | None = self.cleaned_data.get(SOURCE)
        if source is None:
            return None
        said = {
            "locator": self.cleaned_data.get(LOCATOR),
            "claimant": self.cleaned_data.get(CLAIMANT),
            "hedge": self.cleaned_data.get(HEDGE),
            "as_of": self.cleaned_data.get(AS_OF),
            "quote": self.cleaned_data.get(QUOTE),
        }
        return Word(source, said)


class BackedAdmin(admin.ModelAdmin):
    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, *args, **kwargs)
        form.may_cite = request.user.has_perm(may("add", Citation))
        held = in_hand(request)
        form.boxes_in_hand = held.boxes if held else {}
        form.may_add_source = request.user.has_perm(may("add", Source))
        form.may_add_claimant = request.user.has_perm(may("add", Claimant))
        return form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Tells what was cited once it is stored: the database may refuse it last."""
        request.told = []  # type: ignore[attr-defined]
        response = super().changeform_view(request, *args, **kwargs)
        for sentence in request.told:  # type: ignore[attr-defined]
            self.message_user(request, sentence, messages.INFO)
        return response

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        changes: list[ChangedFact] = []
        if change:
            changes = _changes_of(form, formsets)
        word = form.word()
        has_new = not change or any(_new_rows(formsets))
        _hold(form, changes, word, has_new=has_new)
        super().save_related(request, form, formsets, change)
        if word is None:
            return
        chosen = [fact for fact in changes if form.cleaned_data.get(_box_of(fact))]
        count = sourcing.cite(chosen, word)
        if form.cleaned_data.get(NEW):
            for record in _new_records(form, formsets, change):
                count += sourcing.cite_all(record, word)
        left = [fact for fact in changes if fact not in chosen and not fact.emptied]
        request.told = _told(word, count, left)  # type: ignore[attr-defined]


def _box_of(fact: ChangedFact) -> str:
    """Which box is ticked for it."""
    if fact.adds:
        return NEW
    return CHANGED


def _told(word: Word, count: int, left: Iterable[ChangedFact]) -> list[str]:
    told = [_("Nothing new was cited to “%(source)s”.") % {"source": word.source}]
    if count:
        told = [
            ngettext(
                "%(count)s fact is now cited to “%(source)s”.",
                "%(count)s facts are now cited to “%(source)s”.",
                count,
            )
            % {"count": count, "source": word.source}
        ]
    if word.is_void:
        told.append(
            _("“%(source)s” was retracted: its word counts for nothing.")
            % {"source": word.source}
        )
    if left_facts := _listed(left):
        told.append(_("Not cited to it: %(facts)s.") % {"facts": left_facts})
    return told


def _listed(facts: Iterable[ChangedFact]) -> str:
    titles = []
    for fact in facts:
        title = record_title(fact.record)
        titles.append(f"{title} – {fact.field.verbose_name}")
    return "; ".join(titles)


def _new_rows(formsets: Iterable[Any]) -> Iterable[forms.ModelForm]:
    for formset in formsets:
        for row in formset.extra_forms:
            if row.has_changed() and row not in formset.deleted_forms:
                yield row


def _new_records(
    form: forms.ModelForm, formsets: Iterable[Any], change: bool
) -> list[Record]:
    """Those that were stored with this page for the first time."""
    new_records: list[Record] = []
    if not change:
        new_records.append(form.instance)
    for row in _new_rows(formsets):
        if can_be_cited(type(row.instance)):
            new_records.append(row.instance)
    return new_records


def _changes_of(form: forms.ModelForm, formsets: Iterable[Any]) -> list[ChangedFact]:
    """Of the record and of its rows; not of new or deleted ones."""
    forms_of_records = [form]
    for formset in formsets:
        for row in formset.initial_forms:
            if row not in formset.deleted_forms:
                forms_of_records.append(row)
    changes: list[ChangedFact] = []
    for form_of_record in forms_of_records:
        if form_of_record.has_changed():
            changes += _changes(form_of_record)
    return changes


def _changes(form: forms.ModelForm) -> list[ChangedFact]:
    model: Any = type(form.instance)
    facts = citable_fields(model)
    before, after = {}, {}
    for name in form.changed_data:
        if name in facts:
            before[name] = form.initial.get(name)
            after[name] = getattr(form.instance, facts[name].attname)
    return sourcing.changed_facts(form.instance, before, after)


def _hold(
    form: forms.ModelForm,
    changes: Iterable[ChangedFact],
    word: Word | None,
    *,
    has_new: bool,
) -> None:
    """Raise NeedsSource for what was cited and now would stand on nobody's word, unless
    there is a reason.
    """
    says_changed = word is not None and bool(form.cleaned_data.get(CHANGED))
    reason = form.cleaned_data.get("change_reason")
    on_nobodys_word = []
    for change in changes:
        has_source = says_changed and word and word.supports and not change.emptied
        if change.asks and not reason and not has_source:
            on_nobodys_word.append(change)
    if on_nobodys_word:
        raise NeedsSource(
            _(
                "This was cited: %(facts)s. Choose the source of the new value and tick that it states what you"
                " changed, or give a reason for the change."
            )
            % {"facts": _listed(on_nobodys_word)}
        )
    if says_changed and not has_new and all(change.emptied for change in changes):
        raise NeedsSource(
            _(
                "It also states what I changed here: nothing was changed that a source could state."
            )
        )
