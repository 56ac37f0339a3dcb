"""Who gets in where: a row for each kind of address, and none without one.

The statuses are for: anyone, a partner's key for reading, one for proposing, a user who
is not staff, and the three roles of cases/desk/roles.py. Staff who were given no role
have a test of their own below.
"""

import re
from uuid import UUID

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from tests.keys import as_partner, key_for
from tests.leaks.crawler import patterns

pytestmark = [pytest.mark.django_db, pytest.mark.crawl]

ROLES = (
    "anyone",
    "reading partner",
    "proposing partner",
    "user",
    "documenter",
    "reviewer",
    "administrator",
)
OPEN = (200,) * 7
NOBODY = (404,) * 7
READ_ONLY = (405,) * 7
TO_SIGN_IN = (302,) * 4
STAFF = (401, 401, 401, 403)

# A key for proposing reads nothing.
READ = (200, 200, 403, 200, 200, 200, 200)
PROPOSE = (401, 403, 200, 401, 401, 401, 401)
PROPOSE_NOBODY = (401, 403, 404, 401, 401, 401, 401)
READ_NOBODY = (404, 404, 403, 404, 404, 404, 404)
NO_WRITING = (405, 405, 403, 405, 405, 405, 405)
NO_ONE = (*TO_SIGN_IN, 403, 403, 403)
SIGNED_IN = (302, 302, 302, 200, 200, 200, 200)
STAFF_ALL = (*TO_SIGN_IN, 200, 200, 200)
BACK_TO_LIST = (*TO_SIGN_IN, 302, 302, 302)
NOT_FOUND = (*TO_SIGN_IN, 404, 404, 404)
ADMINISTRATORS = (*TO_SIGN_IN, 403, 403, 200)
CASES = "prisoner|courtcase|releaseevent|reportedcount|source|claimant|facility"
KEPT = "edition|publishingfailure|evidencepack|merge|waitingcase"  # nobody adds or deletes these

