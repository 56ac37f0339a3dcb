"""Errors as RFC 9457 problem details: one form for everything under /api/.

    {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "A sentence.",
     "errors": {"born_on": ["A sentence for each rule that the value breaks."]}}

`errors` is there where single fields or query parameters are at fault.
"""

import math
import sys
from collections.abc import Callable, Mapping
from http import HTTPStatus

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.db.models import Model, ProtectedError, RestrictedError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    JsonResponse,
)
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.exceptions import APIException
from rest_framework.fields import get_error_detail
from rest_framework.settings import api_settings

from tracker import held

MEDIA_TYPE = "application/problem+json"
_WHOLE_RECORD = {NON_FIELD_ERRORS, api_settings.NON_FIELD_ERRORS_KEY}
# SQLSTATE: the connection broke, there are too many, the disk is full, or the server is
# stopping or starting. Of a connection that was not to be had there is none.
_DOWN = {
    None,
    "08000",
    "08001",
    "08003",
    "08004",
    "08006",
    "53100",
    "53300",
    "57P01",
    "57P02",
    "57P03",
}
_TRY_AGAIN = {"40001", "40P01"}  # SQLSTATE: serialization failure, deadlock


class Conflict(APIException):
    status_code = HTTPStatus.CONFLICT
    default_detail = gettext_lazy(
        "This conflicts with what is recorded. Nothing was changed."
    )


class PreconditionFailed(APIException):
    status_code = HTTPStatus.PRECONDITION_FAILED
    default_detail = gettext_lazy("This was changed after you read it. Read it again.")


class PreconditionRequired(APIException):
    status_code = HTTPStatus.PRECONDITION_REQUIRED
    default_detail = gettext_lazy("Say in “If-Match” which version you read.")


