"""What a half-made field or model of the record still lacks, each in a sentence.

A field is declared on its model. These tests go through all of them, and say where the
rest is missing.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.test import RequestFactory
from rest_framework import serializers

from cases.catalogue import (
    CASES,
    KINDS,
    TARGETS,
    can_be_cited,
    citable_fields,
    inside_only,
    part_lists,
    records,
    root_of_part,
    target_of,
)
from cases.desk import roles
from cases.desk.admin.arranging import MORE
from cases.desk.api.urls import router
from cases.disclosure.neighbours import columns_by_list
from cases.models import (
    Citation,
    Claimant,
    Consent,
    Identifier,
    PersonalDetail,
    PersonName,
    Prisoner,
)
from cases.models.base import Part, Record, Root
from cases.models.declaring import Mark, is_marked
from cases.models.history import TRACKED
from cases.permissions import may
from tracker.api.examples import has_example
from tracker.contract.documents import DOCUMENTS
from tracker.contract.proposal_row import ProposalRow

DOCS = Path(__file__).parent.parent / "docs"
RECORDS = [pytest.param(model, id=model.__name__) for model in records()]

# --- What is excused, and why ----------------------------------------------------------

COMMON = {"id", "internal_notes", "created_at", "updated_at", "visibility"}
NOT_IN_ITS_DOCUMENT = {
    "visibility": "whoever reads the document may see it",
    "withheld": "it says what is left out",
    "merged_into": "a merged case has no document; its address leads to the other case",
    "age_stated_on": "with the age it would tell more of the birth than the year",
    "told_without_name": "what is told stands in the document",
    "name_taken_back": "what was allowed is our own matter",
    "name_returned": "what was allowed is our own matter",
    "story_taken_back": "what was allowed is our own matter",
    "story_returned": "what was allowed is our own matter",
    "case_taken_back": "what is hidden has no document",
    "case_returned": "it would tell that the case was hidden",
    "owner_organisation": "others' numbers would join what we keep apart",
    "copy_is_public": "it decides whether the file's name and hash are shown",
    "public_label": "citations show it where the source has no document",
    "root_kind": "a citation stands in its case's document",
    "root_id": "a citation stands in its case's document",
}
WITHOUT_ID = {Claimant: "whoever speaks is told with the word, and is no document"}
NEVER_PUBLISHED = {model for model in records() if model.stays_inside}
NOT_PROPOSED = {
    "last_verified_on": "our own work",
    "owner_organisation": "every identifier that partners give is theirs",
    "consents": "consent is given to us",
    "personal_details": "a partner's list is no place for what may hurt someone",
    "further_punishments": "they are said within their sentence",
    "decisions": "a row has one charge after the other, and no lists in lists",
    "orders": "a row has one detention after the other, and no lists in lists",
    "placements": "they are said within their detention",
    "prosecutions": "a row names no records of ours",
    "citations": "a row has one source for all that it says",
    "after": "a row names no records of ours",
}

NOT_EXPORTED = {
    PersonName: "the file of the prisoners has the name",
    Identifier: "others gave us theirs in confidence",
    PersonalDetail: "what hurts the person leaves the desk in no file",
    Consent: "who gave it, and how, is between them and us",
    Claimant: "who speaks to us leaves the desk in no file",
    Citation: "it leads to who speaks to us",
}

NO_PAGE = (
    "{0} has no page at the desk: add {0}Admin in a module of cases/desk/admin/nouns/."
)
NO_DOCUMENT = "{} has no document in tracker/contract/documents.py."


def columns(model: type[Record]) -> list[Any]:
    """Its fields, but for the bounds of dates, which the database computes."""
    fields: list[Any] = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return [field for field in fields if not field.generated]


def leads_to_case(model: type[Record], field: Any) -> bool:
    """The reference of a part to what it stands in, or of a citation to its record."""
    stands_in = getattr(model, "root_path", "").split("__")[0]
    return field.name == stands_in or is_marked(field, Mark.CITED)


# --- A field ---------------------------------------------------------------------------


@pytest.mark.parametrize("model", RECORDS)
def test_every_field_has_one_box_in_the_admin(model: Any) -> None:
    boxes = in_admin(model)
    assert sorted(set(boxes)) == sorted(boxes)
    lacking = []
    for field in columns(model):
        is_set_elsewhere = not field.editable or leads_to_case(model, field)
        is_excused = field.name == "withheld"  # its box comes once something is
        is_excused |= field.name == "visibility" and model.stays_inside
        if field.name not in boxes and not (is_set_elsewhere or is_excused):
            lacking.append(f"{model.__name__}.{field.name} has no box.")
    assert not lacking, "\n".join(lacking)


def in_admin(model: Any) -> list[str]:
    assert model in admin.site._registry, NO_PAGE.format(model.__name__)
    return flatten_fieldsets(admin.site._registry[model].get_fieldsets(asked()))


def asked() -> HttpRequest:
    """By somebody who may do everything."""
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_staff=True)
    return request


@pytest.mark.parametrize("model", RECORDS)
def test_a_field_that_no_fieldset_arranges_stands_in_the_fold(
    model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a field that was just declared: nobody has arranged it yet."""
    noun: Any = admin.site._registry[model]
    fields = {field.name for field in columns(model) if field.editable}
    before = fields & set(in_admin(model))
    monkeypatch.setattr(noun, "fieldsets", [(None, {"fields": ["internal_notes"]})])
    assert before
    assert before <= set(in_admin(model))
    titles = [title for title, _options in noun.get_fieldsets(asked())]
    assert MORE in titles


