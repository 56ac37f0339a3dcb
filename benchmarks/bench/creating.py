"""A whole new case: by one request of our editorial API, with rights, checks and history;
and the same rows by a default API, a request each, into tables of the same form without a
trigger. Both in this process, and nothing stays.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from rest_framework import generics
from rest_framework.test import APIRequestFactory

from benchmarks import read_api
from benchmarks.bench import data
from cases import models
from tests.sessions import as_a_browser

REQUESTS = APIRequestFactory(SERVER_NAME="localhost")
FIRST = 5_000_000  # the number of the first case: nobody of the others is called so
LISTS: dict[str, Any] = {
    "names": models.PersonName,
    "detentions": models.Detention,
    "sentences": models.Sentence,
    "releases": models.Release,
    "deportations": models.Deportation,
}


def _serializer(model: Any) -> Any:
    return read_api._serializer(model, {})


class _Default:
    """The default API of one model: takes a row, gives its id."""

    def __init__(self, model: Any) -> None:
        serializer = _serializer(model)

        class Create(generics.CreateAPIView[Any]):
            serializer_class = serializer
            queryset = model.objects.all()
            authentication_classes = ()
            permission_classes = ()

        self.view = Create.as_view()

    def __call__(self, row: dict[str, Any]) -> str:
        answer = self.view(REQUESTS.post("/", row, format="json"))
        assert answer.status_code == 201, answer.data
        answer.render()
        return str(json.loads(answer.content)["id"])


DEFAULT = {
    model: _Default(model)
    for model in (models.Prisoner, models.Citation, models.Placement, *LISTS.values())
}


@contextmanager
def nothing_stays() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rate(create: Callable[[int], None], seconds: float) -> float:
    began = time.perf_counter()
    created, spent = 0, 0.0
    while spent < seconds:
        create(FIRST + created)
        created += 1
        spent = time.perf_counter() - began
    return created / spent


def turns() -> dict[str, Callable[[float], float]]:
    source = str(models.Source.objects.values_list("pk", flat=True)[0])
    return {
        "whole case": partial(by_ours, source),
        "whole case, default": partial(by_default, source),
    }


def by_ours(source: str, seconds: float) -> float:
    as_a_browser()
    with nothing_stays():
        desk = Client(SERVER_NAME="localhost")
        desk.force_login(User.objects.create_superuser(f"measuring-{uuid4()}"))

        def create(number: int) -> None:
            body = {**data.case(number), "supported_by": [{"source": source}]}
            answer = desk.post("/api/editorial/v1/prisoners/", body, "application/json")
            assert answer.status_code == 201, answer.content
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")

        return rate(create, seconds)


def by_default(source: str, seconds: float) -> float:
    with nothing_stays():
        tables = [model._meta.db_table for model in DEFAULT]
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA without_history")
            for table in tables:
                cursor.execute(
                    f"CREATE TABLE without_history.{table}"
                    f" (LIKE public.{table} INCLUDING ALL)"
                )
            cursor.execute("SET LOCAL search_path = without_history, public")
        return rate(partial(create_by_default, source), seconds)


def create_by_default(source: str, number: int) -> None:
    """The case, its parts, and a citation of each."""
    content = data.case(number)
    parts = {name: content.pop(name, []) for name in LISTS}
    case = DEFAULT[models.Prisoner]({**content, "visibility": "internal"})
    cite("prisoner", case, source)
    refs: dict[str, str] = {}
    for name, model in LISTS.items():
        for row in parts[name]:
            part = {**row, "prisoner": case}
            ref = part.pop("ref", None)
            within = part.pop("placements", [])
            if "release" in part:
                part["release"] = refs[part["release"]]
            stored = DEFAULT[model](part)
            if ref:
                refs[ref] = stored
            cite(_target(model), stored, source)
            for placement in within:
                inner = DEFAULT[models.Placement]({**placement, "detention": stored})
                cite("placement", inner, source)


def _target(model: Any) -> str:
    for field in models.Citation._meta.concrete_fields:
        if field.related_model is model:
            return field.name
    raise LookupError(model)


def cite(target: str, record: str, source: str) -> None:
    DEFAULT[models.Citation]({target: record, "source": source})