class DatabaseDown(APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = gettext_lazy(
        "The database cannot be reached right now. Try again in a minute."
    )
    wait = 60  # seconds


class Held(APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = held.SENTENCE
    wait = held.RETRY_AFTER


class TooLarge(APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = gettext_lazy("The request is too large.")


def _answer(
    status: int,
    detail: str,
    errors: Mapping[str, list[str]] | None = None,
    headers: Mapping[str, str] | None = None,
    name: str = "",
) -> JsonResponse:
    """A response of its own, whatever form of answer was being written: YAML, CSV, a
    page.

    `name` is for a problem that a program must tell from others of the same status.
    """
    kind = f"urn:problem:{name}" if name else "about:blank"
    body: dict[str, object] = {
        "type": kind,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return JsonResponse(
        body,
        status=status,
        headers=headers,
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def exception_handler(error: Exception, context: object) -> JsonResponse | None:
    """For Django REST framework. None, for what nobody foresaw, leads to `server_error`
    by way of the log.
    """
    known = _as_api_exception(error)
    if known is None:
        return None
    errors: dict[str, list[str]] = {}
    _collect(known.detail, "", errors)
    sentences = errors.pop("", [])
    if errors and not sentences:
        sentences = [_("Some values cannot be accepted; “errors” says which, and why.")]
    headers: dict[str, str] = {}
    if challenge := getattr(known, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(known, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    return _answer(
        known.status_code,
        " ".join(sentences),
        errors,
        headers,
        getattr(known, "problem_name", ""),
    )


def _as_api_exception(error: Exception) -> APIException | None:
    match error:
        case APIException():
            return error
        case held.BeingUpdated():
            return Held()
        case Http404():
            return exceptions.NotFound()
        case PermissionDenied():
            return exceptions.PermissionDenied()
        case RequestDataTooBig():
            return TooLarge()
        case ModelValidationError():
            return exceptions.ValidationError(get_error_detail(error))
        case (
            ProtectedError(protected_objects=records)
            | RestrictedError(restricted_objects=records)
        ):
            return Conflict(_still_referred_to(list(records)))
        case IntegrityError():
            return Conflict(_sentence_of_constraint(error))
        case DataError():
            return exceptions.ValidationError(
                _("The database cannot store one of these values.")
            )
        case OperationalError() | InterfaceError() if is_down(error):
            return DatabaseDown()
        case OperationalError() if (
            getattr(error.__cause__, "sqlstate", None) in _TRY_AGAIN
        ):
            return Conflict(
                _("Someone saved something related at the same moment. Try again.")
            )
    return None


def is_down(error: BaseException | None) -> bool:
    """Was the database not there? Then nothing is wrong with what was asked."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    return cause is not None and getattr(cause, "sqlstate", None) in _DOWN


def down_or(
    handler: Callable[..., HttpResponse], page: Callable[..., HttpResponse] | None
) -> Callable[..., HttpResponse]:
    """For errors outside of the APIs' views, which Django hands on while it handles
    them. `page` is for people; without it all answers are problems.
    """

    def told(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        error = sys.exc_info()[1]
        if not is_down(error):
            return handler(request, *args, **kwargs)
        seconds = str(DatabaseDown.wait)
        if page is None or request.path.startswith("/api/"):
            response: HttpResponse = _answer(503, str(DatabaseDown.default_detail))
        else:
            response = page(request, str(DatabaseDown.default_detail))
        response["Retry-After"] = seconds
        return response

    return told


def _still_referred_to(records: list[Model]) -> str:
    names = [f"{record._meta.verbose_name} {record.pk}" for record in records[:5]]
    return _("Others still refer to this (%(count)s): %(named)s.") % {
        "count": len(records),
        "named": ", ".join(names),
    }


def _sentence_of_constraint(error: IntegrityError) -> str | None:
    """The rule's own sentence, for a save that passed the checks while another one was
    not yet visible.
    """
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    for model in apps.get_models():
        for rule in model._meta.constraints:
            if rule.name == name:
                sentence = rule.violation_error_message
                return str(sentence) if sentence else None
    if diagnosis and name and not diagnosis.table_name:
        return str(diagnosis.message_primary)  # what a trigger of ours says
    return None


def _collect(detail: object, path: str, errors: dict[str, list[str]]) -> None:
    """Flatten nested details: {"occupations": {0: ["…"]}} becomes {"occupations.0":
    ["…"]}.
    """
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            inner_path = path
            if name not in _WHOLE_RECORD:
                inner_path = f"{path}.{name}".strip(".")
            _collect(inner, inner_path, errors)
    elif isinstance(detail, list | tuple):
        for inner in detail:
            _collect(inner, path, errors)
    else:
        errors.setdefault(path, []).append(str(detail))


_SENTENCES = {
    400: gettext_lazy("The request cannot be understood."),
    403: gettext_lazy("You may not do this."),
    404: gettext_lazy("There is nothing at this address. Addresses end in a slash."),
    411: gettext_lazy("Say in “Content-Length” how long the body is."),
    413: gettext_lazy("The request is too large."),
    500: gettext_lazy("Something went wrong on our side. It has been logged."),
    503: gettext_lazy(
        "Too many are asking at this moment. Try again in a few seconds."
    ),
}


def problem(status: int, sentence: str = "") -> Callable[..., HttpResponse]:
    """An error handler for config/urls.py."""

    def handler(
        request: HttpRequest, *_args: object, **_kwargs: object
    ) -> HttpResponse:
        return _answer(status, sentence or str(_SENTENCES[status]))

    return handler


def problem_or_page(
    status: int, page: Callable[..., HttpResponse]
) -> Callable[..., HttpResponse]:
    """The same under /api/, and `page` everywhere else."""

    def handler(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.path.startswith("/api/"):
            return problem(status)(request, *args, **kwargs)
        return page(request, *args, **kwargs)

    return handler


def no_such_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Stands last under /api/. A forgotten slash at the end is forgiven to those who
    only read.
    """
    if request.method in {"GET", "HEAD"} and not request.path.endswith("/"):
        return HttpResponsePermanentRedirect(
            request.get_full_path(force_append_slash=True)
        )
    return _answer(404, str(_SENTENCES[404]))
