"""Taking a source back: the page that offers to take back with it what rests only on
it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import sourcing
from cases.desk.admin.cited import fact_title, record_title
from cases.desk.admin.forms import reason_given
from cases.desk.permissions import may
from cases.history import needs_reason
from cases.models import Source
from cases.publishing.holding import held_first
from cases.sourcing import Resting

SHOWN, CHOSEN, DECIDED = "rests_on_it", "withdraw", "withdrawal_decided"
_OF_THIS_PAGE = {SHOWN, CHOSEN, DECIDED, "csrfmiddlewaretoken", "change_reason"}


@dataclass(frozen=True)
class AffectedCase:
    """`facts` are (key, words, is it ticked)."""

    title: str
    facts: list[tuple[str, str, bool]]


class WithWhatRestsOnIt(ModelAdmin):
    """For the admin of sources."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        if request.method != "POST" or not object_id:
            return super().changeform_view(request, object_id, *args, **kwargs)
        with self._held_first(request, object_id):
            question_page = self._asked(request, object_id)
            if question_page is not None:
                return question_page
            return super().changeform_view(request, object_id, *args, **kwargs)

    def _held_first(
        self, request: HttpRequest, object_id: str
    ) -> AbstractContextManager[None]:
        """Once the question is answered: to find again what rests on it takes a while."""
        source: Any = self.get_object(request, unquote(object_id))
        if (
            DECIDED not in request.POST
            or source is None
            or not self.has_change_permission(request, source)
        ):
            return nullcontext()
        return held_first(source, sourcing.narrowed_to(source, request.POST))

    def has_said_what_goes(self, request: HttpRequest) -> bool:
        return DECIDED in request.POST

    def save_model(
        self, request: HttpRequest, obj: Source, form: forms.ModelForm, change: bool
    ) -> None:
        resting: list[Resting] = []
        unseen: list[Resting] = []
        gone: list[Resting] = []
        if change:
            gone = _gone(obj, form.cleaned_data)
            resting = _resting(obj, form.cleaned_data)
            unseen = _resting_unseen(obj, form.cleaned_data)
        super().save_model(request, obj, form, change)
        if not _all_shown(request, resting):
            raise IntegrityError(
                _(
                    "What rests on this source has changed meanwhile. Save again, to see what does now."
                )
            )
        chosen = _chosen(request, resting)
        sourcing.withdraw(chosen)
        sourcing.withdraw_unseen(unseen)
        if chosen:
            self.message_user(request, _how_many(chosen), messages.WARNING)
        returning = _chosen(request, gone)
        sourcing.give_back(returning)
        if gone:
            left = len(gone) - len(returning)
            self.message_user(request, _given_back(returning, left), messages.WARNING)

    def _asked(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """The page, unless there is nothing to ask, or it has been answered."""
        source: Any = self.get_object(request, unquote(object_id))
        if source is None or not self.has_change_permission(request, source):
            return None
        form = self.get_form(request, source, change=True)(
            request.POST, request.FILES, instance=source
        )
        if not form.is_valid():
            return None
        resting = _resting(source, form.cleaned_data)
        gone: list[Resting] = []
        if not resting:
            gone = _gone(source, form.cleaned_data)
            resting = gone
        if not resting:
            return None
        problems: list[str] = []
        if DECIDED in request.POST and _all_shown(request, resting):
            problems = _problems(request, resting)
            if not problems:
                return None
        shown = set(request.POST.getlist(SHOWN))
        ticked = set(request.POST.getlist(CHOSEN))
        context = {
            **self.admin_site.each_context(request),
            "title": _title(gives_back=bool(gone)),
            "gives_back": bool(gone),
            "opts": self.opts,
            "source": source,
            "cases": _by_case(resting, lambda key: key in ticked or key not in shown),
            "problems": problems,
            "reason": reason_given(request),
            "brought": _fields_of_the_source(request),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/cases/withdraw.html", context)


def _fields_of_the_source(request: HttpRequest) -> list[tuple[str, Any]]:
    """What was typed on the form of the source: this page sends it once more."""
    fields: list[tuple[str, Any]] = []
    for name, values in request.POST.lists():
        if name not in _OF_THIS_PAGE:
            fields += [(name, value) for value in values]
    return fields


def _resting(source: Source, typed: Mapping[str, Any]) -> list[Resting]:
    stored = Source.objects.get(pk=source.pk)
    return sourcing.resting_only_on(stored, typed["visibility"], typed["standing"])


def _gone(source: Source, typed: Mapping[str, Any]) -> list[Resting]:
    stored = Source.objects.get(pk=source.pk)
    return sourcing.gone_with(stored, typed["visibility"], typed["standing"])


def _resting_unseen(source: Source, typed: Mapping[str, Any]) -> list[Resting]:
    stored = Source.objects.get(pk=source.pk)
    return sourcing.resting_unseen(stored, typed["visibility"], typed["standing"])


def _all_shown(request: HttpRequest, resting: Iterable[Resting]) -> bool:
    return {fact.key for fact in resting} <= set(request.POST.getlist(SHOWN))


def _chosen(request: HttpRequest, resting: Iterable[Resting]) -> list[Resting]:
    keys = set(request.POST.getlist(CHOSEN))
    return [fact for fact in resting if fact.key in keys]


def _problems(request: HttpRequest, resting: Iterable[Resting]) -> list[str]:
    """Why what was ticked cannot be done so."""
    chosen = _chosen(request, resting)
    for model in {fact.root_model for fact in chosen}:
        if not request.user.has_perm(may("change", model)):
            return [
                _(
                    "You may not change all of these cases. Untick what you may not change."
                )
            ]
    if not reason_given(request) and any(map(needs_reason, _roots(chosen).values())):
        return [
            _(
                "Reason for the change: a case here has been published. Say why you take this back."
            )
        ]
    return []


def _roots(resting: Iterable[Resting]) -> dict[str, Any]:
    """The cases, by id."""
    ids: dict[Any, set[str]] = defaultdict(set)
    for fact in resting:
        ids[fact.root_model].add(fact.root_id)
    return _by_id(ids)


def _by_id(ids: Mapping[Any, set[str]]) -> dict[str, Any]:
    """The records of several models: one query for each model."""
    records = {}
    for model, ids_of_model in ids.items():
        for record in model._default_manager.filter(pk__in=ids_of_model):
            records[str(record.pk)] = record
    return records


def _by_case(
    resting: Sequence[Resting], is_ticked: Callable[[str], bool]
) -> list[AffectedCase]:
    ids: dict[Any, set[str]] = defaultdict(set)
    for fact in resting:
        ids[fact.model].add(fact.record_id)
    records = _by_id(ids)
    roots = _roots(resting)
    cases: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    for fact in resting:
        words = _words(fact, records.get(fact.record_id))
        cases[fact.root_id].append((fact.key, words, is_ticked(fact.key)))
    affected = []
    for root_id, facts in cases.items():
        if root_id in roots:
            affected.append(AffectedCase(record_title(roots[root_id]), facts))
    return affected


def _words(fact: Resting, record: Any) -> str:
    if fact.record_id == fact.root_id and not fact.field:
        return _("The whole case: nobody else is named for anything in it")
    if not fact.field:
        return record_title(record)
    title = capfirst(fact_title(fact.model, fact.field, fact.entry))
    if fact.record_id == fact.root_id:
        return title
    return f"{record_title(record)} – {title}"


def _title(*, gives_back: bool) -> str:
    if gives_back:
        return _("Give back with this source")
    return _("Withdraw with this source")


def _given_back(returning: Sequence[Resting], left: int) -> str:
    told = ngettext(
        "%(number)s thing that was withdrawn with this source was given back.",
        "%(number)s things that were withdrawn with this source were given back.",
        len(returning),
    ) % {"number": len(returning)}
    if not left:
        return told
    still = ngettext(
        "%(number)s is still withdrawn.", "%(number)s are still withdrawn.", left
    )
    return f"{told} {still % {'number': left}}"


def _how_many(chosen: Sequence[Resting]) -> str:
    return ngettext(
        "%(number)s thing that rested only on this source was withdrawn with it.",
        "%(number)s things that rested only on this source were withdrawn with it.",
        len(chosen),
    ) % {"number": len(chosen)}
