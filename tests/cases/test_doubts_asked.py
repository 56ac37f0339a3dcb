"""What is hardly so is asked before it is saved, on pages and in the editorial API, and
told to the reviewer with who said that the source says so.
"""

import re

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Detention, Prisoner, WaitingCase
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.admin_pages import (
    address,
    complaints,
    doubted,
    opened,
    saved,
    with_row,
)
from tests.cases.editorial import Desk, problem

pytestmark = pytest.mark.django_db

TO_COME = "2999-01-01"


@pytest.fixture
def documenter() -> Client:
    client = Client()
    client.force_login(make.make_documenter())
    return client


class TestAPage:
    def test_asks_and_saves_nothing(self, documenter: Client) -> None:
        prisoner = make.make_prisoner()
        answer = saved(documenter, address(prisoner), died_on=TO_COME)
        assert "hardly so" in complaints(answer)
        assert "1 January 2999 is still to come" in answer.content.decode()
        prisoner.refresh_from_db()
        assert prisoner.died_on is None

    def test_saves_what_the_source_is_said_to_say(self, documenter: Client) -> None:
        prisoner = make.make_prisoner()
        (key,) = doubted(saved(documenter, address(prisoner), died_on=TO_COME))
        answer = saved(
            documenter, address(prisoner), died_on=TO_COME, source_says=[key]
        )
        assert answer.status_code == 302
        prisoner.refresh_from_db()
        assert prisoner.died_on == TO_COME

    def test_asks_anew_about_another_value(self, documenter: Client) -> None:
        prisoner = make.make_prisoner()
        (key,) = doubted(saved(documenter, address(prisoner), died_on=TO_COME))
        answer = saved(documenter, address(prisoner), died_on="2998", source_says=[key])
        assert doubted(answer) != [key]

    def test_keeps_what_was_typed_and_the_box_that_was_ticked(
        self, documenter: Client
    ) -> None:
        prisoner = make.make_prisoner()
        (key,) = doubted(saved(documenter, address(prisoner), died_on=TO_COME))
        answer = saved(
            documenter,
            address(prisoner),
            died_on=TO_COME,
            born_on="1799",
            source_says=[key],
        )
        # About the birth, too; the other one is answered, and its tick stays.
        assert len(doubted(answer)) == 2
        (ticked,) = re.findall(
            r'name="source_says" value="([^"]+)"[^>]*checked', answer.content.decode()
        )
        assert ticked == key
        assert re.search(f'value="{TO_COME}"', answer.content.decode())

    def test_asks_about_a_new_row(self, documenter: Client) -> None:
        prisoner = make.make_prisoner(born_on="1985")
        page = with_row(
            opened(documenter, address(prisoner)), "detentions", started_on="1984"
        )
        answer = documenter.post(address(prisoner), page)
        (key,) = doubted(answer)
        assert not Detention.objects.exists()
        documenter.post(address(prisoner), {**page, "source_says": [key]})
        assert Detention.objects.get().started_on == "1984"

    def test_asks_about_a_new_case(self, documenter: Client) -> None:
        url = reverse("admin:cases_prisoner_add")
        page = with_row(opened(documenter, url), "names", value="Ales Example")
        page = {**page, "died_on": "2999"}
        (key,) = doubted(documenter.post(url, page))
        assert not Prisoner.objects.exists()
        documenter.post(url, {**page, "source_says": [key]})
        assert Prisoner.objects.get().died_on == "2999"

    def test_does_not_ask_about_what_was_there_before(self, documenter: Client) -> None:
        prisoner = make.make_prisoner(died_on=TO_COME)
        assert saved(documenter, address(prisoner), sex="female").status_code == 302


class TestTheEditorialAPI:
    def test_refuses_naming_the_field_and_saves_nothing(self) -> None:
        prisoner = make.make_prisoner()
        desk = Desk()
        path = f"prisoners/{prisoner.pk}/"
        answer = desk.patch(path, {"died_on": TO_COME}, desk.etag(path))
        assert "still to come" in str(problem(answer, 400)["errors"]["died_on"])
        prisoner.refresh_from_db()
        assert prisoner.died_on is None

    def test_saves_with_the_key_of_the_doubt(self) -> None:
        prisoner = make.make_prisoner()
        desk = Desk()
        path = f"prisoners/{prisoner.pk}/"
        body = {"died_on": TO_COME}
        refusal = str(problem(desk.patch(path, body, desk.etag(path)), 400))
        (key,) = re.findall("“(day_to_come-[0-9a-f]+)”", refusal)
        headers = {"X-Source-Says-So": key}
        assert desk.patch(path, body, desk.etag(path), **headers).status_code == 200

    def test_asks_about_a_new_part(self) -> None:
        prisoner = make.make_prisoner(born_on="1985")
        body = {"prisoner": str(prisoner.pk), "started_on": "1984"}
        answer = Desk().post("detentions/", body)
        assert "before the birth" in str(problem(answer, 400)["errors"]["started_on"])
        assert not Detention.objects.exists()


class TestTheReviewer:
    def saved_by_the_source(self, documenter: Client) -> Prisoner:
        prisoner = make.make_prisoner(visibility="public")
        page = {"died_on": TO_COME}
        (key,) = doubted(saved(documenter, address(prisoner), **page))
        saved(documenter, address(prisoner), source_says=[key], **page)
        return prisoner

    def test_is_told_who_said_that_the_source_says_so(self, documenter: Client) -> None:
        prisoner = self.saved_by_the_source(documenter)
        page = documenter.get(address(prisoner, "review")).content.decode()
        assert "1 January 2999 is still to come" in page
        assert "The source says so, says documenter." in page

    def test_is_told_that_nobody_was_asked(self, documenter: Client) -> None:
        prisoner = make.make_prisoner(died_on=TO_COME, visibility="public")
        page = documenter.get(address(prisoner, "review")).content.decode()
        assert "Nobody was asked when it was saved." in page

    def test_is_not_told_of_what_was_approved_before(self, documenter: Client) -> None:
        prisoner = make.make_prisoner(died_on=TO_COME, visibility="public")
        make.approve(prisoner)
        page = documenter.get(address(prisoner, "review")).content.decode()
        assert "still to come" not in page

    def test_reads_the_same_in_the_api(self, documenter: Client) -> None:
        prisoner = self.saved_by_the_source(documenter)
        (doubt,) = Desk().get(f"prisoners/{prisoner.pk}/review/").json()["doubts"]
        assert doubt["rule"] == "day_to_come"
        assert doubt["field"] == "died_on"
        assert doubt["confirmed_by"] == ["documenter"]

    def test_of_several_cases_is_told_of_each(self, documenter: Client) -> None:
        prisoner = self.saved_by_the_source(documenter)
        publish_pending()
        waiting = WaitingCase.objects.get(root_id=prisoner.pk)
        url = reverse("admin:cases_waitingcase_several")
        page = documenter.get(url, {"ids": str(waiting.pk)})
        assert "The source says so, says documenter." in page.content.decode()
