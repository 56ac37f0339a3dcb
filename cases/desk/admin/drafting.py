"""Nothing typed is lost: a page keeps what stands in its boxes as a draft, and offers it
again to whoever typed it (cases/desk/drafts/).
"""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.http import HttpRequest, HttpResponse

from cases.desk.admin import foreseeing
from cases.desk.drafts import keeping
from cases.desk.drafts.keeping import DRAFT, TOKEN, Kept
from tracker.ids import id_in


def offered(request: HttpRequest, title: str) -> dict[str, Any]:
    """What a page with boxes says of drafts; `draft` is the one that it shows."""
    draft: Kept | None = getattr(request, "draft", None)
    token = id_in(request.POST.get(TOKEN, "")) or uuid4()
    page = keeping.page_of(request)
    others = []
    for kept in keeping.mine(request.user, on=page):
        if kept.token != token:
            others.append(kept)
    return {
        "draft": draft,
        "draft_token": token,
        "draft_page": page,
        "draft_title": title,
        "drafts": others,
        "draft_days": settings.DRAFT_DAYS,
    }


def asked_for(request: HttpRequest) -> Kept | None:
    """The draft that the address names, if it is of this page and of this reader."""
    if request.method != "GET" or DRAFT not in request.GET:
        return None
    token, page = id_in(request.GET[DRAFT]), keeping.page_of(request)
    for kept in keeping.mine(request.user, on=page):
        if kept.token == token and kept.page == page:
            return kept
    return None


def is_as_typed(request: HttpRequest) -> bool:
    """It is only shown: neither judged nor saved."""
    return hasattr(request, "draft") or foreseeing.is_asked(request)


def forget(request: HttpRequest) -> None:
    """What was typed is saved now."""
    token = id_in(request.POST.get(TOKEN, ""))
    if token is not None:
        keeping.drop(token)


class DraftsAdmin(admin.ModelAdmin):
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        draft = asked_for(request)
        if draft is None:
            return super().changeform_view(request, *args, **kwargs)
        # As a page that came back unsaved, with what was typed.
        request.draft = draft  # type: ignore[attr-defined]
        request.POST = draft.data()  # type: ignore[assignment]
        request.method = "POST"
        try:
            return super().changeform_view(request, *args, **kwargs)
        finally:
            request.method = "GET"

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.is_draft = is_as_typed(request)
        form.asked_of_both = getattr(request, "asked_of_both", None)
        return form

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        record = context.get("original")
        may_save = record is None or self.has_change_permission(request, record)
        if may_save and not context["is_popup"]:
            context.update(offered(request, self._page_title(context)))
        return super().render_change_form(request, context, *args, **kwargs)

    def _page_title(self, context: dict[str, Any]) -> str:
        record = context.get("original")
        if record is None or context.get("section"):
            return str(context["title"])
        return str(record)

    def response_add(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        self._saved(request)
        return super().response_add(request, *args, **kwargs)

    def response_change(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        self._saved(request)
        return super().response_change(request, *args, **kwargs)

    def _saved(self, request: HttpRequest) -> None:
        request.is_saved = True  # type: ignore[attr-defined]
        if IS_POPUP_VAR not in request.POST:
            forget(request)
