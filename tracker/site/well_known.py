"""Two files that programs look for."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

TEXT = "text/plain; charset=utf-8"
GOOD_FOR = timedelta(days=180)


def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116: whom to tell of a hole. It is written anew each time it is asked for,
    so its end never comes.
    """
    if not settings.CONTACT:
        raise Http404
    expires = (datetime.now(UTC) + GOOD_FOR).replace(microsecond=0)
    lines = [
        f"Contact: {settings.CONTACT}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: en",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type=TEXT)


def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may read all that is public, if the organisation lets nobody list
    it, too: what says so stands in the pages. The desk is not named: that would
    tell where it is, and it lets nobody in.
    """
    allowed = "User-agent: *\nDisallow:\n"
    if settings.SEARCH_ENGINES:
        address = request.build_absolute_uri("/sitemap.xml")
        allowed += f"Sitemap: {address}\n"
    if settings.SERVE == "partners":
        allowed = "User-agent: *\nDisallow: /\n"
    return HttpResponse(allowed, content_type=TEXT)
