"""A partner's list beside the partner's own copy, by the Reconciliation Service API 0.2:
who is offered, who is taken for certain, and who is answered at all.
"""

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jsonschema
import pytest

from tests.published import rendered
from tests.tracker.site_pages import new_id
from tests.tracker.test_mirror import ADDRESS, mirror
from tests.tracker.test_names import TYPED
from tests.tracker.test_near_names import asked, everybody, found, matched
from tracker.audiences import PARTNERS
from tracker.contract import spans
from tracker.mirror import Copy, main
from tracker.names import search_key
from tracker.reconciling.answers import Refused, Service
from tracker.reconciling.people import People
from tracker.reconciling.properties import COMPARED, EXTENDING, Labels, last_known
from tracker.reconciling.serving import Server, open_to_read

__all__ = ["everybody"]  # a fixture of those tests

Document = dict[str, Any]
LABELS = Labels(
    [
        {
            "name": "country",
            "codes": [{"code": "BY", "labels": {"en": "Belarus", "be": "Беларусь"}}],
        },
        {
            "name": "status",
            "codes": [{"code": "detained", "labels": {"en": "in detention"}}],
        },
        {"name": "sex", "codes": [{"code": "female", "labels": {"en": "female"}}]},
    ]
)


class Kept:
    """A copy, written as the mirror writes it, and what is answered from it."""

    def __init__(self, directory: Path) -> None:
        self.copy = Copy(directory, ADDRESS)
        self.people = People(open_to_read(directory))
        self.service = Service(ADDRESS, self.people, LABELS)
        self.seq = 0

    def store(self, kind: str, **content: Any) -> Document:
        document = rendered(PARTNERS, kind, content)
        self.apply(id=document["id"], kind=kind, document=document, deleted=False)
        return document

    def person(self, *names: str, **content: Any) -> str:
        rows = [{"value": name} for name in names]
        document = self.store("prisoner", name=names[0], names=rows, **content)
        return str(document["id"])

    def withdraw(self, person_id: str, **more: str) -> None:
        self.apply(id=person_id, kind="prisoner", deleted=True, **more)

    def apply(self, **change: Any) -> None:
        self.seq += 1
        self.copy.store({"seq": self.seq, "changed": "2026-01-01", **change})

    def candidates(self, name: str, **given: Any) -> list[Document]:
        properties = [{"pid": asked, "v": value} for asked, value in given.items()]
        query = {"query": name, "type": "prisoner", "properties": properties}
        self.people.catch_up()
        answer = self.service.reconcile(json.dumps({"q0": query}))
        candidates: list[Document] = answer["q0"]["result"]
        return candidates

    def bound(self, name: str, **given: Any) -> str | None:
        """Who is taken without that anybody looks."""
        certain = [each for each in self.candidates(name, **given) if each["match"]]
        assert len(certain) <= 1
        return certain[0]["id"] if certain else None

    def extended(self, *ids: str) -> Document:
        wanted = [{"id": asked.id} for asked in EXTENDING]
        self.people.catch_up()
        answer = self.service.extend(json.dumps({"ids": ids, "properties": wanted}))
        assert [each["id"] for each in answer["meta"]] == [
            each.id for each in EXTENDING
        ]
        rows: Document = answer["rows"]
        return rows


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


# --- Who is found -----------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("everybody")
def test_the_copy_finds_whom_the_site_finds(client: Any, tmp_path: Path) -> None:
    mirror(tmp_path).sync()
    kept = Kept(tmp_path)
    for stored in TYPED["names"]:
        queries = [*stored["find"], *stored.get("somewhere", []), *stored["nearby"]]
        for query in [*queries, *stored.get("never", [])]:
            answer = asked(client, query)
            at_the_site = set(matched(answer) or found(answer))
            in_the_copy = {each["name"] for each in kept.candidates(query)}
            assert in_the_copy == at_the_site, query


def test_a_candidate_says_by_which_spelling_and_how_it_stands_to_what_was_given(
    kept: Kept,
) -> None:
    person = kept.person(
        "Мікалай Станкевіч",
        "Kolya Zorka",
        born_on="1985-03",
        citizenships=["BY"],
    )
    kept.person("Other Person")
    [candidate] = kept.candidates("Коля Зорка", born_on="1985", sex="female")
    assert candidate["id"] == person
    assert candidate["name"] == "Мікалай Станкевіч"
    assert candidate["type"] == [{"id": "prisoner", "name": "Person"}]
    assert candidate["description"] == (
        "found by the name Kolya Zorka; born 1985-03; Belarus"
    )
    assert candidate["features"] == [
        {"id": "same_name", "value": True},
        {"id": "born_on", "value": True},
    ]
    assert 90 <= candidate["score"] <= 100


