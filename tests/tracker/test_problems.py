"""Errors of either API have one form, wherever they arise."""

import json
from typing import Any

import pytest
from django.core.exceptions import (
    PermissionDenied,
    SuspiciousOperation,
    ValidationError,
)
from django.db import DataError, OperationalError
from django.http import Http404
from django.test import RequestFactory
from psycopg.errors import DeadlockDetected
from rest_framework.exceptions import ErrorDetail, Throttled
from rest_framework.exceptions import ValidationError as Refused
from rest_framework.views import APIView

from tracker.api.problems import MEDIA_TYPE


def answer_to(error: Exception) -> Any:
    """How a view that raises this error answers."""

    class Raising(APIView):
        authentication_classes = ()

        def get(self, request: Any) -> None:
            raise error

    return Raising.as_view()(RequestFactory().get("/api/"))


def deadlock() -> OperationalError:
    error = OperationalError()
    error.__cause__ = DeadlockDetected()
    return error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Http404(), 404),
        (PermissionDenied(), 403),
        (ValidationError("No."), 400),
        (Refused("No."), 400),
        (DataError(), 400),
        (deadlock(), 409),
        (Throttled(wait=3), 429),
    ],
)
def test_errors_of_every_origin_become_problems(error: Exception, status: int) -> None:
    answer = answer_to(error)
    body = json.loads(answer.content)
    assert (answer.status_code, answer["Content-Type"], body["status"]) == (
        status,
        MEDIA_TYPE,
        status,
    )
    assert body["title"]
    assert body["detail"]


def test_too_many_requests_are_told_for_how_long_to_wait() -> None:
    assert answer_to(Throttled(wait=3.2))["Retry-After"] == "4"


def test_each_field_is_named_with_its_sentences_and_its_place_in_a_list() -> None:
    detail: Any = {
        "terms": {1: [ErrorDetail("Too long.")]},
        "non_field_errors": ["Not both."],
        "title": "Empty.",
    }
    body = json.loads(answer_to(Refused(detail)).content)
    assert body["errors"] == {"terms.1": ["Too long."], "title": ["Empty."]}
    assert body["detail"] == "Not both."


@pytest.mark.parametrize(
    "error", [ZeroDivisionError(), OperationalError(), SuspiciousOperation()]
)
def test_what_nobody_foresaw_is_left_to_the_log(error: Exception) -> None:
    with pytest.raises(type(error)):
        answer_to(error)