# The first pattern that fits is the row of an address. No id in them is anybody’s: 404
# is “let in, and not found”, and the desk’s pages lead back to their list instead.
ROWS: list[tuple[str, dict[str, tuple[int, ...]]]] = [
    (r"/(healthz|readyz)", {"GET": OPEN}),
    (r"/favicon\.ico", {"GET": (302,) * 7}),
    (r"/robots\.txt", {"GET": (200,) * 7}),
    (r"/sitemap\.xml", {"GET": OPEN, "DELETE": READ_ONLY}),
    (r"/sitemap-.+\.xml", {"GET": NOBODY, "DELETE": READ_ONLY}),
    # Nobody to write to is set in the tests.
    (r"/\.well-known/security\.txt", {"GET": (404,) * 7}),
    (r"/api/(schema|docs)/", {"GET": OPEN, "DELETE": READ_ONLY}),
    (r"/api/v1/schemas/7\.json", {"GET": READ_NOBODY, "POST": NO_WRITING}),
    (r"/api/v1/vocabularies/ID/", {"GET": READ_NOBODY, "POST": NO_WRITING}),
    (
        r"/api/v1/proposals/",
        {"GET": PROPOSE, "POST": (401, 403, 400, 401, 401, 401, 401)},
    ),
    (
        r"/api/v1/proposals/ID/",
        {"GET": PROPOSE_NOBODY, "DELETE": PROPOSE_NOBODY},
    ),
    (
        r"/api/v1/(changes|digest|(export|relay)\.ndjson|datapackage\.json|tables\.(xlsx|zip)"
        r"|(tables/)?[a-z-]+\.csv|charts/[a-z-]+/|[a-z-]+/(facets/)?)?",
        {"GET": READ, "POST": NO_WRITING, "DELETE": NO_WRITING},
    ),
    (
        r"/api/v1/[a-z-]+/ID/(corrections/)?",
        {"GET": READ_NOBODY, "PUT": NO_WRITING, "DELETE": NO_WRITING},
    ),
    (r"/api/", {"GET": NOBODY, "POST": NOBODY}),
    (r"/api/ID", {"GET": (301,) * 7, "POST": NOBODY}),
    (
        r"/en/([a-z-]+/)?|/en/statistics/[a-z-]+(/|\.csv)",
        {"GET": OPEN, "DELETE": READ_ONLY},
    ),
    (r"/en/[a-z-]+/ID/", {"GET": NOBODY, "POST": READ_ONLY}),
    # For tokens alone: tests/cases/lists/test_door.py.
    (
        r"/api/editorial/v1/lists/(ID/((compare|accept|rows)/)?)?",
        {"GET": (401,) * 7, "POST": (401,) * 7},
    ),
    (r"/api/editorial/v1/schema/", {"GET": (*STAFF, 200, 200, 200)}),
    (r"/api/editorial/v1/docs/", {"GET": STAFF_ALL}),
    (
        r"/api/editorial/v1/editions/",
        {"GET": (*STAFF, 200, 200, 200), "POST": (*STAFF, 403, 403, 403)},
    ),
    (
        r"/api/editorial/v1/editions/ID/",
        {"GET": (*STAFF, 404, 404, 404), "DELETE": (*STAFF, 403, 403, 403)},
    ),
    (
        r"/api/editorial/v1/failures/",
        {"GET": (*STAFF, 403, 403, 200), "POST": (*STAFF, 403, 403, 403)},
    ),
    (
        r"/api/editorial/v1/failures/ID/",
        {"GET": (*STAFF, 403, 403, 404), "DELETE": (*STAFF, 403, 403, 403)},
    ),
    (r"/api/editorial/v1/[a-z-]+/ID/history/", {"GET": (*STAFF, 404, 404, 404)}),
    (r"/api/editorial/v1/[a-z-]+/ID/restore/", {"POST": (*STAFF, 428, 428, 428)}),
    (
        r"/api/editorial/v1/merges/ID/(approve|unmerge)/",
        {"POST": (*STAFF, 403, 400, 400)},
    ),
    (
        r"/api/editorial/v1/[a-z-]+/ID/(approve|send-back)/",
        {"GET": (*STAFF, 405, 405, 405), "POST": (*STAFF, 403, 404, 404)},
    ),
    (
        r"/api/editorial/v1/[a-z-]+/ID/review/",
        {"GET": (*STAFF, 404, 404, 404), "POST": (*STAFF, 405, 405, 405)},
    ),
    (
        r"/api/editorial/v1/prisoners/ID/hide/",
        {"GET": (*STAFF, 405, 405, 405), "POST": (*STAFF, 404, 404, 404)},
    ),
    (r"/api/editorial/v1/[a-z-]+/ID/evidence-pack/", {"POST": (*STAFF, 403, 404, 404)}),
    (
        r"/api/editorial/v1/merges/",
        {"GET": (*STAFF, 200, 200, 200), "POST": (*STAFF, 405, 405, 405)},
    ),
    (r"/api/editorial/v1/merges/ID/", {"GET": (*STAFF, 404, 404, 404)}),
    (r"/api/editorial/v1/merges/ID/decline/", {"POST": (*STAFF, 400, 400, 400)}),
    (r"/api/editorial/v1/prisoners/ID/duplicates/", {"GET": (*STAFF, 404, 404, 404)}),
    (
        r"/api/editorial/v1/sources/ID/dependent-facts/",
        {"GET": (*STAFF, 404, 404, 404)},
    ),
    (r"/api/editorial/v1/prisoners/ID/merge/", {"POST": (*STAFF, 404, 404, 404)}),
    (r"/api/editorial/v1/prisoners/ID/unmerge/", {"POST": (*STAFF, 403, 404, 404)}),
    (
        r"/api/editorial/v1/(prisoners|facilities)/",
        {"GET": (*STAFF, 200, 200, 200), "POST": (*STAFF, 201, 201, 201)},
    ),
    (
        r"/api/editorial/v1/[a-z-]+/",
        {"GET": (*STAFF, 200, 200, 200), "POST": (*STAFF, 400, 400, 400)},
    ),
    (
        r"/api/editorial/v1/(prisoners|court-cases|release-events|reported-counts|sources|claimants|facilities)/ID/",
        {
            "GET": (*STAFF, 404, 404, 404),
            "PATCH": (*STAFF, 428, 428, 428),
            "DELETE": (*STAFF, 403, 428, 428),
        },
    ),
    (
        r"/api/editorial/v1/[a-z-]+/ID/",
        {
            "GET": (*STAFF, 404, 404, 404),
            "PATCH": (*STAFF, 428, 428, 428),
            "DELETE": (*STAFF, 428, 428, 428),
        },
    ),
    (r"/admin/login/", {"GET": (302, 302, 302, 403, 302, 302, 302)}),
    (r"/admin/logout/", {"GET": STAFF_ALL}),
    (r"/admin/password_change/", {"GET": BACK_TO_LIST}),
    (r"/admin/((password_change/done/|jsi18n/)?|cases/)", {"GET": STAFF_ALL}),
    (r"/admin/account/sign-in/", {"GET": (200, 200, 200, 302, 302, 302, 302)}),
    (
        r"/admin/account/password/ID/ID/",
        {"GET": OPEN, "POST": OPEN},
    ),  # this link does not work
    # One’s own account. Those who ask here have no password to change or to confirm by,
    # and no second factor.
    (
        r"/admin/account/(second-factor/([a-z-]+/)?reauthenticate|confirm|password)/",
        {"GET": (302, 302, 302, *[403] * 4)},
    ),
    (
        r"/admin/account/second-factor/authenticate/",
        {"GET": (302,) * 7, "POST": (302,) * 7},
    ),
    (
        r"/admin/account/second-factor/(totp/deactivate/|recovery-codes/(download/)?|webauthn/keys/ID/[a-z]+/)",
        {"GET": (302, 302, 302, 404, 404, 404, 404)},
    ),
    (
        r"/admin/account/language/",
        {"GET": (302, 302, 302, *[405] * 4), "POST": (302,) * 7},
    ),
    (r"/admin/account/.*", {"GET": SIGNED_IN}),
    (r"/admin/signin/", {"GET": (*TO_SIGN_IN, 404, 404, 200)}),
    (r"/admin/signin/accountevent/", {"GET": ADMINISTRATORS}),
    (r"/admin/signin/accountevent/(add/|ID/delete/)", {"GET": NO_ONE, "POST": NO_ONE}),
    (r"/admin/signin/accountevent/ID/history/", {"GET": BACK_TO_LIST}),
    (
        r"/admin/signin/accountevent/ID/change/",
        {"GET": (*TO_SIGN_IN, 403, 403, 302), "POST": NO_ONE},
    ),
    (
        r"/admin/auth/user/ID/sign-in/",
        {"GET": (*TO_SIGN_IN, 403, 403, 302), "POST": (*TO_SIGN_IN, 403, 403, 302)},
    ),
    (r"/admin/(auth|partners|access)/", {"GET": (*TO_SIGN_IN, 404, 404, 200)}),
    (r"/admin/autocomplete/", {"GET": NO_ONE, "POST": (*TO_SIGN_IN, 405, 405, 405)}),
    (r"/admin/(r/ID/ID/|ID)", {"GET": NOT_FOUND, "POST": NOT_FOUND}),
    (
        rf"/admin/((auth|partners|access|proposals|lists|casework|requests)/[a-z]+|cases/({KEPT}|erasureorder))/ID/history/",
        {"GET": BACK_TO_LIST},
    ),
    (r"/admin/[a-z]+/[a-z]+/ID/", {"GET": BACK_TO_LIST, "POST": BACK_TO_LIST}),
    (r"/admin/auth/group/.*", {"GET": NO_ONE, "POST": NO_ONE}),
    (
        rf"/admin/(cases/({KEPT})|access/accessevent)/(add/|ID/delete/)",
        {"GET": NO_ONE, "POST": NO_ONE},
    ),
    (r"/admin/(auth|partners)/[a-z]+/ID/delete/", {"GET": NO_ONE, "POST": NO_ONE}),
    (
        r"/admin/(auth|partners)/[a-z]+/(add/)?",
        {"GET": ADMINISTRATORS, "POST": ADMINISTRATORS},
    ),
    (
        r"/admin/auth/user/ID/password/",
        {"GET": BACK_TO_LIST, "POST": BACK_TO_LIST},
    ),  # to the one above
    (
        r"/admin/(auth|partners)/[a-z]+/ID/change/",
        {"GET": (*TO_SIGN_IN, 403, 403, 302), "POST": (*TO_SIGN_IN, 403, 403, 302)},
    ),
    (r"/admin/proposals/(proposal/)?", {"GET": STAFF_ALL}),
    (r"/admin/lists/(list/(add/)?)?", {"GET": STAFF_ALL}),
    (
        r"/admin/lists/list/ID/(change|columns|questions|rows/ID)/",
        {"GET": NOT_FOUND, "POST": NOT_FOUND},
    ),
    (r"/admin/lists/list/ID/delete/", {"GET": NO_ONE, "POST": NO_ONE}),
    (r"/admin/casework/(diaryentry/)?", {"GET": STAFF_ALL}),
    (r"/admin/casework/diaryentry/ID/change/", {"GET": BACK_TO_LIST, "POST": NO_ONE}),
    (r"/admin/casework/diaryentry/(add/|ID/delete/)", {"GET": NO_ONE, "POST": NO_ONE}),
    (r"/admin/requests/", {"GET": (*TO_SIGN_IN, 404, 200, 200)}),
    (
        r"/admin/requests/subjectrequest/(add/)?",
        {"GET": (*TO_SIGN_IN, 403, 200, 200), "POST": (*TO_SIGN_IN, 403, 200, 200)},
    ),
    (
        r"/admin/requests/subjectrequest/ID/change/",
        {"GET": (*TO_SIGN_IN, 403, 302, 302), "POST": (*TO_SIGN_IN, 403, 302, 302)},
    ),
    (
        r"/admin/requests/subjectrequest/ID/delete/",
        {"GET": NO_ONE, "POST": NO_ONE},
    ),
    (
        r"/admin/cases/prisoner/filters/",
        {"GET": (*TO_SIGN_IN, 405, 405, 405), "POST": BACK_TO_LIST},
    ),
    (r"/admin/understood/", {"GET": STAFF_ALL}),
    (
        r"/admin/drafts/keep/",
        {"GET": (*TO_SIGN_IN, 405, 405, 405), "POST": (*TO_SIGN_IN, 400, 400, 400)},
    ),
    (
        r"/admin/drafts/drop/",
        {"GET": (*TO_SIGN_IN, 405, 405, 405), "POST": BACK_TO_LIST},
    ),
    (
        r"/admin/drafts/signed_in/",
        {
            "GET": (*TO_SIGN_IN, 204, 204, 204),
            "POST": (*TO_SIGN_IN, 405, 405, 405),
        },
    ),
    (
        r"/admin/cases/prisoner/ID/(notes|same-fact)/",
        {"GET": NOT_FOUND, "POST": NOT_FOUND},
    ),
    (r"/admin/proposals/proposal/ID/change/", {"GET": NOT_FOUND, "POST": NOT_FOUND}),
    (r"/admin/proposals/proposal/(add/|ID/delete/)", {"GET": NO_ONE, "POST": NO_ONE}),
    (
        r"/admin/(cases/publishingfailure/(health/)?|access/accessevent/)",
        {"GET": ADMINISTRATORS},
    ),
    (
        r"/admin/(cases/publishingfailure|access/accessevent)/ID/change/",
        {"GET": (*TO_SIGN_IN, 403, 403, 302), "POST": NO_ONE},
    ),
    (
        r"/admin/cases/erasureorder/(add/)?",
        {"GET": (*TO_SIGN_IN, 403, 200, 200), "POST": (*TO_SIGN_IN, 403, 200, 200)},
    ),
    (
        r"/admin/cases/erasureorder/ID/change/",
        {"GET": (*TO_SIGN_IN, 403, 302, 302), "POST": (*TO_SIGN_IN, 403, 302, 302)},
    ),
    (r"/admin/cases/erasureorder/ID/delete/", {"GET": NO_ONE, "POST": NO_ONE}),
    (r"/admin/cases/evidencepack/", {"GET": (*TO_SIGN_IN, 403, 200, 200)}),
    (
        r"/admin/cases/evidencepack/ID/change/",
        {"GET": (*TO_SIGN_IN, 403, 302, 302), "POST": NO_ONE},
    ),
    (r"/admin/cases/prisoner/known/", {"GET": STAFF_ALL}),
    (
        r"/admin/cases/prisoner/(release|arrest|trial)-of-several/",
        {"GET": STAFF_ALL, "POST": STAFF_ALL},
    ),
    (
        r"/admin/cases/waitingcase/several/",
        {"GET": (*TO_SIGN_IN, 403, 200, 200), "POST": (*TO_SIGN_IN, 403, 200, 200)},
    ),
    (
        r"/admin/cases/(edition|waitingcase)/ID/change/",
        {"GET": BACK_TO_LIST, "POST": NO_ONE},
    ),
    (r"/admin/cases/merge/ID/change/", {"GET": NOT_FOUND, "POST": NOT_FOUND}),
    (
        r"/admin/cases/[a-z]+/ID/(approve|send-back)/",
        {"GET": (*TO_SIGN_IN, 405, 405, 405), "POST": (*TO_SIGN_IN, 403, 302, 302)},
    ),
    (
        r"/admin/cases/[a-z]+/ID/kept-names/",
        {
            "GET": (*TO_SIGN_IN, 403, 404, 404),
            "POST": (*TO_SIGN_IN, 403, 404, 404),
        },
    ),
    (
        r"/admin/cases/prisoner/ID/hide/",
        {"GET": (*TO_SIGN_IN, 405, 405, 405), "POST": NOT_FOUND},
    ),
    (
        r"/admin/cases/[a-z]+/ID/files/(ID/)?",
        {"GET": NOT_FOUND, "POST": NOT_FOUND},
    ),
    (
        r"/admin/cases/source/ID/(files/ID/copy|copies/ID(/picture)?)/",
        {"GET": NOT_FOUND, "POST": NOT_FOUND},
    ),
    (
        r"/admin/cases/source/ID/copies/ID/(approve|withdraw)/",
        {"GET": (*TO_SIGN_IN, 405, 405, 405), "POST": NOT_FOUND},
    ),
    (
        r"/admin/cases/prisoner/ID/named-staff/",
        {"GET": (*TO_SIGN_IN, 403, 404, 404), "POST": (*TO_SIGN_IN, 403, 404, 404)},
    ),
    (r"/admin/cases/prisoner/ID/hidden/", {"GET": NOT_FOUND, "POST": NOT_FOUND}),
    (r"/admin/cases/reportedcount/ID/names/", {"GET": NOT_FOUND, "POST": NOT_FOUND}),
    (
        r"/admin/cases/prisoner/ID/evidence-pack/",
        {"GET": (*TO_SIGN_IN, 403, 404, 404), "POST": (*TO_SIGN_IN, 403, 404, 404)},
    ),
    (
        rf"/admin/cases/({CASES})/ID/delete/",
        {"GET": (*TO_SIGN_IN, 403, 302, 302), "POST": (*TO_SIGN_IN, 403, 302, 302)},
    ),
    (
        r"/admin/cases/[a-z]+/ID/(history/|history/ID/restore/|merge/|review/)",
        {"GET": NOT_FOUND, "POST": NOT_FOUND},
    ),
    (rf"/admin/cases/({CASES}|citation)/add/", {"GET": STAFF_ALL, "POST": STAFF_ALL}),
    (r"/admin/cases/[a-z]+/add/", {"GET": NO_ONE, "POST": NO_ONE}),
    (
        r"/admin/cases/[a-z]+/ID/(change|delete)/",
        {"GET": BACK_TO_LIST, "POST": BACK_TO_LIST},
    ),
    (r"/admin/cases/[a-z]+/export/", {"GET": ADMINISTRATORS, "POST": ADMINISTRATORS}),
    (
        r"/admin/cases/[a-z]+/((deleted|duplicates|cases|visibility|assigning)/)?",
        {"GET": STAFF_ALL, "POST": STAFF_ALL},
    ),
]
# What staff who were given no role may open, beside their own account: what tells
# nothing of the record.
FOR_ALL_STAFF = {
    "/admin/",
    "/admin/jsi18n/",
    "/admin/password_change/done/",
    "/admin/understood/",
    "/api/editorial/v1/docs/",
    "/api/editorial/v1/schema/",
}
_KINDS_OF_PART = {
    "id": str(UUID(int=7)),
    "uuid": str(UUID(int=7)),
    "int": "7",
    "path": "700700",
    "str": "7",
}


