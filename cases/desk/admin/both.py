"""Somebody else saved while a page was typed into: only what both touched is asked.

Nothing is asked twice, and nothing is changed silently: what the other saved is told,
and stays.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.http import HttpRequest, QueryDict
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cases.desk.admin.forms import changes_since
from cases.desk.admin.meanwhile import (
    MINE,
    THEIRS,
    Both,
    Boxes,
    Together,
    put_together,
    settle,
)
from cases.desk.admin.sent import in_words, names_of, not_empty, untouched
from cases.history import Change, kind_of, last_number, timeline
from cases.history.wording import in_sight
from cases.locking import root_of

OPENED = "as_opened"  # what stood on the page when it was opened
ASKED = "both_touched"  # what was asked when the page came back
DECIDED = "decided"  # of these, by their number
_TOLD = 5  # changes of the other in one message


@dataclass(frozen=True)
class Question:
    """What both touched, in words."""

    both: Both
    label: str
    mine: str
    theirs: str
    by: str
    """Who changed it, and when; empty if the reader does not see that."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def sentence(self) -> str:
        by = self.by or _("somebody else")
        if self.both.kind == "i_removed":
            words = _("%(what)s: you take it out, and %(who)s changed it meanwhile.")
        elif self.both.kind == "they_removed":
            words = _("%(what)s: you changed it, and %(who)s took it out meanwhile.")
        else:
            words = _("%(what)s: you and %(who)s changed it.")
        return words % {"what": self.label, "who": by}

    @property
    def at_the_box(self) -> str:
        words = _("You and %(who)s changed it. Decide at the top of the page.")
        return words % {"who": self.by or _("somebody else")}

    @property
    def choices(self) -> list[tuple[str, str]]:
        empty = _("nothing")
        if self.both.kind == "i_removed":
            return [(MINE, _("Take it out")), (THEIRS, _("Leave it, as changed"))]
        if self.both.kind == "they_removed":
            return [(MINE, _("Enter it anew")), (THEIRS, _("Leave it out"))]
        mine = _("Yours: %(what)s") % {"what": self.mine or empty}
        theirs = _("Theirs: %(what)s") % {"what": self.theirs or empty}
        return [(MINE, mine), (THEIRS, theirs)]


@dataclass(frozen=True)
class Asked:
    """What the page asks, and what the other saved besides."""

    questions: list[Question]
    since: list[str]

    def rows(self) -> Iterator[tuple[str, Question]]:
        """Each with the name of its boxes."""
        for number, question in enumerate(self.questions):
            yield f"{DECIDED}-{number}", question

    def sentence_of(self, box: forms.BoundField) -> str:
        for question in self.questions:
            if names_of(box, [question.both.name]):
                return question.at_the_box
        return ""

    @property
    def as_json(self) -> str:
        return json.dumps([question.as_json() for question in self.questions])


