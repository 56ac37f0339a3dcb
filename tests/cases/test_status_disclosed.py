"""The status in the document of one audience: it follows from what stands in that
document, and from nothing else.
"""

from typing import Any

from cases.models import Detention, Release, Sentence
from tests.cases.aggregates import case, cited, claimant, present, row, shown, source

HELD = row(Detention, "held", started_on="2024-01-10", ground="serving_sentence")
FREED = row(Release, "freed", released_on="2025-03-01", to_liberty="yes")
SEEN = present()
HIDDEN = present("internal", "a neighbour")


def told(citations: list[Any], now: dict[str, Any], **then: Any) -> dict[str, Any]:
    """The last span. `now` are the sources as they are; they were public when the case
    was approved, unless `then` says otherwise.
    """
    approved = {name: source() for name in now} | then
    published = frozenset(
        name for name, one in now.items() if one["visibility"] == "public"
    )
    content = shown(
        case(
            detentions=[HELD],
            releases=[FREED],
            citations=citations,
            sources=approved,
        ),
        sources=now,
        published=published,
    )
    span: dict[str, Any] = content["status"][-1]
    return span


def says(about: str, by: str, hedge: str = "stated", **fields: Any) -> Any:
    model = Detention if about == "held" else Release
    return cited(model, about, by, id=f"{by} of {about}", hedge=hedge, **fields)


def test_what_a_source_tells_is_so() -> None:
    span = told([says("held", "a"), says("freed", "a")], {"a": SEEN})
    assert span["statuses"] == ["released"]
    assert (span["hedge"], span["as_of"]) == ("stated", "2025-03-01")


def test_a_source_that_is_hidden_since_adds_no_status_and_makes_none_surer() -> None:
    words = [says("held", "a"), says("freed", "b")]
    assert told(words, {"a": SEEN, "b": SEEN})["statuses"] == ["released"]
    span = told(words, {"a": SEEN, "b": HIDDEN})
    # “In prison” was not possible before, and is not said now.
    assert span["statuses"] == ["not_known", "released"]
    assert span["hedge"] == "alleged"


def test_what_a_source_denied_that_is_hidden_since_stays_out() -> None:
    words = [says("held", "a"), says("freed", "a"), says("freed", "b", "denied")]
    before = told(words, {"a": SEEN, "b": SEEN})
    assert (before["statuses"], before["disputed"]) == (
        ["imprisoned", "released"],
        True,
    )
    span = told(words, {"a": SEEN, "b": HIDDEN})
    assert span["statuses"] == ["imprisoned", "not_known"]
    # Once somebody approves the case without that source, it is what the others say.
    approved_so = told(words, {"a": SEEN, "b": HIDDEN}, b=source("internal"))
    assert approved_so["statuses"] == ["released"]


def test_how_surely_a_hidden_source_speaks_changes_nothing() -> None:
    now = {"a": SEEN, "b": HIDDEN}
    spans = []
    for hedge in ("stated", "reported", "inferred", "alleged"):
        words = [says("held", "a"), says("freed", "b", hedge)]
        spans.append(told(words, now, b=source("internal")))
    assert all(span == spans[0] for span in spans)
    assert spans[0]["statuses"] == ["imprisoned", "released"]


def test_of_a_hidden_source_no_day_is_told_but_the_events_own() -> None:
    words = [says("held", "a"), says("freed", "b", as_of="2025-03-10")]
    span = told(words, {"a": SEEN, "b": HIDDEN}, b=source("internal"))
    assert span["as_of"] == "2025-03-01"


def test_the_day_of_whoever_is_close_is_told_to_the_month() -> None:
    for role, day in (("relative", "2025-03"), ("politician", "2025-03-10")):
        content = shown(
            case(
                releases=[FREED],
                citations=[
                    says("freed", "a", as_of="2025-03-10", claimant_id="somebody")
                ],
                sources={"a": source()},
                claimants={"somebody": claimant(role=role)},
            ),
            sources={"a": SEEN},
            claimants={"somebody": claimant(role=role)},
            published=frozenset({"a"}),
        )
        (citation,) = content["citations"]
        assert citation["as_of"] == day


def test_the_day_of_publication_counts_where_the_words_say_that_it_is_so_still() -> (
    None
):
    def as_of(**fields: Any) -> str:
        content = shown(
            case(
                detentions=[HELD],
                citations=[says("held", "a", **fields)],
                sources={"a": source()},
            ),
            sources={"a": SEEN},
            published=frozenset({"a"}),
            published_on={"a": "2024-10-07"},
        )
        return str(content["status"][-1]["as_of"])

    assert as_of() == "2024-01-10"
    assert as_of(still_so=True) == "2024-10-07"


def test_what_is_in_force_is_no_surer_when_a_source_is_hidden() -> None:
    sentence = row(Sentence, "term", punishment="imprisonment", term_months=36)
    weaker = {"id": "b", "field": "term_months", "hedge": "inferred"}
    words = [
        cited(Sentence, "term", "a", id="a", hedge="stated"),
        cited(Sentence, "term", "b", **weaker),
    ]
    for now, published in ((SEEN, {"a", "b"}), (HIDDEN, {"a"})):
        content = shown(
            case(
                sentences=[sentence],
                citations=words,
                sources={"a": source(), "b": source()},
            ),
            sources={"a": SEEN, "b": now},
            published=frozenset(published),
        )
        in_force = content["sentence_in_force"]
        assert (in_force["months"], in_force["hedge"]) == (36, "inferred")
