"""The icon, where a browser looks for it if a page names none, as the desk's and the
schema's do not.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static


def icon(request: HttpRequest) -> HttpResponse:
    return redirect(static("tracker/favicon.svg"))