def test_a_name_that_is_not_published_finds_nobody(kept: Kept) -> None:
    kept.store("prisoner", name=None, name_withheld=True)
    kept.people.catch_up()
    for query in ("", "None", "Ales"):
        assert kept.candidates(query) == []


def test_no_more_are_offered_than_were_asked_for(kept: Kept) -> None:
    for number in range(30):
        kept.person(f"Ales Number{number}")
    query = {"query": "Ales"}
    kept.people.catch_up()
    for limit, most in ((None, 10), (3, 3), (500, 20), (-1, 10)):
        answer = kept.service.reconcile(json.dumps({"a": query | {"limit": limit}}))
        assert len(answer["a"]["result"]) == most
    assert kept.candidates("Ales " * 11) == []
    other = json.dumps({"a": query | {"type": "place"}})
    assert kept.service.reconcile(other) == {"a": {"result": []}}


# --- Who is taken for certain -------------------------------------------------------------


def test_one_person_whose_name_has_the_very_words_is_taken(kept: Kept) -> None:
    person = kept.person("Мікалай Станкевіч", "Nikolai Viktorovich Stankevich")
    assert kept.bound("Stankievič Mikałaj") == person
    assert kept.bound("Mr Nikolai Stankevich") == person
    assert kept.bound("Nikolai Stankevich", born_on="1990") == person  # not known here


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ("Stankevich", {}),  # one word
        ("N. Stankevich", {}),
        ("Nik Stankevich", {}),  # the beginning of a word
        ("Nikolai Stankvich", {}),
        ("Nikolai Viktorovich Stankevich", {}),  # no name has every word
        ("Nikolai Ales", {}),  # words of two names
        ("Ales Petrov", {}),  # a part of a name
        ("Nikolai Stankevich", {"born_on": "1990"}),
        ("Nikolai Stankevich", {"born_year": 1986}),  # beside it
        ("Nikolai Stankevich", {"born_on": "1364/1365"}),  # not understood
        ("Nikolai Stankevich", {"citizenships": "Atlantis"}),
        ("Nikolai Stankevich", {"status": "detained"}),
        ("Nikolai Stankevich", {"sex": ["female"]}),
    ],
)
def test_nobody_is_taken_where_anything_is_missing_or_says_otherwise(
    kept: Kept, query: str, given: dict[str, Any]
) -> None:
    status = {"since": None, "until": None, "statuses": ["released"], "reasons": []}
    kept.person(
        "Nikolai Stankevich",
        "Ales Petrov-Vodkin",
        born_on="1985-03-02",
        citizenships=["BY"],
        sex="male",
        status=[status],
    )
    assert kept.bound(
        "Nikolai Stankevich", born_on="02.03.1985", citizenships="Беларусь"
    )
    assert kept.candidates(query, **given)
    assert kept.bound(query, **given) is None


def test_one_word_and_the_year_of_birth_are_enough(kept: Kept) -> None:
    person = kept.person("陳志和", born_on="1970")
    assert kept.bound("陈志和") is None
    assert kept.bound("陈志和", born_on=1970) == person


def test_namesakes_are_told_apart_by_their_years_or_not_at_all(kept: Kept) -> None:
    elder = kept.person("Ivan Petrov", born_on="1960")
    younger = kept.person("Ivan Petrov", born_on="1990-05-01")
    assert kept.bound("Ivan Petrov") is None
    assert kept.bound("Ivan Petrov", born_on="1990") == younger
    assert kept.candidates("Ivan Petrov", born_on="1960")[0]["id"] == elder
    assert kept.bound("Ivan Petrov", born_on="1961") is None
    kept.person("Ivan Petrov")
    assert kept.bound("Ivan Petrov", born_on="1990") is None


# --- What is added --------------------------------------------------------------------------


def test_columns_are_added_from_the_document(kept: Kept) -> None:
    place = kept.store("facility", names={"en": "Colony 1", "be": "Калонія 1"})
    spans_told = [
        {"since": "2021-05-25", "statuses": ["detained"], "reasons": []},
        {"since": "2026-05-25", "statuses": ["not_known"], "reasons": ["term_passed"]},
    ]
    spans_told[0]["as_of"] = "2024-01-02"
    person = kept.person(
        "Ales Example",
        "Алесь Прыклад",
        born_on="1985~",
        detentions=[{"started_on": "2021-05-25"}],
        releases=[{"released_on": "2025-09"}],
        status=spans_told,
        last_place={"facility": place["id"], "as_of": "2024-01"},
    )
    row = kept.extended(person)[person]
    assert row["name"] == [{"str": "Ales Example"}]
    assert row["names"] == [{"str": "Ales Example"}, {"str": "Алесь Прыклад"}]
    assert row["status"] == [{"str": "in detention"}]
    assert row["status_as_of"] == [{"str": "2024-01-02"}]
    assert row["last_place"] == [{"str": "Colony 1"}]
    assert row["last_place_as_of"] == [{"str": "2024-01"}]
    assert row["detained_on"] == [{"str": "2021-05-25"}]
    assert row["released_on"] == [{"str": "2025-09"}]
    assert row["born_on"] == [{"str": "1985~"}]
    assert row["page"] == [{"str": f"{ADDRESS}/cases/{person}/"}]
    assert (row["died_on"], row["sex"]) == ([], [])


