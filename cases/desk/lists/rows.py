"""Rows of a list become what may be proposed of a person, in the form that partners hand
in (tracker/contract/proposal_row.py). Nothing is guessed: what no rule reads, and what
contradicts its row, goes into quarantine cell by cell, with a reason.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError

from cases.desk.lists.cells import RELEASES, Reader, language_of
from cases.desk.lists.table import Table
from cases.desk.lists.targets import NAMES, Plan
from cases.desk.lists.unread import UNREADABLE, Unread
from cases.desk.lists.words import ABOUT, is_confidential
from tracker.contract.proposal_row import ProposalRow
from tracker.contract.vocabulary import ChargeOutcome, DetentionGround
from tracker.dates import Bounds, bounds, display

CONTRADICTS_STATUS = "contradicts_status"
BEFORE_ARREST = "before_arrest"
# The same, where a day is known to the month or the year alone.
BEFORE_ARREST_ROUGHLY = "before_arrest_roughly"
BORN_AFTER_ARREST = "born_after_arrest"
AFTER_DEATH = "after_death"
SAYS_OTHERWISE = "says_otherwise"
REPEATED = "repeated_identifier"
NOTHING_TO_SAY_IT_OF = "no_charge"

# Facts of the person, of the detention, and of the sentence, that one column holds.
_OF_PERSON = {
    "sex": "sex",
    "born": "born_on",
    "age": "age_as_stated",
    "died": "died_on",
    "citizenship": "citizenships",
    "occupations": "occupations",
    "affiliation": "affiliation",
    "position": "position",
    "end_of_term": "stated_end_of_term",
}
_OF_DETENTION = {
    "arrested": "started_on",
    "arrest_region": "arrest_region",
    "arrest_place": "arrest_place_as_stated",
    "authority": "authority",
}
_OF_SENTENCE = {
    "court": "court",
    "sentenced": "handed_down_on",
    "regime": "regime",
}
_OF_RELEASE = {"released": "released_on", "release_ground": "ground"}
_OUTCOMES = {
    "pending": ChargeOutcome.PENDING.value,
    "convicted": ChargeOutcome.CONVICTED.value,
    "acquitted": ChargeOutcome.ACQUITTED.value,
}
_GROUNDS = {
    "on_remand": DetentionGround.PRE_TRIAL.value,
    "serving": DetentionGround.SERVING_SENTENCE.value,
    "interned": DetentionGround.INTERNMENT.value,
    "short_arrest": DetentionGround.ADMINISTRATIVE_ARREST.value,
}


@dataclass(frozen=True)
class Cell:
    """In quarantine. `code` counts those of a kind."""

    column: str
    text: str
    reason: str
    code: str


@dataclass(frozen=True)
class ListRow:
    """`content` is what a partner's row says without its source; `columns` is the column
    that each fact of it stands in, by keys such as "sentences-0.term_months". A part of
    which a whole column speaks, such as the detention of somebody who is held, has its
    key without a field. `stated` is what was typed where a fact says less than that.
    """

    number: int
    identifier: str
    content: dict[str, Any]
    cells: tuple[Cell, ...]
    confidential: bool
    source: str
    columns: dict[str, str]
    address: str = ""
    stated: dict[str, str] = field(default_factory=dict)


def rows_of(table: Table, plan: Plan) -> Iterator[ListRow]:
    """One by one, of any content. What a cell says is read once for its column."""
    readers = []
    repeated: Counter[str] = Counter()
    contract = ProposalRow()  # one for all rows: making it takes longer than asking it
    for place, title in enumerate(table.columns):
        target = plan.target(title)
        if target is not None:
            texts = [row[place] for row in table.rows]
            readers.append((place, Reader(title, target, plan, dict.fromkeys(texts))))
            if target.key == "identifier":
                repeated.update(text for text in texts if text)
    # What a whole row is told by is read first, and what is held against it last.
    readers.sort(key=lambda placed: _ORDER.get(placed[1].target.key, 1))
    for number, row in zip(table.numbers, table.rows, strict=True):
        reading = _Reading(plan, repeated, contract)
        for place, reader in readers:
            reading.cell(reader, row[place])
        yield reading.row(number)


_ORDER = {"article": 0, "charge": 0, "status": 2}
_OTHER_COLUMN = gettext_lazy("Another column of this row says otherwise.")
_STILL_ALIVE = {"held", *_GROUNDS, "house_arrest", "released"}


class _Reading:
    """One row, cell by cell."""

    def __init__(
        self, plan: Plan, repeated: Counter[str], contract: ProposalRow
    ) -> None:
        self.plan, self.repeated, self.contract = plan, repeated, contract
        self.content: dict[str, Any] = {}
        self.columns: dict[str, list[str]] = {}  # by the keys of the facts
        self.stated: dict[str, str] = {}
        self.texts: dict[str, str] = {}  # what stands in each column
        self.cells: list[Cell] = []
        self.identifier = self.source = self.status = self.status_text = ""
        self.address = ""
        self.confidential = False
        self.identifier_column = ""
        self.parts_of_name: dict[str, str] = {}

    def cell(self, reader: Reader, text: str) -> None:
        column, key = reader.title, reader.target.key
        self.texts[column] = text
        if key == "status":
            self.status_text = text
        if key in ("source", "source_address") and is_confidential(text):
            self.confidential = True
        try:
            value = reader.read(text)
        except Unread as unread:
            self._quarantine(column, unread.reason, unread.code)
            value = unread.value
        if value is not None:
            self._say(key, column, text, value)

    def _say(self, key: str, column: str, text: str, value: Any) -> None:
        if key in NAMES:
            self._name(key, column, value)
        elif key in _OF_PERSON:
            self._put("", _OF_PERSON[key], value, column)
            if key == "age" and ABOUT.match(text.casefold()):
                self.stated["age_as_stated"] = text
        elif key in _OF_DETENTION:
            self._put("detentions-0", _OF_DETENTION[key], value, column)
        elif key in _OF_SENTENCE:
            self._put("sentences-0", _OF_SENTENCE[key], value, column)
        elif key in _OF_RELEASE:
            self._put("releases-0", _OF_RELEASE[key], value, column)
        else:
            getattr(self, f"_{key}")(column, text, value)

    # --- What stands in one column ------------------------------------------------------

    def _identifier(self, column: str, text: str, value: str) -> None:
        if self.repeated[text] > 1:
            reason = _("“%(text)s” stands in %(number)s rows, so it tells no person.")
            self._quarantine(
                column, reason % {"text": text, "number": self.repeated[text]}, REPEATED
            )
        elif self.identifier:
            self._quarantine(column, _OTHER_COLUMN, SAYS_OTHERWISE)
        else:
            self.identifier, self.identifier_column = value, column

    def _name(self, key: str, column: str, value: str) -> None:
        if key in ("given_name", "middle_name", "family_name"):
            self.parts_of_name[column] = value
        else:
            kind = {"name_kind": "also_known_as"} if key == "other_name" else {}
            self._add_name(value, kind, column)

    def _add_name(self, value: str, kind: dict[str, str], *columns: str) -> None:
        said = {"value": value, **kind}
        language = language_of(value, self.plan.language)
        if language:
            said["language"] = language
        self._add("names", said, *columns)

    def _article(self, column: str, text: str, value: list[dict[str, str]]) -> None:
        for said in value:
            name = "prosecutions" if "number" in said else "charges"
            self._add(name, said, column)

    def _court_case(self, column: str, text: str, value: list[dict[str, str]]) -> None:
        for said in value:
            self._add("prosecutions", said, column)

    def _charge(self, column: str, text: str, value: list[dict[str, str]]) -> None:
        """Of the one charge that there is, or charges of their own."""
        if len(value) == 1 and len(self._parts("charges")) == 1:
            for name, said in value[0].items():
                self._put("charges-0", name, said, column)
        else:
            self._article(column, text, value)

    def _facility(self, column: str, text: str, value: dict[str, str]) -> None:
        self._placement(column, value)

    def _placement(self, column: str, said: dict[str, str]) -> None:
        placements = self._part("detentions-0").setdefault("placements", [])
        if said not in placements:
            placements.append(said)
        for name in said:
            key = f"detentions-0.placements-{placements.index(said)}.{name}"
            self._from(key, column)

    def _sentence(self, column: str, text: str, value: Any) -> None:
        if isinstance(value, str):
            self._happened(value, column)
            return
        for place, said in enumerate(value):
            for name, fact in said.items():
                self._put(f"sentences-{place}", name, fact, column)

    def _status(self, column: str, text: str, value: str) -> None:
        self.status = value
        self._happened(value, column)

    def _source(self, column: str, text: str, value: str) -> None:
        self.source = f"{self.source}; {value}" if self.source else value

    def _source_address(self, column: str, text: str, value: str) -> None:
        if self.address and self.address != value:
            self._quarantine(column, _OTHER_COLUMN, SAYS_OTHERWISE)
        else:
            self.address = value

    def _confidential(self, column: str, text: str, value: bool) -> None:
        self.confidential = self.confidential or value or is_confidential(text)

    def _happened(self, status: str, column: str) -> None:
        """A fact without a day."""
        if status in RELEASES and status != "acquitted":
            ground = RELEASES[status]
            if ground:
                self._put("releases-0", "ground", ground, column)
            else:
                self._put("releases-0", "carried_out", "yes", column)
        elif status == "escaped":
            self._put("releases-0", "ground", "escaped", column)
        elif status in _OUTCOMES:
            self._outcome(_OUTCOMES[status], column)
        elif status in ("died", "died_in_custody"):
            self._death(status, column)
        elif status == "executed":
            self._put("", "executed", "yes", column)
        elif status == "expelled":
            self._put("deportations-0", "outcome", "expelled", column)
        elif status == "missing":
            self._put("whereabouts-0", "place_known", "no", column)
        elif status == "house_arrest":
            self._placement(column, {"place_kind": "house_arrest"})
        elif status in _GROUNDS:
            self._put("detentions-0", "ground", _GROUNDS[status], column)
        elif self._parts("detentions"):
            self._from("detentions-0", column)
        else:
            self._put("detentions-0", "ground", "unknown", column)

    def _outcome(self, outcome: str, column: str) -> None:
        charges = self._parts("charges")
        if not charges:
            reason = _("There is no charge in this row of which it can be said.")
            self._quarantine(column, reason, NOTHING_TO_SAY_IT_OF)
        for place in range(len(charges)):
            self._put(f"charges-{place}", "outcome", outcome, column)

    def _death(self, status: str, column: str) -> None:
        """Of somebody who was taken, it is known after which day."""
        started = self._day("detentions", "started_on")
        day = started.earliest if started else None
        if status == "died_in_custody":
            self._put("", "death_in_custody", "yes", column)
        elif "died_on" in self.content:
            self._from("died_on", column)
        elif day:
            self._put("", "died_on", f"[{day.isoformat()}..]", column)
        else:
            self._put("", "death_in_custody", "unknown", column)

    # --- Putting it where it belongs ----------------------------------------------------

    def _parts(self, name: str) -> list[dict[str, Any]]:
        parts: list[dict[str, Any]] = self.content.get(name, [])
        return parts

    def _part(self, key: str) -> dict[str, Any]:
        """The person without a key; "sentences-1" is made where it is not there."""
        if not key:
            return self.content
        name, _sign, place = key.partition("-")
        parts = self.content.setdefault(name, [])
        while len(parts) <= int(place):
            parts.append({})
        part: dict[str, Any] = parts[int(place)]
        return part

    def _from(self, key: str, *columns: str) -> None:
        known = self.columns.setdefault(key, [])
        known += [column for column in columns if column not in known]

    def _add(self, name: str, said: dict[str, Any], *columns: str) -> None:
        """Once, though two columns say it."""
        parts = self._parts(name)
        place = parts.index(said) if said in parts else len(parts)
        for field_name, value in said.items():
            self._put(f"{name}-{place}", field_name, value, *columns)

    def _put(self, key: str, name: str, value: Any, *columns: str) -> None:
        part = self._part(key)
        if name in part and part[name] != value:
            for column in columns:
                self._quarantine(column, _OTHER_COLUMN, SAYS_OTHERWISE)
            return
        part[name] = value
        path = f"{key}.{name}" if key else name
        if isinstance(value, list) and isinstance(value[0], dict):
            for place, within in enumerate(value):
                for field_name in within:
                    self._from(f"{path}-{place}.{field_name}", *columns)
        else:
            self._from(path, *columns)

    def _quarantine(self, column: str, reason: Any, code: str = UNREADABLE) -> None:
        text = self.texts.get(column, "")
        self.cells.append(Cell(column, text, str(reason), code))

    def _take_out(self, key: str, name: str) -> str:
        """The first column that it stood in."""
        del self._part(key)[name]
        return self.columns.pop(f"{key}.{name}" if key else name)[0]

    # --- The row as a whole -------------------------------------------------------------

    def row(self, number: int) -> ListRow:
        if self.parts_of_name:
            self._add_name(
                " ".join(self.parts_of_name.values()), {}, *self.parts_of_name
            )
        self._name_the_court()
        self._refuse_contradictions()
        self._refuse_unsound()
        return ListRow(
            number=number,
            identifier=self.identifier,
            content=self.content,
            cells=tuple(self.cells),
            confidential=self.confidential,
            source=self.source,
            address=self.address,
            columns={key: ", ".join(told) for key, told in self.columns.items()},
            stated=self.stated,
        )

    def _name_the_court(self) -> None:
        """Of a court case: numbers are those of one court."""
        columns = self.columns.get("sentences-0.court")
        if columns:
            court = self._parts("sentences")[0]["court"]
            for place in range(len(self._parts("prosecutions"))):
                self._put(f"prosecutions-{place}", "court", court, *columns)

    def _day(self, name: str, field_name: str) -> Bounds | None:
        """Of the person, or of the first part."""
        part: dict[str, Any] = self.content
        if name:
            part = next(iter(self._parts(name)), {})
        text = part.get(field_name)
        return bounds(text) if text else None

    def _refuse_contradictions(self) -> None:
        """The status and the arrest stand; what was typed beside them does not."""
        arrested = self._day("detentions", "started_on")
        died = self._day("", "died_on")
        released = self._day("releases", "released_on")
        if released:
            self._held_against_release(released, arrested, died)
        born = self._day("", "born_on")
        if born and arrested and _is_before(arrested, born):
            self._contradicts(
                "", "born_on", _("born after the arrest"), BORN_AFTER_ARREST
            )
        if died and arrested and _is_before(died, arrested):
            why = _("died before the arrest")
            self._contradicts("", "died_on", why, BEFORE_ARREST)
        elif died and self.status in _STILL_ALIVE:
            why = _("the status is “%(status)s”") % {"status": self.status_text}
            self._contradicts("", "died_on", why, CONTRADICTS_STATUS)

    def _held_against_release(
        self, released: Bounds, arrested: Bounds | None, died: Bounds | None
    ) -> None:
        against = []
        if self.status_text and self.status not in {*RELEASES, "expelled"}:
            why = _("the status is “%(status)s”") % {"status": self.status_text}
            against.append((why, CONTRADICTS_STATUS))
        if arrested and _is_before(released, arrested):
            words = display(self._parts("detentions")[0]["started_on"])
            exact = released.earliest == released.latest
            exact = exact and arrested.earliest == arrested.latest
            why = _("the arrest was later (%(day)s)") % {"day": words}
            against.append((why, BEFORE_ARREST if exact else BEFORE_ARREST_ROUGHLY))
        if died and _is_before(died, released):
            against.append((_("the person had died"), AFTER_DEATH))
        for place, (why, code) in enumerate(against):
            if place == 0:
                column = self._take_out("releases-0", "released_on")
            self._quarantine(column, _sentence(self.texts[column], why), code)

    def _contradicts(self, key: str, name: str, why: str, code: str) -> None:
        column = self._take_out(key, name)
        self._quarantine(column, _sentence(self.texts[column], why), code)

    def _refuse_unsound(self) -> None:
        """What the contract refuses, such as a text that is too long, is not proposed."""
        self._leave_out_empty()
        while self.content:
            row = {**self.content, "identifier": self.identifier or "-"}
            try:
                self.contract.run_validation(row)
                return
            except ValidationError as refused:
                self._refuse(refused.detail)
            self._leave_out_empty()

    def _refuse(self, errors: Any) -> None:
        for name, why in errors.items():
            if name == "identifier":
                self._quarantine(self.identifier_column, _words(why))
                self.identifier = ""
            elif name not in self.content:
                self._quarantine_all("", _words(why))
                self.content.clear()
                return
            elif _by_place(why):
                self._refuse_parts(name, self.content[name], why)
            else:
                del self.content[name]
                self._quarantine_all(name, _words(why))

    def _refuse_parts(self, name: str, parts: list[Any], errors: Any) -> None:
        """Of a part that is refused for what it does not say, all of it."""
        for place, of_part in _by_place(errors).items():
            part, key = parts[place], f"{name}-{place}"
            for field_name, why in of_part.items():
                if field_name not in part:
                    part.clear()
                    self._quarantine_all(key, _words(why))
                    break
                if _by_place(why):
                    inner = f"{key}.{field_name}"
                    self._refuse_parts(inner, part[field_name], why)
                else:
                    del part[field_name]
                    self._quarantine_all(f"{key}.{field_name}", _words(why))

    def _quarantine_all(self, key: str, reason: str) -> None:
        """Whatever told of this fact, or of this part."""
        told: dict[str, bool] = {}
        for known in list(self.columns):
            if not key or known == key or known.startswith((f"{key}.", f"{key}-")):
                told |= dict.fromkeys(self.columns.pop(known), True)
        for column in told:
            self._quarantine(column, reason)

    def _leave_out_empty(self) -> None:
        """Parts of which nothing is left; the others move up, and their columns, too."""
        for detention in self._parts("detentions"):
            placements = [place for place in detention.pop("placements", []) if place]
            if placements:
                detention["placements"] = placements
        for name, parts in list(self.content.items()):
            if not isinstance(parts, list):
                continue
            kept = [place for place, part in enumerate(parts) if part != {}]
            if len(kept) < len(parts):
                self.content[name] = [parts[place] for place in kept]
                self._renumber(name, kept)
            if not kept:
                del self.content[name]

    def _renumber(self, name: str, kept: list[int]) -> None:
        moved = {}
        for key, told in self.columns.items():
            part, dot, rest = key.partition(".")
            kind, _sign, place = part.rpartition("-")
            if kind == name and int(place) in kept:
                key = f"{name}-{kept.index(int(place))}{dot}{rest}"
            moved[key] = told
        self.columns = moved


def _is_before(one: Bounds, other: Bounds) -> bool:
    """Certainly, whatever day each of them is."""
    return bool(one.latest and other.earliest and one.latest < other.earliest)


def _by_place(why: Any) -> dict[int, dict[str, Any]]:
    """What is refused of parts, by their places; empty where it is a list as a whole."""
    if isinstance(why, list):
        why = dict(enumerate(why))
    return {
        place: of_part for place, of_part in why.items() if isinstance(of_part, dict)
    }


def _words(why: Any) -> str:
    """Of whatever form the refusal is."""
    if isinstance(why, dict):
        return " ".join(_words(inner) for inner in why.values())
    if isinstance(why, list):
        return " ".join(_words(inner) for inner in why)
    return str(why)


def _sentence(text: str, why: str) -> str:
    return _("“%(text)s” stands beside what contradicts it: %(why)s.") % {
        "text": text,
        "why": why,
    }
