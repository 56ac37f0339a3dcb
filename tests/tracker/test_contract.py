"""A field is declared once, in one line of the contract; and what a half-made line lacks
is said in a sentence.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from tracker.asking.filters import COMPUTED as COMPUTED_QUESTIONS
from tracker.asking.filters import FILTERS
from tracker.contract import columns, labels, proposal_row
from tracker.contract.arranging import FIRST, arranged
from tracker.contract.asked import asked_of
from tracker.contract.documents import DOCUMENTS
from tracker.contract.fields import (
    ALWAYS,
    ELSEWHERE,
    NOWHERE,
    Case,
    Date,
    Form,
    Id,
    Ids,
    Number,
    Question,
    Text,
)
from tracker.contract.proposal_fields import Said
from tracker.contract.telling import COMPOSED, on_page
from tracker.contract.walking import RECORDS, fields_of, lists_of, reached, records

# --- What a field lacks ----------------------------------------------------------------


def lacks(kind: str, name: str, form: Form) -> Iterator[str]:
    """In sentences, for whoever has just added the field."""
    field, line = f"{kind}.{name}", form.line
    if line.place is None:
        yield f"{field} stands on no page: say where (place=…), or that it need not."
    if not line.label and line.place is not NOWHERE and not line.derived:
        yield f"{field} has no label."
    yield from _questions(field, form, line.asks)
    yield from _questions(field, form, line.of_case.asks)
    if line.asks and kind not in DOCUMENTS:
        yield f"{field} is asked of no list: {kind} has none, its case has (of_case=…)."
    if line.of_case.fact and not line.of_case.asks:
        yield f"{field} names the fact {line.of_case.fact}, and no question asks it."
    column = kind in DOCUMENTS or line.of_case.column
    if line.in_table and not column and line.place is not NOWHERE:
        yield (
            f"{field} stands in no column of a table: name it (of_case=…), or say"
            " in_table=False."
        )


def _questions(field: str, form: Form, asks: Question) -> Iterator[str]:
    if asks is None:
        return
    labels = asks if isinstance(asks, tuple) else (asks,)
    wanted = 2 if isinstance(form, Date | Number) else 1
    if len(labels) != wanted or not all(map(str, labels)):
        yield f"A question about {field} has no label; it needs {wanted}."


def test_every_field_of_the_contract_is_whole() -> None:
    lacking = [
        sentence
        for kind in RECORDS
        for name, form in fields_of(kind).items()
        for sentence in lacks(kind, name, form)
    ]
    assert lacking == []


@pytest.mark.parametrize(
    ("kind", "form", "sentence"),
    [
        ("sentence", Text("Judge"), "sentence.judge stands on no page"),
        ("sentence", Text(place=ALWAYS), "sentence.judge has no label"),
        ("source", Text(place=ELSEWHERE), "source.judge has no label"),
        (
            "sentence",
            Text("Judge", place=ALWAYS, asks=""),
            "A question about sentence.judge has no label; it needs 1",
        ),
        (
            "sentence",
            Date("Judged", place=ALWAYS, asks="Judged on or after"),
            "A question about sentence.judge has no label; it needs 2",
        ),
        (
            "sentence",
            Number("Judges", place=ALWAYS, of_case=Case(asks=("At least", ""))),
            "A question about sentence.judge has no label; it needs 2",
        ),
        (
            "charge",
            Text("Judge", place=ALWAYS, in_table=False, asks="Judge"),
            "charge.judge is asked of no list",
        ),
        (
            "charge",
            Text("Judge", place=ALWAYS, of_case=Case("judge", column="judges")),
            "charge.judge names the fact judge, and no question asks it",
        ),
        (
            "charge",
            Text("Judge", place=ALWAYS),
            "charge.judge stands in no column of a table",
        ),
    ],
)
def test_what_a_half_made_field_lacks_is_said(
    kind: str, form: Form, sentence: str
) -> None:
    (said,) = lacks(kind, "judge", form)
    assert said.startswith(sentence)


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("sentence", Text("Judge", place=ALWAYS, asks="Judge")),
        ("charge", Text("Judge", place=ALWAYS, of_case=Case(column="judges"))),
        ("charge", Text("Judge", place=ELSEWHERE, in_table=False)),
        ("charge", Id(to="source", place=NOWHERE)),
        ("prisoner", Text(place=ELSEWHERE, derived=True)),
    ],
)
def test_a_whole_field_lacks_nothing(kind: str, form: Form) -> None:
    assert list(lacks(kind, "judge", form)) == []


# --- What the lines name is there ------------------------------------------------------


def paths(kind: str) -> set[str]:
    return {".".join(path) for path, _form in reached(kind)}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_what_a_list_is_ordered_by_and_searched_in_are_fields(kind: str) -> None:
    document = DOCUMENTS[kind]
    ordered = {order.path for order in document.orderings.values() if order.path}
    assert ordered <= paths(kind)
    assert document.default_ordering.removeprefix("-") in document.orderings
    if document.searched:
        assert set(document.searched.paths) <= paths(kind)
    for place in document.texts:
        assert set(place.paths) <= paths(kind)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_number_is_asked_of_the_column_that_lists_are_ordered_by(kind: str) -> None:
    """A row has one number: of another field nothing could be asked."""
    orderings = DOCUMENTS[kind].orderings.values()
    numbers = {
        order.path
        for order in orderings
        if order.column == "sort_number" and order.path
    }
    asked = {
        ".".join(question.path)
        for question in asked_of(kind)
        if isinstance(question.form, Number)
    }
    assert asked == numbers


def test_every_link_names_a_kind_of_record() -> None:
    for kind in RECORDS:
        for name, form in fields_of(kind).items():
            # `after` names an event of the case, of whatever kind.
            of_several = {"id", "previous_ids", "after"}
            if isinstance(form, Id | Ids) and name not in of_several:
                assert form.to in RECORDS, f"{kind}.{name} links to {form.to!r}."


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_no_two_fields_have_one_question_or_one_column(kind: str) -> None:
    """The later one would stand in for the other, and nobody would see it."""
    questions = [question.fact for question in asked_of(kind)]
    assert twice([*questions, *COMPUTED_QUESTIONS.get(kind, {}), "q"]) == []
    named = [*columns.COMPUTED.get(kind, {}), "claimants", "disputed"]
    for path, form in reached(kind):
        if len(path) > 1:
            named += filter(None, [form.line.of_case.column])
        elif form.line.in_table:
            named.append(path[-1])
    assert twice(named) == []
    hedged = {name for name in columns.COLUMNS[kind] if name.endswith("_hedge")}
    assert set(named) | hedged == set(columns.COLUMNS[kind])


def twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def test_what_readers_are_offered_can_be_asked() -> None:
    for kind, document in DOCUMENTS.items():
        facts = {question.fact for question in asked_of(kind)}
        assert set(document.offered) <= facts | COMPUTED_QUESTIONS.get(kind, {}).keys()


def test_every_kind_of_record_says_what_it_is_called_and_every_kind_what_it_lists() -> (
    None
):
    lacking = []
    for kind, name in labels.RECORDS.items():
        if not name:
            lacking.append(f"{kind} has no name on pages: say it (called=…).")
    for kind, document in DOCUMENTS.items():
        if not document.listed:
            lacking.append(f"{kind} does not say what its list has (listed=…).")
    assert lacking == []


@pytest.mark.parametrize("kind", RECORDS)
def test_a_page_tells_the_fields_that_have_a_place_there_and_each_once(
    kind: str,
) -> None:
    always, if_known = on_page(kind)
    told: list[str | None] = []
    for name in (*always, *if_known):
        told += COMPOSED.get(name, (name,))
    placed = [
        name
        for name, form in fields_of(kind).items()
        if form.line.place not in (ELSEWHERE, NOWHERE)
    ]
    assert sorted(filter(None, told)) == sorted(placed)


# --- Orders ----------------------------------------------------------------------------


def test_what_is_in_no_run_stays_where_the_contract_has_it() -> None:
    names = ["court", "day", "charges", "term", "regime"]
    runs = ((FIRST, "term", "day"), ("court", "regime"))
    assert arranged(names, runs) == ["term", "day", "court", "regime", "charges"]


@pytest.mark.parametrize("run", [("court", "judge"), ("judge", "court")])
def test_a_run_with_a_name_that_is_gone_is_an_error(run: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="judge"):
        arranged(["court", "day"], (run,))


# --- Proposals -------------------------------------------------------------------------

ROW: Any = proposal_row.ProposalRow()
SAID: list[Said] = [ROW, ROW.fields["source"], *(part() for part in ROW.parts.values())]


@pytest.mark.parametrize("said", SAID, ids=lambda said: type(said).__name__)
def test_a_partner_proposes_nothing_that_the_contract_has_not(said: Said) -> None:
    theirs = {"identifier", "source"} if said is ROW else set()
    contract = {*said.record().fields}
    if isinstance(said, proposal_row.SaidProsecution):  # an id in the document
        contract |= {"number", "court"}
    assert said.fields.keys() - theirs <= contract


def test_a_partner_proposes_parts_of_every_list_but_of_what_is_ours_alone() -> None:
    lists = lists_of("prisoner")
    not_proposed = {"personal_details"}
    assert lists.keys() - ROW.fields.keys() == not_proposed
    assert {lists[name] for name in lists.keys() & ROW.fields.keys()} == set(ROW.parts)


def test_ids_links_and_what_is_the_desks_alone_are_no_partners_to_say() -> None:
    said = {name for record in SAID for name in record.fields}
    assert not said & {"id", "release_event", "facility", "release", "replaces"}
    assert not said & {"name", "name_withheld", "preferred", "last_verified_on"}
    assert not said & {"source_kind", "standing", "sha256", "file_name", "kind"}


# --- One walk --------------------------------------------------------------------------


def test_a_document_is_walked_in_the_order_of_the_contract_parts_after_their_own() -> (
    None
):
    document = {
        "kind": "prisoner",
        "id": "case",
        "releases": [{"id": "release"}],
        "detentions": [
            {"id": "first", "placements": [{"id": "cell"}, {"id": "ward"}]},
            {"id": "second", "placements": []},
        ],
        "names": [{"id": "name"}],
        "citations": [{"id": "citation"}],
    }
    assert [(kind, record["id"]) for kind, record in records(document)] == [
        ("prisoner", "case"),
        ("person_name", "name"),
        ("detention", "first"),
        ("placement", "cell"),
        ("placement", "ward"),
        ("detention", "second"),
        ("release", "release"),
    ]


def test_every_question_of_the_contract_is_a_filter() -> None:
    for kind in DOCUMENTS:
        for question in asked_of(kind):
            assert set(question.parameters) <= FILTERS[kind].base_filters.keys()
