"""A real name that was typed by mistake is forgotten by history, and checkpoints say
erased and not tampered.
"""

import json
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from io import StringIO
from threading import Thread
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils.timezone import now
from psycopg.errors import InsufficientPrivilege

from cases.desk.casework.forgetting import OF_CASES
from cases.desk.casework.models import (
    Assignment,
    Comment,
    ConsentTask,
    DiaryEntry,
    Look,
    SavedFilter,
)
from cases.desk.erasing import orders
from cases.history import acting, digests, timeline
from cases.history.restoring import CannotRestore, goal
from cases.history.wording import sentences
from cases.models import (
    Citation,
    Claimant,
    Edition,
    Erasure,
    ErasureOrder,
    OrderState,
    PersonName,
    Prisoner,
)
from cases.publishing import gate, publish_pending
from cases.review.approving import approve
from tests import factories as make
from tests.cases.test_checkpoints import Folder, folder  # noqa: F401
from tests.relays import soon
from tests.roles import known_as
from tests.signin.people import make_account, show_factor, sign_in, signed_in, with_app
from tracker.models import PublicCorrection, PublicDocument

Logins = Callable[[str], psycopg.Connection[Any]]
AsOwner = Callable[[], AbstractContextManager[None]]

REAL = "Real Witness"
# Where orders stand, and what they need.
OF_ORDERS = {"cases_erasureorder", "signin_factorshown", "mfa_authenticator"}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def staff() -> None:
    for name in ("first", "second"):
        make.make_documenter(name)


@pytest.fixture
def erase(as_owner: AsOwner) -> Callable[..., str]:
    """What two people ordered, by the owner's command."""

    def run(*, case: Any = None, event: str = "", **given: Any) -> str:
        options = {"yes": True, **given.pop("options", {})}
        order = ordered(case=case, events=[event] if event else [], **given)
        output = StringIO()
        with as_owner():
            call_command("erase", order=order.pk, stdout=output, **options)
        return output.getvalue()

    return run


def asked(**what: Any) -> ErasureOrder:
    first = User.objects.get(username="first")
    values = {"reason": "Asked for by the person", **what}
    factor = show_factor(first)
    with acting(user=first):
        return ErasureOrder.objects.create(
            asked_by=first, asked_factor=factor, **values
        )


def ordered(**what: Any) -> ErasureOrder:
    order = asked(**what)
    second = User.objects.get(username="second")
    orders.confirm(order.pk, second, show_factor(second))
    return order


def published_case(name: str) -> Prisoner:
    with transaction.atomic():  # it and its citation
        case = make.make_prisoner(name, visibility="public")
    _approve(case)
    return case


def corrected_case() -> Prisoner:
    """Published under a real name, and then under another one."""
    case = published_case(REAL)
    with acting(page="/admin/", reason=f"It is not {REAL}"):
        case.names.update(value="A Witness")
    _approve(case)
    return case


def spoken_of(case: Prisoner, words: str) -> None:
    """What colleagues wrote beside it."""
    first = User.objects.get(username="first")
    whose = {"root_id": case.pk, "written_by": first}
    with acting(user=first):
        Comment.objects.create(text=words, **whose)
        DiaryEntry.objects.create(day=now(), what="call", note=words, **whose)
        ConsentTask.objects.create(whom=words, **whose)
        ConsentTask.objects.create(whom="-", channel=words, **whose)
        Look.objects.create(root_id=case.pk, looked_by=first)
        Assignment.objects.create(root_id=case.pk, assigned_by=first)
        SavedFilter.objects.create(owner=first, listed="-", name=words)


def _approve(case: Prisoner) -> None:
    case.refresh_from_db()
    approve("prisoner", case.pk, seen_version=case.version, reason="checked")
    publish_pending()


# The desk's login reads nothing of these.
_NOT_READ = ("auth_", "cases_actingsecret", "cases_committurn", "drafts_")


