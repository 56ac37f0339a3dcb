"""In which language the desk speaks to whom, and whose time it tells.

An account chooses once, and its sessions hold what it chose. Whoever has not chosen reads
the language of the organisation. Before signing in, the browser's wish counts. The
editorial API is read by programs: it is English, and its times are UTC.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from cases.desk.signin.models import OwnLanguage

IN_THIS_SESSION = "language"
PAGES = "/admin/"


def speak_to_the_reader(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Public pages say their language in their address, and pass as they are."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PAGES):
            return get_response(request)
        language = of_reader(request)
        request.LANGUAGE_CODE = language
        with (
            translation.override(language),
            timezone.override(settings.DESK_TIME_ZONE),
        ):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        if not request.user.is_authenticated:
            patch_vary_headers(response, ["Accept-Language"])
        return response

    return middleware


def of_reader(request: HttpRequest) -> str:
    if not request.user.is_authenticated:
        return translation.get_language_from_request(request)
    chosen: str = request.session.get(IN_THIS_SESSION, "")
    if chosen in dict(settings.LANGUAGES):
        return chosen
    return settings.DESK_LANGUAGE


def choose(request: HttpRequest, user: User, language: str) -> None:
    OwnLanguage.objects.update_or_create(account=user, defaults={"language": language})
    request.session[IN_THIS_SESSION] = language


def connect() -> None:
    user_logged_in.connect(_remember, dispatch_uid="the language of the account")


def _remember(request: HttpRequest, user: User, **_signal: object) -> None:
    own = OwnLanguage.objects.filter(account=user).first()
    if own is not None:
        request.session[IN_THIS_SESSION] = own.language