@pytest.mark.parametrize("model", RECORDS)
def test_every_field_is_in_the_contract_or_stays_inside(model: Any) -> None:
    published = set() if model in NEVER_PUBLISHED else in_contract(model)
    wrong = []
    for field in columns(model):
        name = f"{model.__name__}.{field.name}"
        if field.name in inside_only(model):
            if field.name in published:
                wrong.append(f"{name} is kept inside, and the contract publishes it.")
        elif field.name not in published and not is_left_out(model, field):
            wrong.append(
                f"{name} is not in tracker/contract/documents.py: add a line for it"
                " there, or mark the field as inside (cases/models/declaring.py)."
            )
    assert not wrong, "\n".join(wrong)


def is_left_out(model: Any, field: Any) -> bool:
    if model in NEVER_PUBLISHED or leads_to_case(model, field):
        return True
    if field.name == "id" and model in WITHOUT_ID:
        return True
    return field.name in NOT_IN_ITS_DOCUMENT


def in_contract(model: Any) -> set[str]:
    """The names of the fields of its document, or of its part of one."""
    if issubclass(model, Root):
        assert model.kind in DOCUMENTS, NO_DOCUMENT.format(model.__name__)
        return set(DOCUMENTS[model.kind]().fields)
    kind = Prisoner.kind
    if model is not Claimant and model is not Citation:
        kind = root_of_part(model).kind
    name = "claimant" if model is Claimant else list_name(model)
    return set(next(inner_documents(DOCUMENTS[kind](), name)).fields)


def list_name(model: Any) -> str:
    kind = Prisoner.kind if model is Citation else root_of_part(model).kind
    return next(part.name for part in part_lists(kind) if part.model is model)


def inner_documents(document: Any, name: str) -> Iterator[Any]:
    """What stands in this document, however deep, under that name."""
    for inner_name, field in document.fields.items():
        inner = getattr(field, "child", field)
        if isinstance(inner, serializers.Serializer):
            if inner_name == name:
                yield inner
            yield from inner_documents(inner, name)


def test_every_fact_of_a_person_can_be_proposed_or_there_is_a_reason() -> None:
    row: Any = ProposalRow()
    lacking = not_in(row, Prisoner)
    for part in part_lists(Prisoner.kind):
        if part.name in row.fields:
            lacking += not_in(row.fields[part.name].child, part.model)
        elif part.name not in NOT_PROPOSED:
            lacking.append(
                f"No partner can propose {part.name}: add the list to ProposalRow in"
                " tracker/contract/proposal_row.py, or a reason to this test."
            )
    assert not lacking, "\n".join(lacking)


def not_in(row: Any, model: Any) -> list[str]:
    """References are excused: a row names no records of ours."""
    return [
        f"No partner can propose {model.__name__}.{name}: add it to"
        " tracker/contract/proposal_row.py, or a reason to this test."
        for name, field in citable_fields(model).items()
        if not (name in row.fields or name in NOT_PROPOSED or field.is_relation)
    ]


@pytest.mark.parametrize("model", RECORDS)
def test_every_field_has_its_line_in_the_docs(model: Any) -> None:
    section = section_of(model)
    lacking = []
    for field in columns(model):
        is_common = field.name in COMMON | {"version", "withheld"}
        if is_common or field.name == getattr(model, "root_path", None):
            continue
        lines = [line for line in section.splitlines() if f"`{field.name}`" in line]
        if not lines:
            lacking.append(f"`{field.name}` has no line in docs/record.md.")
        elif is_marked(field, Mark.INSIDE) and "inside only" not in lines[0]:
            lacking.append(f"docs/record.md: `{field.name}` is kept inside only.")
    assert not lacking, "\n".join(lacking)


def section_of(model: Any) -> str:
    page = (DOCS / "record.md").read_text()
    found = re.search(rf"^## {model.__name__}$(.*?)(?=^## |\Z)", page, re.M | re.S)
    assert found, f"docs/record.md has no section “{model.__name__}”."
    return found[1]


