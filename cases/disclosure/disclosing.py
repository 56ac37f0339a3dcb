"""What of an edition one audience may see: the rules of the gate, as a pure function.

Seen is what was visible when the edition was approved and is visible now; what has gone
since is hidden. Nothing that was changed since is shown: the present only ever
subtracts. Rules 1, 4 and 5 of docs/architecture.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cases import custody
from cases.aggregate import PARTS, Aggregate
from cases.agreement import agreement
from cases.disclosure.naming import without_traces, without_words
from cases.disclosure.withholding import Withholding, without
from cases.models import TARGETS
from tracker import dates
from tracker.audiences import Audience
from tracker.clock import today

Row = Mapping[str, Any]

ADULT_AT = 18

# What a citation calls the lists of a case that it can be about.
_RECORD_KINDS = {
    "names": "person_name",
    "identifiers": "identifier",
    "recognitions": "recognition",
    "detentions": "detention",
    "placements": "placement",
    "charges": "charge",
    "sentences": "sentence",
    "releases": "release",
    "deportations": "deportation",
    "whereabouts": "whereabouts",
}


@dataclass(frozen=True)
class Surroundings:
    """The present outside the case. Ids are text. `published`: the documents that this
    audience has; `known`: those and the ones that it once had.
    """

    published: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    sources: Mapping[str, Row] = field(default_factory=dict)
    claimants: Mapping[str, Row] = field(default_factory=dict)
    today: date = field(default_factory=today)


@dataclass(frozen=True)
class Merged:
    """The case lives on in another one, which this audience may see if `into` is given."""

    into: str | None


def disclose(
    kind: str,
    then: Aggregate,
    now: Aggregate | None,
    audience: Audience,
    around: Surroundings,
    approved_on: date | None = None,
) -> Any:
    """The content of the document, for documents.render; Merged; or None where the
    audience may see nothing.

    Who was a minor on the day `approved_on` is one until somebody approves the case
    again: the clock publishes nothing.
    """
    if now is None or not _visible(then["root"], now["root"], audience):
        return None
    if target := then["root"].get("merged_into_id"):
        return Merged(
            target
            if target == now["root"]["merged_into_id"] and target in around.published
            else None
        )
    return _Disclosure(
        kind, then, now, audience, around, approved_on or around.today
    ).content()


def _visible(then: Row, now: Row, audience: Audience) -> bool:
    """A part without a visibility of its own is as visible as its case."""
    return all((row["visibility"] or "public") in audience.sees for row in (then, now))


class _Disclosure:
    def __init__(
        self,
        kind: str,
        then: Aggregate,
        now: Aggregate,
        audience: Audience,
        around: Surroundings,
        approved_on: date,
    ) -> None:
        self.known_on = min(approved_on, around.today)
        self.kind, self.then, self.now, self.audience, self.around = (
            kind,
            then,
            now,
            audience,
            around,
        )
        self.root = then["root"]
        # Did something that was approved for this audience go since? Then the summary,
        # which may repeat it, waits.
        self.subtracted = False
        self.withheld = Withholding(then["root"], now["root"], audience)
        self.subtracted |= self.withheld.grew
        self.parts = {
            part.name: self._seen(part.name)
            for part in PARTS[kind]
            if part.name != "citations"
        }
        self.parts.pop("consents", None)
        # One that was approved is hidden since: words that were approved beside it may
        # repeat it.
        approved = [
            row for row in then.get("names", ()) if _visible(row, row, audience)
        ]
        self.name_lost = len(self.parts.get("names", ())) < len(approved)
        if kind == "prisoner":
            detentions = {row["id"] for row in self.parts["detentions"]}
            self.parts["placements"] = [
                row
                for row in self.parts["placements"]
                if row["detention_id"] in detentions
            ]
            # Others' numbers for the case would let whoever reads their lists join what
            # we keep apart.
            ours = {
                row["id"] for row in now["identifiers"] if not row["owner_organisation"]
            }
            approved = [
                row
                for row in self.parts["identifiers"]
                if not row["owner_organisation"]
            ]
            self.parts["identifiers"] = [row for row in approved if row["id"] in ours]
            self.subtracted |= len(self.parts["identifiers"]) < len(approved)
        self.shown_root = without(dict(self.root), self.withheld.of(self.root["id"]))
        self.name_withheld = kind == "prisoner" and self._withhold_name()
        self.seen_ids = {row["id"] for rows in self.parts.values() for row in rows}

    def content(self) -> dict[str, Any]:
        content = {**self.shown_root, **self.parts, "kind": self.kind}
        content["citations"] = self._citations()
        getattr(self, f"_{self.kind}")(content)
        if self.kind == "prisoner":
            self.subtracted |= self._withdrawn("story")
        if "summary" in content and self.subtracted:
            content["summary"] = {}
        if self.name_withheld:
            without_traces(content)
        if self.name_lost or (self.name_withheld and not self.root["name_withheld"]):
            without_words(content)
        return content | {"subtracted": self.subtracted}

    # --- Parts ---------------------------------------------------------------------------------------------------

    def _seen(self, name: str) -> list[dict[str, Any]]:
        present = {row["id"]: row for row in self.now[name]}
        approved = [row for row in self.then[name] if _visible(row, row, self.audience)]
        seen = [
            dict(row)
            for row in approved
            if row["id"] in present and _visible(row, present[row["id"]], self.audience)
        ]
        self.subtracted |= len(seen) < len(approved)
        return [row for row in seen if self.withheld.leaves(name, row)]

    def _prisoner(self, content: dict[str, Any]) -> None:
        detentions = {
            row["id"]: row | {"placements": []} for row in content["detentions"]
        }
        for placement in content.pop("placements"):
            placement["facility"] = self._published(placement["facility_id"])
            detentions[placement["detention_id"]]["placements"].append(placement)
        content["detentions"] = list(detentions.values())
        for sentence in content["sentences"]:
            sentence["charges"] = [
                one for one in sentence["charges_ids"] if one in self.seen_ids
            ]
            for link in ("replaces", "adds_to"):
                sentence[link] = self._within(sentence[f"{link}_id"])
        for release in content["releases"]:
            release["release_event"] = self._published(release["release_event_id"])
        for deportation in content["deportations"]:
            deportation["release"] = self._within(deportation["release_id"])
        merged = set(self.root.get("merged_from_ids", ())) & self.around.known
        content["previous_ids"] = sorted(
            merged.intersection(self.now["root"]["merged_from_ids"])
        )
        content["name_withheld"] = self.name_withheld
        content["name"] = self._display_name(content["names"])
        content["status"] = [span.as_dict() for span in custody.spans(content)]

    def _release_event(self, content: dict[str, Any]) -> None:
        pass

    def _facility(self, content: dict[str, Any]) -> None:
        pass

    def _source(self, content: dict[str, Any]) -> None:
        content["derived_from"] = [
            one for one in self.root["derived_from_ids"] if one in self.around.published
        ]
        if not (self.root["copy_is_public"] and self.now["root"]["copy_is_public"]):
            content["file_name"] = content["sha256"] = None
            self.subtracted |= self.root["copy_is_public"]

    def _reported_count(self, content: dict[str, Any]) -> None:
        content["release_event"] = self._published(content["release_event_id"])
        content["claimant"] = self._claimant(content["claimant_id"])

    def _published(self, one: str | None) -> str | None:
        return one if one in self.around.published else None

    def _within(self, one: str | None) -> str | None:
        return one if one in self.seen_ids else None

    # --- The name ------------------------------------------------------------------------------------------------

    def _display_name(self, names: list[dict[str, Any]]) -> str | None:
        return next(
            (
                row["value"]
                for row in sorted(names, key=lambda row: not row["preferred"])
            ),
            None,
        )

    def _withhold_name(self) -> bool:
        by_editors = self.root["name_withheld"] or self.now["root"]["name_withheld"]
        minor = any(
            may_be_minor(root, self.known_on) for root in (self.root, self.now["root"])
        )
        protected = self._withdrawn("name") or (minor and not self._consented("name"))
        if protected or (by_editors and not self.root["name_withheld"]):
            self.subtracted = True
        if by_editors or protected:
            self.parts["names"] = []
        return bool(by_editors or protected)

    def _consented(self, subject: str) -> bool:
        """To this audience, then and now. A consent to show everyone is one to show
        partners.
        """
        covering = {"public", self.audience.name}
        return all(
            any(
                row["subject"] == subject
                and row["audience"] in covering
                and row["withdrawn_on"] is None
                for row in aggregate["consents"]
            )
            for aggregate in (self.then, self.now)
        )

    def _withdrawn(self, subject: str) -> bool:
        """Consent was given and taken back, then or since. Where none was ever asked,
        the public interest decides, by approval.
        """
        taken_back = any(
            row["subject"] == subject and row["withdrawn_on"] is not None
            for aggregate in (self.then, self.now)
            for row in aggregate["consents"]
        )
        return taken_back and not self._consented(subject)

    # --- Citations -----------------------------------------------------------------------------------------------

    def _citations(self) -> list[dict[str, Any]]:
        records = {self.root["id"]: (self.kind, self.shown_root)}
        for name, rows in self.parts.items():
            records |= {row["id"]: (_RECORD_KINDS[name], row) for row in rows}
        found = []
        for citation in self._seen("citations"):
            about = next(
                citation[column] for column in _TARGET_COLUMNS if citation[column]
            )
            if about in records and not self.withheld.is_of_one(about, citation):
                found.append(self._citation(citation, *records[about]))
        return found

    def _citation(
        self, citation: dict[str, Any], kind: str, record: Row
    ) -> dict[str, Any]:
        source = self.around.sources.get(citation["source_id"])
        # A source may be cited for what it says of itself, before it has a document.
        seen = (
            citation["source_id"] in self.around.published
            or citation["source_id"] == self.root["id"]
        )
        citation["agreement"] = agreement(
            citation, record, retracted=bool(source and source["retracted"])
        )
        citation["record"] = {"kind": kind, "id": record["id"]}
        citation["claimant"] = self._claimant(citation["claimant_id"])
        citation["source"] = citation["source_id"] if seen else None
        citation["source_label"] = None
        if not seen:
            # Its words and pages would give it away.
            citation["locator"] = citation["quote"] = citation["states"] = citation[
                "as_of"
            ] = None
            # So would an entry that only it names.
            held = record.get(citation["field"])
            citation["item"] = (
                citation["item"]
                if isinstance(held, list) and citation["item"] in held
                else None
            )
            citation["source_label"] = self._label(citation["source_id"])
            then = self.then["sources"].get(citation["source_id"])
            self.subtracted |= bool(
                then and then["visibility"] in self.audience.sees
            ) and not (source and source["visibility"] in self.audience.sees)
        return citation

    def _label(self, source_id: str) -> str | None:
        """The label as approved, unless it has been changed since: it may have said too
        much.
        """
        then, now = (
            self.then["sources"].get(source_id),
            self.around.sources.get(source_id),
        )
        return (
            then["public_label"]
            if then and now and then["public_label"] == now["public_label"]
            else None
        )

    def _claimant(self, claimant_id: str | None) -> dict[str, Any] | None:
        if not claimant_id:
            return None
        then, now = (
            self.then["claimants"].get(claimant_id),
            self.around.claimants.get(claimant_id),
        )
        if not then or not now or not _visible(then, now, self.audience):
            return None
        shown = {
            name: then[name]
            for name in ("name", "role", "role_as_stated", "protected_pseudonym")
        }
        if "relative" in (then["role"], now["role"]):
            shown["name"] = shown["role_as_stated"] = None
        if (
            now["name"] != then["name"]
            or now["protected_pseudonym"] != then["protected_pseudonym"]
        ):
            shown["name"] = None
        if now["role_as_stated"] != then["role_as_stated"]:
            shown["role_as_stated"] = None
        return shown


def may_be_minor(root: Row, today: date) -> bool:
    latest = dates.bounds(root["born_on"]).latest if root["born_on"] else None
    if latest is not None:
        return _years_between(latest, today) < ADULT_AT
    return root["age_as_stated"] is not None and root["age_as_stated"] < ADULT_AT


def _years_between(first: date, last: date) -> int:
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


_TARGET_COLUMNS = tuple(f"{name}_id" for name in TARGETS)
