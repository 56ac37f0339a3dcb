"""What of an edition one audience may see: the rules of the gate, as pure functions.

Seen is what was visible when the edition was approved and is visible now; what has gone
since is hidden. Nothing that was changed since is shown: the present only ever
subtracts. Rules 1, 4 and 5 of docs/architecture.md.

In this order: which records are seen (seeing.py, with parts.py, withholding.py,
naming.py), what of each citation (citations.py), which ids, what might give away a name
(traces.py), and which words hold the name of somebody else (kept_names.py).
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar

from cases import custody
from cases.aggregate import Aggregate
from cases.bearing import Bearing, bearing
from cases.catalogue import TARGETS, citable_fields
from cases.chronology import ORDERED
from cases.disclosure import citations
from cases.disclosure.citations import Cited
from cases.disclosure.consents import item_allowed, item_refused, took_back
from cases.disclosure.court import without_unseen, without_words_of_sources
from cases.disclosure.kept_names import without_names
from cases.disclosure.nameless import only_told, place_told
from cases.disclosure.naming import call_by
from cases.disclosure.neighbours import named_outside
from cases.disclosure.officials import without_officials
from cases.disclosure.readers import Noted, Reader
from cases.disclosure.related import related_cases
from cases.disclosure.seeing import SeenCase, seen_case
from cases.disclosure.sightings import tell_days_of_sightings
from cases.disclosure.surroundings import NotedSurroundings, Surroundings
from cases.disclosure.traces import without_birthday, without_traces, without_words
from cases.last_place import last_place
from cases.models.order import EarlierRecord
from cases.sentence_in_force import InForce, at_most, sentence_in_force_of
from tracker.contract.vocabulary import Hedge

Content = dict[str, Any]
ReaderT = TypeVar("ReaderT", bound=Reader)


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
    if not _is_told_through_others(kind, seen, around):
        return None
    if kind == "prisoner":
        without_unseen(seen, around)
    parts = frozenset(row["id"] for rows in seen.lists.values() for row in rows)
    return _content(kind, seen, _Asked(then, now, reader, around, parts))


def disclose_to_each(
    kind: str,
    then: Aggregate,
    now: Aggregate | None,
    around: Mapping[ReaderT, Surroundings],
    approved_on: date | None = None,
) -> dict[str, Content | Merged | None]:
    """By the reader's name. Most see the same: it is one and the same object then."""
    contents: dict[str, Content | Merged | None] = {}
    last: tuple[Noted, NotedSurroundings] | None = None
    content: Content | Merged | None = None
    for reader, its_around in around.items():
        is_same = last is not None and (
            last[0].would_answer_as(reader) and last[1].would_answer_as(its_around)
        )
        if not is_same:
            last = Noted(reader), NotedSurroundings(its_around)
            content = disclose(kind, then, now, last[0], last[1].noting, approved_on)
        contents[reader.name] = content
    return contents


def _is_told_through_others(kind: str, seen: SeenCase, around: Surroundings) -> bool:
    """A court case through a person in it; what was counted of one with that."""
    if kind == "court_case":
        return bool(around.accused.get(seen.root["id"]))
    court_case = seen.root.get("court_case_id")
    return court_case is None or court_case in around.published


def _merged(seen: SeenCase, now: Aggregate, around: Surroundings) -> Merged:
    """From one name to another, and nowhere else: whoever knows whom one page was about
    would know it of the other.
    """
    into = seen.root["merged_into_id"]
    if seen.name.withheld or into != now["root"]["merged_into_id"]:
        return Merged(None)
    if into in around.published and into in around.named:
        return Merged(into)
    return Merged(None)


