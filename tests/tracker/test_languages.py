"""The public pages in each language, and what is in no language but English."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import translation

from tests.catalogues import said_by_the_code, write_compiled
from tests.tracker.site_pages import bury, citation, new_id, publish, text
from tracker import dates
from tracker.contract.vocabulary import Country
from tracker.language_names import language_name
from tracker.site import errors, languages, names_shown, values

pytestmark = pytest.mark.django_db

PAGES = ["", "cases/", "releases/", "counts/", "places/", "sources/", "about/"]
TRANSLATED = ["be", "ru"]
RUSSIAN = {"Accept-Language": "ru, be;q=0.5"}


@pytest.fixture
def case() -> Any:
    """With much of what a page can say."""
    news = publish("source", title="Навіна", language="be", published_on="2025-09-12")
    release = {"id": new_id(), "released_on": "2025-09-11", "ground": "pardon"}
    return publish(
        "prisoner",
        name="Ales Example",
        names=[{"value": "Ales Example", "language": "en"}],
        sex="male",
        born_on="1980-05",
        citizenships=["BY"],
        occupations=["journalist"],
        releases=[release],
        citations=[
            citation(
                release, "release", "released_on", news, hedge="alleged", as_of="2025"
            )
        ],
        status=[
            {
                "since": None,
                "until": "2025-09-11",
                "statuses": ["detained"],
                "basis": [],
            },
            {
                "since": "2025-09-11",
                "until": None,
                "statuses": ["released"],
                "basis": [release["id"]],
                "hedge": "alleged",
            },
        ],
    )


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


# --- A page in its reader's language --------------------------------------------------


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_english_is_left_on_a_page(client: Client, case: Any, language: str) -> None:
    """Of all that the code says in several words."""
    addresses = [*PAGES, f"cases/{case['id']}/"]
    sentences = [source for _, source in said_by_the_code() if source.count(" ") > 1]
    for address in addresses:
        html = shown(client, f"/{language}/{address}")
        assert f'<html lang="{language}" dir="ltr">' in html
        for sentence in sentences:
            assert sentence not in text(html), address


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "be",
            [
                "вызваленне (сцвярджаецца)",
                "З 11 верасня 2025 г.",
                "май 1980 г.",
                "Беларусь",
                "журналістыка",
                "памілаванне",
                "10 верасня 2025 г.",
            ],
        ),
        (
            "ru",
            [
                "освобождение (утверждается)",
                "С 11 сентября 2025 г.",
                "май 1980 г.",
                "Беларусь",
                "журналистика",
                "помилование",
                "10 сентября 2025 г.",
            ],
        ),
    ],
)
def test_a_case_is_told_in_the_readers_language(
    client: Client, case: Any, language: str, told: list[str]
) -> None:
    page = text(shown(client, f"/{language}/cases/{case['id']}/"))
    for words in told:
        assert words in page


@pytest.mark.parametrize(
    ("date", "belarusian", "russian"),
    [
        ("2025-09-11", "11 верасня 2025 г.", "11 сентября 2025 г."),
        ("2025-03-05", "5 сакавіка 2025 г.", "5 марта 2025 г."),
        ("2025-05-01", "1 мая 2025 г.", "1 мая 2025 г."),
        ("2025-09", "верасень 2025 г.", "сентябрь 2025 г."),
        ("2025", "2025 г.", "2025 г."),
        (
            "201X",
            "2010–2019 гг. (дакладней не сказана)",
            "2010–2019 гг. (точнее не сказано)",
        ),
        ("2025-09~", "прыкладна верасень 2025 г.", "примерно сентябрь 2025 г."),
        ("2025?", "2025 г. (магчыма)", "2025 г. (возможно)"),
        ("[..2025-09]", "верасень 2025 г. або раней", "сентябрь 2025 г. или раньше"),
        (
            "2025-09/2025-10-07",
            "верасень 2025 г. – 7 кастрычніка 2025 г.",
            "сентябрь 2025 г. – 7 октября 2025 г.",
        ),
        ("2025-09/..", "верасень 2025 г. і далей", "сентябрь 2025 г. и далее"),
    ],
)
def test_dates_are_written_as_each_language_does(
    date: str, belarusian: str, russian: str
) -> None:
    with translation.override("be"):
        assert dates.display(date) == belarusian
    with translation.override("ru"):
        assert dates.display(date) == russian


@pytest.mark.parametrize(
    ("months", "days", "belarusian", "russian"),
    [
        (12, None, "1 год", "1 год"),
        (36, 2, "3 гады, 2 дні", "3 года, 2 дня"),
        (61, None, "5 гадоў, 1 месяц", "5 лет, 1 месяц"),
        (132, 21, "11 гадоў, 21 дзень", "11 лет, 21 день"),
        (255, 15, "21 год, 3 месяцы, 15 дзён", "21 год, 3 месяца, 15 дней"),
    ],
)
def test_a_term_has_the_right_form_of_the_plural(
    months: int, days: int | None, belarusian: str, russian: str
) -> None:
    with translation.override("be"):
        assert values.term(months, days) == belarusian
    with translation.override("ru"):
        assert values.term(months, days) == russian


def test_a_large_number_is_grouped_as_each_language_does() -> None:
    for language, number in [("en", "1,300"), ("be", "1\xa0300"), ("ru", "1\xa0300")]:
        with translation.override(language):
            assert values.claim(None, 1300) == number


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_country_has_its_name_in_the_readers_letters(language: str) -> None:
    with translation.override(language):
        for code in Country:
            assert not str(code.label).isascii(), code


def test_countries_stand_in_the_order_of_the_readers_alphabet(client: Client) -> None:
    html = shown(client, "/be/cases/")
    names = ["Аўстрыя", "Зімбабвэ", "Ізраіль", "Італія", "Казахстан", "Украіна"]
    places = [html.index(f">{name}</option>") for name in names]
    assert places == sorted(places)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_date_with_a_stop_of_its_own_ends_its_sentence(
    client: Client, case: Any, language: str
) -> None:
    page = text(shown(client, f"/{language}/cases/{case['id']}/"))
    assert "2025 г." in page
    assert {"be": "Гэта вынікае з", "ru": "Это следует из"}[language] in page
    assert "г.." not in page
    assert "г. ." not in page


# --- An address for each language -----------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "address"),
    [
        ("be-BY, ru;q=0.5", "/be/"),
        ("ru", "/ru/"),
        ("uk, en;q=0.1", "/en/"),
        ("", "/en/"),
    ],
)
def test_what_a_browser_wishes_counts_at_the_root(
    client: Client, wish: str, address: str
) -> None:
    answer = client.get("/", headers={"Accept-Language": wish})
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert "Accept-Language" in answer["Vary"]


def test_what_a_browser_wishes_counts_nowhere_else(client: Client, case: Any) -> None:
    for address in ("/en/", f"/be/cases/{case['id']}/", "/robots.txt"):
        wished = client.get(address, headers=RUSSIAN)
        plain = client.get(address)
        assert wished.content == plain.content
        assert "Accept-Language" not in wished.get("Vary", "")
    assert client.get("/cases/", headers=RUSSIAN)["Location"] == "/en/cases/"


def test_a_page_leads_to_itself_in_the_other_languages(
    client: Client, case: Any
) -> None:
    html = shown(client, f"/be/cases/{case['id']}/")
    for language in ("en", "be", "ru"):
        address = f'href="/{language}/cases/{case["id"]}/"'
        assert f'<link rel="alternate" hreflang="{language}" {address}>' in html
        assert f'<a {address} lang="{language}" hreflang="{language}"' in html
    others = f'hreflang="x-default" href="/en/cases/{case["id"]}/"'
    assert others in html
    assert 'hreflang="x-default" href="/">' in shown(client, "/ru/")


def test_what_a_list_was_asked_is_asked_in_the_other_language(client: Client) -> None:
    html = shown(client, "/en/cases/?status=released&sex=female")
    assert 'href="/ru/cases/?status=released&amp;sex=female"' in html
    assert 'rel="alternate" hreflang' not in html


def test_a_page_that_is_not_there_repeats_nothing_of_its_address(
    client: Client,
) -> None:
    withdrawn, never = bury("prisoner"), new_id()
    for id in (withdrawn, never):
        answer = client.get(f"/ru/cases/{id}/")
        assert answer.status_code == 404
        assert "Страница не найдена" in answer.content.decode()
        assert id not in answer.content.decode()
        assert 'href="/be/"' in answer.content.decode()


def test_a_proxy_never_takes_one_language_for_another(
    client: Client, case: Any
) -> None:
    belarusian = client.get(f"/be/cases/{case['id']}/")
    tag = {"If-None-Match": belarusian["ETag"]}
    assert client.get(f"/be/cases/{case['id']}/", headers=tag).status_code == 304
    assert client.get(f"/ru/cases/{case['id']}/", headers=tag).status_code == 200


@pytest.mark.parametrize(
    ("path", "language"),
    [("/be/", "be"), ("/ru", "ru"), ("/rux/", "en"), ("*", "en"), ("/", "en")],
)
def test_the_start_of_an_address_is_its_language(path: str, language: str) -> None:
    assert languages.of_address(path) == language


def test_a_busy_site_says_so_in_the_language_of_the_page() -> None:
    asked = RequestFactory()
    with translation.override("ru"):  # what a request before it left behind
        pages = [errors.busy(asked.get(f"/{code}/")) for code in ("en", "be", "ru")]
    for page, words in zip(
        pages,
        ["Many people are reading", "Зараз чытае шмат", "Сейчас читает много"],
        strict=True,
    ):
        assert words in page.content.decode()


# --- The name of a person in the letters of the page ----------------------------------


def test_a_name_stands_in_the_script_of_the_page_where_there_is_one(
    client: Client,
) -> None:
    preferred = {"value": "Ales Example", "language": "en", "preferred": True}
    legal = {"id": new_id(), "value": "Алесь Прыклад", "language": "be"}
    wrong = {"value": "Олесь Прыкладъ", "language": "ru", "name_kind": "misspelling"}
    latin = {"value": "Aleś Pryklad", "language": "be-Latn"}
    names: list[dict[str, Any]] = [preferred, latin, wrong, legal]
    for name in names:
        name.setdefault("name_kind", "legal")
    person = publish("prisoner", name="Ales Example", names=names)
    refuted = citation(legal, "person_name", None, None, agreement="contradicts")
    case = {**person, "citations": [refuted]}
    here = f"cases/{person['id']}/"
    for language, told in {
        "en": '<bdi lang="en">Ales Example</bdi>',
        "be": '<bdi lang="be">Алесь Прыклад</bdi>',
        "ru": '<bdi lang="be">Алесь Прыклад</bdi>',
    }.items():
        assert f"<h1>{told}</h1>" in shown(client, f"/{language}/{here}")
        assert f">{told}</a>" in shown(client, f"/{language}/cases/")
        with translation.override(language):
            # What a source denies is no title; what is left says its language.
            assert names_shown.shown_name(case) == ("Ales Example", "en")
            assert names_shown.shown_name({**case, "name": None}) == ("", "")


# --- What programs read is in English -------------------------------------------------

PROGRAMS = {
    "/api/v1/": 200,
    "/api/v1/prisoners/": 200,
    "/api/v1/prisoners/?status=nonsense": 400,
    "/api/v1/prisoners.csv": 200,
    "/api/v1/changes": 200,
    "/api/v1/export.ndjson": 200,
    "/api/v1/digest": 200,
    "/api/v1/schemas/prisoner.json": 200,
    "/api/v1/vocabularies/": 200,
    "/api/v1/nowhere/": 404,
    "/api/docs/": 200,
}


@pytest.mark.parametrize("address", PROGRAMS)
def test_what_programs_read_is_the_same_whatever_is_wished(
    client: Client, case: Any, address: str
) -> None:
    plain = client.get(address)
    client.get("/ru/")
    wished = client.get(address, headers=RUSSIAN)
    assert wished.status_code == plain.status_code == PROGRAMS[address]
    assert wished.getvalue() == plain.getvalue()
    assert wished.get("ETag") == plain.get("ETag")
    assert wished["Content-Language"] == "en"


def test_codes_have_their_labels_in_every_language(client: Client) -> None:
    codes = client.get("/api/v1/vocabularies/country/").json()["codes"]
    labels = {entry["code"]: entry["labels"] for entry in codes}["LT"]
    assert set(labels) == {code for code, _name in settings.LANGUAGES}
    assert (labels["en"], labels["be"], labels["ru"]) == ("Lithuania", "Літва", "Литва")


def test_the_page_for_signing_in_follows_the_browser(client: Client) -> None:
    page = client.get("/admin/login/", headers=RUSSIAN, follow=True)
    assert page["Content-Language"] == "ru"
    assert 'lang="ru' in page.content.decode()


# --- Another language is a catalogue alone --------------------------------------------


def test_another_language_is_a_catalogue_alone(
    client: Client, case: Any, settings: Any, tmp_path: Path
) -> None:
    """Esperanto of a kind: every text in brackets. All that asks which languages there
    are, or writes in one, follows.
    """
    words = {}
    for context, source in said_by_the_code():
        words[context, source] = source if context == "date format" else f"⟦{source}⟧"
    write_compiled(tmp_path / "eo" / "LC_MESSAGES" / "django.mo", words)
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = [*settings.LANGUAGES, ("eo", "Esperanto")]
    assert client.get("/", headers={"Accept-Language": "eo"})["Location"] == "/eo/"
    page = shown(client, f"/eo/cases/{case['id']}/")
    assert '<html lang="eo"' in page
    for told in ("⟦released⟧", "⟦Occupation⟧", "⟦journalist⟧"):
        assert told in page
    in_english = shown(client, f"/en/cases/{case['id']}/")
    here = f'href="/eo/cases/{case["id"]}/"'
    assert f'<link rel="alternate" hreflang="eo" {here}>' in in_english
    assert f'<a {here} lang="eo" hreflang="eo">Esperanto</a>' in in_english
    with translation.override("eo"):
        # Months are Django's, names of languages are CLDR's; the words are the catalogue's.
        assert dates.display("2025-09~") == "⟦about {date}⟧".format(
            date="septembro 2025"
        )
        assert language_name("be-Latn") == "belorusa (latina)"
