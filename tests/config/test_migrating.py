"""Migrations that were put together into one: a database has all of them or none."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from config.migrating import older_ones_are_complete

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]


def test_a_database_that_lacks_one_of_them_is_told_the_way_out() -> None:
    recorder = MigrationRecorder(connection)
    replacements = MigrationLoader(connection).replacements
    assert replacements
    for (app, name), migration in replacements.items():
        assert older_ones_are_complete(["default"]) == []
        *before, (_app, last) = migration.replaces
        recorder.record_unapplied(app, last)
        (error,) = older_ones_are_complete(["default"])
        assert f"lacks the migration {last} of {app}, which is now part of {name}" in (
            error.msg
        )
        assert "docs/upgrading.md" in (error.hint or "")

        # A new database has none of them yet.
        for _app, older in before:
            recorder.record_unapplied(app, older)
        assert older_ones_are_complete(["default"]) == []