def everything(but: Collection[str] = ()) -> str:
    """All rows of all tables that the desk may read, as one text."""
    with connection.cursor() as cursor:
        tables = [
            name
            for name in connection.introspection.table_names(cursor)
            if name not in but and not name.startswith(_NOT_READ)
        ]
        rows = []
        for table in tables:
            cursor.execute(f'SELECT "{table}"::text FROM "{table}"')
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows)


def test_a_name_is_forgotten_wherever_it_was_copied_and_checkpoints_say_so(
    erase: Callable[..., str],
    folder: Folder,
) -> None:
    case = corrected_case()
    third = make.make_documenter("third")
    with acting(user=third):
        LogEntry.objects.create(
            user=third, object_id=str(case.pk), action_flag=CHANGE, object_repr=REAL
        )
    assert PublicCorrection.objects.filter(before=REAL).exists()
    number = PublicDocument.objects.get(pk=case.pk).seq
    spoken_of(case, f"Is it {REAL.lower()}?")
    folder.make()
    said = erase(case=case.pk, containing=REAL)
    assert REAL not in said
    assert "2 events of 1 tables, and copies in 1 editions." in said
    assert REAL not in everything()
    # The feed tells so those who keep the corrections.
    assert PublicDocument.objects.get(pk=case.pk).seq > number
    told = folder.verify()
    act = Erasure.objects.get()
    assert (
        f"by act {act.number}, requested by first, approved by second: Asked for by the person"
        in told
    )
    assert "cases_personnamehistory" in told
    folder.make()
    assert Edition.objects.get(id=act.editions[0]).snapshot["erased_by"] == [act.number]
    assert (Look.objects.count(), Comment.objects.count()) == (1, 0)
    assert [
        row["value"] for row in Edition.objects.latest("number").snapshot["names"]
    ] == ["A Witness"]
    names = [one for one in timeline("prisoner", case.pk) if one.model is PersonName]
    assert [(one.operation, one.erased, one.after) for one in names] == [
        ("insert", True, {}),
        ("update", True, {}),
    ]


def test_who_erases_waits_for_whoever_publishes_and_has_locked_nothing_of_it(
    as_owner: AsOwner, logins: Logins
) -> None:
    """Else the gate would wait for rows of the eraser, who waits for the gate."""
    case = corrected_case()
    order = ordered(case=case.pk, containing=REAL)

    def erase() -> None:
        with as_owner():
            call_command("erase", order=order.pk, yes=True, stdout=StringIO())
        connection.close()

    publisher, watching = logins("publisher"), logins("owner")
    erasing = Thread(target=erase)
    with publisher.transaction():
        publisher.execute(gate.ONE_PUBLISHES)
        erasing.start()
        assert soon(lambda: _is_anyone_waiting(watching))
        publisher.execute("SELECT FROM tracker_public_correction FOR UPDATE NOWAIT")
    erasing.join(20)
    order.refresh_from_db()
    assert order.state == OrderState.DONE


def _is_anyone_waiting(watching: psycopg.Connection[Any]) -> bool:
    waiting = "SELECT FROM pg_locks WHERE NOT granted"
    return bool(watching.execute(waiting).fetchall())


def refused(erase: Callable[..., str], **options: Any) -> str:
    """The refusal, after which everything is as it was."""
    publish_pending()
    before = everything(but=OF_ORDERS)
    with pytest.raises(CommandError) as refusal:
        erase(**options)
    assert everything(but=OF_ORDERS) == before
    assert REAL not in str(refusal.value)
    return str(refusal.value)


def test_what_the_record_still_says_must_be_corrected_first(
    erase: Callable[..., str],
) -> None:
    case = make.make_prisoner(REAL)
    name = case.names.get()
    assert refused(erase, case=case.pk, containing=REAL) == (
        f"The text still stands in the record: cases_personname {name.pk}, value. Correct it first."
    )
    assert (
        refused(erase, case=case.pk)
        == "The record still has this case (cases_prisoner). Delete it first."
    )
    case.names.update(value="A Witness", internal_notes=f"once {REAL.lower()}")
    assert "internal_notes. Correct it first." in refused(
        erase, case=case.pk, containing=REAL
    )
    (event,) = (
        one.number
        for one in timeline("prisoner", case.pk)
        if one.after.get("value") == "A Witness"
    )
    assert "correct it first" in refused(
        erase, event=f"cases_personnamehistory:{event}"
    )