def addresses() -> list[str]:
    """Every pattern of the site with an id that is nobody’s in each place for one; one
    for each word that it names.
    """
    found = []
    for text, _pattern in patterns():
        text = re.sub(r"<(\w+):\w+>", lambda part: _KINDS_OF_PART[part[1]], text)
        text = re.sub(
            r"\(\?P<\w+>(\.\*|\[\^/\]\+)\)|(?<!\?P)<\w+>", str(UUID(int=7)), text
        )
        words = re.search(r"\(\?P<\w+>([\w|]+)\)", text)
        for word in words[1].split("|") if words else [""]:
            one = text.replace(words[0], word) if words else text
            found.append("/" + re.sub(r"[\^$]", "", one))
    return found


def row(address: str) -> dict[str, tuple[int, ...]]:
    plain = re.sub(rf"(?<=/)({UUID(int=7)}|7|700700)(?=/|$)", "ID", address)
    return next(
        (statuses for pattern, statuses in ROWS if re.fullmatch(pattern, plain)), {}
    )


def somebody(role: str) -> Client:
    if role == "anyone":
        return Client()
    if role.endswith("partner"):
        return as_partner(
            key_for(role, scopes=["read" if role == "reading partner" else "propose"])
        )
    user = User.objects.create_user(role, is_staff=role != "user")
    user.groups.set(Group.objects.filter(name=role))
    client = Client()
    client.force_login(user)
    return client


def asked(client: Client, method: str, address: str) -> int:
    body = b"" if method == "GET" else b"{}"
    return client.generic(method, address, body, "application/json").status_code


def test_every_address_has_a_row() -> None:
    assert [address for address in addresses() if not row(address)] == []


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_in_where_its_row_says(role: str) -> None:
    client = somebody(role)
    place = ROLES.index(role)
    wrong = []
    for address in addresses():
        for method, statuses in row(address).items():
            if (
                len(statuses) > place
                and (status := asked(client, method, address)) != statuses[place]
            ):
                wrong.append(f"{method} {address}: {status}, not {statuses[place]}")
    assert wrong == []


def test_staff_without_a_role_find_nothing_of_the_record() -> None:
    client = Client()
    client.force_login(User.objects.create_user("trainee", is_staff=True))
    at_desk = [
        one for one in addresses() if one.startswith(("/admin/", "/api/editorial/"))
    ]
    at_desk = [one for one in at_desk if not re.search("logout|/account/", one)]
    opened = {
        one
        for one in at_desk
        for method in ("GET", "POST")
        if asked(client, method, one) in {200, 201}
    }
    assert opened == FOR_ALL_STAFF
