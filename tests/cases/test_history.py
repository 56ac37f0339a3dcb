"""Whoever changes the record, by whatever way, leaves exactly the events of that
change.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cases.history import Change, acting, timeline
from cases.models import Citation, Claimant, Detention, PersonName, Prisoner, Source
from cases.models.base import Root
from tests import factories as make
from tests.cases.admin_pages import address, opened, with_row
from tests.cases.editorial import Desk

pytestmark = pytest.mark.django_db


def events(root: Root | Claimant) -> list[tuple[str, str]]:
    """(model, operation) of each, oldest first."""
    return [(change.model.__name__, change.operation) for change in history(root)]


def history(root: Root | Claimant) -> list[Change]:
    return timeline(getattr(root, "kind", "claimant"), root.id)


def last(root: Root | Claimant) -> Change:
    return history(root)[-1]


@contextmanager
def new_events(root: Root | Claimant) -> Iterator[list[Change]]:
    """Filled, when the block ends, with what it left."""
    before = len(history(root))
    found: list[Change] = []
    yield found
    found.extend(history(root)[before:])


def test_a_record_that_is_saved_changed_and_deleted_leaves_one_event_each() -> None:
    case = make.make_prisoner("")
    case.affiliation = "A newspaper"
    case.save()
    Prisoner.objects.filter(id=case.id).delete()
    assert [(one.operation, one.before, one.after) for one in history(case)] == [
        ("insert", {}, {"visibility": "internal", "name_withheld": False}),
        ("update", {"affiliation": ""}, {"affiliation": "A newspaper"}),
        (
            "delete",
            {
                "visibility": "internal",
                "name_withheld": False,
                "affiliation": "A newspaper",
            },
            {},
        ),
    ]


def test_a_change_of_a_part_is_an_event_of_the_part_and_none_of_the_case() -> None:
    case = make.make_prisoner()
    detention = make.make_detention(case)
    with new_events(case) as new:
        Detention.objects.filter(id=detention.id).update(ground="pre_trial")
    case.refresh_from_db()
    assert case.version > 1
    assert [(one.model, one.before, one.after) for one in new] == [
        (Detention, {"ground": None}, {"ground": "pre_trial"})
    ]


def test_a_save_that_changes_nothing_leaves_none() -> None:
    case = make.make_prisoner(affiliation="A newspaper")
    with new_events(case) as new:
        case.save()
        Prisoner.objects.filter(id=case.id).update(
            version=40, updated_at="2020-01-01T00:00Z"
        )
        for name in case.names.all():
            name.save()
    assert new == []


def test_bulk_changes_leave_one_event_a_record() -> None:
    case = make.make_prisoner("")
    with new_events(case) as new:
        names = PersonName.objects.bulk_create(
            [
                PersonName(prisoner=case, value=value)
                for value in ("Ales", "Aleś", "Aleksandr")
            ]
        )
        for name in names:
            name.language = "be"
        PersonName.objects.bulk_update(names, ["language"])
        PersonName.objects.filter(prisoner=case).update(visibility="internal")
        PersonName.objects.filter(prisoner=case).delete()
    assert [one.operation for one in new] == ["insert"] * 3 + ["update"] * 6 + [
        "delete"
    ] * 3
    assert {one.after["language"] for one in new[3:6]} == {"be"}


def test_sql_typed_by_hand_leaves_its_event_and_shows_as_made_in_the_database() -> None:
    case = make.make_prisoner("")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_prisoner SET affiliation = 'A newspaper' WHERE id = %s",
            [case.id],
        )
    change = last(case)
    assert change.after == {"affiliation": "A newspaper"}
    assert change.made_in_database
    assert (change.who, change.why, change.page) == ("", "", "")
    assert change.login == connection.settings_dict["USER"]


def test_deleting_a_case_leaves_the_deletion_of_each_of_its_parts() -> None:
    case = make.make_prisoner()
    placement = make.make_placement(make.make_detention(case))
    make.make_citation(placement, "place_kind")
    with new_events(case) as new:
        Prisoner.objects.filter(id=case.id).delete()
    assert sorted((one.model.__name__, one.operation) for one in new) == [
        (model, "delete")
        for model in ("Citation", "Detention", "PersonName", "Placement", "Prisoner")
    ]


def test_links_between_records_are_in_the_history_too() -> None:
    case, copy, original = (
        make.make_prisoner(""),
        make.make_source("A copy"),
        make.make_source("The original"),
    )
    charge, sentence = make.make_charge(case), make.make_sentence(case)
    sentence.charges.add(charge)
    sentence.charges.remove(charge)
    copy.derived_from.set([original])
    links = {"sentence": str(sentence.id), "charge": str(charge.id)}
    assert [
        (one.before, one.after)
        for one in history(case)
        if one.model.__name__ == "SentenceCharge"
    ] == [
        ({}, links),
        (links, {}),
    ]
    assert events(copy) == [("Source", "insert"), ("SourceDerivation", "insert")]
    assert last(copy).after == {
        "from_source": str(copy.id),
        "to_source": str(original.id),
    }


def test_a_change_beside_new_notes_is_told_as_without_them() -> None:
    claimant = make.make_claimant("A monitor")
    Claimant.objects.filter(id=claimant.id).update(
        name="A lawyer", internal_notes="her number is 17"
    )
    told = [(one.operation, one.before, one.after) for one in history(claimant)[1:]]
    assert sorted(told, key=str) == [
        ("internal_notes", {}, {}),
        ("update", {"name": "A monitor"}, {"name": "A lawyer"}),
    ]


def test_that_internal_notes_changed_is_recorded_and_not_what_they_said() -> None:
    claimant = make.make_claimant(internal_notes="her sister's number is 17")
    claimant.internal_notes = "her brother's number is 18"
    claimant.save()
    assert events(claimant) == [("Claimant", "insert"), ("Claimant", "internal_notes")]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_jsonb(history)::text FROM cases_claimanthistory AS history"
        )
        kept = "".join(row for (row,) in cursor.fetchall())
    assert "number is" not in kept


def test_fixtures_leave_one_insert_a_record_even_where_a_citation_comes_before_its_record(
    tmp_path: Any,
) -> None:
    source, case, detention, citation = (
        f"00000000-0000-4000-8000-00000000000{digit}" for digit in range(1, 5)
    )
    fixture = tmp_path / "late.json"
    fixture.write_text(f"""[
        {{"model": "cases.citation", "pk": "{citation}",
          "fields": {{"detention": "{detention}", "source": "{source}", "quote": "taken"}}}},
        {{"model": "cases.detention", "pk": "{detention}", "fields": {{"prisoner": "{case}"}}}},
        {{"model": "cases.prisoner", "pk": "{case}", "fields": {{}}}},
        {{"model": "cases.source", "pk": "{source}", "fields": {{"title": "A report"}}}}
    ]""")
    call_command("loaddata", fixture, verbosity=0)
    changes = timeline("prisoner", UUID(case))
    assert sorted((one.model.__name__, one.operation, one.page) for one in changes) == [
        (model, "insert", "manage.py loaddata")
        for model in ("Citation", "Detention", "Prisoner")
    ]
    Citation.objects.update(quote="taken away")
    assert timeline("prisoner", UUID(case))[-1].after == {"quote": "taken away"}


def test_a_citation_inserted_before_its_record_and_changed_meanwhile_is_one_insert_as_it_became() -> (
    None
):
    case, source = Prisoner(), make.make_source()
    with transaction.atomic():
        detention = Detention(prisoner=case)
        late = Citation.objects.create(
            detention=detention, source=source, quote="first"
        )
        Citation.objects.filter(id=late.id).update(quote="second")
        case.save()
        detention.save()
        Citation.objects.filter(id=late.id).update(quote="third")
    change = next(one for one in history(case) if one.model is Citation)
    assert (change.operation, change.after["quote"]) == ("insert", "third")


def test_what_is_rolled_back_leaves_nothing() -> None:
    case = make.make_prisoner("")
    with new_events(case) as new, transaction.atomic():
        Prisoner.objects.filter(id=case.id).update(affiliation="A newspaper")
        transaction.set_rollback(True)
    assert new == []


def test_history_outlives_its_subject_and_the_user_who_changed_it() -> None:
    user = User.objects.create_user("documenter")
    with acting(user=user, reason="A source was wrong."):
        case = make.make_prisoner("")
    user_id, case_id = user.pk, case.id
    case.delete()
    user.delete()
    born = timeline("prisoner", case_id)[0]
    assert (born.user_id, born.who, born.why) == (
        user_id,
        "documenter",
        "A source was wrong.",
    )


def test_the_editorial_api_says_who_and_where() -> None:
    user = make.make_documenter()
    desk = Desk(user)
    answer = desk.post(
        "prisoners/", {"affiliation": "A newspaper"}, **{"X-Request-ID": "abc-123"}
    )
    case = Prisoner.objects.get(id=answer.json()["id"])
    path = f"prisoners/{case.id}/"
    desk.patch(path, {"affiliation": "A magazine"}, desk.etag(path))
    desk.delete(path, desk.etag(path))
    made, changed, deleted = timeline("prisoner", UUID(answer.json()["id"]))
    assert (made.who, made.user_id, made.page, made.request_id) == (
        user.username,
        user.pk,
        "/api/editorial/v1/prisoners/",
        "abc-123",
    )
    assert changed.after == {"affiliation": "A magazine"}
    assert {changed.page, deleted.page} == {f"/api/editorial/v1/{path}"}
    assert not {made.context_id, changed.context_id, deleted.context_id} & {None}
    assert len({made.context_id, changed.context_id, deleted.context_id}) == 3


@pytest.mark.parametrize("forged", ["x" * 101, "<script>", "a b"])
def test_a_request_id_that_is_none_is_not_written_down(forged: str) -> None:
    answer = Desk().post("prisoners/", {}, **{"X-Request-ID": forged})
    assert last(Prisoner.objects.get(id=answer.json()["id"])).request_id == ""


def test_what_follows_in_the_same_transaction_is_not_put_down_to_the_same_person() -> (
    None
):
    source = make.make_source()
    with acting(user=make.make_documenter(), reason="An author was named."):
        Source.objects.filter(id=source.id).update(author="One")
    Source.objects.filter(id=source.id).update(author="Two")
    named, unnamed = history(source)[1:]
    assert (named.who, unnamed.who) == ("documenter", "")
    assert unnamed.made_in_database


def test_a_reason_given_within_holds_only_within() -> None:
    source = make.make_source()
    with acting(page="manage.py import"):
        with acting(reason="Row 1"):
            Source.objects.filter(id=source.id).update(author="One")
        Source.objects.filter(id=source.id).update(author="Two")
    one, two = history(source)[1:]
    assert (one.why, one.page, two.why, two.page) == (
        "Row 1",
        "manage.py import",
        "",
        "manage.py import",
    )
    assert one.context_id == two.context_id


def test_nobody_is_named_after_a_block_that_failed() -> None:
    source = make.make_source()
    with pytest.raises(IntegrityError), transaction.atomic(), acting(reason="never"):
        Source.objects.filter(id=source.id).update(sha256="not a digest")
    Source.objects.filter(id=source.id).update(author="Two")
    assert [(one.after, one.why) for one in history(source)[1:]] == [
        ({"author": "Two"}, "")
    ]


def test_a_page_of_the_desk_that_is_saved_says_who_and_where_once_for_all_of_it(
    client: Client,
) -> None:
    user = make.make_documenter()
    client.force_login(user)
    case = make.make_prisoner(affiliation="A newspaper")
    page = {**opened(client, address(case)), "affiliation": "A magazine"}
    with new_events(case) as new:
        assert (
            client.post(
                address(case), with_row(page, "detentions", started_on="2025-09")
            ).status_code
            == 302
        )
    assert [(one.model.__name__, one.operation) for one in new] == [
        ("Prisoner", "update"),
        ("Detention", "insert"),
    ]
    assert {(one.who, one.user_id, one.page) for one in new} == {
        (user.username, user.pk, address(case).partition("?")[0])
    }
    assert len({one.context_id for one in new}) == 1


def test_a_part_that_is_moved_is_in_both_cases_history_with_the_event_that_moved_it() -> (
    None
):
    old, new = make.make_prisoner("One"), make.make_prisoner("")
    name = old.names.get()
    PersonName.objects.filter(id=name.id).update(language="en")
    PersonName.objects.filter(id=name.id).update(prisoner=new)
    PersonName.objects.filter(id=name.id).update(value="Two")
    of_name = {
        case.id: [one for one in history(case) if one.model is PersonName]
        for case in (old, new)
    }
    assert [one.after for one in of_name[old.id][1:]] == [
        {"language": "en"},
        {"prisoner": str(new.id)},
    ]
    assert [(one.before, one.after) for one in of_name[new.id]] == [
        ({"prisoner": str(old.id)}, {"prisoner": str(new.id)}),
        ({"value": "One"}, {"value": "Two"}),
    ]


def test_the_history_of_a_whole_case_is_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    case = make.make_prisoner()
    make.make_citation(make.make_placement(make.make_detention(case)), "place_kind")
    with django_assert_num_queries(1):
        assert len(history(case)) == 5
    for other in (
        make.make_source(),
        make.make_facility(),
        make.make_release_event(),
        make.make_count(),
    ):
        with django_assert_num_queries(1):
            assert [one.operation for one in history(other)] == ["insert"]


def test_a_deleted_record_can_be_made_again_from_its_last_event() -> None:
    case = make.make_prisoner(
        "", citizenships=["BY"], summary={"en": "Held."}, born_on="1980~"
    )
    Prisoner.objects.filter(id=case.id).delete()
    left = last(case).record
    Prisoner.objects.create(**left)
    again = Prisoner.objects.get(id=case.id)
    assert (again.citizenships, again.summary, again.born_on, again.created_at) == (
        ["BY"],
        {"en": "Held."},
        "1980~",
        Prisoner(**left)._meta.get_field("created_at").to_python(left["created_at"]),
    )


@pytest.mark.parametrize(
    "forged", ["[]", "7", '{"username": ["a"], "reason": null, "user": {}}']
)
def test_whatever_a_hand_in_psql_says_of_itself_the_history_can_be_read(
    forged: str,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_metadata', %s, TRUE)", [forged]
        )
    case = make.make_prisoner("")
    change = last(case)
    assert change.operation == "insert"
    assert isinstance(change.who, str)
    assert change.user_id is None
    assert change.made_in_database


def test_public_pages_need_no_session_to_be_asked_for(
    client: Client, django_assert_num_queries: Any
) -> None:
    client.force_login(make.make_documenter())
    with django_assert_num_queries(0):
        client.get("/no-such-page/")
