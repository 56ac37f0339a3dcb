"""What happened to a record, told to programs, and the way back to it."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Detention, Prisoner
from tests import factories as make
from tests.cases.editorial import NOUNS, Desk, errors, made, problem

pytestmark = pytest.mark.django_db
WHY = {"X-Change-Reason": "A mistake."}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def history(desk: Desk, path: str, **asked: Any) -> list[dict[str, Any]]:
    answer = desk.get(f"{path}history/", **asked)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def restore(desk: Desk, path: str, body: Any, seen: str = "", **headers: str) -> Any:
    tag = seen or desk.get(f"{path}history/")["ETag"]
    return desk.post(f"{path}restore/", body, **{"If-Match": tag, **WHY, **headers})


class TestHistory:
    @pytest.mark.parametrize("noun", NOUNS)
    def test_of_any_noun_begins_with_how_it_was_made(
        self, desk: Desk, noun: str
    ) -> None:
        record = made(noun)
        first = history(desk, f"{noun}/{record.pk}/")[-1]
        assert (first["operation"], first["before"], first["made_in_database"]) == (
            "insert",
            {},
            True,
        )

    def test_tells_who_what_when_and_why_newest_first(self, desk: Desk) -> None:
        case = make.make_prisoner("", affiliation="A paper")
        path = f"prisoners/{case.pk}/"
        desk.patch(path, {"affiliation": "A magazine"}, desk.etag(path), **WHY)
        newest, oldest = history(desk, path)
        assert {
            name: newest[name]
            for name in ("model", "record", "operation", "before", "after")
        } == {
            "model": "prisoner",
            "record": str(case.pk),
            "operation": "update",
            "before": {"affiliation": "A paper"},
            "after": {"affiliation": "A magazine"},
        }
        assert (newest["username"], newest["reason"], newest["page"]) == (
            "documenter",
            "A mistake.",
            f"/api/editorial/v1/{path}",
        )
        assert newest["event"] > oldest["event"]

    def test_of_a_root_is_that_of_the_case_and_of_a_part_its_own(
        self, desk: Desk
    ) -> None:
        case = make.make_prisoner()
        detention = make.make_detention(case)
        make.make_citation(detention)
        whole = history(desk, f"prisoners/{case.pk}/")
        assert [one["model"] for one in whole] == [
            "citation",
            "detention",
            "personname",
            "prisoner",
        ]
        assert [
            one["model"] for one in history(desk, f"detentions/{detention.pk}/")
        ] == ["detention"]
        assert desk.get(f"detentions/{detention.pk}/history/")["ETag"] == desk.etag(
            f"prisoners/{case.pk}/"
        )

    def test_outlives_the_root(self, desk: Desk) -> None:
        case = make.make_prisoner("")
        path = f"prisoners/{case.pk}/"
        case.delete()
        assert [one["operation"] for one in history(desk, path)] == ["delete", "insert"]

    def test_never_tells_what_internal_notes_said(self, desk: Desk) -> None:
        case = make.make_prisoner("", internal_notes="her sister's number is 17")
        Prisoner.objects.update(internal_notes="her brother's number is 18")
        told = desk.get(f"prisoners/{case.pk}/history/")
        assert told.json()["results"][0]["operation"] == "internal_notes"
        assert b"number is" not in told.content

    def test_is_paged_without_losing_one(self, desk: Desk) -> None:
        case = make.make_prisoner("")
        for number in range(6):
            Prisoner.objects.update(affiliation=f"Group {number}")
        address, sizes, found = (
            f"/api/editorial/v1/prisoners/{case.pk}/history/?limit=3",
            [],
            [],
        )
        while address:
            answer = desk.client.get(address).json()
            address = answer["next"]
            sizes.append(len(answer["results"]))
            found += [one["event"] for one in answer["results"]]
        assert sizes == [3, 3, 1]
        assert found == sorted(set(found), reverse=True)

    def test_takes_the_same_queries_however_much_happened(self, desk: Desk) -> None:
        def queries(times: int) -> int:
            case = make.make_prisoner("")
            for _ in range(times):
                make.make_placement(
                    make.make_detention(case), facility=make.make_facility()
                )
            with CaptureQueriesContext(connection) as asked:
                history(desk, f"prisoners/{case.pk}/")
            return len(asked)

        # Session, account, the root, the history, the line in the log of who reads it.
        assert queries(1) == queries(12) == 5

    @pytest.mark.parametrize(
        ("asked", "name"),
        [
            ({"limit": "0"}, "limit"),
            ({"before": "x"}, "before"),
            ({"sex": "male"}, "sex"),
        ],
    )
    def test_of_a_nonsense_question_is_refused(
        self, desk: Desk, asked: dict[str, str], name: str
    ) -> None:
        assert name in errors(
            desk.get(f"prisoners/{make.make_prisoner().pk}/history/", **asked)
        )

    def test_of_what_never_was_is_404(self, desk: Desk) -> None:
        for noun in ("prisoners", "claimants", "sentences"):
            problem(desk.get(f"{noun}/{uuid4()}/history/"), 404)

    def test_holds_nothing_of_what_its_reader_may_not_view(self) -> None:
        case, reader = (
            make.make_prisoner(),
            User.objects.create_user("reader", is_staff=True),
        )
        case.consents.create(subject="name", audience="public")
        path = f"prisoners/{case.pk}/"
        problem(Desk(reader).get(f"{path}history/"), 403)
        reader.user_permissions.set(
            Permission.objects.filter(codename__in=["view_prisoner", "view_personname"])
        )
        assert {one["model"] for one in history(Desk(reader), path)} == {
            "prisoner",
            "personname",
        }


class TestRestoring:
    def test_a_field_or_a_whole_record_goes_back(self, desk: Desk) -> None:
        case = make.make_prisoner("", affiliation="One", sex="female")
        path = f"prisoners/{case.pk}/"
        Prisoner.objects.update(affiliation="Two", sex="male")
        changed, born = history(desk, path)
        answer = restore(desk, path, {"event": born["event"], "fields": ["sex"]})
        assert answer.status_code == 200, answer.content
        assert (answer.json()["sex"], answer.json()["affiliation"]) == ("female", "Two")
        assert answer["ETag"] == desk.etag(path)
        assert history(desk, path)[0]["reason"] == "A mistake."
        assert (
            restore(desk, path, {"event": changed["event"], "state": "before"}).json()[
                "affiliation"
            ]
            == "One"
        )

    def test_a_deleted_part_comes_back_by_its_root(self, desk: Desk) -> None:
        case = make.make_prisoner("")
        detention = make.make_detention(case, started_on="2020")
        make.make_placement(detention)
        path = f"prisoners/{case.pk}/"
        desk.delete(f"detentions/{detention.pk}/", desk.etag(path))
        deleted = next(
            one for one in history(desk, path) if one["record"] == str(detention.pk)
        )
        assert restore(desk, path, {"event": deleted["event"]}).status_code == 200
        assert Detention.objects.get().placements.count() == 1

    def test_a_deleted_root_comes_back_inside_only_with_a_version_nobody_has_seen(
        self, desk: Desk
    ) -> None:
        case = make.make_prisoner("Ales Example", visibility="public")
        path = f"prisoners/{case.pk}/"
        seen = desk.etag(path)
        desk.delete(path, seen)
        deleted = next(one for one in history(desk, path) if one["model"] == "prisoner")
        problem(restore(desk, path, {"event": deleted["event"]}, seen), 412)
        answer = restore(desk, path, {"event": deleted["event"]})
        assert answer.status_code == 200, answer.content
        assert answer.json()["visibility"] == "internal"
        assert int(answer["ETag"].strip('"')) > int(seen.strip('"'))
        assert Prisoner.objects.get().names.get().value == "Ales Example"

    def test_says_which_version_was_read_and_why(self, desk: Desk) -> None:
        case = make.make_prisoner("", affiliation="One")
        path, seen = f"prisoners/{case.pk}/", desk.etag(f"prisoners/{case.pk}/")
        Prisoner.objects.update(affiliation="Two")
        body = {"event": history(desk, path)[-1]["event"]}
        assert (
            "If-Match"
            in problem(desk.post(f"{path}restore/", body, **WHY), 428)["detail"]
        )
        problem(restore(desk, path, body, seen), 412)
        refused = desk.post(f"{path}restore/", body, **{"If-Match": desk.etag(path)})
        assert "X-Change-Reason" in problem(refused, 400)["detail"]
        assert Prisoner.objects.get().affiliation == "Two"

    def test_is_refused_where_it_no_longer_fits(self, desk: Desk) -> None:
        case, source = make.make_prisoner(), make.make_source()
        make.make_citation(case, source=source).delete()
        source.delete()
        path = f"prisoners/{case.pk}/"
        deleted = history(desk, path)[0]
        assert problem(restore(desk, path, {"event": deleted["event"]}), 409)[
            "detail"
        ] == ("Source: what it referred to is no longer there.")
        assert case.citations.count() == 0

    @pytest.mark.parametrize(
        ("body", "name"),
        [
            ({}, "event"),
            ({"event": 10**12}, "event"),
            ({"fields": ["nonsense"]}, "fields"),
            ({"events": 1}, "events"),
        ],
    )
    def test_of_what_is_not_understood_is_refused(
        self, desk: Desk, body: dict[str, Any], name: str
    ) -> None:
        case = make.make_prisoner("", affiliation="One")
        path = f"prisoners/{case.pk}/"
        Prisoner.objects.update(affiliation="Two")
        known = (
            {"event": history(desk, path)[-1]["event"]}
            if name in {"fields", "events"}
            else {}
        )
        assert name in errors(restore(desk, path, {**known, **body}))
        assert Prisoner.objects.get().affiliation == "Two"

    def test_of_an_event_of_another_record_is_refused(self, desk: Desk) -> None:
        case = make.make_prisoner("", affiliation="One")
        detention = make.make_detention(case)
        event = history(desk, f"prisoners/{case.pk}/")[-1]["event"]
        assert "event" in errors(
            restore(desk, f"detentions/{detention.pk}/", {"event": event})
        )

    def test_takes_the_right_to_change_what_goes_back(self) -> None:
        case, editor = (
            make.make_prisoner("", affiliation="One"),
            User.objects.create_user("editor", is_staff=True),
        )
        editor.user_permissions.set(Permission.objects.filter(codename="view_prisoner"))
        path = f"prisoners/{case.pk}/"
        Prisoner.objects.update(affiliation="Two")
        event = history(Desk(editor), path)[-1]["event"]
        problem(restore(Desk(editor), path, {"event": event}), 403)
        editor.user_permissions.add(Permission.objects.get(codename="change_prisoner"))
        assert restore(Desk(editor), path, {"event": event}).status_code == 200
