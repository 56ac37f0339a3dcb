"""Who gets in where: a row for each kind of address, and none without one.

The statuses are for: anyone, a partner's key, a user who is not staff, a documenter (every right on the record but to
approve), a reviewer (who may approve, too), an administrator.
"""

import re
from uuid import UUID

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from tests.keys import key_for
from tests.leaks.crawler import patterns

pytestmark = pytest.mark.django_db

ROLES = ("anyone", "partner", "user", "documenter", "reviewer", "administrator")
OPEN = (200,) * 6
NOBODY = (404,) * 6
READ_ONLY = (405,) * 6
TO_SIGN_IN = (302, 302, 302)
STAFF = (401, 401, 403)

# The first pattern that fits is the row of an address. No id in them is anybody’s: 404 is “let in, and not found”, and
# the desk’s pages lead back to their list instead. A row with three statuses is for those who are not staff: what staff
# find there, the desk’s own tests ask.
ROWS: list[tuple[str, dict[str, tuple[int, ...]]]] = [
    (r"/favicon\.ico", {"GET": (302,) * 6}),
    (r"/api/(schema|docs)/", {"GET": OPEN, "DELETE": READ_ONLY}),
    (r"/api/v1/vocabularies/ID/", {"GET": NOBODY, "POST": READ_ONLY}),
    (r"/api/v1/(changes|[a-z-]+/|changes/)?", {"GET": OPEN, "POST": READ_ONLY, "DELETE": READ_ONLY}),
    (r"/api/v1/[a-z-]+/ID/(corrections/)?", {"GET": NOBODY, "PUT": READ_ONLY, "DELETE": READ_ONLY}),
    (r"/api/", {"GET": NOBODY, "POST": NOBODY}),
    (r"/api/ID", {"GET": (301,) * 6, "POST": NOBODY}),
    (r"/en/([a-z]+/)?", {"GET": OPEN, "DELETE": READ_ONLY}),
    (r"/en/[a-z]+/ID/", {"GET": NOBODY, "POST": READ_ONLY}),
    (r"/api/editorial/v1/schema/", {"GET": (*STAFF, 200, 200, 200)}),
    (r"/api/editorial/v1/docs/", {"GET": (*TO_SIGN_IN, 200, 200, 200)}),
    (r"/api/editorial/v1/(editions|failures)/", {"GET": (*STAFF, 200, 200, 200), "POST": (*STAFF, 405, 405, 405)}),
    (r"/api/editorial/v1/(editions|failures)/ID/", {"GET": (*STAFF, 404, 404, 404), "DELETE": (*STAFF, 405, 405, 405)}),
    (r"/api/editorial/v1/[a-z-]+/ID/history/", {"GET": (*STAFF, 404, 404, 404)}),
    (r"/api/editorial/v1/[a-z-]+/ID/restore/", {"POST": (*STAFF, 428, 428, 428)}),
    (r"/api/editorial/v1/merges/ID/(approve|unmerge)/", {"POST": (*STAFF, 403, 400, 400)}),
    (r"/api/editorial/v1/[a-z-]+/ID/approve/", {"GET": (*STAFF, 405, 405, 405), "POST": (*STAFF, 403, 404, 404)}),
    (r"/api/editorial/v1/[a-z-]+/ID/evidence-pack/", {"POST": (*STAFF, 403, 403, 404)}),
    (r"/api/editorial/v1/merges/", {"GET": (*STAFF, 200, 200, 200), "POST": (*STAFF, 405, 405, 405)}),
    (r"/api/editorial/v1/merges/ID/", {"GET": (*STAFF, 404, 404, 404)}),
    (r"/api/editorial/v1/merges/ID/decline/", {"POST": (*STAFF, 400, 400, 400)}),
    (r"/api/editorial/v1/prisoners/ID/duplicates/", {"GET": (*STAFF, 404, 404, 404)}),
    (r"/api/editorial/v1/prisoners/ID/merge/", {"POST": (*STAFF, 404, 404, 404)}),
    (r"/api/editorial/v1/prisoners/ID/unmerge/", {"POST": (*STAFF, 403, 404, 404)}),
    (r"/api/editorial/v1/(prisoners|facilities)/", {"GET": (*STAFF, 200, 200, 200), "POST": (*STAFF, 201, 201, 201)}),
    (r"/api/editorial/v1/[a-z-]+/", {"GET": (*STAFF, 200, 200, 200), "POST": (*STAFF, 400, 400, 400)}),
    (
        r"/api/editorial/v1/[a-z-]+/ID/",
        {"GET": (*STAFF, 404, 404, 404), "PATCH": (*STAFF, 428, 428, 428), "DELETE": (*STAFF, 428, 428, 428)},
    ),
    (r"/admin/login/", {"GET": (200, 200, 200, 302, 302, 302)}),
    (r"/admin/logout/", {"GET": (*TO_SIGN_IN, 405, 405, 405)}),
    (
        r"/admin/(auth/group|auth/user|rest_framework_api_key/apikey)/(ID/|ID/history/)",
        {"GET": (*TO_SIGN_IN, 302, 302, 302)},
    ),
    (r"/admin/(auth|rest_framework_api_key)/.*", {"GET": (*TO_SIGN_IN, 403, 403), "POST": TO_SIGN_IN}),
    (r"/admin/cases/(edition|publishingfailure|evidencepack)/add/", {"GET": (*TO_SIGN_IN, 403, 403, 403)}),
    (r"/admin/cases/.*/approve/", {"GET": (*TO_SIGN_IN, 405, 405, 405), "POST": (*TO_SIGN_IN, 403, 302, 302)}),
    (r"/admin/.*", {"GET": TO_SIGN_IN, "POST": TO_SIGN_IN, "DELETE": TO_SIGN_IN}),
]
_KINDS_OF_PART = {"uuid": str(UUID(int=7)), "int": "7", "path": "700700", "str": "7"}


