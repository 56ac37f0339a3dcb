"""The three roles, as every migration makes them; and that the docs say the same."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.db.models.signals import ModelSignal

from cases.aggregate import PARTS, ROOTS
from cases.desk import roles
from cases.models import Claimant
from tests.routers import Elsewhere

pytestmark = pytest.mark.django_db

ACTIONS = ("view", "add", "change", "delete")


def migrated() -> None:
    roles.make_groups(using="default")


def test_each_role_has_exactly_what_stands_in_the_table() -> None:
    assert {
        group.name: roles.names(group.permissions.all())
        for group in Group.objects.all()
    } == {role: roles.permissions_of(role) for role in roles.ROLES}


def test_every_right_that_a_role_is_given_is_there() -> None:
    known = roles.names(Permission.objects.all())
    lacking = []
    for right in sorted(roles.permissions_of("administrator") - known):
        lacking.append(
            f"{right} is given to a role and is not there: name it in `permissions` of a"
            " model, and make the migration."
        )
    assert lacking == []


def test_every_right_that_a_model_names_is_given_to_a_role() -> None:
    given = roles.permissions_of("administrator")
    lacking = []
    for model in apps.get_models():
        for codename, _label in model._meta.permissions:
            right = f"{model._meta.app_label}.{codename}"
            if right not in given:
                lacking.append(f"{right} is given to no role: see cases/desk/roles.py.")
    assert lacking == []


def test_each_role_may_do_what_those_before_it_may() -> None:
    documenter, reviewer, administrator = map(roles.permissions_of, roles.ROLES)
    assert documenter < reviewer < administrator


def test_what_was_given_or_taken_by_hand_is_as_it_was_after_the_next_migration() -> (
    None
):
    documenters = Group.objects.get(name="documenter")
    documenters.permissions.set(
        Permission.objects.filter(codename__in=["approve_case", "view_prisoner"])
    )
    migrated()
    assert roles.names(documenters.permissions.all()) == roles.permissions_of(
        "documenter"
    )


def test_a_group_of_ones_own_and_who_is_in_which_stay_as_they_are() -> None:
    own = Group.objects.create(name="translators")
    own.permissions.set(Permission.objects.filter(codename="view_prisoner"))
    olga = User.objects.create_user("olga")
    olga.groups.set(Group.objects.filter(name__in=["translators", "reviewer"]))
    migrated()
    assert roles.names(own.permissions.all()) == {"cases.view_prisoner"}
    assert olga.groups.count() == 2


def test_migrations_that_go_back_to_where_no_groups_are_make_none() -> None:
    roles.make_groups(using="default", apps=Apps())
    assert Group.objects.count() == len(roles.ROLES)


def test_the_groups_are_made_once_the_last_app_is_migrated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before, there are permissions that do not exist yet."""
    migrating = ModelSignal()
    monkeypatch.setattr(roles, "post_migrate", migrating)
    roles.connect()
    Group.objects.all().delete()
    *others, last = [app for app in apps.get_app_configs() if app.models_module]
    for app in others:
        migrating.send(sender=app, using="default")
    assert not Group.objects.exists()
    migrating.send(sender=last, using="default")
    assert Group.objects.count() == len(roles.ROLES)


def test_the_groups_are_made_in_the_database_that_was_migrated(settings: Any) -> None:
    Group.objects.all().delete()
    settings.DATABASE_ROUTERS = [Elsewhere()]
    migrated()
    settings.DATABASE_ROUTERS = []
    assert Group.objects.count() == len(roles.ROLES)


def test_every_kind_of_record_is_one_that_a_documenter_works_on() -> None:
    models: set[Any] = {
        *ROOTS.values(),
        Claimant,
        *(part.model for parts in PARTS.values() for part in parts),
    }
    assert {*roles.CASES, *roles.PARTS} == {model._meta.model_name for model in models}


@pytest.mark.parametrize("role", roles.ROLES)
def test_no_role_reaches_what_would_let_it_give_itself_more(role: str) -> None:
    forbidden = re.compile(
        r"auth\.(\w+_(permission|group)|delete_user)|(sessions|contenttypes|admin|pghistory)\."
    )
    assert [name for name in roles.permissions_of(role) if forbidden.match(name)] == []


def test_the_table_for_people_says_what_the_groups_hold() -> None:
    page = (settings.BASE_DIR / "docs" / "editing.md").read_text()
    table = page.split("## Who may do what")[1].split("\n## ")[0]
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in re.findall(r"^\|.*\|$", table, re.M)
    ]
    written = {
        (role, thing): set()
        if cell == "–"
        else {word.strip() for word in cell.split(",")}
        for things, *cells in lines[2:]
        for role, cell in zip(roles.ROLES, cells, strict=True)
        for thing in things.split(", ")
    }
    assert lines[0][1:] == list(roles.ROLES)
    promised = {place: words for place, words in written.items() if words}
    wrong = []
    for role, thing in held().keys() ^ promised.keys():
        is_held = (role, thing) in held()
        said = "lacks the row or the cell" if is_held else "has what nobody is given"
        wrong.append(f"docs/editing.md {said}: “{thing}”, {role}.")
    assert sorted(wrong) == []
    assert promised == held()


def held() -> dict[tuple[str, str], set[str]]:
    """By role and thing, the words of the table: actions, or “yes” for what is a right
    by itself.
    """
    found: dict[tuple[str, str], set[str]] = {}
    for role in roles.ROLES:
        for permission in Group.objects.get(name=role).permissions.select_related(
            "content_type"
        ):
            action, _, rest = permission.codename.partition("_")
            model: Any = permission.content_type.model_class()
            usual = action in ACTIONS and rest == model._meta.model_name
            thing = str(
                model._meta.verbose_name_plural
                if usual
                else permission.name.removeprefix("May ")
            )
            found.setdefault((role, thing), set()).add(action if usual else "yes")
    return found