def test_what_is_approved_must_be_approved_anew_first(
    erase: Callable[..., str],
) -> None:
    case = published_case(REAL)
    case.names.update(value="A Witness")
    assert refused(erase, case=case.pk, containing=REAL) == (
        f"It still stands in what is approved: prisoner {case.pk}, № 1. Approve it again first."
    )


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        (
            {"reason": "She is real witness"},
            "Reason: it repeats what is to be erased, and would itself be kept.",
        ),
        (
            {"containing": "Nobody"},
            "History has nothing of that kind, or it has been erased already.",
        ),
        ({"field": "weight"}, "“weight” is no field of this case."),
        (
            {"case": None, "event": "cases_prisoner:1", "containing": ""},
            "cases_prisoner is no table of history.",
        ),
        (
            {"case": None, "event": "cases_prisonerhistory", "containing": ""},
            "Write events as TABLE:NUMBER, such as cases_personnamehistory:42.",
        ),
        (
            {"case": None, "event": "cases_prisonerhistory:1"},
            "Field and text go with a case.",
        ),
        (
            {"case": None, "containing": ""},
            "Say which case, or which events: one of the two.",
        ),
    ],
)
def test_an_order_says_what_to_erase_and_repeats_it_nowhere(
    order: dict[str, Any], refusal: str, erase: Callable[..., str]
) -> None:
    case = corrected_case()
    wanted = {"case": case.pk, "containing": REAL, **order}
    assert refused(erase, **wanted) == refusal


@pytest.mark.parametrize("name", ["first", "second"])
def test_nothing_is_erased_for_somebody_who_was_locked_out_since(
    name: str, as_owner: AsOwner
) -> None:
    case = corrected_case()
    order = ordered(case=case.pk, containing=REAL)
    User.objects.filter(username=name).update(is_active=False)
    with as_owner(), pytest.raises(CommandError, match="is no member of staff"):
        call_command("erase", order=order.pk, yes=True)
    assert REAL in everything(but=OF_ORDERS)


def test_an_order_that_nobody_confirmed_or_that_is_done_is_not_done(
    as_owner: AsOwner, erase: Callable[..., str]
) -> None:
    case = corrected_case()
    order = asked(case=case.pk, containing=REAL)
    with as_owner(), pytest.raises(CommandError, match="Only a confirmed one is done"):
        call_command("erase", order=order.pk, yes=True)
    orders.take_back(order.pk, User.objects.get(username="first"))
    erase(case=case.pk, containing=REAL)
    done = ErasureOrder.objects.latest("pk")
    with as_owner(), pytest.raises(CommandError, match="Only a confirmed one is done"):
        call_command("erase", order=done.pk, yes=True)
    with as_owner(), pytest.raises(CommandError, match="There is no order 900000"):
        call_command("erase", order=900000, yes=True)


def test_the_command_lists_what_is_confirmed_and_not_yet_done(
    as_owner: AsOwner,
) -> None:
    case = corrected_case()

    def listed() -> str:
        output = StringIO()
        with as_owner():
            call_command("erase", stdout=output)
        return output.getvalue()

    asked(case=case.pk, containing=REAL)
    assert listed() == "No order is confirmed and not yet done.\n"
    order = ordered(case=case.pk, containing=REAL)
    assert listed() == f"№ {order.pk}: first, second: Asked for by the person\n"


