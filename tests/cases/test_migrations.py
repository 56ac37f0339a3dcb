"""What `makemigrations` makes can be run as it is."""

from django.db import models
from django.db.migrations import AddField, RemoveField
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from cases.management.commands.makemigrations import triggers_last
from cases.triggers.marks import RAISE_VERSION


def test_triggers_are_added_after_the_fields_that_they_name() -> None:
    removed = RemoveTrigger("citation", "set_root")
    trigger = AddTrigger("citation", RAISE_VERSION)
    field = AddField("citation", "hearing", models.TextField())
    gone = RemoveField("citation", "court")
    made = triggers_last([removed, trigger, field, gone])
    assert made == [removed, field, gone, trigger]
