"""A case that is open to named staff only is nowhere at the desk for anyone else: asked
of every page and every address of the editorial API, as every role.
"""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from cases import merging
from cases.desk.access.models import AccessEvent
from cases.doctor.named import examine
from cases.models import (
    Citation,
    Detention,
    Identifier,
    NamedStaff,
    Prisoner,
    WaitingCase,
)
from cases.named import CannotName, named_on, open_to, seeing_as, views
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.editorial import Desk
from tests.named import (
    CANARY,
    Ids,
    Shared,
    addresses,
    colleagues,
    kept_of,
    only_for,
    secret_case,
    staff,
    without_the_question,
)
from tracker.audiences import AUDIENCES

pytestmark = [pytest.mark.django_db, pytest.mark.crawl]


@pytest.fixture(autouse=True)
def reviewed(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture
def reader() -> User:
    """Who is named."""
    return staff("reader", "administrator")


@pytest.fixture
def others() -> list[User]:
    return colleagues()


@pytest.fixture
def shared() -> Shared:
    return Shared()


@pytest.fixture
def records(reader: User, shared: Shared) -> dict[str, list[Any]]:
    """Of the case, of one like it, and of what is kept of both."""
    found = secret_case(Ids(), shared, visibility="public")
    (case,) = found["prisoner"]
    double = make.make_prisoner(f"{CANARY} Secretnam")
    found |= kept_of(case, double, shared.other, reader)
    for noun, record in (
        ("source", shared.source),
        ("facility", shared.facility),
        ("claimant", shared.claimant),
        ("releaseevent", shared.event),
    ):
        found[noun] = [record]
    found["sources"], found["claimants"] = [shared.source], [shared.claimant]
    found["facilities"], found["release-events"] = [shared.facility], [shared.event]
    found["prisoner"] = found["prisoners"] = [case, double, shared.other]
    case.refresh_from_db()
    only_for(case, reader)
    only_for(double, reader)
    return found


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def told(user: User, records: dict[str, list[Any]]) -> Iterator[str]:
    """Addresses that say something of the case that was not in the question."""
    client = signed_in(user)
    case, double, other = records["prisoner"]
    for address, parameters in addresses(records, case.pk, other.pk):
        response = client.get(address, parameters)
        asked = f"{address} {parameters}"
        assert response.status_code < 500, (asked, user.username)
        if "accessevent" in address:
            continue  # what they asked here stands there: see below
        text = without_the_question(response.content.decode(errors="replace"))
        for key in (str(case.pk), str(double.pk)):
            if key not in asked and key in text:
                yield f"{asked}: {key}"
        if CANARY in text:
            yield asked


class TestForWhoIsNotNamed:
    def test_it_is_on_no_page_and_at_no_address(
        self, records: dict[str, list[Any]], others: list[User]
    ) -> None:
        """The superuser is shown all that anybody is, and the reviewer what to do."""
        found = []
        for user in (others[1], others[-1]):
            found += [f"{user.username}: {line}" for line in told(user, records)]
        assert not found, "\n".join(found)

    def test_every_answer_is_the_same_as_where_there_is_no_such_case(
        self, others: list[User], reader: User, shared: Shared
    ) -> None:
        ids = Ids()
        with transaction.atomic():
            found = secret_case(ids, shared)
            found["prisoner"] += [shared.other]
            asked = list(addresses(found, ids["prisoner"], shared.other.pk))
            transaction.set_rollback(True)
        publish_pending()
        before = answers(others[-1], asked)
        secret = secret_case(ids, shared)
        publish_pending()
        only_for(secret["detention"][0].prisoner, reader)
        after = answers(others[-1], asked)
        assert len(asked) > 200
        told = []
        for address, first, second in zip(asked, before, after, strict=True):
            if first != second:
                told.append(f"{address}: {_where(first, second)}")
        assert not told, "\n".join(told)

    def test_numbers_do_not_count_it(
        self, records: dict[str, list[Any]], others: list[User]
    ) -> None:
        with seeing_as(others[-1]):
            assert Prisoner.objects.count() == 1
            assert WaitingCase.objects.count() == 0
            assert Citation.objects.count() == 0
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM cases_prisonerhistory")
                (events,) = cursor.fetchone()
        assert events == 1

    def test_what_links_to_it_is_refused_as_to_what_does_not_exist(
        self, records: dict[str, list[Any]], others: list[User]
    ) -> None:
        case = records["prisoner"][0]
        desk = Desk(others[1])
        for path, body in (
            ("person-names/", {"value": "A"}),
            ("detentions/", {}),
            ("identifiers/", {"scheme": "court", "value": "7"}),
        ):
            refusals = []
            for key in (str(case.pk), str(uuid4())):
                answer = desk.post(path, {**body, "prisoner": key})
                assert answer.status_code == 400
                refusals.append(answer.content.decode().replace(key, "ID"))
            assert refusals[0] == refusals[1]

    def test_a_number_that_it_has_is_not_already_given(
        self, records: dict[str, list[Any]], shared: Shared, others: list[User]
    ) -> None:
        number = {"prisoner": str(shared.other.pk), "scheme": "court", "value": CANARY}
        desk = Desk(others[1])
        assert desk.post("identifiers/", number).status_code == 201
        assert desk.post("identifiers/", number).status_code == 400

    def test_and_the_case_is_opened_to_everyone_once_the_number_is_only_ones(
        self, records: dict[str, list[Any]], shared: Shared, reader: User
    ) -> None:
        case = records["prisoner"][0]
        Identifier.objects.create(prisoner=shared.other, scheme="court", value=CANARY)
        with (
            pytest.raises(IntegrityError, match="already given to a case"),
            transaction.atomic(),
        ):
            open_to(case.pk, [], by=reader, reason="No danger any more.")
        Identifier.objects.filter(prisoner=shared.other).delete()
        open_to(case.pk, [], by=reader, reason="No danger any more.")
        number = Identifier(prisoner=shared.other, scheme="court", value=CANARY)
        with pytest.raises(ValidationError, match="already given to a case"):
            number.full_clean()
        with pytest.raises(IntegrityError, match="already given"), transaction.atomic():
            number.save()

    def test_it_is_reviewed_by_nobody_else(
        self, records: dict[str, list[Any]], others: list[User]
    ) -> None:
        case = records["prisoner"][0]
        answer = Desk(others[1]).post(
            f"prisoners/{case.pk}/approve/",
            {"version": case.version},
            **{"If-Match": f'"{case.version}"', "X-Change-Reason": "-"},
        )
        assert answer.status_code == 404

    def test_a_deleted_one_is_nowhere_either(
        self, reader: User, others: list[User]
    ) -> None:
        case = make.make_prisoner(f"{CANARY} Third")
        only_for(case, reader)
        case.delete()
        client = signed_in(others[-1])
        place = f"/admin/cases/prisoner/{case.pk}/history/"
        deleted = "/admin/cases/prisoner/deleted/"
        assert CANARY not in client.get(deleted).content.decode()
        assert client.get(place).status_code == 404
        assert CANARY in signed_in(reader).get(deleted).content.decode()
        make.make_prisoner("Anew", id=case.pk)
        assert client.get(place.replace("history", "change")).status_code == 302

    def test_what_named_staff_do_with_it_stands_in_no_log(
        self, records: dict[str, list[Any]], reader: User, others: list[User]
    ) -> None:
        case = records["prisoner"][0]
        named, other = signed_in(reader), signed_in(others[-1])
        with seeing_as(others[-1]):
            before = AccessEvent.objects.count()
        named.get("/admin/cases/prisoner/", {"q": CANARY})
        named.get("/admin/cases/prisoner/", {"affiliation__exact": CANARY})
        named.get(f"/admin/cases/prisoner/{case.pk}/change/")
        named.get("/api/editorial/v1/prisoners/")
        named.get("/api/editorial/v1/sentences/")
        named.get(
            "/admin/autocomplete/",
            {
                "app_label": "cases",
                "model_name": "release",
                "field_name": "prisoner",
                "term": "Secret",
            },
        )
        for address in ("/admin/access/accessevent/", "/admin/"):
            log = other.get(address).content.decode()
            assert CANARY not in log
            assert str(case.pk) not in log
        with seeing_as(others[-1]):
            seen = list(AccessEvent.objects.order_by("id")[before:])
        assert {event.case_id for event in seen} == {None}
        # What was listed beside it is told.
        rows = {event.page: event.rows for event in seen if event.rows is not None}
        assert rows["api/editorial/v1/prisoners/"] == 1
        assert rows["api/editorial/v1/sentences/"] == 0
        with seeing_as(reader):
            whole = AccessEvent.objects.order_by("id")
            pages = [event.page for event in whole if event.case_id == case.pk]
        assert "api/editorial/v1/prisoners/" in pages
        assert "api/editorial/v1/sentences/" in pages
        assert "admin/autocomplete/" in pages

    def test_what_others_search_for_stays_in_the_log_though_it_is_the_name(
        self, records: dict[str, list[Any]], others: list[User]
    ) -> None:
        """Else its absence would tell."""
        client = signed_in(others[-1])
        client.get("/admin/cases/prisoner/", {"q": CANARY})
        with seeing_as(others[-1]):
            assert AccessEvent.objects.filter(asked=f"q: {CANARY}").count() == 1


def answers(user: User, asked: list[tuple[str, dict[str, str]]]) -> list[str]:
    """What is told to somebody who asks for the first time."""
    found = []
    with transaction.atomic():
        client = signed_in(user)
        for address, parameters in asked:
            with transaction.atomic():
                response = client.get(address, parameters)
                text = response.content.decode(errors="replace")
                found.append(f"{response.status_code} {_steady(text)}")
                transaction.set_rollback(True)
        transaction.set_rollback(True)
    return found


def _where(first: str, second: str) -> str:
    """Two texts from where they differ."""
    same = 0
    while first[same : same + 1] == second[same : same + 1] != "":
        same += 1
    return f"{first[same - 40 : same + 60]!r} {second[same - 40 : same + 60]!r}"


def _steady(text: str) -> str:
    """Without what is another one each time."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
    text = re.sub(r'name="draft_token" value="[\w-]+"', "", text)
    text = re.sub(r"object at 0x\w+", "", text)
    return re.sub(r"\d\d:\d\d(:\d\d(\.\d+)?)?|\b\d\d? [ap]\.m\.|\d:\d\d [ap]", "", text)


class TestForWhoIsNamed:
    def test_it_is_found_as_before(
        self, records: dict[str, list[Any]], reader: User
    ) -> None:
        """Asked until it was found at sixty."""
        found = list(islice(told(reader, records), 60))
        assert len(found) == 60

    def test_what_is_published_of_it_is_not_changed(
        self, records: dict[str, list[Any]], others: list[User]
    ) -> None:
        case = records["prisoner"][0]
        before = _document(case)
        with seeing_as(others[-1]):
            source = records["source"][0]
            type(source).objects.filter(pk=source.pk).update(title="Changed")
            publish_pending()
        assert _document(case) == before

    def test_a_source_that_another_takes_back_is_taken_back_there_too(
        self, records: dict[str, list[Any]], others: list[User]
    ) -> None:
        case, source = records["prisoner"][0], records["source"][0]
        type(source).objects.filter(pk=source.pk).update(visibility="public")
        make.approve(source)
        make.approve(case)
        publish_pending()
        assert str(source.pk) in json.dumps(_document(case))
        with seeing_as(others[-1]):
            type(source).objects.filter(pk=source.pk).update(visibility="internal")
            publish_pending()
        assert str(source.pk) not in json.dumps(_document(case))

    def test_what_rests_on_a_source_is_taken_back_there_though_nobody_could_be_asked(
        self, records: dict[str, list[Any]], others: list[User]
    ) -> None:
        case, source = records["prisoner"][0], records["source"][0]
        Citation.objects.exclude(source=source).delete()
        type(source).objects.filter(pk=source.pk).update(visibility="public")
        desk = Desk(others[1])
        version = type(source).objects.get(pk=source.pk).version
        answer = desk.patch(
            f"sources/{source.pk}/",
            {"visibility": "internal", "withdraw_dependent_facts": False},
            f'"{version}"',
            **{"X-Change-Reason": "Asked for."},
        )
        assert answer.status_code == 200, answer.content
        assert CANARY not in answer.content.decode()
        case.refresh_from_db()
        assert case.visibility == "internal"  # nobody else's word was left


def _document(case: Prisoner) -> Any:
    row = AUDIENCES[0].document_model._default_manager.get(pk=case.pk)
    return json.loads(str(row.document))


class TestMerging:
    def test_neither_is_proposed_nor_done(
        self, records: dict[str, list[Any]], shared: Shared, reader: User
    ) -> None:
        case, other = records["prisoner"][0], shared.other
        with pytest.raises(merging.MergeRefused, match="named staff only"):
            merging.propose(
                other.pk,
                case.pk,
                seen_versions=(other.version, case.version),
                reason="One person.",
            )
        with pytest.raises(IntegrityError, match="named staff"), transaction.atomic():
            Prisoner.objects.filter(pk=case.pk).update(merged_into=other)

    def test_a_case_that_may_be_merged_is_not_named_on(
        self, shared: Shared, reader: User
    ) -> None:
        case = make.make_prisoner(f"{CANARY} Third")
        merging.propose(
            shared.other.pk,
            case.pk,
            seen_versions=(shared.other.version, case.version),
            reason="One person.",
        )
        with pytest.raises(CannotName, match="Decide on that first"):
            only_for(case, reader)
        with pytest.raises(IntegrityError, match="is not merged"), transaction.atomic():
            NamedStaff.objects.create(
                case_id=case.pk, staff=[reader.pk], reason="-", event=0
            )


class TestNaming:
    def test_is_done_on_a_page_of_the_case_with_a_reason_that_history_keeps(
        self, reader: User, others: list[User]
    ) -> None:
        case = make.make_prisoner(CANARY)
        client, other = signed_in(reader), signed_in(others[1])
        place = f"/admin/cases/prisoner/{case.pk}/"
        assert f"{place}named-staff/" in client.get(f"{place}change/").content.decode()
        page = {"who": "named", "staff": [reader.pk], "reason": "She works with us."}
        assert client.post(f"{place}named-staff/", page).status_code == 302
        shown = client.get(f"{place}change/").content.decode()
        assert "Open to named staff only" in shown
        assert other.get(f"{place}named-staff/").status_code == 404
        history = client.get(f"{place}history/").content.decode()
        assert "Open to named staff only: reader" in history
        assert "She works with us." in history
        page = {"who": "everyone", "reason": "It is known."}
        assert client.post(f"{place}named-staff/", page).status_code == 302
        assert other.get(f"{place}named-staff/").status_code == 200
        history = other.get(f"{place}history/").content.decode()
        assert "Opened to everyone who may view cases" in history

    def test_takes_a_reason(self, reader: User) -> None:
        case = make.make_prisoner(CANARY)
        page = {"who": "named", "staff": [reader.pk], "reason": " "}
        place = f"/admin/cases/prisoner/{case.pk}/named-staff/"
        answer = signed_in(reader).post(place, page)
        assert "This field is required." in answer.content.decode()
        assert not NamedStaff.objects.exists()
        with pytest.raises(CannotName, match="say why"):
            open_to(case.pk, [reader], by=reader, reason=" ")
        with (
            pytest.raises(IntegrityError, match="naming_staff_has_a_reason"),
            transaction.atomic(),
        ):
            NamedStaff.objects.create(
                case_id=case.pk, staff=[reader.pk], reason=" ", event=0
            )

    def test_nobody_is_not_everyone(self, reader: User) -> None:
        case = make.make_prisoner(CANARY)
        place = f"/admin/cases/prisoner/{case.pk}/named-staff/"
        answer = signed_in(reader).post(place, {"who": "named", "reason": "-"})
        assert "Name at least one person" in answer.content.decode()
        assert not NamedStaff.objects.exists()

    def test_takes_a_right(self, others: list[User]) -> None:
        case = make.make_prisoner(CANARY)
        client = signed_in(others[0])
        place = f"/admin/cases/prisoner/{case.pk}/"
        assert client.get(f"{place}named-staff/").status_code == 403
        shown = client.get(f"{place}change/").content.decode()
        assert f"{place}named-staff/" not in shown

    def test_ones_own_name_may_be_left_out_and_leads_back_to_the_list(
        self, reader: User, others: list[User]
    ) -> None:
        case = make.make_prisoner(CANARY)
        answer = signed_in(reader).post(
            f"/admin/cases/prisoner/{case.pk}/named-staff/",
            {"who": "named", "staff": [others[1].pk], "reason": "It is hers."},
        )
        assert answer["Location"] == "/admin/cases/prisoner/"

    def test_somebody_must_be_left_who_can_sign_in(self, reader: User) -> None:
        case = make.make_prisoner(CANARY)
        gone = staff("gone", "reviewer")
        User.objects.filter(pk=gone.pk).update(is_active=False)
        gone.refresh_from_db()
        with pytest.raises(CannotName, match="who can sign in"):
            only_for(case, gone)
        with (
            pytest.raises(IntegrityError, match="somebody must be left"),
            transaction.atomic(),
        ):
            NamedStaff.objects.create(
                case_id=case.pk, staff=[gone.pk], reason="-", event=0
            )

    def test_who_does_not_see_it_names_nobody(
        self, reader: User, others: list[User]
    ) -> None:
        case = make.make_prisoner(CANARY)
        only_for(case, reader)
        with (
            seeing_as(others[-1]),
            pytest.raises(IntegrityError, match="no such case"),
            transaction.atomic(),
        ):
            NamedStaff.objects.create(
                case_id=case.pk, staff=[others[-1].pk], reason="-", event=0
            )
        assert named_on(case.pk) == [reader]

    def test_a_row_is_neither_changed_nor_deleted_by_the_desk(
        self, reader: User
    ) -> None:
        case = make.make_prisoner(CANARY)
        only_for(case, reader)
        for statement in (
            "UPDATE cases_namedstaff SET staff = '{}'",
            "DELETE FROM cases_namedstaff",
        ):
            with (
                pytest.raises(Exception, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)


class TestWhereNobodyIsLeft:
    """All who were named are locked: whoever runs the machine names others."""

    def test_the_doctor_says_so_and_a_command_names_somebody_else(
        self, reader: User, others: list[User]
    ) -> None:
        case = make.make_prisoner(CANARY)
        only_for(case, reader)
        assert list(examine()) == []
        User.objects.filter(pk=reader.pk).update(is_active=False)
        (finding,) = examine()
        assert str(case.pk) in finding.words
        assert CANARY not in finding.words
        call_command(
            "name_staff", str(case.pk), "--to", "the reviewer", "--reason", "Locked."
        )
        assert list(examine()) == []
        assert named_on(case.pk) == [others[1]]

    def test_an_account_that_is_not_there_is_not_named(self) -> None:
        case = make.make_prisoner(CANARY)
        with pytest.raises(CommandError, match="no account nobody"):
            call_command(
                "name_staff", str(case.pk), "--to", "nobody", "--reason", "Locked."
            )
        with pytest.raises(CommandError, match="say why"):
            call_command("name_staff", str(case.pk), "--everyone", "--reason", " ")


def test_every_table_that_leads_to_a_case_has_its_view() -> None:
    """A new kind of part, or a table with the id of a case, is left out of it."""
    viewed = {table for table, _hidden in views.conditions()}
    lacking = []
    for model in apps.get_models():
        table = model._meta.db_table
        leads = False
        for field in model._meta.concrete_fields:
            to_case = field.is_relation and field.related_model in (Prisoner, Detention)
            leads = leads or to_case or field.name in CASE_COLUMNS
        if leads and table not in viewed and table not in WITHOUT_A_VIEW:
            lacking.append(table)
    assert lacking == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = 'seen'")
        assert {name for (name,) in cursor.fetchall()} == viewed


CASE_COLUMNS = {"root_id", "case_id", "case", "record_id", "object_id"}
WITHOUT_A_VIEW = {
    "tracker_public_correction": "it is published, to everyone",
    "tracker_partners_correction": "it is published, to partners",
}
