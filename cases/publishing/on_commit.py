"""Publishing right after a save. What sends no signal (an update() of many, a hand in
psql) waits for the loop.
"""

from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save

from cases import editions
from cases.models import Mark
from cases.models.publishing import OF_THE_GATE
from cases.publishing.gate import publish_if_free


def connect() -> None:
    for signal in (post_save, post_delete, m2m_changed):
        signal.connect(_schedule, dispatch_uid="publish after commit")
    editions.stored.connect(_schedule, dispatch_uid="publish what was approved")


def _schedule(sender: type[Model], raw: bool = False, **_kwargs: Any) -> None:
    """Once a transaction, however many of the record's rows it saves; not while
    fixtures are loaded.
    """
    if (
        raw
        or sender._meta.app_label != apps.get_app_config("cases").label
        or _is_of_the_gate(sender)
    ):
        return
    waiting: list[Any] = connection.run_on_commit
    if not any(entry[1] is publish_if_free for entry in waiting):
        transaction.on_commit(publish_if_free, robust=True)


def _is_of_the_gate(sender: type[Model]) -> bool:
    """It writes these while it publishes: it would publish within publishing, for ever."""
    return sender is Mark or getattr(sender, "database_rights", None) is OF_THE_GATE
