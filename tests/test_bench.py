"""`make bench` says what it measured, of the same cases each time, and of equal answers."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from benchmarks.bench import bare, data, load, page, table, turns
from tests import factories as make
from tests.published import publish
from tracker.audiences import PUBLIC
from tracker.names import search_key, sort_key

ROW = table.Row("one document", "Datasette", "ours", "theirs", 3)


class TestTheTable:
    def test_a_ratio_is_that_of_the_medians(self) -> None:
        figures = {"ours": [60.0, 90.0, 1.0], "theirs": [20.0, 500.0, 10.0]}
        (line,) = table.lines([ROW], figures)
        assert line.ratio == 3
        assert line.is_met
        assert "| 60 /s | Datasette | 20 /s | 3 × | 3 × | met |" in table.table([line])

    def test_what_is_below_its_ratio_is_not_met(self) -> None:
        lines = table.lines([ROW], {"ours": [59.0], "theirs": [20.0]})
        assert "**not met**" in table.table(lines)

    def test_what_is_not_here_is_said(self) -> None:
        lines = table.lines([ROW], {"ours": [59.0]})
        assert "| Datasette | not here |  | 3 × |  |" in table.table(lines)

    def test_a_bar_reaches_as_far_as_the_ratio(self) -> None:
        lines = table.lines([ROW], {"ours": [30.0], "theirs": [20.0]})
        assert table.chart(lines).count("█") == table.BAR // 4

    def test_a_page_has_one_section_for_each_size(self) -> None:
        written = page.with_section("# Speed\n\nWhy.\n", "300 cases", "old")
        written = page.with_section(written, "3,000 cases", "others\n")
        written = page.with_section(written, "300 cases", "new\n")
        assert written == (
            "# Speed\n\nWhy.\n\n## 300 cases\n\nnew\n\n## 3,000 cases\n\nothers\n"
        )


class TestAReader:
    @pytest.mark.parametrize(
        "whole",
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntold.",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"5\r\ntold.\r\n0\r\n\r\n",
            b"HTTP/1.1 304 Not Modified\r\nETag: 1\r\n\r\n",
        ],
    )
    def test_reads_one_answer_to_its_end(self, whole: bytes) -> None:
        answer = load.Answer()
        for place in range(len(whole) - 1):
            assert not answer.add(whole[place : place + 1])
        assert answer.add(whole[-1:])

    def test_counts_no_answer_of_another_status_or_length(self) -> None:
        tally = load.Tally(200, {"/": 5})
        for status, body in (
            (200, b"told."),
            (200, b"told"),
            (404, b"told."),
            (503, b""),
        ):
            answer = load.Answer()
            head = f"HTTP/1.1 {status} \r\nContent-Length: {len(body)}\r\n\r\n"
            assert answer.add(head.encode() + body)
            tally.count("/", answer)
        assert (tally.answers, tally.wrong, tally.refused) == (1, 2, 1)


class TestTheCases:
    def test_are_the_same_each_time_and_differ(self) -> None:
        assert data.case(7) == data.case(7)
        surnames = {data.surname(number, data.LATIN) for number in range(20_000)}
        assert len(surnames) == 20_000

    def test_have_a_key_that_a_copy_can_have_in_sql(self) -> None:
        for number in range(50):
            surname = data.surname(number, data.LATIN)
            spellings = [surname, data.surname(number, data.RUSSIAN)]
            assert search_key(spellings) == f" {surname.lower()}"
            assert sort_key(surname) == surname.lower()

    @pytest.mark.django_db
    def test_are_called_in_sql_as_here(self) -> None:
        asked = f"SELECT {data.SURNAME.format(syllables='latin')} FROM (VALUES (%(n)s::bigint)) AS n (number)"
        for number in (0, 7, 999_999):
            with connection.cursor() as cursor:
                cursor.execute(asked, {"latin": data.LATIN, "n": number})
                assert cursor.fetchone() == (data.surname(number, data.LATIN),)


@pytest.mark.django_db
class TestThosePutBeside:
    def test_answer_the_document_that_we_answer(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        document = publish(PUBLIC, "prisoner", {"occupations": ["journalist"]})
        path = f"/api/v1/prisoners/{document['id']}/"
        ours = Client().get(path).content
        monkeypatch.setattr(bare, "connection", lambda: connection.connection)
        assert b"".join(bare.application({"PATH_INFO": path}, print)) == ours

        turns.documents_in_sqlite(tmp_path / "documents.db")
        stored = sqlite3.connect(tmp_path / "documents.db")
        asked = "SELECT document, occupation FROM documents WHERE id = ?"
        (row,) = stored.execute(asked, [document["id"]])
        stored.close()
        assert row == (ours.decode(), "journalist")

    def test_by_the_default_api_the_case_that_was_made(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REQUIRE_REVIEW", "")  # the import sets it, for good
        from benchmarks import read_api

        sources = [make.make_source(), make.make_source()]
        case = data.store(1, sources)
        view = read_api.NestedDetail.as_view()
        answer: Any = view(read_api.REQUESTS.get("/"), pk=case.pk).render()
        told = json.loads(answer.content)
        made = {name["value"] for name in data.case(1)["names"]}
        assert {name["value"] for name in told["names"]} == made
        assert (
            told["releases"][0]["released_on"]
            == data.case(1)["releases"][0]["released_on"]
        )
