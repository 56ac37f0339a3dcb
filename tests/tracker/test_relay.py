"""What a relay reads, and what it makes of it."""

import json
from typing import Any

import pytest
from django.test import Client

from cases.publishing import publish_pending
from tests import factories as make
from tests.held import hold_back
from tests.keys import key_for
from tests.published import correct, publish, withdraw
from tests.roles import acting_as
from tracker.audiences import AUDIENCES, PARTNERS, PUBLIC, Audience
from tracker.contract.documents import CONTRACT
from tracker.relaying.numbering import numbered
from tracker.relaying.rows import COLUMNS, rows_of


def read(since: str | None = None, **headers: str) -> list[dict[str, Any]]:
    asked = {"since": since} if since else {}
    answer = Client(headers=headers).get("/api/v1/relay.ndjson", asked)
    assert answer.status_code == 200, answer.content
    content = b"".join(answer)
    return [json.loads(line) for line in content.splitlines()]


@pytest.mark.django_db
class TestWhatARelayReads:
    def test_each_document_with_its_corrections_and_then_the_place(self) -> None:
        case = publish(PUBLIC, "prisoner", {"name": "Ales Example"})
        source = publish(PUBLIC, "source", {"title": "A report"})
        for told in ("one", "two"):
            correct(PUBLIC, case, field="affiliation", before=told, after="other")
        first, second, place = read()
        assert first["document"] == case
        assert [one["before"] for one in first["corrections"]] == ["one", "two"]
        assert (second["id"], "corrections" in second) == (source["id"], False)
        assert (place["more"], place["waits"], place["held"]) == (False, False, [])
        assert (place["contract"], place["pruned"]) == (CONTRACT, 0)
        assert place["audience"] == "public"
        assert read(place["next"]) == [place]

    def test_a_withdrawal_and_where_it_lives_on(self) -> None:
        gone = publish(PUBLIC, "prisoner", {"name": "Ales Example"})
        into = publish(PUBLIC, "prisoner", {"name": "Aliaksandr Example"})
        withdraw(PUBLIC, gone["id"], merged_into=into["id"])
        _into, tombstone, _place = read()
        told = {"kind": "prisoner", "deleted": True, "merged_into": into["id"]}
        assert tombstone == {"id": gone["id"], **told}

    def test_what_is_held_back_is_named_and_not_told(self) -> None:
        case = publish(PUBLIC, "prisoner", {"name": "Ales Example"})
        *_lines, place = read()
        hold_back(PUBLIC, case["id"])
        held = [{"id": case["id"], "everywhere": True}]
        assert read(place["next"]) == [{**place, "held": held}]
        # Who has not read it yet waits before it.
        (waiting,) = read()
        assert (waiting["waits"], waiting["next"], waiting["held"]) == (
            True,
            None,
            held,
        )

    def test_what_the_feed_passes_by_is_told_to_be_so(self) -> None:
        case = publish(PUBLIC, "prisoner", {"name": "Ales Example"})
        other = publish(PUBLIC, "prisoner", {"name": "Barys Example"})
        hold_back(PUBLIC, case["id"])
        with acting_as("publisher"):
            PUBLIC.held_model._default_manager.create(
                root=case["id"], everywhere=False, transaction=0, passed_by=1
            )
        line, place = read()
        assert line["document"] == other
        held = {"id": case["id"], "everywhere": True, "passed_by": 1}
        assert (place["held"], place["waits"]) == ([held], False)

    def test_what_this_audience_was_never_told_of_is_not_named(self) -> None:
        publish(PUBLIC, "prisoner", {"name": "Ales Example"})
        hidden = publish(PARTNERS, "prisoner", {"name": "Ihar Hidden"})
        hold_back(PUBLIC, hidden["id"])
        assert hidden["id"] not in str(read())

    def test_a_key_reads_what_partners_see(self) -> None:
        hidden = publish(PARTNERS, "prisoner", {"name": "Ihar Hidden"})
        key = key_for("Example")
        first, _place = read(Authorization=f"Api-Key {key.secret}")
        assert first["document"] == hidden


@pytest.mark.django_db
def test_a_relay_stores_of_a_document_what_the_gate_stores(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False
    settings.LICENCE = "CC-BY-4.0"
    case = make.make_prisoner(
        "Ales Example", visibility="public", summary={"en": "One"}
    )
    sentence = make.make_sentence(case, term_months=48)
    make.make_deportation(case)
    source = make.make_source("A report", visibility="public", url="https://a.example")
    make.make_citation(sentence, "term_months", source)
    publish_pending()
    for audience in AUDIENCES:
        kinds = {row[1] for row in stored(audience)}
        assert {"prisoner", "sentence", "deportation", "source"} <= kinds
        assert made(audience) == stored(audience)


def stored(audience: Audience) -> list[tuple[Any, ...]]:
    rows = []
    for row in audience.rows():
        values = [getattr(row, name) for name in COLUMNS]
        spans = audience.span_model._default_manager.filter(of_id=row.id)  # type: ignore[misc]
        days = spans.values_list("fact", "value", "first_day", "last_day")
        rows.append((*values, sorted(map(str, days))))
    return sorted(rows, key=str)


def made(audience: Audience) -> list[tuple[Any, ...]]:
    """What a relay makes of the texts of the roots alone."""
    rows = []
    for root in audience.rows().filter(parent=None):
        for row in rows_of(json.loads(root.document), root.seq, root.changed_on):
            values = dict(zip(COLUMNS, row.values(), strict=True))
            values["facts"] = row.facts.equal
            days = [
                (span.fact, span.value, span.first_day, span.last_day)
                for span in row.facts.spans
            ]
            rows.append((*values.values(), sorted(map(str, days))))
    return sorted(rows, key=str)


def test_a_tombstone_has_the_highest_number_that_it_may_have() -> None:
    document, tombstone = {"deleted": False}, {"deleted": True}
    read_in_order: list[dict[str, Any]] = [
        tombstone,
        tombstone,
        {**document, "seq": 40},
        tombstone,
        {**document, "seq": 43},
        tombstone,
    ]
    numbers = [number for number, _change in numbered(read_in_order, 50)]
    # Whoever comes with a cursor of the tracker itself, at 41, say, is told of the one
    # that may be the 41st or the 42nd.
    assert numbers == [38, 39, 40, 42, 43, 50]