def test_the_last_status_is_that_of_the_site() -> None:
    passed = {"statuses": ["not_known"], "reasons": ["term_passed"], "as_of": None}
    told = {"statuses": ["detained"], "reasons": [], "as_of": None}
    for several in ([told, passed], [passed, told], [passed], [told, told, passed]):
        assert last_known({"status": several}) == spans.last_known(several)


def test_what_was_withdrawn_or_merged_is_gone_from_the_next_answer(kept: Kept) -> None:
    person = kept.person("Canary Example")
    other = kept.person("Canary Example Other")
    assert kept.bound("Canary Example", born_on="") is None
    kept.withdraw(person, merged_into=other)
    assert [each["id"] for each in kept.candidates("Canary Example")] == [other]
    rows = kept.extended(person)
    assert rows[person]["id"] == [{"str": other}]
    kept.withdraw(other)
    assert kept.candidates("Canary Example") == []
    assert kept.candidates("Canary Exampel") == []  # nor by likeness
    for word in search_key(["Canary Example"]).split():
        assert f"'{word}'" not in str(vars(kept.people))
    assert set(map(str, kept.extended(person, "no id")[person].values())) == {"[]"}
    assert "no longer published" in kept.service.preview(other)
    renamed = kept.person("Renamed Example")
    kept.candidates("Renamed Example")
    changed = rendered(PARTNERS, "prisoner", {"id": renamed, "name": "Another One"})
    kept.apply(id=renamed, kind="prisoner", document=changed, deleted=False)
    assert kept.candidates("Renamed Example") == []
    assert kept.bound("Another One") == renamed


def test_a_preview_runs_nothing_that_stands_in_a_name(kept: Kept) -> None:
    person = kept.person("<script>alert(1)</script> & Example")
    kept.people.catch_up()
    html = kept.service.preview(person)
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Example" in html


# --- Who is answered ------------------------------------------------------------------------


@pytest.fixture
def port(kept: Kept) -> Iterator[int]:
    kept.person("Ales Example", born_on="1985")
    with Server("127.0.0.1", 0, kept.service) as server:
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def answer_of(
    port: int, path: str = "/", form: dict[str, str] | None = None, **headers: str
) -> tuple[int, str, http.client.HTTPMessage]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    line.putrequest("POST" if form else "GET", path, skip_host="Host" in headers)
    body = urlencode(form).encode() if form else b""
    if form:
        headers.setdefault("Content-Length", str(len(body)))
    for name, value in headers.items():
        line.putheader(name, value)
    line.endheaders(body)
    response = line.getresponse()
    answer = response.read().decode()
    line.close()
    return response.status, answer, response.headers


OPTIONAL_TEXT = {"type": "string", "minLength": 1}
NAMED = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": OPTIONAL_TEXT, "name": OPTIONAL_TEXT},
}
CANDIDATE = {
    "type": "object",
    "required": ["id", "name", "score"],
    "properties": {
        "id": OPTIONAL_TEXT,
        "name": OPTIONAL_TEXT,
        "description": {"type": "string"},
        "score": {"type": "number"},
        "match": {"type": "boolean"},
        "type": {"type": "array", "items": NAMED},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "value"],
                "properties": {"value": {"type": ["boolean", "number"]}},
            },
        },
    },
    "additionalProperties": False,
}
CELL = {
    "type": "object",
    "maxProperties": 1,
    "properties": {"str": {"type": "string"}, "int": {"type": "integer"}},
    "additionalProperties": False,
}


def of_each(schema: Document, **more: Any) -> Document:
    return {"type": "object", "additionalProperties": schema, **more}


def a_list(name: str, schema: Document) -> Document:
    lists = {name: {"type": "array", "minItems": 1, "items": schema}}
    return {"type": "object", "required": [name], "properties": lists}


