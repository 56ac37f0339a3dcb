"""Merging two cases by the editorial API."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User

from cases.models import Merge, Prisoner
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.editorial import Desk, errors, problem

pytestmark = pytest.mark.django_db

REASON = "One court file."


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True
    settings.APPROVE_OWN_CHANGES = True  # one person does everything here


@pytest.fixture
def kept() -> Prisoner:
    return make.make_prisoner("Mikalai Example", born_on="1980")


@pytest.fixture
def other() -> Prisoner:
    return make.make_prisoner("Николай Example", born_on="1981")


def seen(kept: Prisoner, other: Prisoner) -> dict[str, int]:
    kept.refresh_from_db()
    other.refresh_from_db()
    return {"version": other.version, "into_version": kept.version}


def propose(desk: Desk, kept: Prisoner, other: Prisoner, **body: Any) -> Any:
    return desk.post(
        f"prisoners/{other.pk}/merge/",
        {"into": str(kept.pk), **seen(kept, other), "reason": REASON, **body},
    )


def merged(desk: Desk, kept: Prisoner, other: Prisoner) -> Any:
    key = propose(desk, kept, other).json()["id"]
    return desk.post(f"merges/{key}/approve/", seen(kept, other))


def test_a_namesake_is_suggested_looked_at_proposed_and_merged(
    kept: Prisoner, other: Prisoner
) -> None:
    desk = Desk()
    publish_pending()
    assert desk.get(f"prisoners/{other.pk}/duplicates/").json() == {
        "results": [str(kept.pk)]
    }

    preview = desk.get(f"prisoners/{other.pk}/merge/", into=str(kept.pk)).json()
    assert preview["differences"] == [
        {"field": "born_on", "kept": "1980", "merged": "1981"}
    ]
    assert preview["lists"][0]["moving"] == [str(other.names.get().pk)]
    assert (preview["version"], preview["into_version"]) == (
        other.version,
        kept.version,
    )

    proposal = propose(desk, kept, other)
    assert (proposal.status_code, proposal.json()["state"]) == (201, "proposed")
    whole = desk.get(f"merges/{proposal.json()['id']}/").json()
    assert whole["preview"]["differences"] == preview["differences"]

    answer = desk.post(f"merges/{whole['id']}/approve/", seen(kept, other))
    assert (answer.status_code, answer.json()["state"]) == (200, "merged")
    assert kept.names.count() == 2
    assert desk.get("merges/", state="merged", kept=str(kept.pk)).json()["results"] == [
        answer.json()
    ]


def test_where_no_review_is_required_it_is_done_at_once(
    kept: Prisoner, other: Prisoner, settings: Any
) -> None:
    settings.REQUIRE_REVIEW = False
    assert propose(Desk(), kept, other).json()["state"] == "merged"
    assert Prisoner.objects.get(pk=other.pk).merged_into == kept


def test_a_merged_case_is_not_changed_nor_deleted_and_nothing_is_added_to_it(
    kept: Prisoner, other: Prisoner
) -> None:
    desk = Desk()
    merged(desk, kept, other)
    path = f"prisoners/{other.pk}/"
    for answer in (
        desk.patch(path, {"affiliation": "x"}, desk.etag(path)),
        desk.delete(path, desk.etag(path)),
        merged(desk, kept, make.make_prisoner("Another Person"))
        and propose(desk, kept, other),
    ):
        assert "merged" in problem(answer, 409)["detail"]
    answer = desk.post(
        "person-names/", {"prisoner": str(other.pk), "value": "Late Comer"}
    )
    assert "merged into another one" in problem(answer, 400)["detail"]
    assert errors(
        desk.patch(
            f"prisoners/{kept.pk}/",
            {"merged_into": str(other.pk)},
            desk.etag(f"prisoners/{kept.pk}/"),
        )
    )
    assert not other.names.exists()


def test_undoing_needs_a_reason_and_the_versions_that_were_read(
    kept: Prisoner, other: Prisoner
) -> None:
    desk = Desk()
    path = f"prisoners/{other.pk}/unmerge/"
    problem(desk.post(path, {**seen(kept, other), "reason": "Two people."}), 409)
    merged(desk, kept, other)
    assert errors(desk.post(path, seen(kept, other))).keys() == {"reason"}
    problem(
        desk.post(path, {"version": 1, "into_version": 1, "reason": "Two people."}), 409
    )
    answer = desk.post(path, {**seen(kept, other), "reason": "Two people."})
    assert (answer.status_code, answer.json()["state"]) == (200, "undone")
    assert other.names.exists()


def test_declining_takes_a_reason(kept: Prisoner, other: Prisoner) -> None:
    desk = Desk()
    key = propose(desk, kept, other).json()["id"]
    assert errors(desk.post(f"merges/{key}/decline/", {})).keys() == {"reason"}
    assert (
        desk.post(f"merges/{key}/decline/", {"reason": "Father and son."}).json()[
            "state"
        ]
        == "declined"
    )
    problem(desk.post(f"merges/{key}/approve/", seen(kept, other)), 409)


def test_what_was_changed_since_it_was_read_is_a_conflict(
    kept: Prisoner, other: Prisoner
) -> None:
    desk, read = Desk(), seen(kept, other)
    make.make_name(other, "Added Meanwhile")
    assert "changed" in problem(propose(desk, kept, other, **read), 409)["detail"]
    key = propose(desk, kept, other).json()["id"]
    problem(desk.post(f"merges/{key}/approve/", read), 409)
    assert other.names.count() == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"into": "17"}, "into"),
        ({"into": "0c1f35a5-5f0a-4dd3-a8bb-9d27b31a8a3d"}, "into"),
        ({"version": None}, "version"),
        ({"reason": ""}, "reason"),
        ({"because": "x"}, "because"),
    ],
)
def test_what_is_not_understood_is_refused(
    kept: Prisoner, other: Prisoner, body: dict[str, Any], field: str
) -> None:
    assert errors(propose(Desk(), kept, other, **body)).keys() == {field}
    assert not Merge.objects.exists()


def test_a_preview_is_of_two_cases(other: Prisoner) -> None:
    desk = Desk()
    assert errors(desk.get(f"prisoners/{other.pk}/merge/")).keys() == {"into"}
    assert errors(desk.get(f"prisoners/{other.pk}/merge/", into="17")).keys() == {
        "into"
    }
    assert errors(desk.get(f"prisoners/{other.pk}/merge/", onto="17")).keys() == {
        "onto"
    }
    assert (
        "into itself"
        in desk.get(f"prisoners/{other.pk}/merge/", into=str(other.pk)).json()[
            "refusal"
        ]
    )


def test_proposing_takes_the_right_to_change_and_deciding_the_right_to_approve(
    kept: Prisoner, other: Prisoner
) -> None:
    editor = User.objects.create_user("editor", is_staff=True)
    desk = Desk(editor)
    problem(propose(desk, kept, other), 403)
    problem(desk.get("merges/"), 403)
    editor.user_permissions.set(
        Permission.objects.filter(codename__in=["view_prisoner", "change_prisoner"])
    )
    key = propose(desk, kept, other).json()["id"]
    problem(desk.post(f"merges/{key}/approve/", seen(kept, other)), 403)
    editor.user_permissions.add(Permission.objects.get(codename="approve_case"))
    assert desk.post(f"merges/{key}/approve/", seen(kept, other)).status_code == 200


def test_who_proposed_a_merge_may_not_approve_it(
    kept: Prisoner, other: Prisoner, settings: Any
) -> None:
    settings.APPROVE_OWN_CHANGES = False
    assert "somebody else" in problem(merged(Desk(), kept, other), 403)["detail"]
    assert Merge.objects.get().state == "proposed"
