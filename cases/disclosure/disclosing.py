"""What of an edition one audience may see: the rules of the gate, as pure functions.

Seen is what was visible when the edition was approved and is visible now; what has gone
since is hidden. Nothing that was changed since is shown: the present only ever
subtracts. Rules 1, 4 and 5 of docs/architecture.md.

In this order: which records are seen (seeing.py, with parts.py, withholding.py,
naming.py), what of each citation (citations.py), which ids, and what might give away a
name (traces.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from cases import custody
from cases.aggregate import Aggregate
from cases.disclosure import citations
from cases.disclosure.consents import took_back
from cases.disclosure.naming import call_by
from cases.disclosure.readers import Reader
from cases.disclosure.seeing import SeenCase, seen_case
from cases.disclosure.surroundings import Surroundings
from cases.disclosure.traces import without_traces, without_words
from tracker.contract.vocabulary import Hedge

Content = dict[str, Any]


@dataclass(frozen=True)
class Merged:
    """The case lives on in another one, which this audience may see if `into` is given."""

    into: str | None


@dataclass(frozen=True)
class _Asked:
    """What the rules of one kind of document are given. `seen_ids` are those of the
    parts that the reader sees.
    """

    then: Aggregate
    now: Aggregate
    reader: Reader
    around: Surroundings
    seen_ids: frozenset[str]

    def published(self, record_id: str | None) -> str | None:
        return record_id if record_id in self.around.published else None

    def within(self, record_id: str | None) -> str | None:
        return record_id if record_id in self.seen_ids else None


def disclose(
    kind: str,
    then: Aggregate,
    now: Aggregate | None,
    reader: Reader,
    around: Surroundings,
    approved_on: date | None = None,
) -> Content | Merged | None:
    """The content of the document, for documents.render; Merged; or None where the
    reader may see nothing.

    Who was a minor on the day `approved_on` is one until somebody approves the case
    again: the clock publishes nothing.
    """
    if now is None:
        return None
    day = min(approved_on or around.today, around.today)
    seen = seen_case(kind, then, now, reader, day)
    if seen is None:
        return None
    if then["root"].get("merged_into_id"):
        return _merged(seen, now, around)
    parts = frozenset(row["id"] for rows in seen.lists.values() for row in rows)
    return _content(kind, seen, _Asked(then, now, reader, around, parts))


def _merged(seen: SeenCase, now: Aggregate, around: Surroundings) -> Merged:
    into = seen.root["merged_into_id"]
    if into == now["root"]["merged_into_id"] and into in around.published:
        return Merged(into)
    return Merged(None)


def _content(kind: str, seen: SeenCase, asked: _Asked) -> Content:
    content: Content = {**seen.root, **seen.lists, "kind": kind}
    content["citations"], approved, hides_a_source = _citations(seen, asked)
    content["approved_citations"] = approved
    takes_words_back = _KINDS[kind](content, seen, asked) if kind in _KINDS else False
    subtracted = seen.subtracted or hides_a_source or takes_words_back
    if subtracted and "summary" in content:
        content["summary"] = {}
    if seen.name.withheld:
        without_traces(content)
    if seen.hides_a_name:
        without_words(content)
    content["subtracted"] = subtracted
    return content


def _citations(
    seen: SeenCase, asked: _Asked
) -> tuple[list[Content], list[Content], bool]:
    """Those that are shown; the same as they were approved; and whether a source has
    been hidden since.
    """
    root_id = seen.root["id"]
    shown, approved = [], []
    hides_a_source = False
    for cited in seen.citations:
        rules = (asked.then, asked.reader, asked.around)
        was_hidden = citations.hides_a_source(cited, root_id, *rules)
        before = dict(cited.citation)
        citation = citations.shown(cited, root_id, *rules)
        if was_hidden:
            before = citations.as_if_shown(before, cited.record, citation, asked.around)
            citation["denies_unseen"] = before["hedge"] == Hedge.DENIED.value
        else:
            before = citation
        hides_a_source |= was_hidden
        shown.append(citation)
        approved.append(before)
    return shown, approved, hides_a_source


# --- The kinds of documents. True: something that was approved has gone since ------------------------------------


def _prisoner(content: Content, seen: SeenCase, asked: _Asked) -> bool:
    _place_in_detentions(content, asked)
    for sentence in content["sentences"]:
        sentence["charges"] = list(filter(asked.within, sentence["charges_ids"]))
        sentence["replaces"] = asked.within(sentence["replaces_id"])
        sentence["adds_to"] = asked.within(sentence["adds_to_id"])
    for release in content["releases"]:
        release["release_event"] = asked.published(release["release_event_id"])
    for deportation in content["deportations"]:
        deportation["release"] = asked.within(deportation["release_id"])
    content["previous_ids"] = _previous_ids(seen, asked)
    content["name_withheld"] = seen.name.withheld
    content["name"] = call_by(content["names"])
    content["status"] = [span.as_dict() for span in _status(content)]
    return took_back("story", asked.reader, asked.then, asked.now)


def _status(content: Content) -> list[custody.Span]:
    """Of what this reader sees. Where a source has been hidden since the approval, no
    more than what followed from it before.
    """
    spans = custody.spans(content)
    approved = content["approved_citations"]
    if approved == content["citations"]:
        return spans
    return custody.at_most(spans, custody.spans({**content, "citations": approved}))


def _place_in_detentions(content: Content, asked: _Asked) -> None:
    detentions = {
        detention["id"]: {**detention, "placements": []}
        for detention in content["detentions"]
    }
    for placement in content.pop("placements"):
        placement["facility"] = asked.published(placement["facility_id"])
        detentions[placement["detention_id"]]["placements"].append(placement)
    content["detentions"] = list(detentions.values())


def _previous_ids(seen: SeenCase, asked: _Asked) -> list[str]:
    merged = asked.around.known.intersection(seen.root["merged_from_ids"])
    return sorted(merged.intersection(asked.now["root"]["merged_from_ids"]))


def _source(content: Content, seen: SeenCase, asked: _Asked) -> bool:
    repeated = seen.root["derived_from_ids"]
    content["derived_from"] = list(filter(asked.published, repeated))
    approved = seen.root["copy_is_public"]
    if approved and asked.now["root"]["copy_is_public"]:
        return False
    content["file_name"] = content["sha256"] = None
    return bool(approved)


def _reported_count(content: Content, seen: SeenCase, asked: _Asked) -> bool:
    content["release_event"] = asked.published(content["release_event_id"])
    content["claimant"] = citations.claimant(
        content["claimant_id"], asked.then, asked.reader, asked.around
    )
    return False


_KINDS: dict[str, Callable[[Content, SeenCase, _Asked], bool]] = {
    "prisoner": _prisoner,
    "source": _source,
    "reported_count": _reported_count,
}
