"""Cases, sources and releases found by the words of their published texts."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.published import withdraw
from tests.tracker.site_pages import citation, new_id, publish, text
from tracker import texts
from tracker.asking import questions
from tracker.audiences import PUBLIC
from tracker.contract import facts
from tracker.contract.documents import DOCUMENTS, PLACES

API = "/api/v1/prisoners/"
CLAIMANT = {"name": "Rights Centre", "role": "organisation"}


def found(
    client: Client, words: str, place: str = "prisoners", **more: str
) -> set[str]:
    answer = client.get(f"/api/v1/{place}/", {"text": words, **more})
    assert answer.status_code == 200, answer.json()
    return {document["id"] for document in answer.json()["results"]}


def make(name: str = "Ales Example", **content: Any) -> str:
    names = [{"value": name, "preferred": True}]
    return str(publish("prisoner", name=name, names=names, **content)["id"])


# --- Words --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("Суд у Мінску", "минск"),
        ("the Minsk City Court", "Мінск"),
        ("Суд Ленинского района", "ленинск"),
        ("осуждён за репост", "осужден ЗА"),
        ("Kučera’s newspaper", "kucera"),
        ("حُكِم عليه بالسجن", "حكم"),
        ("他被判处三年徒刑", "判处"),
        ("他被判處三年徒刑", "判处三年"),
        ("ถูกจำคุกสามปี", "จำคุก"),
        ("ထောင်ဒဏ်ချမှတ်", "ဒဏ်ချ"),
        ("art. 361-4", "361"),
        ("naïve café", "cafe"),
    ],
)
def test_a_word_is_found_in_any_alphabet_and_by_its_beginning(
    stored: str, asked: str
) -> None:
    words = texts.asked_words(asked)
    assert texts.has_some([stored], words) == len(words) > 0


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("Суд у Мінску", "Гродна"),
        ("the court", "ourt"),
        ("a report", "re"),  # two letters begin too many words
        ("他被判处三年徒刑", "年三"),
    ],
)
def test_no_other_word_is(stored: str, asked: str) -> None:
    assert texts.has_some([stored], texts.asked_words(asked)) == 0


def test_a_text_of_whatever_length_fits_the_index() -> None:
    many = " ".join(f"слова{number}" for number in range(20_000))
    words = texts.words_of([many, "д" * 5000, "判" * 5000, "", "– …"])
    assert len(words) <= texts.MOST_WORDS
    assert max(map(len, words)) <= texts.LONGEST
    assert "" not in words


# --- What is found -------------------------------------------------------------------------


@pytest.mark.django_db
def test_each_text_that_is_told_is_found_and_nothing_else(client: Client) -> None:
    source = publish("source", title="Wordsource gazette", publisher="Wordpublisher")
    detention = {"id": new_id(), "authority": "Wordauthority"}
    case = make(
        summary={"en": "Wordsummary of it", "ru": "Слово о нём"},
        affiliation="Wordaffiliation",
        position="Wordposition",
        charges=[
            {"label_as_stated": "Wordcharge", "code": "Wordcode", "article": "361"}
        ],
        sentences=[{"court": "Wordcourt", "term_as_stated": "Wordterm"}],
        detentions=[detention],
        recognitions=[{"organisation": "Wordorganisation"}],
        personal_details=[{"told_as": "Worddetail"}],
        citations=[
            citation(detention, "detention", None, source, quote="Wordquote"),
            citation(
                detention,
                "detention",
                None,
                None,
                source_label="Wordlabel",
                claimant=CLAIMANT,
            ),
            citation(
                detention,
                "detention",
                None,
                None,
                claimant={"name": "Wordpseudonym", "protected_pseudonym": True},
            ),
        ],
    )
    make("Maria Other", summary={"en": "Nothing of it"})
    told = "summary affiliation position charge code court authority organisation label"
    for word in told.split():
        assert found(client, f"word{word}") == {case}, word
    for words in (
        "rights centre",
        "слово",
        "wordsumm wordcourt 361",
        "Wordsource word",
    ):
        assert found(client, words) == {case}, words
    for word in ("wordterm", "worddetail", "wordquote", "wordpseudonym", "ales", "…"):
        assert found(client, word) == set(), word
    assert found(client, "wordsource gazette", "sources") == {source["id"]}
    # Words of the case and of its source together are of no one text.
    assert found(client, "wordsource wordcourt") == set()
    assert found(client, "wordcourt", name_withheld="true") == set()
    event = publish("release_event", title="Of it", concessions="Wordconcession")
    assert found(client, "wordconcession", "release-events") == {event["id"]}


@pytest.mark.django_db
def test_what_was_withdrawn_is_found_by_no_word(client: Client) -> None:
    source = publish("source", title="Wordsource")
    detention = {"id": new_id()}
    case = make(
        summary={"en": "Wordsummary"},
        detentions=[detention],
        citations=[citation(detention, "detention", None, source)],
    )
    withdraw(PUBLIC, source["id"])
    assert found(client, "wordsource") == set()
    withdraw(PUBLIC, case)
    assert found(client, "wordsummary") == set()
    stored = PUBLIC.document_model._default_manager.values_list("text_words", flat=True)
    assert not any(stored)


@pytest.mark.django_db
def test_words_of_too_many_sources_find_no_case_by_them(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "MOST_SOURCES", 1)
    source = publish("source", title="Wordsource first")
    publish("source", title="Wordsource second")
    detention = {"id": new_id()}
    cited = citation(detention, "detention", None, source)
    case = make(detentions=[detention], citations=[cited])
    assert found(client, "wordsource") == set()
    assert found(client, "wordsource first") == {case}


@pytest.mark.django_db
def test_a_question_that_is_no_question_is_refused_or_finds_nothing(
    client: Client,
) -> None:
    make(summary={"en": "it's a \\ quote"})
    assert client.get(API, {"text": "a " * 11}).status_code == 400
    assert client.get(API, {"text": ""}).status_code == 400
    for words in ("'", "\\", "it's", "' | 'x", "a:* & !b", "quote'); --"):
        assert client.get(API, {"text": words}).status_code == 200, words
    assert client.get("/api/v1/facilities/", {"text": "x"}).status_code == 400


@pytest.mark.django_db
def test_signs_alone_find_and_count_nothing_wherever_texts_are_searched(
    client: Client,
) -> None:
    for kind, document in DOCUMENTS.items():
        if not document.texts:
            continue
        publish(kind, **{_own_text(kind): "Some words"})
        place = f"/api/v1/{PLACES[kind]}"
        for signs in (",", "—", "\u200b"):
            listed = client.get(f"{place}/", {"text": signs}).json()
            counted = client.get(f"{place}/facets/", {"text": signs}).json()
            rows = client.get(f"{place}.csv", {"text": signs})
            assert listed["results"] == [], (kind, signs)
            assert counted["count"] == 0, (kind, signs)
            assert len(rows.getvalue().splitlines()) == 1, (kind, signs)
    for page in ("cases", "statistics", "sources", "releases"):
        assert client.get(f"/en/{page}/", {"text": ","}).status_code == 200, page


@pytest.mark.django_db
def test_texts_are_found_by_the_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    rows = PUBLIC.document_model._default_manager.order_by()
    holding = rows.filter(questions._holds(texts.asked_words("minsk court")))
    assert "publicdocument_texts" in holding.explain()
    # They are many, and no answer tells them.
    assert "text_words" not in str(PUBLIC.documents("prisoner").query)


@pytest.mark.django_db
def test_the_columns_are_those_of_the_document_of_each_kind() -> None:
    for kind in DOCUMENTS:
        if DOCUMENTS[kind].texts:
            document = publish(kind, **{_own_text(kind): "Wordown"})
            row = PUBLIC.document_model._default_manager.get(pk=document["id"])
            assert row.text_words == ["wordown"] == facts.of(kind, document).text_words


def _own_text(kind: str) -> str:
    return {"prisoner": "affiliation", "court_case": "number"}.get(kind, "title")


# --- One box ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_box_for_names_finds_words_of_texts_too_and_says_where(
    client: Client,
) -> None:
    source = publish("source", title="About Nikolai")
    detention = {"id": new_id()}
    called = make("Nikolai Example", summary={"en": "Nikolai wrote."})
    make(
        "Ales Petrov",
        summary={"en": "The brother of Nikolai."},
        affiliation="Nikolai’s",
    )
    cited = citation(detention, "detention", None, source)
    make("Maria Petrova", detentions=[detention], citations=[cited])
    html = client.post("/en/cases/", {"q": "Nikolai"}, follow=True).content.decode()
    names_part, _heading, texts_part = html.partition('id="in-texts"')
    assert called in names_part
    assert called not in texts_part
    told = text(texts_part)
    assert "Ales Petrov" in told
    assert "found in: summary, affiliation or office" in told
    assert "found in: a source that it cites" in told
    assert (
        'id="in-texts"'
        not in client.post("/en/cases/", {"q": "Zzz"}, follow=True).content.decode()
    )
    assert 'id="in-texts"' not in client.get("/en/cases/").content.decode()
    # Which words a text had on a day back, nobody knows.
    back = client.post("/en/cases/?on=2025-09-11", {"q": "Nikolai"}, follow=True)
    assert back.status_code == 200
    assert called in back.content.decode()
    assert 'id="in-texts"' not in back.content.decode()


@pytest.mark.django_db
def test_all_that_hold_the_words_are_a_list_whose_address_does_not_tell_them(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.site.cases.SHOWN", 2)
    monkeypatch.setattr("tracker.site.listing.PAGE_SIZE", 2)
    for number in range(3):
        make(f"Person Number{number}", summary={"en": "Wordsummary"})
    html = client.post("/en/cases/", {"q": "wordsummary"}, follow=True).content.decode()
    assert html.count("found in: summary") == 2
    assert "No published name matches." in html
    assert "No published case matches" not in html
    assert '<input type="hidden" name="text" value="wordsummary">' in html
    page = client.post(
        "/en/cases/", {"text": "wordsummary"}, follow=True
    ).content.decode()
    assert "Cases whose texts hold “wordsummary”" in text(page)
    assert page.count("found in: summary") == 2
    assert page.count("text=wordsummary") == 1  # the link that says that it holds it
    assert 'name="text"' not in page
    following = client.get(
        "/en/cases/" + re.findall(r'rel="next" href="([^"]*)"', page)[0]
    )
    assert following.content.decode().count("found in: summary") == 1