def test_every_answer_has_the_form_of_the_protocol(kept: Kept, port: int) -> None:
    """Read by us from the specification."""
    person = kept.candidates("Ales Example")[0]["id"]
    status, text, _headers = answer_of(port)
    manifest = json.loads(text)
    assert (status, manifest["versions"]) == (200, ["0.2"])
    here = f"http://127.0.0.1:{port}"
    queries = json.dumps({"q0": {"query": "Ales Example"}, "q1": {"query": "Nobody"}})
    wanted = [{"id": asked.id} for asked in EXTENDING]
    extend = json.dumps({"ids": [person], "properties": wanted})
    suggest = manifest["suggest"]
    assert {each["service_url"] for each in suggest.values()} == {here}
    propose = manifest["extend"]["propose_properties"]
    for form in ({"queries": queries}, None):
        path = "/" if form else f"/?{urlencode({'queries': queries})}"
        batch = json.loads(answer_of(port, path, form)[1])
        jsonschema.validate(batch, of_each({"required": ["result"]}, minProperties=2))
        assert [each["id"] for each in batch["q0"]["result"]] == [person]
        jsonschema.validate(batch["q0"]["result"], {"items": CANDIDATE})
        assert batch["q1"] == {"result": []}
    extended = json.loads(answer_of(port, "/", {"extend": extend})[1])
    jsonschema.validate(extended, a_list("meta", NAMED))
    cells = {"type": "array", "items": CELL}
    jsonschema.validate(extended["rows"], of_each(of_each(cells), required=[person]))
    for place, schema in (
        (f"{suggest['entity']['service_path']}?prefix=Ale", NAMED),
        (f"{suggest['property']['service_path']}?prefix=born", NAMED),
        (f"{suggest['type']['service_path']}?prefix=per", NAMED),
    ):
        jsonschema.validate(
            json.loads(answer_of(port, place)[1]), a_list("result", schema)
        )
    proposed = json.loads(
        answer_of(port, f"{propose['service_path']}?type=prisoner")[1]
    )
    jsonschema.validate(proposed, a_list("properties", NAMED))
    preview = manifest["preview"]["url"].replace("{{id}}", person)
    status, html, headers = answer_of(port, preview.removeprefix(here))
    assert (status, "Ales Example" in html) == (200, True)
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert {each.id for each in COMPARED} <= {each.id for each in EXTENDING}


def test_no_page_of_another_site_reads_the_copy(port: int) -> None:
    queries = {"queries": json.dumps({"q": {"query": "Ales Example"}})}
    mine = "http://127.0.0.1:3333"
    status, text, headers = answer_of(port, "/", queries, Origin=mine)
    assert (status, "Ales Example" in text) == (200, True)
    assert headers["Access-Control-Allow-Origin"] == mine
    assert answer_of(port, "/", queries, Host=f"localhost:{port}")[0] == 200
    foreign: list[dict[str, str]] = [
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "null"},
        {"Host": f"rebound.example:{port}"},
        {"Host": ""},
    ]
    for sent in foreign:
        status, text, headers = answer_of(port, "/", queries, **sent)
        assert (status, "Ales" in text) == (403, False), sent
        assert headers["Access-Control-Allow-Origin"] is None
    status, text, _headers = answer_of(port, f"/?{urlencode(queries)}&callback=steal")
    assert (status, "Ales" in text) == (400, False)


def test_what_cannot_be_read_is_refused_with_a_sentence(kept: Kept, port: int) -> None:
    too_many = json.dumps({str(number): {} for number in range(1001)})
    unknown = json.dumps({"ids": [], "properties": [{"id": "address_of_home"}]})
    for form in (
        {"queries": "["},
        {"queries": ""},
        {"extend": " "},
        {"queries": "[" * 5000},
        {"queries": '{"q": 1}'},
        {"queries": too_many},
        {"queries": '{"q": {"query": "Ales", "properties": ["x"]}}'},
        {"extend": "{}"},
        {"extend": unknown},
    ):
        status, text, _headers = answer_of(port, "/", form)
        assert status == 400, form
        assert json.loads(text)["message"]
    assert answer_of(port, "/nowhere")[0] == 404
    too_long = {"Content-Length": "5000001"}
    assert answer_of(port, "/", {"queries": "x"}, **too_long)[0] == 413
    with pytest.raises(Refused):
        kept.service.reconcile("null")


def test_it_binds_to_this_machine_unless_somebody_insists(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["serve", "https://tracker.example", "--into", str(tmp_path / "copy")]
    assert main([*arguments, "--host", "0.0.0.0"]) == 2
    assert "--beyond-this-machine" in capsys.readouterr().err
    assert not (tmp_path / "copy").exists()


def test_nothing_that_was_asked_is_written_anywhere(
    port: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    answer_of(port, "/", {"queries": json.dumps({"q": {"query": "Secretname"}})})
    answer_of(port, "/suggest/entity?prefix=Secretname")
    told = "".join(capfd.readouterr())
    assert "Secretname" not in told
    for file in tmp_path.iterdir():
        assert b"Secretname" not in file.read_bytes()


def test_an_id_that_nobody_has_is_no_error(kept: Kept) -> None:
    assert kept.extended(new_id(), "x")["x"]["name"] == []