def test_what_is_only_shown_or_not_agreed_to_stays(
    erase: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = corrected_case()
    wanted = {"case": case.pk, "containing": REAL}
    before = everything(but=OF_ORDERS)
    assert "2 events" in erase(**wanted, options={"dry_run": True})
    monkeypatch.setattr("builtins.input", lambda question: "yes")
    answer = refused(erase, **wanted, options={"yes": False})
    assert answer == "Nothing was erased."
    assert everything(but=OF_ORDERS) == before
    monkeypatch.setattr("builtins.input", lambda question: "erase")
    assert "Erased, by act" in erase(**wanted, options={"yes": False})


def test_the_desk_cannot_erase(logins: Logins) -> None:
    case = corrected_case()
    order = ordered(case=case.pk, containing=REAL)
    refused = pytest.raises(CommandError, match="Only the owner's login may erase")
    with known_as("owner"), refused:  # whatever the settings say
        call_command("erase", order=order.pk, yes=True)
    assert REAL in everything(but=OF_ORDERS)
    desk = logins("desk")
    for attack in (
        "INSERT INTO cases_erasure (requested_by, approved_by, reason, order_number, events, editions)"
        f" VALUES ('first', 'second', 'Asked for by the person', {order.pk}, '{{}}', '{{}}')",
        "UPDATE cases_erasure SET reason = ''",
        "DELETE FROM cases_erasure",
        "TRUNCATE cases_erasure",
        "DELETE FROM cases_erasureorder",
        "UPDATE cases_erasureorder SET reason = 'another'",
        "UPDATE cases_erasureorder SET asked_by_id = confirmed_by_id",
        "UPDATE signin_factorshown SET at = now()",
    ):
        with pytest.raises(InsufficientPrivilege):
            desk.execute(attack)
    with pytest.raises(psycopg.errors.CheckViolation):
        desk.execute("UPDATE cases_erasureorder SET state = 'done'")


def test_what_an_erased_event_still_says_is_guarded_on(
    erase: Callable[..., str],
    logins: Logins,
    folder: Folder,
) -> None:
    case = corrected_case()
    folder.make()
    erase(case=case.pk, containing=REAL)
    folder.make()
    owner = logins("owner")
    owner.execute(
        "UPDATE cases_personnamehistory SET pgh_login = 'another' WHERE pgh_salt IS NULL"
    )
    assert len(folder.findings()) == 2
    assert "was changed after it was erased." in folder.findings()[0]
    owner.execute("UPDATE cases_erasure SET approved_by = 'another'")
    assert any(
        "cases_erasure: as many events as there were" in finding
        for finding in folder.findings()
    )


def test_an_edition_that_was_erased_before_can_be_erased_again(
    erase: Callable[..., str],
) -> None:
    case = published_case(REAL)
    for name in ("A Witness", "Somebody"):
        case.names.update(value=name)
        _approve(case)
    erase(case=case.pk, containing=REAL)
    erase(case=case.pk, containing="A Witness")
    assert REAL not in everything()
    assert "A Witness" not in everything()


def test_a_case_that_was_deleted_is_forgotten_whole(erase: Callable[..., str]) -> None:
    case = corrected_case()
    make.make_placement(make.make_detention(case), place_kind="prison")
    other = make.make_prisoner("Another")
    spoken_of(case, "He calls on Fridays.")
    spoken_of(other, "She does not.")
    Prisoner.objects.filter(pk=case.pk).delete()
    assert Comment.objects.count() == 2  # the case might come back
    erase(case=case.pk)
    for model in OF_CASES:
        assert set(model._default_manager.values_list("root_id", flat=True)) == {
            other.pk
        }
    assert all(one.erased for one in timeline("prisoner", case.pk))
    assert REAL not in everything()
    assert "A Witness" not in everything()
    assert not any(one.erased for one in timeline("prisoner", other.pk))
    with pytest.raises(CommandError, match="erased already"):
        erase(case=case.pk)


def test_no_table_of_what_is_kept_beside_a_case_is_forgotten_about() -> None:
    of_cases = set()
    for model in apps.get_app_config("casework").get_models():
        if any(field.attname == "root_id" for field in model._meta.concrete_fields):
            of_cases.add(model)
    assert set(OF_CASES) == of_cases


def test_earlier_values_of_one_field_or_single_events_can_be_erased(
    erase: Callable[..., str],
) -> None:
    case = make.make_prisoner("", affiliation="A newspaper")
    for affiliation in ("A party", "A union"):
        Prisoner.objects.filter(pk=case.pk).update(affiliation=affiliation)
    erase(case=case.pk, field="affiliation")
    assert [one.erased for one in timeline("prisoner", case.pk)] == [True, True, False]
    source = make.make_source("A real title")
    type(source).objects.filter(pk=source.pk).update(title="A title")
    first = timeline("source", source.pk)[0].number
    erase(event=f"cases_sourcehistory:{first}")
    assert [one.erased for one in timeline("source", source.pk)] == [True, False]


def test_what_a_record_said_while_it_was_in_another_case_is_found_too(
    erase: Callable[..., str],
) -> None:
    first, second = make.make_prisoner(""), make.make_prisoner("")
    name = make.make_name(first, REAL)
    type(name).objects.filter(pk=name.pk).update(value="A Witness")
    type(name).objects.filter(pk=name.pk).update(prisoner=second)
    erase(case=second.pk, containing=REAL)
    assert REAL not in everything()


def test_a_claimants_name_is_taken_out_of_the_editions_that_quote_them(
    erase: Callable[..., str],
) -> None:
    with transaction.atomic():
        case = make.make_prisoner("Ales Example", visibility="public")
    claimant = make.make_claimant(REAL, visibility="public")
    make.make_citation(case, claimant=claimant)
    _approve(case)
    Claimant.objects.filter(pk=claimant.pk).update(name="A neighbour")
    publish_pending()
    erase(case=claimant.pk, containing=REAL)
    assert REAL not in everything()
    assert Edition.objects.get().snapshot["claimants"][str(claimant.pk)]["name"] == ""
    Citation.objects.update(locator="p. 1")
    publish_pending()
    assert [one.erased for one in timeline("claimant", claimant.pk)] == [True, False]


def test_an_erased_event_is_shown_as_such_and_nobody_goes_back_to_it(
    erase: Callable[..., str],
) -> None:
    case = make.make_prisoner(REAL)
    name = case.names.get()
    for value in ("A Witness", "The Witness"):
        case.names.update(value=value)
    erase(case=case.pk, containing=REAL)
    case.names.all().delete()
    history = timeline("prisoner", case.pk)
    erased = next(one for one in history if one.erased)
    assert (
        "Name: added (what it said has been erased)" in sentences(history, history)[1]
    )
    client = Client()
    client.force_login(User.objects.get(username="first"))
    assert (
        "what it said has been erased"
        in client.get(f"/admin/cases/prisoner/{case.pk}/history/").content.decode()
    )
    with pytest.raises(CannotRestore, match="erased"):
        goal(case, history, erased.number)
    make.make_name(case, "A Witness", id=name.pk)
    with pytest.raises(CannotRestore, match="nothing before"):
        goal(case, timeline("prisoner", case.pk), history[2].number, "before")


def act_of(ordered: ErasureOrder, **other: Any) -> tuple[str, dict[str, Any]]:
    values = {
        "one": "first",
        "two": "second",
        "why": ordered.reason,
        "order": ordered.pk,
    }
    return (
        "INSERT INTO cases_erasure"
        " (requested_by, approved_by, reason, order_number, events, editions)"
        " VALUES (%(one)s, %(two)s, %(why)s, %(order)s, '{}', '{}')",
        {**values, **other},
    )


def test_the_database_itself_wants_two_people_and_a_reason(logins: Logins) -> None:
    owner = logins("owner")
    confirmed, only_asked = ordered(events=["x:1"]), asked(events=["x:1"])
    for order, other in (
        (confirmed, {"two": "first"}),
        (confirmed, {"two": "third"}),
        (confirmed, {"why": "another"}),
        (confirmed, {"order": None}),
        (only_asked, {}),
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            owner.execute(*act_of(order, **other))
    owner.execute(*act_of(confirmed))
    with pytest.raises(psycopg.errors.UniqueViolation):
        owner.execute(*act_of(confirmed))
    with pytest.raises(IntegrityError):
        asked(events=["x:1"], reason=" ")


@pytest.mark.parametrize(
    "missing",
    [
        "UPDATE auth_user SET is_active = FALSE",
        "UPDATE auth_user SET is_staff = FALSE",
        "UPDATE signin_factorshown SET at = now() - interval '13 hours'",
        "UPDATE signin_factorshown SET at = now() + interval '1 hour'",
        "UPDATE signin_factorshown SET account_id = -1",
        "DELETE FROM signin_factorshown",
        "DELETE FROM mfa_authenticator",
    ],
)
def test_the_database_itself_asks_whether_each_showed_a_second_factor(
    missing: str, logins: Logins
) -> None:
    first, second = User.objects.filter(username__in=["first", "second"])
    order = asked(events=["x:1"])
    factors = {person.pk: show_factor(person) for person in (first, second)}
    owner = logins("owner")
    owner.execute(missing)
    with pytest.raises(IntegrityError, match="showed its second factor"):
        orders.confirm(order.pk, second, factors[second.pk])
    with pytest.raises(IntegrityError, match="showed its second factor"):
        ErasureOrder.objects.create(
            asked_by=first, asked_factor=factors[first.pk], reason="-"
        )


def test_the_database_itself_takes_no_confirmation_from_who_asked() -> None:
    order = asked(events=["x:1"])
    first = order.asked_by
    order.state = OrderState.CONFIRMED
    order.confirmed_by, order.confirmed_factor = first, show_factor(first)
    refused = pytest.raises(IntegrityError, match="A second person must confirm it")
    with acting(user=first), refused:
        order.save(update_fields=["state", "confirmed_by", "confirmed_factor"])


def test_the_database_itself_lets_nobody_alter_an_order(logins: Logins) -> None:
    order = ordered(events=["x:1"])
    first = User.objects.get(username="first")
    later = asked(events=["x:1"])
    desk = logins("desk")
    for number, attack in (
        (order.pk, "state = 'asked'"),
        (order.pk, "containing = 'another'"),
        (order.pk, f"confirmed_by_id = {first.pk}"),
        (later.pk, "state = 'done'"),
        (later.pk, "state = 'taken_back'"),
        (later.pk, f"state = 'confirmed', confirmed_by_id = {first.pk}"),
        (later.pk, "state = 'confirmed'"),
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            desk.execute(f"UPDATE cases_erasureorder SET {attack} WHERE id = {number}")


ORDERS = "/admin/cases/erasureorder/"


def test_one_asks_and_another_confirms_in_sessions_that_showed_a_second_factor(
    as_owner: AsOwner, settings: Any
) -> None:
    """From signing in by password and code up to the command."""
    settings.REQUIRE_SECOND_FACTOR = True
    case = corrected_case()
    clients = []
    for name in ("olga", "marta"):
        account = make_account(name)
        clients.append(sign_in(account, with_app(account)))
    olga, marta = clients
    what = {"case": case.pk, "containing": REAL, "reason": "The witness asks for it"}
    assert olga.post(f"{ORDERS}add/", what).status_code == 302
    order = ErasureOrder.objects.get()
    page = f"{ORDERS}{order.pk}/change/"
    assert "cases_personnamehistory" in marta.get(page).content.decode()
    assert 'value="confirm"' not in olga.get(page).content.decode()
    said = olga.post(page, {"decision": "confirm"}, follow=True).content.decode()
    assert "A second person must confirm it." in said
    said = marta.post(page, {"decision": "confirm"}, follow=True).content.decode()
    assert f"manage.py erase --order {order.pk}" in said
    with as_owner():
        call_command("erase", order=order.pk, yes=True, stdout=StringIO())
    assert REAL not in everything()
    act = Erasure.objects.get()
    assert (act.requested_by, act.approved_by) == ("olga", "marta")
    assert marta.get(page).status_code == 200


def test_a_session_that_showed_no_second_factor_neither_asks_nor_confirms() -> None:
    case = corrected_case()
    what = {"case": case.pk, "containing": REAL, "reason": "-"}
    client = Client()
    client.force_login(User.objects.get(username="second"))
    answer = client.post(f"{ORDERS}add/", what).content.decode()
    assert "did not show a second factor" in answer
    order = asked(case=case.pk, containing=REAL)
    page = f"{ORDERS}{order.pk}/change/"
    answer = client.post(page, {"decision": "confirm"}, follow=True).content.decode()
    assert "did not show a second factor" in answer
    order.refresh_from_db()
    assert order.state == "asked"


def test_an_order_that_cannot_be_done_is_refused_where_it_is_asked() -> None:
    case = make.make_prisoner(REAL)
    client = signed_in(User.objects.get(username="first"))
    what = {"case": case.pk, "containing": REAL, "reason": "-"}
    answer = client.post(f"{ORDERS}add/", what).content.decode()
    assert "The text still stands in the record" in answer
    assert not ErasureOrder.objects.exists()


def test_an_order_that_is_taken_back_forgets_its_text() -> None:
    case = make.make_prisoner("")
    order = ordered(case=case.pk, containing=REAL)
    client = signed_in(User.objects.get(username="first"))
    page = f"{ORDERS}{order.pk}/change/"
    client.post(page, {"decision": "take_back"})
    assert REAL not in everything()
    answer = client.post(page, {"decision": "take_back"}, follow=True)
    assert "Somebody has already decided on it." in answer.content.decode()


def test_who_may_not_order_an_erasure_is_let_in_nowhere() -> None:
    order = asked(events=["x:1"])
    client = Client()
    client.force_login(User.objects.create_user("documents", is_staff=True))
    for page in (ORDERS, f"{ORDERS}add/", f"{ORDERS}{order.pk}/change/"):
        assert client.get(page).status_code == 403
        assert client.post(page).status_code == 403


def test_what_was_erased_before_it_was_sealed_is_no_tampering(
    erase: Callable[..., str],
    folder: Folder,
) -> None:
    case = corrected_case()
    erase(case=case.pk, containing=REAL)
    folder.make()
    make.make_claimant("Later")
    folder.make()
    assert "(2 events were erased before they were sealed)" in folder.verify()


def test_what_was_sealed_is_not_said_to_have_been_erased_before(
    erase: Callable[..., str],
    folder: Folder,
) -> None:
    case = corrected_case()
    folder.make()
    erase(case=case.pk, containing=REAL)
    folder.make()
    assert "before" not in folder.verify()


@pytest.mark.parametrize("sealed_first", [False, True])
def test_tampering_beside_an_erasure_is_found(
    sealed_first: bool,
    erase: Callable[..., str],
    logins: Logins,
    folder: Folder,
) -> None:
    case = corrected_case()
    make.make_name(case, "Beside")
    if sealed_first:
        folder.make()
    erase(case=case.pk, containing=REAL)
    folder.make()
    folder.verify()
    logins("owner").execute(
        "UPDATE cases_personnamehistory SET value = 'Bent' WHERE value = 'Beside'"
    )
    (finding,) = folder.findings()
    assert finding.startswith("checkpoint-000001.json, block 1 ")
    assert "cases_personnamehistory: as many events as there were" in finding


def test_what_is_erased_while_a_checkpoint_is_made_is_sealed_as_it_was(
    erase: Callable[..., str],
    folder: Folder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = corrected_case()
    settled = digests.settled

    def then_somebody_erases(patience: float) -> int:
        last = settled(patience)
        erase(case=case.pk, containing=REAL)
        return last

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(digests, "settled", then_somebody_erases)
        folder.make()
    folder.verify()
    folder.make()
    assert "before" not in folder.verify()


def test_a_second_act_cannot_put_another_digest_in_the_place_of_the_first(
    erase: Callable[..., str],
    logins: Logins,
    folder: Folder,
) -> None:
    case = corrected_case()
    folder.make()
    erase(case=case.pk, containing=REAL)
    owner = logins("owner")
    order = ordered(case=case.pk)
    events = Erasure.objects.get().events
    owner.execute(*act_of(order))
    owner.execute(
        "UPDATE cases_erasure SET events = %s WHERE order_number = %s",
        [json.dumps(events), order.pk],
    )
    assert any("had been erased before act" in one for one in folder.findings())
