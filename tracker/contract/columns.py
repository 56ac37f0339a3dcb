"""The columns of each kind's CSV, named one by one, and what stands in them.

A spreadsheet has one line a document. What a document lists is joined by semicolons;
dates are EDTF; what is unknown or not published is empty. Whoever is a protected
pseudonym is marked as one wherever they are named.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from tracker.spreadsheets import Cell

Doc = Mapping[str, Any]
Column = Callable[[Doc, date], Cell]
PSEUDONYM = "[protected pseudonym]"
TERMS = ("address", "audience", "licence")


def joined(values: Iterable[Any]) -> str:
    """Each once, in the order in which they come."""
    return "; ".join(
        dict.fromkeys(str(_plain(value)) for value in values if value not in (None, ""))
    )


def _plain(value: Any) -> Cell:
    match value:
        case {"edtf": edtf}:
            return str(edtf)
        case Mapping():  # a text by language
            return joined(f"{language}: {text}" for language, text in value.items())
        case list():
            return joined(value)
        case bool():
            return "true" if value else "false"
    found: Cell = value
    return found


def field(name: str) -> Column:
    return lambda document, _day: _plain(document[name])


def each(place: str, name: str) -> Column:
    """A field of every record in a list of the document."""
    return lambda document, _day: joined(record[name] for record in document[place])


def each_item(place: str, name: str) -> Column:
    return lambda document, _day: joined(
        item for record in document[place] for item in record[name] or []
    )


def placements(name: str) -> Column:
    def column(document: Doc, _day: date) -> str:
        found = [
            placement[name]
            for detention in document["detentions"]
            for placement in detention["placements"]
        ]
        return joined(
            item for one in found for item in (one if isinstance(one, list) else [one])
        )

    return column


def identifiers(document: Doc, _day: date) -> str:
    return joined(f"{one['scheme']}:{one['value']}" for one in document["identifiers"])


def recognitions(document: Doc, _day: date) -> str:
    return joined(
        f"{one['organisation'] or '?'}: {one['outcome'] or '?'}"
        for one in document["recognitions"]
    )


def status(document: Doc, day: date) -> str:
    """All that may hold on that day."""
    text = day.isoformat()
    spans = document["status"]
    return joined(
        code
        for span in spans
        if (span["since"] or "") <= text
        and (span["until"] is None or text < span["until"])
        for code in span["statuses"]
    )


def status_on(_document: Doc, day: date) -> date:
    return day


def longest_term(document: Doc, _day: date) -> int | None:
    terms = [
        one["term_months"]
        for one in document["sentences"]
        if one["term_months"] is not None
    ]
    return max(terms, default=None)


def claimant(document: Doc, _day: date) -> str:
    return _named(document["claimant"])


def claimants(document: Doc, _day: date) -> str:
    return joined(_named(one["claimant"]) for one in document["citations"])


def _named(one: Doc | None) -> str:
    if one is None:
        return ""
    name = one["name"] or one["role"] or ""
    return f"{name} {PSEUDONYM}".strip() if one["protected_pseudonym"] else name


def _fields(*names: str) -> dict[str, Column]:
    return {name: field(name) for name in names}


_SOURCES = {"sources": each("citations", "source"), "claimants": claimants}
_KINDS: dict[str, dict[str, Column]] = {
    "prisoner": {
        **_fields("id", "name", "name_withheld"),
        "names": each("names", "value"),
        "identifiers": identifiers,
        "status": status,
        "status_on": status_on,
        **_fields(
            "sex",
            "born_on",
            "age_as_stated",
            "died_on",
            "death_in_custody",
            "citizenships",
            "occupations",
        ),
        **_fields("affiliation"),
        "recognitions": recognitions,
        "detained_on": each("detentions", "started_on"),
        "detention_grounds": each("detentions", "ground"),
        "place_kinds": placements("place_kind"),
        "facilities": placements("facility"),
        "conditions": placements("conditions"),
        "charge_articles": each("charges", "article"),
        "charges_as_stated": each("charges", "label_as_stated"),
        "sentenced_on": each("sentences", "handed_down_on"),
        "courts": each("sentences", "court"),
        "punishments": each("sentences", "punishment"),
        "longest_term_months": longest_term,
        "terms_as_stated": each("sentences", "term_as_stated"),
        "regimes": each("sentences", "regime"),
        **_fields("stated_end_of_term"),
        "released_on": each("releases", "released_on"),
        "release_grounds": each("releases", "ground"),
        "release_events": each("releases", "release_event"),
        "deported_on": each("deportations", "deported_on"),
        "deportation_outcomes": each("deportations", "outcome"),
        "deported_to": each("deportations", "to_country"),
        "passport_fates": each("deportations", "passport_fate"),
        "no_contact_since": each("whereabouts", "no_contact_since"),
        **_fields("summary", "last_verified_on", "previous_ids"),
        **_SOURCES,
    },
    "sentence": {
        **_fields(
            "id",
            "prisoner",
            "court",
            "handed_down_on",
            "in_force_on",
            "in_absentia",
            "decision",
        ),
        **_fields(
            "punishment",
            "term_months",
            "term_days",
            "term_as_stated",
            "regime",
            "charges",
            "replaces",
        ),
        **_fields("adds_to"),
        **_SOURCES,
    },
    "deportation": {
        **_fields(
            "id",
            "prisoner",
            "release",
            "deported_on",
            "outcome",
            "from_country",
            "to_country",
            "crossing",
        ),
        **_fields(
            "coercion",
            "own_national",
            "passport_fate",
            "replacement_document",
            "document_issuer",
        ),
        **_fields("document_handed_over_by", "valid_identity_document", "may_return"),
        **_SOURCES,
    },
    "release_event": {
        **_fields(
            "id",
            "title",
            "occurred_on",
            "brokered_by",
            "concessions",
            "exchange",
            "summary",
        ),
        **_SOURCES,
    },
    "source": {
        **_fields(
            "id",
            "title",
            "source_kind",
            "publisher",
            "author",
            "url",
            "archived_url",
            "published_on",
        ),
        **_fields(
            "accessed_on",
            "language",
            "file_name",
            "sha256",
            "derived_from",
            "relays",
            "standing",
        ),
        **_SOURCES,
    },
    "facility": {
        **_fields(
            "id", "names", "place_kind", "country", "region", "address_for_letters"
        ),
        **_SOURCES,
    },
    "reported_count": {
        **_fields(
            "id", "measure", "country", "value", "value_as_stated", "qualifier", "as_of"
        ),
        "claimant": claimant,
        **_fields("release_event"),
        **_SOURCES,
    },
}
COLUMNS: dict[str, dict[str, Column]] = {
    kind: columns | _fields(*TERMS) for kind, columns in _KINDS.items()
}


def row(kind: str, document: Doc, day: date) -> list[Cell]:
    """`day` is the one for which the status is given."""
    return [column(document, day) for column in COLUMNS[kind].values()]
