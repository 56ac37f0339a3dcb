"""A value never stands alone: how surely it is known, and who says so, goes with it, in
each place where it is shown. Which hedge counts, tracker/contract/hedges.py says.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tracker.contract import hedges
from tracker.contract.telling import COMPOSED, needs_source, puts_otherwise
from tracker.contract.vocabulary import Hedge
from tracker.site import values

Citation = Mapping[str, Any]
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """A value in words. `how` is how surely: “alleged, according to a relative”; ""
    where a source plainly states it.
    """

    text: str
    how: str = ""


class Heard:
    """The citations of one page, by what they are of. Of the records that are told `in
    part` it is not said that there is no source.
    """

    def __init__(self, rows: Iterable[Citation], in_part: Container[str] = ()) -> None:
        self._in_part = in_part
        self._by_fact: dict[tuple[str, str | None], list[Citation]] = defaultdict(list)
        self._by_record: dict[str, list[Citation]] = defaultdict(list)
        for row in rows:
            self._by_fact[row["record"]["id"], row["field"]].append(row)
            self._by_record[row["record"]["id"]].append(row)

    def of(self, record_id: str, *fields: str | None) -> list[Citation]:
        """The citations of these fields of a record; None is the record as a whole."""
        citations: list[Citation] = []
        for name in fields:
            citations += self._by_fact.get((record_id, name), ())
        return citations

    def of_record(self, record_id: str) -> list[Citation]:
        """Of the record as a whole, and of each of its fields."""
        return self._by_record.get(record_id, [])

    def of_fact(self, record: Record, name: str) -> list[Citation]:
        """Of a field, or of what is told of several in one breath. A source that speaks
        of the fact itself is not also heard through the record as a whole.
        """
        fields: tuple[str | None, ...] = COMPOSED.get(name, (name,))
        citations = self.of(record["id"], *fields)
        own_voices = {voice(citation) for citation in citations if citation["field"]}
        heard: list[Citation] = []
        for citation in citations:
            if citation["field"] or voice(citation) not in own_voices:
                heard.append(citation)
        return heard

    def event(self, record: Record) -> str:
        """How surely it is known that what the record tells of happened at all."""
        telling: list[Citation] = []
        others: list[Citation] = []
        for citation in self._by_record.get(record["id"], ()):
            if hedges.tells_of(citation):
                telling.append(citation)
            elif not citation["field"] or hedges.is_hidden(citation):
                others.append(citation)
        if not telling:
            return in_short(others)
        surest = hedges.surer(*(hedges.of(citation) for citation in telling))
        saying = [one for one in telling if hedges.of(one) == surest]
        denied = any(hedges.contradicts(citation) for citation in others)
        return with_dispute(words(surest, _claimants(saying)), denied)

    def told(self, kind: str, record: Record, name: str) -> list[Told]:
        """The value, in a list each entry; [] where nothing is known."""
        value = record.get(name)
        if value in (None, "", [], {}):
            return []
        citations = self.of_fact(record, name)
        needs_one = needs_source(kind, name) and record["id"] not in self._in_part
        if not isinstance(value, list):
            return [Told(values.words(kind, name, value), _how(citations, needs_one))]
        told = []
        for entry in value:
            about = [one for one in citations if hedges.is_about(one, entry)]
            how = _how(about, needs_one)
            told.append(Told(values.words(kind, name, entry), how))
        return told


def voice(citation: Citation) -> tuple[Any, Any]:
    return citation["source"], citation["source_label"]


def in_short(citations: Iterable[Citation]) -> str:
    """Of one fact, in the words of its surest sources."""
    citations = list(citations)
    surest = hedges.surest(citations)
    if not surest:
        return not_told() if any(map(hedges.is_hidden, citations)) else ""
    saying: list[Citation] = []
    disputed = False
    for citation in citations:
        if hedges.is_hidden(citation):
            continue
        rival = hedges.contradicts(citation)
        disputed |= rival and not puts_otherwise(citation)
        is_denial = rival and surest == Hedge.DENIED
        agrees = is_denial or not rival
        if agrees and hedges.of(citation) == surest:
            saying.append(citation)
    alone = surest in hedges.NO_SUPPORT
    return with_dispute(words(surest, _claimants(saying)), disputed and not alone)


def words(hedge: str, claimants: Iterable[str]) -> str:
    """“alleged, according to A centre”; "" for what a source states in its own name."""
    parts = []
    if hedge and hedge != Hedge.STATED:
        parts.append(values.code(Hedge, hedge))
    names = ", ".join(claimants)
    if names:
        parts.append(_("according to: %(claimants)s") % {"claimants": names})
    return ", ".join(parts)


def not_told() -> str:
    """Of a source that is not shown."""
    return _("how surely is not told")


def claimant_name(claimant: Mapping[str, Any] | None) -> str:
    """In a few words; a pseudonym is marked as one wherever it stands."""
    if claimant is None:
        return ""
    name = claimant["name"] or values.role(claimant) or _("not named")
    if claimant["protected_pseudonym"]:
        return _("“%(name)s” (name changed for safety)") % {"name": name}
    return str(name)


def _claimants(citations: Iterable[Citation]) -> list[str]:
    """None where a source says it in its own name."""
    names: dict[str, None] = {}
    for citation in citations:
        if citation["claimant"] is None:
            return []
        names[claimant_name(citation["claimant"])] = None
    return list(names)


def with_dispute(how: str, disputed: bool) -> str:
    if not disputed:
        return how
    return ", ".join(filter(None, [how, _("disputed")]))


def _how(citations: list[Citation], needs_one: bool) -> str:
    said = hedges.surest(citations) or any(map(hedges.is_hidden, citations))
    if not said and needs_one:
        return _("no source yet")
    return in_short(citations)
