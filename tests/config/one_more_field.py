"""A field that the software does not have, declared here as docs/changing.md says: on
its model, and in one line of the contract. What is made of models is made when a process
starts, so this is a process of its own. All that it stores is rolled back.

    python -m tests.config.one_more_field

prints where the field stands then, as JSON.
"""

import json
from typing import Any

import django
from django.db import connection, connections, models, transaction
from django.db.models.signals import class_prepared

FIELD = "witnessed"
LABEL = "Witnessed by others"
INSIDE = "overheard"
WORDS = "what nobody outside is told"


def declare(sender: Any, **_said: Any) -> None:
    """While the model is made, as a line of its class would be."""
    if sender.__module__ != "cases.models.release" or sender.__name__ != "Release":
        return
    from cases.models.declaring import inside
    from cases.models.fields import CodeField
    from tracker.contract import documents
    from tracker.contract.fields import IF_KNOWN, Case, Code
    from tracker.contract.vocabulary import YesNo

    sender.add_to_class(FIELD, CodeField(LABEL.lower(), vocabulary=YesNo))
    text = models.CharField("overheard at the gate", max_length=100, blank=True)
    sender.add_to_class(INSIDE, inside(text))
    line = Code(
        YesNo,
        LABEL,
        place=IF_KNOWN,
        of_case=Case(asks="Let out before witnesses", column="witnessed"),
    )
    documents.ReleaseDocument._declared_fields[FIELD] = line


def migrate() -> None:
    """By what `makemigrations` would write."""
    from django.apps import apps
    from django.core.management.commands.makemigrations import Command
    from django.core.management.sql import (
        emit_post_migrate_signal,
        emit_pre_migrate_signal,
    )
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    loader = MigrationLoader(connection)
    state = loader.project_state()
    detector = Command.autodetector(state, ProjectState.from_apps(apps))
    changes = detector.changes(graph=loader.graph)
    assert set(changes) == {"cases"}, changes
    (migration,) = changes["cases"]
    emit_pre_migrate_signal(0, False, "default", plan=[(migration, False)])
    with connection.schema_editor(atomic=False) as editor:
        migration.apply(state, editor)
    emit_post_migrate_signal(0, False, "default", plan=[(migration, False)])


def enter(desk: Any) -> str:
    """The id of a case that says both; what is published is cited by its name."""
    from cases.models import Prisoner
    from cases.publishing import publish_pending
    from tests.factories import make_source
    from tests.roles import acting_as

    source = str(make_source(visibility="public").pk)
    release = {"released_on": "2024-05-02", FIELD: "yes", INSIDE: WORDS}
    whole = {
        "visibility": "public",
        "names": [{"value": "A. Example", "preferred": True}],
        "releases": [release],
        "supported_by": [{"source": source}],
    }
    made = desk.post("prisoners/", whole)
    assert made.status_code == 201, made.content
    case = Prisoner.objects.get()
    cited = {"release": str(case.releases.get().pk), "field": FIELD, "source": source}
    seen = {"If-Match": f'"{case.version}"'}
    answer = desk.post("citations/", {**cited, "locator": "page 7"}, **seen)
    assert answer.status_code == 201, answer.content
    with acting_as("publisher"):
        publish_pending()
    return str(case.pk)


def at_the_desk(desk: Any, case: str) -> dict[str, str]:
    """What each of its places says, as text."""
    from cases.desk.admin.columns import columns_of
    from cases.models import Release

    said = {
        "export": str([heading for heading, _cell in columns_of(Release)]),
        "proposals": str(takes({"releases": [{FIELD: "yes"}]})),
        "proposals of what stays inside": str(takes({"releases": [{INSIDE: "-"}]})),
    }
    (release,) = Release.objects.values_list("pk", flat=True)
    for place, address in {
        "page of the case": f"/admin/cases/prisoner/{case}/change/?edit=all",
        "page of its own": f"/admin/cases/release/{release}/change/",
        "history": f"/admin/cases/prisoner/{case}/history/",
        "editorial API": f"/api/editorial/v1/releases/{release}/",
        "its filter": f"/api/editorial/v1/releases/?{FIELD}=yes",
        "its other filter": f"/api/editorial/v1/releases/?{FIELD}=no",
        "its schema": "/api/editorial/v1/schema/?format=json",
    }.items():
        said[place] = desk.client.get(address).getvalue().decode()
    return said


def takes(said: dict[str, Any]) -> bool:
    """From a partner: the API, and the database."""
    from tracker.contract.proposal_shape import is_sound

    with connection.cursor() as cursor:
        cursor.execute("SELECT partners_proposal_fits(%s)", [json.dumps(said)])
        (stored,) = cursor.fetchone()
    return is_sound("RC-1", said) and stored


def outside(case: str) -> dict[str, str]:
    from django.test import Client

    said = {}
    for place, address in {
        "document": f"/api/v1/prisoners/{case}/",
        "feed": "/api/v1/changes",
        "filter": f"/api/v1/prisoners/?{FIELD}=yes",
        "other filter": f"/api/v1/prisoners/?{FIELD}=no",
        "counts": "/api/v1/prisoners/facets/",
        "CSV": "/api/v1/prisoners.csv",
        "sheet": "/api/v1/tables/releases.csv",
        "data package": "/api/v1/datapackage.json",
        "JSON Schema": "/api/v1/schemas/prisoner.json",
        "OpenAPI": "/api/schema/?format=json",
        "page": f"/en/cases/{case}/",
        "page of the list": f"/en/cases/?{FIELD}=yes",
    }.items():
        said[place] = Client().get(address).getvalue().decode()
    return said


def main() -> None:
    class_prepared.connect(declare)
    django.setup()
    from django.contrib.auth.models import User

    from tests.cases.editorial import Desk
    from tests.sessions import as_a_browser

    as_a_browser()
    for mirror in ("public", "partners"):
        connections[mirror] = connections["default"]
    with transaction.atomic():
        migrate()
        desk = Desk(User.objects.create_superuser("olga"))
        case = enter(desk)
        said = {"id": case, "desk": at_the_desk(desk, case), "outside": outside(case)}
        transaction.set_rollback(True)
    print(json.dumps(said))


if __name__ == "__main__":
    main()
