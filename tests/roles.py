"""Whose rights a test has, within one connection and one transaction.

The connection is the owner's, who may act as the desk and as the publisher; rights are
asked of whom it acts as. What the logins themselves may do is asked through the fixture
`logins`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import DatabaseError, connection

P = ParamSpec("P")
R = TypeVar("R")


def login(role: str) -> dict[str, Any]:
    """The settings of a connection that acts as this role from its beginning."""
    owner: dict[str, Any] = settings.DATABASE_LOGINS["owner"]
    options = dict(owner.get("OPTIONS", {}))
    name = _name(role)
    if name != owner["USER"]:
        options["options"] = f"{options.get('options', '')} -c role={name}".strip()
    return {**owner, "OPTIONS": options}


@contextmanager
def known_as(role: str) -> Iterator[None]:
    """For what asks the settings of the connection whose it is."""
    known = connection.settings_dict["USER"]
    connection.settings_dict["USER"] = _name(role)
    try:
        yield
    finally:
        connection.settings_dict["USER"] = known


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (before,) = cursor.fetchone()
    _set(_name(role))
    try:
        yield
    finally:
        # Nothing is to be set back where the transaction failed or the connection went.
        with suppress(DatabaseError):
            _set(before)


def as_publisher(function: Callable[P, R]) -> Callable[P, R]:
    @wraps(function)
    def acting(*args: P.args, **kwargs: P.kwargs) -> R:
        with acting_as("publisher"):
            return function(*args, **kwargs)

    return acting


def _name(role: str) -> str:
    name: str = settings.DATABASE_LOGINS[role]["USER"]
    return name


def _set(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, false)", [name])