def _content(kind: str, seen: SeenCase, asked: _Asked) -> Content:
    if kind == "prisoner":
        tell_days_of_sightings(seen, asked.then)
        _put_in_order(seen, asked)
    content: Content = {**seen.root, **seen.lists, "kind": kind}
    content["citations"], approved, hides_a_source = _citations(seen, asked)
    content["approved_citations"] = approved
    takes_words_back = _KINDS[kind](content, seen, asked) if kind in _KINDS else False
    subtracted = seen.subtracted or hides_a_source or takes_words_back
    if subtracted and "summary" in content:
        content["summary"] = {}
    around = asked.around
    if kind == "prisoner":
        content["last_place"] = _last_place(content, around.of_many)
    if seen.told is not None:
        content["last_place"] = place_told(content["last_place"], seen.told)
        only_told(content, seen.told)
        without_traces(content, around.of_many)
    if seen.hides_a_name:
        without_words(content)
    kept = around.kept.get(content["id"], ())
    took_words = without_names(content, kept, around.may_stay)
    content["subtracted"] = subtracted or took_words
    return content


def _put_in_order(seen: SeenCase, asked: _Asked) -> None:
    """Without what this reader does not see: that there is something tells of it."""
    for name in ORDERED:
        for record in seen.lists[name]:
            record["after"] = asked.within(record["after"])


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
        if _names_what_is_hidden(cited, asked):
            continue
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


def _names_what_is_hidden(cited: Cited, asked: _Asked) -> bool:
    """By the id that the source states; or what comes before something is hidden.

    Of other cases only what this one names itself is looked up: whether another id is
    published was not asked for it, and nobody marks the case when that changes.
    """
    name = cited.citation["field"]
    if name not in _links():
        return False
    stated = cited.citation["states"]
    if stated is None:
        return name == "after" and cited.record["after"] is None
    ids = stated if isinstance(stated, list) else [stated]
    for stated_id in ids:
        is_shown = asked.within(stated_id) or asked.published(stated_id)
        if not is_shown:
            return True
        if not asked.within(stated_id) and stated_id not in named_outside(asked.then):
            return True
    return False


@cache
def _links() -> frozenset[str]:
    """The facts that name another record."""
    names = set()
    for model in TARGETS.values():
        for fact in citable_fields(model).values():
            if fact.is_relation or isinstance(fact, EarlierRecord):
                names.add(fact.name)
    return frozenset(names)


# --- The kinds of documents. True: something that was approved has gone since ------------------------------------


def _prisoner(content: Content, seen: SeenCase, asked: _Asked) -> bool:
    _place_in_detentions(content, asked)
    _put_in_charges(content)
    _put_in_sentences(content)
    for sentence in content["sentences"]:
        sentence["charges"] = list(filter(asked.within, sentence["charges_ids"]))
        sentence["replaces"] = asked.within(sentence["replaces_id"])
        sentence["adds_to"] = asked.within(sentence["adds_to_id"])
    for prosecution in content["prosecutions"]:
        prosecution["court_case"] = asked.published(prosecution["court_case_id"])
        for name in ("charges", "sentences"):
            prosecution[name] = list(filter(asked.within, prosecution[f"{name}_ids"]))
    for release in content["releases"]:
        release["release_event"] = asked.published(release["release_event_id"])
    for deportation in content["deportations"]:
        deportation["release"] = asked.within(deportation["release_id"])
    for sighting in content["sightings"]:
        sighting["facility"] = asked.published(sighting["facility_id"])
    content["previous_ids"] = _previous_ids(seen, asked)
    content["related_cases"] = related_cases(
        seen, asked.reader, asked.then, asked.now, asked.around
    )
    content["name_withheld"] = seen.name.withheld
    content["name"] = call_by(content["names"])
    now, approved = _bearing(content)
    content["status"] = [span.as_dict() for span in _status(now, approved)]
    in_force = _sentence_in_force(now, approved)
    content["sentence_in_force"] = in_force.as_dict() if in_force else None
    about = (asked.reader, asked.then, asked.now)
    content["search_engines"] = not item_refused("search_engines", *about)
    content["letters"] = item_allowed("letters", *about)
    content["birthday"] = item_allowed("birthday", *about)
    hides_the_birthday = item_refused("birthday", *about)
    if hides_the_birthday:
        without_birthday(content)
    return hides_the_birthday or took_back("story", *about)