class TogetherAdmin(admin.ModelAdmin):
    """For the page of a record: what is posted is put together with what is stored,
    under the lock and before any form reads it.
    """

    def put_together(self, request: HttpRequest, record: Any) -> None:
        says_what_it_saw = OPENED in request.POST and "seen_version" in request.POST
        if says_what_it_saw and self.has_change_permission(request, record):
            self._put_together(request, record)

    def _put_together(self, request: HttpRequest, record: Any) -> None:
        posted = request.POST
        opened = _boxes_in(posted.get(OPENED, ""))
        earlier = _questions_in(posted.get(ASKED, ""))
        if opened is None:
            return
        case = root_of(record)
        is_stale = posted.get("seen_version") != str(case.version)
        if not is_stale and not earlier:
            return
        decided = {}
        for number, question in enumerate(earlier):
            decided[question.both.name] = posted.get(f"{DECIDED}-{number}", "")
        typed: Boxes = dict(posted.lists())
        opened, typed = settle(
            opened, typed, [question.both for question in earlier], decided
        )
        fresh = self._fresh_forms(request, record)
        stored = untouched(fresh)
        lists = []
        for prefix in self._prefixes(request, record):
            if f"{prefix}-TOTAL_FORMS" in typed:
                lists.append(prefix)
        together = put_together(opened, typed, stored, lists)
        seen_event = posted.get("seen_event", "")
        number = int(seen_event) if re.fullmatch(r"\d{1,18}", seen_event) else 0
        words = _Words(request, case, fresh, number, earlier)
        since: list[str] = []
        if is_stale:
            since = changes_since(case, number, request.user)
            request.saved_meanwhile = since  # type: ignore[attr-defined]
        questions = words.questions(together)
        request.asked_of_both = Asked(questions, since)  # type: ignore[attr-defined]
        together.boxes[OPENED] = [_written(stored)]
        together.boxes["seen_version"] = [str(case.version)]
        newest = last_number(kind_of(case), case.pk)
        together.boxes["seen_event"] = [str(newest)]
        _post(request, together.boxes)

    def _fresh_forms(self, request: HttpRequest, record: Any) -> list[Any]:
        """Of the page as it would be opened now."""
        names = flatten_fieldsets(self.get_fieldsets(request, record))
        form = self.get_form(request, record, change=True, fields=names)
        fresh: list[Any] = [form(instance=record)]
        for formset in self._fresh_formsets(request, record):
            fresh += formset.initial_forms
        return fresh

    def _fresh_formsets(self, request: HttpRequest, record: Any) -> Iterator[Any]:
        prefixes = self._prefixes(request, record)
        pairs = self.get_formsets_with_inlines(request, record)
        for prefix, (made, inline) in zip(prefixes, pairs, strict=True):
            rows: Any = inline.get_queryset(request)
            yield made(instance=record, prefix=prefix, queryset=rows)

    def _prefixes(self, request: HttpRequest, record: Any) -> list[str]:
        """As the library numbers them."""
        prefixes: list[str] = []
        for made, _inline in self.get_formsets_with_inlines(request, record):
            default = made.get_default_prefix()
            count = sum(prefix.split("-")[0] == default for prefix in prefixes)
            prefixes.append(f"{default}-{count + 1}" if count else default)
        return prefixes

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        record = context.get("original")
        if record is not None and self.has_change_permission(request, record):
            context["as_opened"] = _as_opened(request, context)
            asked: Asked | None = getattr(request, "asked_of_both", None)
            if asked is not None and asked.questions:
                context["asked_of_both"] = asked
        return super().render_change_form(request, context, *args, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Tells after a save what the other saved before it."""
        response = super().changeform_view(request, *args, **kwargs)
        since: list[str] = getattr(request, "saved_meanwhile", [])
        if since and getattr(request, "is_saved", False):
            told = _("Somebody else had saved meanwhile, and that stays: %(what)s")
            what = " ".join(since[-_TOLD:])
            self.message_user(request, told % {"what": what}, messages.INFO)
        return response


def _as_opened(request: HttpRequest, context: dict[str, Any]) -> str:
    form = context["adminform"].form
    if form.is_bound:
        return str(request.POST.get(OPENED, ""))
    shown = [form]
    for inline in context["inline_admin_formsets"]:
        shown += inline.formset.initial_forms
    return _written(untouched(shown))


def _written(boxes: Boxes) -> str:
    return json.dumps(not_empty(boxes), ensure_ascii=False)


def _boxes_in(text: str) -> Boxes | None:
    """None for what no page of ours has sent."""
    try:
        content = json.loads(text)
    except ValueError:
        return None
    if not isinstance(content, dict):
        return None
    boxes = {}
    for name, texts in content.items():
        if not isinstance(texts, list):
            return None
        boxes[name] = [str(text) for text in texts]
    return boxes


def _questions_in(text: str) -> list[Question]:
    questions = []
    try:
        for asked in json.loads(text or "[]"):
            questions.append(Question(**{**asked, "both": Both(**asked["both"])}))
    except (ValueError, TypeError, KeyError):
        return []
    return questions


def _post(request: HttpRequest, boxes: Boxes) -> None:
    """The request, as if it had been typed into the page as it is now."""
    data = QueryDict(mutable=True)
    for name, texts in boxes.items():
        if name != ASKED and not name.startswith(f"{DECIDED}-"):
            data.setlist(name, texts)
    request.POST = data  # type: ignore[assignment]


class _Words:
    """Says of boxes by their names what they are called, what stands in them, and who
    changed them.
    """

    def __init__(
        self,
        request: HttpRequest,
        case: Any,
        fresh: Sequence[Any],
        number: int,
        earlier: Sequence[Question],
    ) -> None:
        self.request, self.case, self.fresh, self.number = request, case, fresh, number
        self.known_by = {question.both.name: question.by for question in earlier}

    def questions(self, together: Together) -> list[Question]:
        if not together.asked:
            return []
        whole = timeline(kind_of(self.case), self.case.pk)
        history = in_sight(whole, self.request.user)
        changes = [change for change in history if change.number > self.number]
        return [self._question(both, changes) for both in together.asked]

    def _question(self, both: Both, changes: Sequence[Change]) -> Question:
        if both.kind == "box":
            for form in self.fresh:
                for box in form:
                    if names_of(box, [both.name]):
                        return self._of_box(both, form, box, changes)
        for form in self.fresh:
            if str(form.instance.pk) == both.row_id:
                label = _called(form.instance)
                return Question(both, label, "", "", self._by(both, changes))
        label = _gone(changes, both.row_id)
        return Question(both, label, "", "", self._by(both, changes))

    def _of_box(
        self, both: Both, form: Any, box: Any, changes: Sequence[Change]
    ) -> Question:
        label = capfirst(str(box.label))
        language = both.name.removeprefix(box.html_name).removeprefix("__")
        if language:
            label = f"{label} ({language})"
        if form is not self.fresh[0]:
            label = f"{_called(form.instance)}, {label}"
        return Question(
            both,
            label,
            in_words(box, both.mine),
            in_words(box, both.theirs),
            self._by(both, changes, str(form.instance.pk), box.name),
        )

    def _by(
        self,
        both: Both,
        changes: Sequence[Change],
        record_id: str = "",
        name: str = "",
    ) -> str:
        by = _by(changes, record_id or both.row_id, name)
        return by or self.known_by.get(both.name, "")


def _called(record: Any) -> str:
    kind = capfirst(str(record._meta.verbose_name))
    return f"{kind} “{record}”"


def _gone(changes: Sequence[Change], record_id: str) -> str:
    for change in changes:
        if change.record_id == record_id:
            return capfirst(str(change.model._meta.verbose_name))
    return _("A row")


def _by(changes: Sequence[Change], record_id: str, name: str = "") -> str:
    """Who changed it last, and when."""
    for change in reversed(changes):
        if change.record_id != record_id:
            continue
        names = {*change.before, *change.after}
        if name and name not in names and change.operation != name:
            continue
        at = formats.date_format(timezone.localtime(change.at), "DATETIME_FORMAT")
        who = change.who or _("somebody")
        return f"{who} ({at})"
    return ""
