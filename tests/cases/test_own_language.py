"""The desk speaks the language of its reader."""

from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cases.desk.signin.models import OwnLanguage
from tests.cases.admin_pages import address, complaints, saved
from tests.factories import make_facility, make_prisoner, make_source

pytestmark = pytest.mark.django_db

LANGUAGE = "/admin/account/language/"


def language_of(client: Client, page: str = "/admin/", **headers: str) -> str:
    answer = client.get(page, headers=headers)
    assert answer.status_code == 200
    assert f'<html lang="{answer["Content-Language"]}"' in answer.content.decode()
    return answer["Content-Language"]


def test_the_language_chosen_is_kept_for_the_account(
    client: Client, admin_user: User
) -> None:
    client.force_login(admin_user)
    assert language_of(client) == "en"
    back = client.post(LANGUAGE, {"language": "be", "next": "/admin/cases/source/"})
    assert back.headers["Location"] == "/admin/cases/source/"
    assert language_of(client) == "be"
    another = Client()
    another.force_login(admin_user)
    assert language_of(another) == "be"


def test_who_has_not_chosen_reads_the_language_of_the_organisation(
    admin_client: Client, settings: pytest.FixtureRequest
) -> None:
    settings.DESK_LANGUAGE = "ru"  # type: ignore[attr-defined]
    assert language_of(admin_client, **{"Accept-Language": "be"}) == "ru"


def test_before_signing_in_the_wish_of_the_browser_counts(client: Client) -> None:
    page = "/admin/account/sign-in/"
    assert language_of(client, page, **{"Accept-Language": "be"}) == "be"
    assert language_of(client, page) == "en"
    answer = client.get(page)
    assert "Accept-Language" in answer["Vary"]


def test_the_editorial_api_is_english_for_everybody(
    client: Client, admin_user: User
) -> None:
    client.force_login(admin_user)
    client.post(LANGUAGE, {"language": "ru"})
    answer = client.get("/api/editorial/v1/prisoners/")
    assert answer["Content-Language"] == "en"


def test_one_goes_back_to_no_other_site_and_into_no_other_language(
    client: Client, admin_user: User
) -> None:
    client.force_login(admin_user)
    back = client.post(LANGUAGE, {"language": "xx", "next": "https://elsewhere.test/"})
    assert back.headers["Location"] == "/admin/account/"
    assert not OwnLanguage.objects.exists()


def test_public_pages_stay_in_the_language_of_their_address(
    client: Client, admin_user: User
) -> None:
    client.force_login(admin_user)
    client.post(LANGUAGE, {"language": "ru"})
    assert client.get("/be/")["Content-Language"] == "be"


def test_hours_are_told_in_the_time_of_the_organisation(
    admin_client: Client, settings: pytest.FixtureRequest
) -> None:
    settings.DESK_TIME_ZONE = "Asia/Tokyo"  # type: ignore[attr-defined]
    source = make_source()
    at = source.created_at.astimezone(ZoneInfo("Asia/Tokyo"))
    page = admin_client.get(address(source)).content.decode()
    assert f"{at:%-d %B %Y, %H:%M} JST" in page


def test_an_ambiguous_date_is_refused_at_the_desk_and_understood_ones_are_told(
    admin_client: Client,
) -> None:
    source = make_source()
    url = address(source)
    refused = saved(admin_client, url, published_on="05/06/2024")
    assert "5 June 2024" in complaints(refused)
    answer = saved(admin_client, url, published_on="14 траўня 2024")
    assert answer.status_code == 302
    source.refresh_from_db()
    assert source.published_on == "2024-05-14"
    assert "14 May 2024</span>" in admin_client.get(url).content.decode()


@pytest.mark.parametrize(
    ("language", "of_a_place", "of_a_person"),
    [("be", "Назва", "Імя"), ("ru", "Название", "Имя")],
)
def test_the_name_of_a_thing_is_another_word_than_that_of_a_person(
    admin_client: Client, language: str, of_a_place: str, of_a_person: str
) -> None:
    make_facility("Colony No. 1")
    make_prisoner("Mikola Example")
    admin_client.post(LANGUAGE, {"language": language})
    for kind, word in {"facility": of_a_place, "prisoner": of_a_person}.items():
        page = admin_client.get(f"/admin/cases/{kind}/").content.decode()
        heading = page.split("column-name")[1].split("</th>")[0]
        assert f">{word}<" in heading