def _bearing(content: Content) -> tuple[Bearing, Bearing]:
    """Of what this reader sees; and of the same with the sources that have been hidden
    since the approval: no more is said than what followed from these.
    """
    now = bearing(content)
    approved = content["approved_citations"]
    if approved == content["citations"]:
        return now, now
    return now, bearing({**content, "citations": approved})


def _status(now: Bearing, approved: Bearing) -> Sequence[custody.Span]:
    if approved == now:
        return custody.spans_of(now)
    return custody.at_most(custody.spans_of(now), custody.spans_of(approved))


def _sentence_in_force(now: Bearing, approved: Bearing) -> InForce | None:
    if approved == now:
        return sentence_in_force_of(now)
    return at_most(sentence_in_force_of(now), sentence_in_force_of(approved))


def _last_place(content: Content, of_many: Container[str]) -> Content | None:
    """Hiding a source makes no place known that was not."""
    now = last_place(content, of_many)
    approved = content["approved_citations"]
    if now is None or approved == content["citations"]:
        return now
    then = last_place({**content, "citations": approved}, of_many)
    return now if then and then["facility"] == now["facility"] else None


def _place_in_detentions(content: Content, asked: _Asked) -> None:
    detentions = {
        detention["id"]: {**detention, "placements": [], "orders": []}
        for detention in content["detentions"]
    }
    for placement in content.pop("placements"):
        placement["facility"] = asked.published(placement["facility_id"])
        detentions[placement["detention_id"]]["placements"].append(placement)
    for order in content.pop("orders"):
        detentions[order["detention_id"]]["orders"].append(order)
    content["detentions"] = list(detentions.values())


def _put_in_charges(content: Content) -> None:
    for charge in content["charges"]:
        charge["decisions"] = []
    charges = {charge["id"]: charge for charge in content["charges"]}
    for decision in content.pop("decisions"):
        charges[decision["charge_id"]]["decisions"].append(decision)


def _put_in_sentences(content: Content) -> None:
    for sentence in content["sentences"]:
        sentence["further_punishments"] = []
    sentences = {sentence["id"]: sentence for sentence in content["sentences"]}
    for further in content.pop("further_punishments"):
        sentences[further["sentence_id"]]["further_punishments"].append(further)


def _previous_ids(seen: SeenCase, asked: _Asked) -> list[str]:
    around = asked.around
    previous = set(asked.now["root"]["merged_from_ids"])
    previous.intersection_update(seen.root["merged_from_ids"])
    previous.difference_update(around.without_name)
    return sorted(merged for merged in previous if merged in around.known)


def _source(content: Content, seen: SeenCase, asked: _Asked) -> bool:
    repeated = seen.root["derived_from_ids"]
    content["derived_from"] = list(filter(asked.published, repeated))
    content["copies"] = copies_shown(seen.root["id"], asked.reader, asked.around)
    approved = seen.root["copy_is_public"]
    if approved and asked.now["root"]["copy_is_public"]:
        return False
    content["file_name"] = content["sha256"] = None
    return bool(approved)


def copies_shown(source_id: str, reader: Reader, around: Surroundings) -> list[Content]:
    """Each was approved by itself, and is there until it is withdrawn, and while this
    reader is told the name of everybody in it: a face tells more.
    """
    copies = []
    for copy in around.copies.get(source_id, ()):
        if copy["audience"] in reader.sees and around.named.issuperset(copy["people"]):
            copies.append(dict(copy))
    return copies


def _court_case(content: Content, seen: SeenCase, asked: _Asked) -> bool:
    content["people"] = sorted(asked.around.accused[seen.root["id"]])
    without_words_of_sources(content)
    without_officials(content, asked.around.proof)
    return False


def _reported_count(content: Content, seen: SeenCase, asked: _Asked) -> bool:
    content["release_event"] = asked.published(content["release_event_id"])
    content["court_case"] = asked.published(content["court_case_id"])
    content["claimant"] = citations.claimant(
        content["claimant_id"], asked.then, asked.reader, asked.around
    )
    return False


_KINDS: dict[str, Callable[[Content, SeenCase, _Asked], bool]] = {
    "prisoner": _prisoner,
    "source": _source,
    "court_case": _court_case,
    "reported_count": _reported_count,
}
