"""The pages of groups: type it once, look who the people are, save all of it."""

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.desk.access.models import Act
from cases.desk.access.shown import hand_out
from cases.desk.admin import drafting, foreseeing
from cases.desk.admin.doubting import answers
from cases.desk.admin.forms import reason_given
from cases.desk.admin.groups import lines as pasting
from cases.desk.admin.groups.forms import (
    EventForm,
    GroupForm,
    LineForm,
    hold_apart,
    said_in,
    section,
)
from cases.desk.admin.groups.kinds import GROUP_KINDS, GroupKind
from cases.desk.admin.groups.storing import (
    Chosen,
    Doubted,
    Entry,
    Refused,
    Stored,
    store,
)
from cases.desk.admin.recording import HEDGE, in_hand
from cases.desk.drafts.keeping import Kept
from cases.desk.permissions import may
from cases.models import Citation, PersonName, Prisoner, ReportedCount
from cases.plausibility import Doubt
from cases.publishing.foreseeing import Foresight, NotYet
from tracker.contract.vocabulary import Hedge
from tracker.ids import id_in

SAVE = "_save"


def may_enter(request: HttpRequest, kind: GroupKind) -> bool:
    added: list[type[Model]] = [PersonName, Prisoner, Citation]
    added += [made.model for made in kind.made]
    rights = [may("add", model) for model in added]
    if kind.shared is not None:
        rights.append(may("add", kind.shared.model))
    if kind.measure is not None:
        rights.append(may("add", ReportedCount))
    rights += [may("change", Prisoner), may("view", Prisoner)]
    return request.user.has_perms(rights)


class Page:
    """Everything that stands in the boxes of one request."""

    def __init__(
        self,
        kind: GroupKind,
        request: HttpRequest,
        data: Any,
        doubts: Iterable[Doubt] = (),
    ) -> None:
        self.kind, self.request, self.data = kind, request, data
        held = in_hand(request)
        initial: dict[str, Any] = {HEDGE: Hedge.STATED.value}
        if held:
            initial.update(held.boxes)
        self.form = GroupForm(kind, request.user, data, initial=initial, doubts=doubts)
        self.event_form: EventForm | None = None
        self.shared = None
        if kind.shared is not None:
            named_by = kind.shared.named_by
            self.event_form = EventForm(
                kind.shared,
                kind.made[0].model,
                data,
                initial={named_by: id_in(request.GET.get(named_by, ""))},
            )
            self.shared = section(kind.shared, request, data)
        self.sections = []
        for declared in kind.made:
            self.sections.append((declared, section(declared, request, data)))
        self.lines: list[LineForm] = []

    def is_valid(self) -> bool:
        """What is said once. With it, the lines are known."""
        are_valid = [self.form.is_valid()]
        are_valid += [form.is_valid() for _declared, form in self.sections]
        if self.event_form is not None and self.shared is not None:
            are_valid.append(self.event_form.is_valid() and self._one_event())
        pasted = self.form.cleaned_data.get("people")
        if pasted is not None:
            for line in pasting.known(pasted.names):
                self.lines.append(LineForm(line, self.kind, self.request, self.data))
        return all(are_valid)

    def _one_event(self) -> bool:
        """An event on record, or a new one with a title: not both."""
        assert self.event_form is not None
        assert self.shared is not None
        is_new = self.event_form.event() is None
        if is_new and not self.shared.has_changed():
            self.shared.empty_permitted = False
            self.shared.full_clean()
        elif not is_new and self.shared.has_changed():
            self.event_form.add_error(
                self.event_form.name,
                _("It is on record already: change it on its own page."),
            )
        return self.shared.is_valid() and self.event_form.is_valid()

    def lines_are_valid(self) -> bool:
        are_valid = [form.is_valid() for form in self.lines if form.is_bound]
        hold_apart(form for form in self.lines if form.is_bound)
        are_chosen = all(form.is_bound for form in self.lines)
        has_errors = any(form.errors for form in self.lines)
        return are_chosen and all(are_valid) and not has_errors

    def entry(self) -> Entry:
        people = []
        for form in self.lines:
            if form.is_left_out:
                continue
            own = {model: said_in(own) for model, own in form.own.items()}
            chosen = Chosen(
                number=form.line.number,
                name=form.line.name,
                case_id=form.case_id,
                near=tuple(person.pk for person in form.line.people),
                own=own,
                without=form.without(),
            )
            people.append(chosen)
        said = {declared.model: said_in(form) for declared, form in self.sections}
        shared: Any = None
        if self.event_form is not None and self.shared is not None:
            shared = self.event_form.event() or said_in(self.shared)
        return Entry(
            kind=self.kind,
            day=self.form.cleaned_data["day"],
            people=people,
            said=said,
            word=self.form.word(),
            shared=shared,
            claimed=self.form.cleaned_data.get("claimed"),
            reason=reason_given(self.request),
            answers=tuple(answers(self.request)),
        )

    def case_ids(self) -> list[UUID]:
        """The cases that the page shows."""
        ids: dict[UUID, None] = {}
        for form in self.lines:
            for person in form.line.people:
                ids[person.pk] = None
        return list(ids)

    def problems(self) -> list[tuple[str, str]]:
        """(what is wrong, the id of the box that it leads to)"""
        listed = []
        for form, line in self._forms():
            for name, errors in form.errors.items():
                label, anchor = "", ""
                if name != NON_FIELD_ERRORS:
                    box = form[name]
                    label, anchor = capfirst(str(box.label)), box.id_for_label
                if line is not None:
                    words = {"number": line.number, "name": line.name}
                    called = _("Line %(number)s, “%(name)s”") % words
                    if not isinstance(form, LineForm) and label:
                        called = f"{called}, {label}"
                    label, anchor = called, f"line-{line.number}"
                for error in errors:
                    sentence = f"{label}: {error}" if label else str(error)
                    listed.append((sentence, anchor))
        return listed

    def _forms(self) -> list[tuple[Any, pasting.Line | None]]:
        """Each with the line that it is of, or none."""
        forms: list[tuple[Any, pasting.Line | None]] = [(self.form, None)]
        if self.event_form is not None:
            forms += [(self.event_form, None), (self.shared, None)]
        forms += [(form, None) for _declared, form in self.sections]
        for line_form in self.lines:
            for form in (line_form, *line_form.own.values()):
                forms.append((form, line_form.line))
        return [(form, line) for form, line in forms if form.is_bound]