@pytest.mark.parametrize("model", RECORDS)
def test_the_docs_name_no_field_that_is_gone(model: Any) -> None:
    named = set()
    for line in section_of(model).splitlines():
        if line.startswith("| `"):
            named |= set(re.findall(r"`(\w+)`", line.split("|")[1]))
    assert named <= {field.name for field in columns(model)}


# --- A model ---------------------------------------------------------------------------


def test_a_list_leaves_the_desk_as_a_file_or_there_is_a_reason() -> None:
    wrong = []
    for model in records():
        exported = admin.site._registry[model].exported  # type: ignore[attr-defined]
        if exported == (model in NOT_EXPORTED):
            wrong.append(
                f"{model.__name__}: say `exported = True` in its admin, or give a reason"
                " here why no list of it leaves the desk; not both."
            )
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("model", RECORDS)
def test_every_model_has_all_that_a_record_needs(model: Any) -> None:
    lacking = list(lacks(model))
    assert not lacking, "\n".join(lacking)


def lacks(model: Any) -> Iterator[str]:
    name = model.__name__
    if model not in TRACKED:
        yield f"{name} has no history: import it in cases/models/citation.py."
    if not {"raise_version", "stamp"} & triggers_of(model):
        yield f"{name} has no triggers: see cases/triggered.py."
    if not (can_be_cited(model) or model in (Citation, Claimant)):
        yield f"No citation can be of a {name}: add a reference in cases/models/citation.py."
    if model not in admin.site._registry:
        yield NO_PAGE.format(name)
    if not getattr(model, "place", ""):
        yield f"{name} has no address in the editorial API: give it a `place`."
    elif model.place not in {noun for noun, _viewset, _name in router.registry}:
        yield f"{name} has no address in the editorial API: see cases/desk/api/records.py."
    if may("change", model) not in roles.permissions_of("documenter"):
        yield f"No documenter may change a {name}: see cases/desk/roles.py."
    if issubclass(model, Root) and model._meta.db_table != table_of(model.kind):
        yield f"{name}: triggers look for it in the table {table_of(model.kind)}."
    if issubclass(model, Root) and model.kind not in DOCUMENTS:
        yield NO_DOCUMENT.format(name)
    elif is_published(model) and not has_example(kind_in_contract(model)):
        yield f"{name} has no invented example: add one in tracker/api/examples.py."


def is_published(model: Any) -> bool:
    return can_be_cited(model) and model not in NEVER_PUBLISHED


def kind_in_contract(model: Any) -> str:
    return model.kind if issubclass(model, Root) else target_of(model)


def triggers_of(model: Any) -> set[str]:
    registered = pgtrigger.registered()
    return {str(trigger.name) for owner, trigger in registered if owner is model}


def table_of(kind: str) -> str:
    return f"cases_{kind.replace('_', '')}"


def test_every_kind_and_every_part_is_found() -> None:
    """What these tests go through is not empty, and is what the models say."""
    assert set(KINDS.values()) == {
        model for model in TARGETS.values() if is_root(model)
    }
    assert {*CASES} - {*KINDS} == {"claimant"}
    lists = [part for kind in KINDS for part in part_lists(kind)]
    parts = {part.model for part in lists if part.model is not Citation}
    assert parts == {model for model in TARGETS.values() if issubclass(model, Part)}


def is_root(model: Any) -> bool:
    return issubclass(model, Root)


def test_what_is_published_comes_after_what_it_names() -> None:
    order = list(KINDS)
    assert order.index("source") < order.index("facility") < order.index("prisoner")
    assert order.index("release_event") < order.index("reported_count")
    assert order.index("release_event") < order.index("prisoner")


def test_a_root_that_a_case_names_is_looked_up_wherever_the_case_names_it() -> None:
    """Else its id would be shown to nobody, or would stay when it is hidden."""
    looked_up = columns_by_list()
    for kind, root in KINDS.items():
        for name, model in [("root", root), *own_parts(kind)]:
            if model.stays_inside:  # what it names changes nothing outside
                assert name not in looked_up
                continue
            for field in columns(model):
                names_a_root = field.is_relation and is_root(field.related_model)
                if names_a_root and not leads_to_case(model, field):
                    column = (
                        f"{field.name}_ids" if field.many_to_many else field.attname
                    )
                    assert column in looked_up[name], f"{kind} {name}: {column}"
    assert "merged_from_ids" in looked_up["root"]


def own_parts(kind: str) -> list[tuple[str, Any]]:
    parts = [part for part in part_lists(kind) if part.model is not Citation]
    return [(part.name, part.model) for part in parts]
