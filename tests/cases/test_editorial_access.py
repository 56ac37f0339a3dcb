"""Who may use the editorial API, and how it answers what is asked wrongly."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from cases.models import Prisoner
from tests import factories as make
from tests.cases.editorial import NOUNS, ROOT, Desk, made, problem

pytestmark = pytest.mark.django_db


def user(*rights: str, is_staff: bool = True) -> User:
    person = User.objects.create_user("somebody", is_staff=is_staff)
    person.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return person


def every_way(client: Client, noun: str, key: Any) -> list[Any]:
    many, one, read = f"{ROOT}{noun}/", f"{ROOT}{noun}/{key}/", {"If-Match": '"1"'}
    return [
        client.get(many),
        client.get(one),
        client.post(many, {}, "application/json"),
        client.put(one, {}, "application/json", headers=read),
        client.patch(one, {}, "application/json", headers=read),
        client.delete(one, headers=read),
    ]


@pytest.mark.parametrize("noun", NOUNS)
class TestNobodyElseGetsIn:
    def test_without_signing_in_the_answer_is_401(self, noun: str) -> None:
        record = made(noun)
        for answer in every_way(Client(), noun, record.pk):
            problem(answer, 401)
            assert answer["WWW-Authenticate"] == 'Session realm="desk"'
        assert type(record)._default_manager.filter(pk=record.pk).exists()

    def test_who_is_not_staff_gets_403_whatever_their_rights(self, noun: str) -> None:
        record, client = made(noun), Client()
        model = record._meta.model_name
        client.force_login(
            user(
                *(f"{may}_{model}" for may in ("view", "add", "change", "delete")),
                is_staff=False,
            )
        )
        for answer in every_way(client, noun, record.pk):
            problem(answer, 403)
        assert type(record)._default_manager.filter(pk=record.pk).exists()

    def test_staff_without_rights_get_403(self, noun: str) -> None:
        record, client = made(noun), Client()
        client.force_login(user())
        for answer in every_way(client, noun, record.pk):
            problem(answer, 403)

    def test_staff_who_may_view_may_only_view(self, noun: str) -> None:
        record, client = made(noun), Client()
        client.force_login(user(f"view_{record._meta.model_name}"))
        assert [
            answer.status_code for answer in every_way(client, noun, record.pk)
        ] == [200, 200, 403, 403, 403, 403]


class TestASessionAloneIsNotEnoughToChangeThings:
    def test_without_the_csrf_token_the_answer_is_403(self) -> None:
        problem(Desk(enforce_csrf_checks=True).post("prisoners/", {}), 403)
        assert not Prisoner.objects.exists()


class TestEditionsAndFailures:
    @pytest.mark.parametrize("noun", ["editions", "failures"])
    def test_are_there_to_read_only(self, noun: str) -> None:
        desk = Desk()
        assert desk.get(f"{noun}/").json() == {
            "next": None,
            "previous": None,
            "results": [],
        }
        problem(desk.post(f"{noun}/", {}), 405)
        problem(desk.delete(f"{noun}/1/", '"1"'), 405)
        problem(desk.get(f"{noun}/1/"), 404)


class TestWhatIsAskedWrongly:
    @pytest.mark.parametrize(
        "path",
        [
            "nonsense/",
            "prisoners/17/",
            "prisoners/0c1f35a5-5f0a-4dd3-a8bb-9d27b31a8a3d/",
        ],
    )
    def test_an_address_with_nothing_behind_it_is_404(self, path: str) -> None:
        problem(Desk().get(path), 404)

    def test_a_method_that_does_not_fit_is_405(self) -> None:
        desk = Desk()
        problem(desk.client.options(ROOT + "prisoners/"), 405)
        answer = desk.client.delete(ROOT + "prisoners/")
        problem(answer, 405)
        assert answer["Allow"] == "GET, HEAD, POST"

    def test_another_form_of_answer_is_406(self) -> None:
        problem(
            Desk().client.get(ROOT + "prisoners/", headers={"Accept": "text/csv"}), 406
        )

    def test_another_form_of_body_is_415(self) -> None:
        problem(Desk().client.post(ROOT + "prisoners/", {"sex": "male"}), 415)
        assert not Prisoner.objects.exists()

    def test_a_forgotten_slash_is_forgiven_to_who_reads(self) -> None:
        desk = Desk()
        assert (
            desk.get("prisoners", limit="5")["Location"] == f"{ROOT}prisoners/?limit=5"
        )
        problem(desk.post("prisoners", {}), 404)

    def test_what_goes_wrong_on_our_side_is_a_problem_too(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            "cases.desk.api.base.RecordViewSet.get_queryset", lambda view: 1 / 0
        )
        problem(Desk(raise_request_exception=False).get("prisoners/"), 500)

    def test_pages_outside_the_api_are_not_answered_by_problems(self) -> None:
        assert (
            not Client()
            .get("/nowhere/")["Content-Type"]
            .startswith("application/problem")
        )


def test_answers_are_not_kept_by_caches() -> None:
    desk, prisoner = Desk(), make.make_prisoner()
    assert desk.get(f"prisoners/{prisoner.pk}/")["Cache-Control"] == "private, no-store"
