"""Taking a source back: the page that offers to take back with it what rests only on
it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

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
        self, request: HttpRequest, object_id: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        asked = (
            self._asked(request, object_id)
            if request.method == "POST" and object_id
            else None
        )
        return asked or super().changeform_view(request, object_id, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Source, form: Any, change: bool
    ) -> None:
        resting = _resting(obj, form.cleaned_data) if change else []
        super().save_model(request, obj, form, change)
        if not {one.key for one in resting} <= set(request.POST.getlist(SHOWN)):
            raise IntegrityError(
                _(
                    "What rests on this source has changed meanwhile. Save again, to see what does now."
                )
            )
        chosen = [one for one in resting if one.key in request.POST.getlist(CHOSEN)]
        sourcing.withdraw(chosen)
        if chosen:
            self.message_user(request, _told(chosen), messages.WARNING)

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
        shown = set(request.POST.getlist(SHOWN))
        answered = DECIDED in request.POST and {one.key for one in resting} <= shown
        problems = _problems(request, resting) if answered else []
        if not resting or (answered and not problems):
            return None
        ticked = set(request.POST.getlist(CHOSEN))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Withdraw with this source"),
            "opts": self.opts,
            "source": source,
            "cases": _by_case(resting, lambda key: key in ticked or key not in shown),
            "problems": problems,
            "reason": reason_given(request),
            "brought": [
                (name, value)
                for name, values in request.POST.lists()
                if name not in _OF_THIS_PAGE
                for value in values
            ],
            "media": self.media,
        }
        return TemplateResponse(request, "admin/cases/withdraw.html", context)


def _resting(source: Source, asked: Any) -> list[Resting]:
    stored = Source.objects.get(pk=source.pk)
    return sourcing.resting_only_on(stored, asked["visibility"], asked["standing"])


def _problems(request: HttpRequest, resting: Iterable[Resting]) -> list[str]:
    """Why what was ticked cannot be done so."""
    chosen = [one for one in resting if one.key in request.POST.getlist(CHOSEN)]
    models = {one.root_model for one in chosen}
    if not all(request.user.has_perm(may("change", model)) for model in models):
        return [
            _("You may not change all of these cases. Untick what you may not change.")
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
    for one in resting:
        ids[one.root_model].add(one.root_id)
    return {
        str(root.pk): root
        for model, its in ids.items()
        for root in model._default_manager.filter(pk__in=its)
    }


def _by_case(resting: Sequence[Resting], is_ticked: Any) -> list[AffectedCase]:
    ids: dict[Any, set[str]] = defaultdict(set)
    for one in resting:
        ids[one.model].add(one.record_id)
    records = {
        str(row.pk): row
        for model, its in ids.items()
        for row in model._default_manager.filter(pk__in=its)
    }
    roots = _roots(resting)
    cases: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    for one in resting:
        cases[one.root_id].append(
            (one.key, _words(one, records.get(one.record_id)), is_ticked(one.key))
        )
    return [
        AffectedCase(record_title(roots[one]), facts)
        for one, facts in cases.items()
        if one in roots
    ]


def _words(one: Resting, record: Any) -> str:
    if one.record_id == one.root_id and not one.field:
        return _("The whole case: nobody else is named for anything in it")
    if not one.field:
        return record_title(record)
    fact = capfirst(fact_title(one.model, one.field, one.entry))
    return fact if one.record_id == one.root_id else f"{record_title(record)} – {fact}"


def _told(chosen: Sequence[Resting]) -> str:
    return ngettext(
        "%(number)s thing that rested only on this source was withdrawn with it.",
        "%(number)s things that rested only on this source were withdrawn with it.",
        len(chosen),
    ) % {"number": len(chosen)}
