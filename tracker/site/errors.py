"""Pages for what is not there, and for what went wrong."""

import math
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from tracker import held
from tracker.site import languages
from tracker.site.headers import keep_nowhere


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same for what is hidden, what was withdrawn and what never was; it repeats
    nothing of the address.
    """
    return refusal(
        request,
        404,
        _("Page not found"),
        _(
            "There is no published page at this address. Search for a name, or look through all cases."
        ),
        may_search=True,
    )


def bad_request(
    request: HttpRequest, exception: Exception | None = None
) -> HttpResponse:
    if isinstance(exception, TooManyFieldsSent):
        most = f"{settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,}"
        words = _("A form may have at most %(most)s fields.") % {"most": most}
        return refusal(request, 400, _("Too much at once"), words)
    return refusal(
        request,
        400,
        _("This address does not work"),
        _("Something in the address is not understood."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refusal(request, 403, _("Not allowed"), _("You may not see this page."))


def too_large(request: HttpRequest) -> HttpResponse:
    return refusal(
        request,
        413,
        _("Too much at once"),
        _("What was sent is larger than this site takes in."),
    )


def too_many(request: HttpRequest, wait: float | None) -> HttpResponse:
    response = refusal(
        request,
        429,
        _("Too many requests"),
        _("Too much was asked from your address. Wait a minute and try again."),
    )
    response["Retry-After"] = str(math.ceil(wait or 1))
    return response


def busy(request: HttpRequest) -> HttpResponse:
    """Asks no database, and no template but once in a language: that is what others
    wait for. It comes before the middleware of languages.
    """
    language = languages.of_address(request.path_info)
    return keep_nowhere(HttpResponse(_busy_page(language), status=503))


@cache
def _busy_page(language: str) -> str:
    with translation.override(language):
        page = {
            "title": _("Many people are reading now"),
            "words": _(
                "This page could not be made at once. Try again in a few seconds."
            ),
        }
        return render_to_string("tracker/refusal.html", page)


def being_updated(request: HttpRequest) -> HttpResponse:
    response = refusal(
        request, 503, _("This page is being brought up to date"), str(held.SENTENCE)
    )
    response["Retry-After"] = str(held.RETRY_AFTER)
    return response


def broken(request: HttpRequest, *args: Any) -> HttpResponse:
    """Asks neither the database nor a template: one of them may be what failed."""
    words = _("Something went wrong on our side. Please try again in a few minutes.")
    return keep_nowhere(
        HttpResponse(words, status=500, content_type="text/plain; charset=utf-8")
    )


def unavailable(request: HttpRequest, words: str) -> HttpResponse:
    """Asks neither the database nor a template."""
    return keep_nowhere(
        HttpResponse(words, status=503, content_type="text/plain; charset=utf-8")
    )


def refusal(
    request: HttpRequest,
    status: int,
    title: str,
    words: str,
    *,
    may_search: bool = False,
) -> HttpResponse:
    told = {"title": title, "words": words, "refused": True, "may_search": may_search}
    return keep_nowhere(render(request, "tracker/refusal.html", told, status=status))
