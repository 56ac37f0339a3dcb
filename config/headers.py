"""What every answer asks of the browser, and how much a request may bring."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.other_pages import tell_who_may_read
from tracker.api.problems import problem, problem_or_page
from tracker.site.errors import too_large

Handler = Callable[[HttpRequest], HttpResponse]


def ask_of_browsers(get_response: Handler) -> Handler:
    """Stands first, so that it holds for static files, refusals and redirects, too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        tell_who_may_read(request, response)
        response.headers.setdefault("Cache-Control", "no-store")
        if settings.ONION_ADDRESS:
            _tell_of_the_onion_service(request, response)
        if request.path_info.startswith(settings.DESK_ADDRESSES):
            # With no-referrer Chromium sends “Origin: null” with each form, and nobody
            # could sign in.
            response["Referrer-Policy"] = "same-origin"
        return response

    return middleware


def _tell_of_the_onion_service(request: HttpRequest, response: HttpResponse) -> None:
    """Tor Browser then offers it. Of the public pages alone: where the desk is, is for
    its people to know. Whoever came by the onion service came without HTTPS.
    """
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    is_desk = request.path_info.startswith(settings.DESK_ADDRESSES)
    if request.is_secure() and is_page and not is_desk:
        address = f"{settings.ONION_ADDRESS}{request.get_full_path()}"
        response.headers["Onion-Location"] = address


def cap_bodies(get_response: Handler) -> Handler:
    """By the length that the request states. Of a body sent without one, Django would
    read nothing: a change would be answered as made.
    """

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    refuse = (
        problem(status)
        if settings.SERVE == "partners"
        else problem_or_page(status, too_large)
    )

    def middleware(request: HttpRequest) -> HttpResponse:
        if "Transfer-Encoding" in request.headers:
            return problem(HTTPStatus.LENGTH_REQUIRED)(request)
        length = request.META.get("CONTENT_LENGTH") or "0"
        fits = (
            length.isascii() and length.isdigit() and int(length[:20]) <= _most(request)
        )
        return get_response(request) if fits else refuse(request)

    return middleware


def _most(request: HttpRequest) -> int:
    """In bytes. Files come in at the desk alone, for imports."""
    file = (
        request.content_type == "multipart/form-data"
        and request.path_info.startswith(settings.DESK_ADDRESSES)
    )
    return settings.UPLOAD_MAX_BYTES if file else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
