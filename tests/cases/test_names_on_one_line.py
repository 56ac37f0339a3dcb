"""What stands in one line is one line, and nothing in it turns the direction of writing:
through every door, and in the database. What changes nothing that is seen is left out
where it comes in.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction

from cases.desk.admin.refusals import sentence
from cases.desk.proposals.models import Proposal
from cases.desk.searching import cases_found, records_found
from cases.models import PersonName, Prisoner, Source
from cases.models.base import declared_records
from cases.models.fields import LaterText
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.editorial import Desk, errors
from tests.partners.proposing import hand_in, proposer, row
from tracker import names
from tracker.plain import UNSEEN as UNSEEN_SIGNS
from tracker.plain import refuse_unseen, without_unseen

UNSEEN = {
    "Ales\nBialiatski": "U+000A",
    "Ales\rBialiatski": "U+000D",
    "Ales\u2028Bialiatski": "U+2028",
    "Ales \u202eikstailaiB": "U+202E",
    "\u2066Ales\u2069": "U+2066",
    "Al\u0085es": "U+0085",
    "Ales\x1b[2K": "U+001B",
}
# A joiner within a Persian word, a mark of direction, a Burmese name, signs and accents.
SEEN = [
    *("می‌خواهم", "\u200fأحمد\u200f", "သူရ", "O’Brien-Ñáñez", "Ў\u0301", "李小明"),
    "葛\U000e0100城",  # which form of the letter, as some families write it
    "សុខ\u200bចាន់",  # what parts words in Khmer
]
# As web pages, PDF files and messengers have it: nobody sees the sign.
PASTED = {
    "Ales\u00ad Bialiatski": "U+00AD",
    "Ales \u200bBialiatski": "U+200B",
    "Ales Biali\u2060atski": "U+2060",
    "\ufeffAles Bialiatski": "U+FEFF",
}
NAME = "Ales Bialiatski"


@pytest.mark.parametrize("name", UNSEEN)
@pytest.mark.django_db
def test_the_desk_refuses_it_and_names_the_field(name: str) -> None:
    answer = Desk().post("prisoners/", {"names": [{"value": name, "preferred": True}]})
    (told,) = errors(answer)["names.0.value"]
    assert UNSEEN[name] in told
    assert not Prisoner.objects.exists()


@pytest.mark.parametrize("name", UNSEEN)
@pytest.mark.django_db
def test_a_partner_is_told_too(name: str) -> None:
    answer = hand_in(proposer(), row("RC-1", name))
    assert answer.status_code == 400
    assert UNSEEN[name] in str(answer.json()["errors"])


@pytest.mark.parametrize("name", PASTED)
@pytest.mark.django_db
def test_what_nobody_sees_is_left_out_at_every_door(name: str) -> None:
    answer = Desk().post("prisoners/", {"names": [{"value": name, "preferred": True}]})
    assert answer.status_code == 201, answer.json()
    assert PersonName.objects.get().value == NAME
    assert hand_in(proposer(), row("RC-1", name)).status_code == 201
    assert Proposal.objects.get().names == [NAME]


@pytest.mark.django_db
def test_a_name_of_which_nothing_is_seen_is_no_name() -> None:
    name = "\ufeff\u2060"
    answer = Desk().post("prisoners/", {"names": [{"value": name, "preferred": True}]})
    assert "names.0.value" in errors(answer)
    assert hand_in(proposer(), row("RC-1", name)).status_code == 400


@pytest.mark.parametrize("typed", [*PASTED, "Ales \u200eBialiatski\u200f"])
@pytest.mark.django_db
def test_a_search_takes_it_as_if_it_were_not_there(typed: str) -> None:
    case = make.make_prisoner(NAME)
    source = make.make_source(title=NAME)
    publish_pending()
    assert cases_found(typed) == {case.pk}
    assert names.search_key([typed]) == names.search_key([NAME])
    assert records_found(Source, ["title"], typed) == {source.pk}


@pytest.mark.django_db
def test_a_search_for_nothing_that_is_seen_finds_nobody() -> None:
    make.make_prisoner(NAME)
    publish_pending()
    assert not cases_found("\u200b")
    assert not records_found(PersonName, ["value"], "\ufeff ")
    assert Desk().get("prisoners/", name="\u200b").json()["results"] == []


@pytest.mark.parametrize("name", [*UNSEEN, *PASTED])
@pytest.mark.django_db
def test_the_database_keeps_it_out_of_names(name: str) -> None:
    case = make.make_prisoner()
    with pytest.raises(IntegrityError, match="one_line"), transaction.atomic():
        make.make_name(case, name)


@pytest.mark.parametrize("name", SEEN)
@pytest.mark.django_db
def test_marks_within_words_stay_as_they_were_written(name: str) -> None:
    case = make.make_prisoner(name)
    assert case.names.get().value == name
    refuse_unseen(name)
    assert without_unseen(name) == name


@pytest.mark.django_db
def test_every_text_of_one_line_is_asked_by_the_database_too() -> None:
    rules = set()
    for model in declared_records():
        for field in model._meta.concrete_fields:
            if type(field) in (models.CharField, LaterText) and field.editable:
                rules.add(f"{model._meta.model_name}_texts_are_one_line")
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'c'")
        stored = {name for (name,) in cursor.fetchall()}
    assert rules <= stored
    source = make.make_source()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Source.objects.filter(pk=source.pk).update(publisher="A\nCentre")
    assert "Write each text on one line" in sentence(refused.value)


@pytest.mark.django_db
def test_the_database_and_the_desk_mean_the_same_signs() -> None:
    numbers = [*range(1, 0xD800), *range(0xE000, 0x10000), *range(0xDFFF0, 0xE0100)]
    texts = [f"a{chr(number)}a" for number in numbers]
    texts += [f"ស{chr(number)}a" for number in range(0x200A, 0x2012)]
    texts += [f"ស{chr(number)}ស" for number in range(0x200A, 0x2012)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(said) FROM unnest(%s::text[]) said"
            " WHERE NOT is_one_line(said)",
            [texts],
        )
        (refused,) = cursor.fetchone()
    assert refused == [text for text in texts if re.search(UNSEEN_SIGNS, text)]


@pytest.mark.django_db(transaction=True)
def test_an_upgrade_cleans_what_stood_there_before(
    as_owner: Callable[[], AbstractContextManager[None]],
) -> None:
    case, source = make.make_prisoner(NAME), make.make_source()
    upgrade = import_module("cases.migrations.0006_one_line")
    rules = ["personname", "source"]
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        for kind in rules:
            rule = f"cases_{kind} DROP CONSTRAINT {kind}_texts_are_one_line"
            cursor.execute(f"ALTER TABLE {rule}")
        PersonName.objects.update(value="Ales\u00ad\nBialiatski\u202e")
        Source.objects.update(title="A\r\nlist")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        upgrade.clean(cursor)
        for kind in rules:
            rule = f"{kind}_texts_are_one_line CHECK (is_one_line"
            text = "value" if kind == "personname" else "title"
            cursor.execute(f"ALTER TABLE cases_{kind} ADD CONSTRAINT {rule}({text}))")
        assert case.names.get().value == NAME
        source.refresh_from_db()
        assert source.title == "A list"
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_every_text_of_one_line_is_asked() -> None:
    asked = 0
    for model in declared_records():
        for field in model._meta.concrete_fields:
            if type(field) is not models.CharField or not field.editable:
                continue
            record = model(**{field.name: "a\u202eb"})
            left_out = {one.name for one in model._meta.concrete_fields} - {field.name}
            with pytest.raises(ValidationError) as refused:
                record.clean_fields(left_out)
            assert refused.value.error_dict[field.name][0].code == "unseen"
            asked += 1
    assert asked > 20
