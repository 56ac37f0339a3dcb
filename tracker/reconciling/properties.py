"""What can be compared with a row of somebody's list, and what can be added to it.

Each is read from a published document, as docs/api.md describes it. What is not published
has no value.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

Document = Mapping[str, Any]
Facilities = Callable[[str], Document | None]
Cell = dict[str, Any]

_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")


class Said(Enum):
    """How a row of the list stands to the document."""

    NOTHING = "nothing"  # one of them does not say
    UNREAD = "unread"  # the row says something that is not understood
    SAME = "same"
    NEAR = "near"  # a year beside it, as where a year is counted from an age
    OTHER = "other"


class Labels:
    """What the tracker calls its codes, in each of its languages."""

    def __init__(self, vocabularies: Sequence[Mapping[str, Any]] = ()) -> None:
        self._labels: dict[tuple[str, str], str] = {}
        self._codes: dict[tuple[str, str], str] = {}
        for vocabulary in vocabularies:
            for entry in vocabulary["codes"]:
                self._add(vocabulary["name"], entry["code"], entry["labels"])

    def _add(self, name: str, code: str, labels: Mapping[str, str]) -> None:
        self._labels[name, code] = labels.get("en") or code
        for label in (code, *labels.values()):
            self._codes[name, label.casefold()] = code

    def label(self, vocabulary: str, code: str) -> str:
        return self._labels.get((vocabulary, code), code)

    def code(self, vocabulary: str, text: str) -> str | None:
        return self._codes.get((vocabulary, text.strip().casefold()))


@dataclass(frozen=True)
class Property:
    id: str
    name: str
    description: str = ""


NAME = Property("name", "Name", "The one that the tracker prefers.")
NAMES = Property("names", "All names", "Each published spelling.")
BORN_YEAR = Property("born_year", "Year of birth", "Where it is known to the year.")
BORN_ON = Property("born_on", "Born", "As precise as its source: 1985-03, for example.")
DIED_ON = Property("died_on", "Died")
SEX = Property("sex", "Sex")
CITIZENSHIPS = Property("citizenships", "Citizenship", "Names of countries.")
STATUS = Property("status", "Status, as last known", "See “Status: as of”.")
STATUS_AS_OF = Property(
    "status_as_of", "Status: as of", "The last day of which a source speaks."
)
PLACE = Property("last_place", "Place last reported", "See “Place: as of”.")
PLACE_AS_OF = Property("last_place_as_of", "Place: as of")
DETAINED_ON = Property("detained_on", "Detained")
RELEASED_ON = Property("released_on", "Released")
PAGE = Property("page", "Page of the case")
ID = Property("id", "Id", "Another than yours if the case was merged.")

EXTENDING = (
    *(NAME, NAMES, BORN_YEAR, BORN_ON, DIED_ON, SEX, CITIZENSHIPS),
    *(STATUS, STATUS_AS_OF, PLACE, PLACE_AS_OF, DETAINED_ON, RELEASED_ON, PAGE, ID),
)
COMPARED = (BORN_ON, BORN_YEAR, CITIZENSHIPS, SEX, STATUS)
_VOCABULARIES = {"citizenships": "country", "sex": "sex", "status": "status"}


# --- What is added --------------------------------------------------------------------


class Reading:
    """Values of documents as cells of a table."""

    def __init__(self, address: str, labels: Labels, facilities: Facilities) -> None:
        self.address, self.labels, self.facilities = address, labels, facilities

    def cells(self, document: Document) -> dict[str, list[Cell]]:
        """By the id of each property."""
        cells: dict[str, list[Cell]] = {}
        for asked, texts in self._texts(document).items():
            cells[asked] = [{"str": text} for text in texts if text]
        year = _year_of(document["born_on"])
        cells[BORN_YEAR.id] = [{"int": year}] if year else []
        return cells

    def _texts(self, document: Document) -> dict[str, Sequence[str | None]]:
        status = last_known(document)
        place = document.get("last_place") or {"facility": None, "as_of": None}
        return {
            ID.id: [document["id"]],
            PAGE.id: [page_of(self.address, document["id"])],
            NAME.id: [document["name"]],
            NAMES.id: names_of(document),
            BORN_ON.id: [_edtf(document["born_on"])],
            DIED_ON.id: [_edtf(document["died_on"])],
            SEX.id: self.labels_of("sex", [document["sex"]]),
            CITIZENSHIPS.id: self.labels_of("country", document["citizenships"]),
            STATUS.id: self.labels_of("status", status["statuses"]),
            STATUS_AS_OF.id: [_edtf(status["as_of"])],
            PLACE.id: self._facility(place["facility"]),
            PLACE_AS_OF.id: [_edtf(place["as_of"])],
            DETAINED_ON.id: _days(document["detentions"], "started_on"),
            RELEASED_ON.id: _days(document["releases"], "released_on"),
        }

    def labels_of(self, vocabulary: str, codes: Sequence[str | None]) -> list[str]:
        return [self.labels.label(vocabulary, code) for code in codes if code]

    def _facility(self, facility_id: str | None) -> list[str]:
        facility = self.facilities(facility_id) if facility_id else None
        names = facility["names"] if facility else None
        return [names.get("en") or next(iter(names.values()))] if names else []


def page_of(address: str, person_id: str) -> str:
    return f"{address}/cases/{person_id}/"


def names_of(document: Document) -> list[str]:
    """As published, the preferred one first. A name that is withheld is in no document."""
    spellings = [document["name"]] if document["name"] else []
    spellings += [row["value"] for row in document["names"] if row["value"]]
    return list(dict.fromkeys(spellings))


def last_known(document: Document) -> Mapping[str, Any]:
    """The last span of status that somebody spoke of, as tracker/contract/spans.py reads
    it: that a term must be over by now tells nobody where the person is.
    """
    spans: Sequence[Mapping[str, Any]] = document["status"]
    for span in reversed(spans):
        if "term_passed" not in span["reasons"]:
            return span
    return spans[-1] if spans else {"statuses": [], "as_of": None}


def _edtf(date: Mapping[str, Any] | None) -> str | None:
    return date["edtf"] if date else None


def _days(records: Sequence[Document], field: str) -> list[str | None]:
    return [_edtf(record[field]) for record in records]


def _years(date: Mapping[str, Any] | None) -> tuple[int, int] | None:
    if not date or not date["earliest"] or not date["latest"]:
        return None
    return int(date["earliest"][:4]), int(date["latest"][:4])


def _year_of(date: Mapping[str, Any] | None) -> int | None:
    years = _years(date)
    return years[0] if years and years[0] == years[1] else None


# --- What is compared -----------------------------------------------------------------


def compared(
    asked: str, values: Sequence[Any], document: Document, labels: Labels
) -> Said:
    texts = [str(value).strip() for value in values if value is not None]
    texts = [text for text in texts if text]
    if not texts:
        return Said.NOTHING
    if asked in (BORN_ON.id, BORN_YEAR.id):
        return _born(" ".join(texts), document["born_on"])
    vocabulary = _VOCABULARIES[asked]
    codes = {labels.code(vocabulary, text) for text in texts}
    if None in codes:
        return Said.UNREAD
    told = _codes_of(asked, document)
    if not told:
        return Said.NOTHING
    return Said.SAME if codes & told else Said.OTHER


def _born(text: str, born_on: Mapping[str, Any] | None) -> Said:
    given = {int(year) for year in _YEAR.findall(text)}
    if len(given) != 1:
        return Said.UNREAD
    [year] = given
    years = _years(born_on)
    if years is None:
        return Said.NOTHING
    first, last = years
    if first == year == last:
        return Said.SAME
    return Said.NEAR if first - 1 <= year <= last + 1 else Said.OTHER


def _codes_of(asked: str, document: Document) -> set[str | None]:
    if asked == STATUS.id:
        return set(last_known(document)["statuses"]) - {"not_known"}
    if asked == SEX.id:
        return {document["sex"]} - {None}
    return set(document["citizenships"])