def addresses() -> list[str]:
    """Every pattern of the site with an id that is nobody’s in each place for one."""
    found = []
    for text, _pattern in patterns():
        text = re.sub(r"<(\w+):\w+>", lambda part: _KINDS_OF_PART[part[1]], text)
        text = re.sub(r"<\w+>|\(\?P<\w+>\[\^/\]\+\)", str(UUID(int=7)), text)
        text = re.sub(r"\(\?P<\w+>(?:\.\*|(\w+)[^)]*)\)", r"\1", text)
        found.append("/" + re.sub(r"[\^$]", "", text))
    return found


def row(address: str) -> dict[str, tuple[int, ...]]:
    plain = re.sub(rf"(?<=/)({UUID(int=7)}|7|700700)(?=/|$)", "ID", address)
    return next((statuses for pattern, statuses in ROWS if re.fullmatch(pattern, plain)), {})


def somebody(role: str) -> Client:
    if role == "anyone":
        return Client()
    if role == "partner":
        return Client(headers={"Authorization": f"Api-Key {key_for(role).secret}"})
    user = User.objects.create_user(role, is_staff=role != "user", is_superuser=role == "administrator")
    rights = Permission.objects.filter(content_type__app_label="cases", codename__regex="^(view|add|change|delete)_")
    if role in {"documenter", "reviewer"}:
        user.user_permissions.set(rights)
    if role == "reviewer":
        user.user_permissions.add(Permission.objects.get(codename="approve_case"))
    client = Client()
    client.force_login(user)
    return client


def test_every_address_has_a_row() -> None:
    assert [address for address in addresses() if not row(address)] == []


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_in_where_its_row_says(role: str) -> None:
    client = somebody(role)
    place = ROLES.index(role)
    wrong = []
    for address in addresses():
        for method, statuses in row(address).items():
            if len(statuses) > place:
                status = client.generic(
                    method, address, b"{}" if method != "GET" else b"", "application/json"
                ).status_code
                if status != statuses[place]:
                    wrong.append(f"{method} {address}: {status}, not {statuses[place]}")
    assert wrong == []
