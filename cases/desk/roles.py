"""What people may do at the desk: three roles, each with the rights of those before it.
For people: docs/editing.md.

The roles are groups, and belong to the software: every `migrate` gives them exactly
what stands here, and takes back what was added by hand. An organisation that wants
something else makes a group of its own beside them.
"""

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.db.models import Q, QuerySet
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy

from cases import catalogue
from cases.desk import permissions

CASES = [model._meta.model_name for model in catalogue.CASES.values()]
PARTS = [
    model._meta.model_name
    for model in catalogue.records()
    if model not in catalogue.CASES.values()
]


def may(actions: str, app: str, *models: str | None) -> list[str]:
    """The names of several permissions at once."""
    return [f"{app}.{action}_{model}" for model in models for action in actions.split()]


# What each role may do beyond the one before it: a line for each permission, or for
# several of a kind.
ROLES: dict[str, list[str]] = {
    "documenter": [
        *may("view add change", "cases", *CASES),
        *may("view add change delete", "cases", *PARTS),
        *may("view", "cases", "edition"),
        *may("view", "proposals", "proposal"),
        permissions.DECIDE_PROPOSALS,
        *may("view", "lists", "list"),
        permissions.BRING_LISTS,
        permissions.HIDE,
    ],
    "reviewer": [
        *may("delete", "cases", *CASES),
        permissions.APPROVE,
        permissions.NAME_STAFF,
        permissions.MAKE_PACK,
        *may("view", "cases", "evidencepack", "erasureorder"),
        permissions.ORDER_ERASURE,
        *may("view add change", "requests", "subjectrequest"),
    ],
    "administrator": [
        *may("view", "cases", "publishingfailure"),
        permissions.VIEW_ACCESS_LOG,
        permissions.EXPORT,
        *may("view add change", "partners", "organisation", "partnerskey"),
        *may("view add change", "auth", "user"),
        *may("view", "signin", "accountevent"),
    ],
}


# The names of the groups are codes.
_WORDS = {
    "documenter": gettext_lazy("documenter"),
    "reviewer": gettext_lazy("reviewer"),
    "administrator": gettext_lazy("administrator"),
}


def called(group: Group) -> str:
    """In the reader's language; of a group of an organisation's own, its name."""
    return str(_WORDS.get(group.name, group.name))


def permissions_of(role: str) -> set[str]:
    """Of the role and of those before it."""
    names = list(ROLES)
    return {
        permission
        for name in names[: names.index(role) + 1]
        for permission in ROLES[name]
    }


def connect() -> None:
    """After the last app's migrations: only then are there permissions to give."""
    with_models: list[AppConfig] = [
        app for app in apps.get_app_configs() if app.models_module
    ]
    post_migrate.connect(make_groups, sender=with_models[-1])


def make_groups(using: str, apps: Any = apps, **_: Any) -> None:
    """`apps` is as the migrations left it: gone back far enough, there are no groups."""
    try:
        groups = apps.get_model("auth.Group")
        permissions = apps.get_model("auth.Permission")
    except LookupError:
        return
    known = permissions.objects.using(using)
    by_name = {}
    for key, app, codename in known.values_list(
        "pk", "content_type__app_label", "codename"
    ):
        by_name[f"{app}.{codename}"] = key
    for role in ROLES:
        group, _created = groups.objects.using(using).get_or_create(name=role)
        group.permissions.set(
            [by_name[name] for name in permissions_of(role) if name in by_name]
        )


def names(permissions: QuerySet[Permission]) -> set[str]:
    return {
        f"{app}.{codename}"
        for app, codename in permissions.values_list(
            "content_type__app_label", "codename"
        )
    }


def may_give(actor: User | AnonymousUser) -> set[str]:
    """What someone who is no superuser can pass on: of what they may do themselves, no
    more than the roles hold.
    """
    return actor.get_all_permissions() & permissions_of("administrator")


def groups_to_give(actor: User | AnonymousUser) -> QuerySet[Group]:
    if actor.is_superuser:
        return Group.objects.all()
    giving = may_give(actor)
    within = [
        group.pk
        for group in Group.objects.all()
        if names(group.permissions.all()) <= giving
    ]
    return Group.objects.filter(pk__in=within)


def is_within(account: User, actor: User | AnonymousUser) -> bool:
    """May the account do no more than what the actor could give? Asked of what it
    holds: one that may not sign in has no permission, until it is let in again.
    """
    if actor.is_superuser:
        return True
    held = Permission.objects.filter(Q(user=account) | Q(group__user=account))
    return not account.is_superuser and names(held) <= may_give(actor)
