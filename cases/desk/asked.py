"""What the desk may be asked: never more than the access log keeps."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cases.desk.access.shown import LONGEST, question
from cases.desk.choosing import NotAChoice
from cases.desk.searching import FindsTooMuch
from tracker.api.problems import problem
from tracker.asking.lengths import refuse_long_search
from tracker.site import errors

# The boxes of the admin: above a list, and beside a field.
_SEARCHES = ("q", "term")


def refuse_long_questions(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """For the lists of the admin, whichever app they are of. The editorial API has its
    own rules for each parameter.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(settings.DESK_ADDRESSES):
            return get_response(request)
        sentence = _what_is_wrong(request)
        if not sentence:
            return get_response(request)
        if request.path_info.startswith("/api/"):
            return problem(400, sentence)(request)
        return errors.refusal(request, 400, _("This cannot be answered"), sentence)

    def process_exception(
        request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        if not isinstance(error, FindsTooMuch | NotAChoice):
            return None
        title = _("This cannot be answered")
        return errors.refusal(request, 400, title, error.sentence)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def _what_is_wrong(request: HttpRequest) -> str:
    """A sentence, or none."""
    if len(question(request)) > LONGEST:
        sentence = _("A search and its filters may have at most %(most)s characters.")
        return sentence % {"most": f"{LONGEST:,}"}
    if request.path_info.startswith("/api/"):
        return ""
    if ERROR_FLAG in request.GET:
        # Django leads here, and would show the list without the filter.
        return _(
            "A filter of the address is none of this list, or has a value that it cannot"
            " have. Choose the filters anew."
        )
    for name in _SEARCHES:
        for text in request.GET.getlist(name):
            try:
                refuse_long_search(text)
            except ValidationError as error:
                return f"{name}: {' '.join(error.messages)}"
    return ""
