"""A source begun from its address, its file or its text."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases import files
from cases.models import KeptFile, Source
from cases.plausibility.addresses import normalised
from tests import factories as make
from tests.cases.admin_pages import address, complaints, doubted, opened
from tests.cases.pdfs import pdf, stream
from tests.cases.test_files import HTML, PDF, upload

pytestmark = pytest.mark.django_db

ADD = "admin:cases_source_add"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


def begun(desk: Client, **boxes: Any) -> Any:
    page = opened(desk, reverse(ADD))
    return desk.post(reverse(ADD), {**page, **boxes})


def test_title_day_and_text_are_taken_from_an_html_file(desk: Client) -> None:
    response = begun(desk, file=upload(HTML, "page.html"))

    assert response.status_code == 302, complaints(response)
    source = Source.objects.get()
    assert source.title == "Court jails writer"
    assert source.published_on == "2025-10-07"
    assert "Four years." in files.text_in_hand(source.pk)
    kept = KeptFile.objects.get()
    assert files.content(kept) == HTML
    assert kept.added_by is not None


def test_what_somebody_typed_stands(desk: Client) -> None:
    begun(desk, file=upload(HTML, "page.html"), title="Mine", published_on="2025-10")
    source = Source.objects.get()
    assert (source.title, source.published_on) == ("Mine", "2025-10")


def test_what_the_file_does_not_say_must_be_typed(desk: Client) -> None:
    response = begun(desk, file=upload(pdf(stream(b""))))
    assert "Its file does not say it: type it." in complaints(response)
    assert not KeptFile.objects.exists()
    assert not Source.objects.exists()


def test_a_pasted_text_is_kept_beside_the_facts(desk: Client) -> None:
    begun(desk, title="A letter", text="First.\r\n\r\n\r\nSecond  line.")
    source = Source.objects.get()
    assert files.text_in_hand(source.pk) == "First.\n\nSecond line."


def test_a_file_of_another_kind_is_refused_and_nothing_is_saved(desk: Client) -> None:
    response = begun(desk, title="A", file=upload(b"MZ\x90\0"))
    assert "no file of a kind that is kept here" in complaints(response)
    assert not Source.objects.exists()


def test_the_same_address_is_noticed_and_the_one_on_record_shown(desk: Client) -> None:
    known = make.make_source("Known", url="https://www.media.example/a/b/?x=1")
    url = "http://media.example/a/b?utm_source=t&x=1#top"
    response = begun(desk, title="New", url=url, file=upload(PDF))
    (key,) = doubted(response)
    page = response.content.decode()
    assert "On record already" in page
    assert address(known, "file") in page
    assert Source.objects.count() == 1
    assert not KeptFile.objects.exists()

    again = begun(desk, title="New", url=url, source_says=[key])
    assert again.status_code == 302, complaints(again)
    assert Source.objects.count() == 2


def test_another_address_is_not_asked_about(desk: Client) -> None:
    make.make_source("Known", url="https://media.example/a?id=1")
    response = begun(desk, title="New", url="https://media.example/a?id=2")
    assert response.status_code == 302, complaints(response)


@pytest.mark.parametrize(
    "url",
    [
        "https://media.example/суд",
        "http://MEDIA.example:80/%D1%81%D1%83%D0%B4/",
        "https://www.media.example/суд?fbclid=1#x",
    ],
)
def test_spellings_of_one_address_are_one(url: str) -> None:
    assert normalised(url) == "media.example/суд"


@pytest.mark.parametrize("url", ["", "nonsense", "https://[broken"])
def test_what_is_no_address_is_none(url: str) -> None:
    assert normalised(url) == ""


def test_a_source_that_is_there_gets_its_files_on_their_own_page(desk: Client) -> None:
    page = opened(desk, address(make.make_source()))
    assert "file" not in page
    assert "text" not in page
