"""Redacted copies as answers: the bytes that the gate put beside the documents."""

from django.http import HttpResponse

from tracker.models import PublishedCopy

_SUFFIXES = {"image/png": "png", "image/jpeg": "jpg"}
# Whatever a browser made of it, it can do nothing.
_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


def picture(copy: PublishedCopy) -> HttpResponse:
    """It is called by its id: no name of a file was ever published."""
    response = HttpResponse(
        bytes(copy.content), content_type=copy.media_type, headers=_HEADERS
    )
    response["Content-Disposition"] = f'inline; filename="{file_name(copy)}"'
    return response


def file_name(copy: PublishedCopy) -> str:
    return f"{copy.id}.{_SUFFIXES[copy.media_type]}"