class WithGroups(admin.ModelAdmin):
    """For the prisoners' pages."""

    def get_urls(self) -> list[URLPattern]:
        urls = []
        for kind in GROUP_KINDS:
            view = self.admin_site.admin_view(partial(self.group_view, kind=kind))
            urls.append(path(f"{kind.address}/", view, name=kind.url_name))
        return urls + super().get_urls()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        links = []
        for kind in GROUP_KINDS:
            if may_enter(request, kind):
                url = _holding(request, reverse(f"admin:{kind.url_name}"))
                links.append((url, kind.title))
        context = {"group_links": links, **(extra_context or {})}
        return super().changelist_view(request, context)

    def group_view(self, request: HttpRequest, *, kind: GroupKind) -> HttpResponse:
        if not may_enter(request, kind):
            raise PermissionDenied
        draft = drafting.asked_for(request)
        if draft is not None:
            return self._as_typed(request, draft, kind)
        if request.method != "POST":
            return self._page(request, Page(kind, request, None))
        page = Page(kind, request, request.POST)
        is_valid = page.is_valid()
        if SAVE not in request.POST:
            return self._page(request, page)
        if is_valid and page.lines_are_valid():
            return self._save(request, page)
        if not is_valid:
            page.lines_are_valid()
        self._tell_unseen(request, page)
        return self._page(request, page)

    def _as_typed(
        self, request: HttpRequest, draft: Kept, kind: GroupKind
    ) -> HttpResponse:
        request.draft = draft  # type: ignore[attr-defined]
        request.POST = draft.data()  # type: ignore[assignment]
        page = Page(kind, request, request.POST)
        page.is_valid()
        page.lines_are_valid()
        return self._page(request, page)

    def _tell_unseen(self, request: HttpRequest, page: Page) -> None:
        unseen = [form.line.name for form in page.lines if not form.is_bound]
        if unseen:
            sentence = _("Nothing was saved yet: look who these are: %(names)s.")
            names = ", ".join(unseen)
            self.message_user(request, sentence % {"names": names}, messages.WARNING)

    def _save(
        self, request: HttpRequest, page: Page, foresight: Foresight | None = None
    ) -> HttpResponse:
        entry = page.entry()
        foresight = foresight or Foresight(entry.keys())
        try:
            with transaction.atomic():
                stored = store(entry)
                self._note(request, page.kind, stored)
                drafting.forget(request)
                confirmed = foreseeing.confirmed(request)
                foreseen = foresight.hold(confirmed, stored.made())
        except NotYet:
            foreseen = foresight.look_back()
            if not foreseen or foreseen.token == foreseeing.confirmed(request):
                return self._save(request, page, foresight)
            request.foreseen = foreseen  # type: ignore[attr-defined]
            return self._page(request, page)
        except Refused as refused:
            return self._page(request, page, refused=refused.problems)
        except Doubted as doubted:
            again = Page(page.kind, request, request.POST, doubted.doubts)
            again.is_valid()
            again.lines_are_valid()
            sentence = _(
                "Nothing was saved yet: something is hardly so. Correct it, or tick what"
                " the source says."
            )
            return self._page(request, again, refused=[sentence])
        self._tell(request, page, stored)
        for remark in stored.remarks:
            self.message_user(request, str(remark), messages.WARNING)
        for sentence in foreseeing.in_sentences(foreseen):
            self.message_user(request, sentence, messages.INFO)
        return HttpResponseRedirect(_address_of(request, stored))

    def _note(self, request: HttpRequest, kind: GroupKind, stored: Stored) -> None:
        """Who changes a case has not merely looked at it (cases/desk/access/volume.py)."""
        for case in stored.new_cases:
            self.log_addition(request, case, kind.title)
        for case in stored.changed_cases:
            self.log_change(request, case, kind.title)

    def _tell(self, request: HttpRequest, page: Page, stored: Stored) -> None:
        words = ngettext(
            "Saved for %(count)s person: %(new)s new, %(old)s on record already.",
            "Saved for %(count)s people: %(new)s new, %(old)s on record already.",
            len(stored.cases),
        )
        numbers = {
            "count": len(stored.cases),
            "new": len(stored.new_cases),
            "old": len(stored.changed_cases),
        }
        self.message_user(request, words % numbers)
        source = page.form.cleaned_data["recording"]
        cited = ngettext(
            "%(count)s fact is now cited to “%(source)s”.",
            "%(count)s facts are now cited to “%(source)s”.",
            stored.cited,
        )
        self.message_user(
            request, cited % {"count": stored.cited, "source": source}, messages.INFO
        )

    def _page(
        self, request: HttpRequest, page: Page, refused: Iterable[str] = ()
    ) -> HttpResponse:
        problems = [(sentence, "") for sentence in refused]
        is_bound = page.data is not None
        if is_bound and not hasattr(request, "draft"):
            problems += page.problems()
        media = self.media + page.form.media
        for form in (page.event_form, page.shared, *(f for _d, f in page.sections)):
            if form is not None:
                media += form.media
        context = {
            **self.admin_site.each_context(request),
            **drafting.offered(request, str(page.kind.title)),
            **foreseeing.asked(request, answers(request)),
            "title": page.kind.title,
            "opts": self.opts,
            "media": media,
            "page": page,
            "kind": page.kind,
            "problems": problems,
            "named": len(page.lines),
            "claimed": is_bound and page.form.cleaned_data.get("claimed"),
            "not_identified": is_bound and page.form.cleaned_data.get("not_identified"),
        }
        response = TemplateResponse(request, "admin/cases/group.html", context)
        if not page.lines:
            return response
        names = "; ".join(form.line.name for form in page.lines)
        case_ids = page.case_ids()
        return hand_out(
            response,
            Act.SEARCH,
            reason="",
            rows=len(case_ids),
            keys=case_ids,
            asked=f"people: {names}",
        )


def _address_of(request: HttpRequest, stored: Stored) -> str:
    """The event with its people, or the list of people."""
    if stored.shared is not None:
        name = f"admin:cases_{stored.shared._meta.model_name}_change"
        event_url = reverse(name, args=[stored.shared.pk])
        return f"{_holding(request, event_url)}#people"
    return _holding(request, reverse("admin:cases_prisoner_changelist"))


def _holding(request: HttpRequest, url: str) -> str:
    """With the source in hand, which goes along."""
    held = in_hand(request)
    if held is None:
        return url
    return f"{url}?{held.query}"
