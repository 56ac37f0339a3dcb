"""Keeping a draft and throwing it away. Nothing of the record is shown here, so nothing
is logged: every answer is empty, or leads back to the page.
"""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import ProgrammingError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cases.desk.drafts import keeping
from cases.locking import root_of
from tracker.ids import id_in

QUIETLY = "X-Draft"  # a header of the script, which stays on its page


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    page = request.POST.get(keeping.PAGE, "")
    token = id_in(request.POST.get(keeping.TOKEN, ""))
    if token is None or not _is_of_desk(page):
        return HttpResponse(status=400)
    problem = ""
    try:
        with transaction.atomic():
            keeping.keep(
                request.user,
                token,
                page,
                _case_of(page),
                request.POST.get(keeping.TITLE, ""),
                _boxes(request),
            )
    except ProgrammingError:  # another person's, who was signed in here before
        return HttpResponse(status=409)
    except keeping.TooLong:
        problem = _("This is too long to be kept as a draft. Save it, or shorten it.")
    if QUIETLY in request.headers:
        return HttpResponse(status=413 if problem else 204)
    if problem:
        messages.error(request, problem)
        return HttpResponseRedirect(page)
    messages.info(request, _("Kept as a draft for seven days. It is not saved yet."))
    for draft in keeping.mine(request.user):
        if draft.token == token:
            return HttpResponseRedirect(draft.url)
    return HttpResponseRedirect(page)


@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    token = id_in(request.POST.get(keeping.TOKEN, ""))
    if token is not None:
        keeping.drop(token)
        messages.info(request, _("The draft was thrown away."))
    page = request.POST.get(keeping.PAGE, "")
    if not _is_of_desk(page):
        page = reverse("admin:index")
    return HttpResponseRedirect(page)


@require_GET
def signed_in(request: HttpRequest) -> HttpResponse:
    """For a page that was open while somebody signed in anew in another tab."""
    return HttpResponse(status=204, headers={"X-CSRFToken": get_token(request)})


def _boxes(request: HttpRequest) -> list[tuple[str, str]]:
    boxes = []
    for name, values in request.POST.lists():
        boxes += [(name, value) for value in values]
    return boxes


def _is_of_desk(page: str) -> bool:
    start = reverse("admin:index")
    is_here = url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return is_here and page.startswith(start) and len(page) <= 500


def _case_of(page: str) -> UUID | None:
    """None for what is not on record yet."""
    try:
        match = resolve(page.partition("?")[0])
    except Resolver404:
        return None
    object_id = match.kwargs.get("object_id")
    model_admin: Any = getattr(match.func, "model_admin", None)
    if object_id is None or not isinstance(model_admin, admin.ModelAdmin):
        return None
    try:
        record = model_admin.model._default_manager.get(pk=object_id)
    except (ObjectDoesNotExist, ValidationError, ValueError):
        return None
    root: UUID = root_of(record).pk
    return root
