"""A real name that was typed by mistake is forgotten by history, and checkpoints say
erased and not tampered.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from psycopg.errors import InsufficientPrivilege

from cases.history import acting, digests, timeline
from cases.history.restoring import CannotRestore, goal
from cases.history.wording import sentences
from cases.models import Citation, Claimant, Edition, Erasure, PersonName, Prisoner
from cases.publishing import publish_pending
from cases.review.approving import approve
from tests import factories as make
from tests.cases.test_checkpoints import Folder, folder  # noqa: F401
from tracker.models import PublicCorrection

Logins = Callable[[str], psycopg.Connection[Any]]
AsOwner = Callable[[], AbstractContextManager[None]]

REAL = "Real Witness"
ORDER = {
    "requested-by": "first",
    "approved-by": "second",
    "reason": "Asked for by the person",
    "yes": True,
}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def staff() -> None:
    for name in ("first", "second"):
        make.make_documenter(name)


def words(options: dict[str, Any]) -> list[str]:
    """As they are typed; what is None or False is not given."""
    given = {
        f"--{name}": value
        for name, value in options.items()
        if value is not None and value is not False
    }
    return [
        word
        for name, value in given.items()
        for word in ([name] if value is True else [name, str(value)])
    ]


@pytest.fixture
def erase(as_owner: AsOwner) -> Callable[..., str]:
    def run(**options: Any) -> str:
        output = StringIO()
        with as_owner():
            call_command("erase", *words({**ORDER, **options}), stdout=output)
        return output.getvalue()

    return run


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


def _approve(case: Prisoner) -> None:
    case.refresh_from_db()
    approve("prisoner", case.pk, seen_version=case.version, reason="checked")
    publish_pending()


def everything() -> str:
    """All rows of all tables, as one text."""
    with connection.cursor() as cursor:
        tables = [
            name
            for name in connection.introspection.table_names(cursor)
            if not name.startswith("auth_")
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
    LogEntry.objects.create(
        user=third, object_id=str(case.pk), action_flag=CHANGE, object_repr=REAL
    )
    assert PublicCorrection.objects.filter(before=REAL).exists()
    folder.make()
    said = erase(case=case.pk, containing=REAL)
    assert REAL not in said
    assert "2 events of 1 tables, and copies in 1 editions." in said
    assert REAL not in everything()
    told = folder.verify()
    act = Erasure.objects.get()
    assert (
        f"by act {act.number}, requested by first, approved by second: Asked for by the person"
        in told
    )
    assert "cases_personnamehistory" in told
    folder.make()
    assert Edition.objects.get(id=act.editions[0]).snapshot["erased_by"] == [act.number]
    assert [
        row["value"] for row in Edition.objects.latest("number").snapshot["names"]
    ] == ["A Witness"]
    names = [one for one in timeline("prisoner", case.pk) if one.model is PersonName]
    assert [(one.operation, one.erased, one.after) for one in names] == [
        ("insert", True, {}),
        ("update", True, {}),
    ]


def refused(erase: Callable[..., str], **options: Any) -> str:
    """The refusal, after which everything is as it was."""
    before = everything()
    with pytest.raises(CommandError) as refusal:
        erase(**options)
    assert everything() == before
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
        ({"approved-by": "first"}, "Approved by: a second person must approve it."),
        ({"approved-by": "nobody"}, "“nobody” is no member of staff."),
        ({"requested-by": "partner"}, "“partner” is no member of staff."),
        ({"requested-by": "gone"}, "“gone” is no member of staff."),
        ({"reason": " "}, "Reason: say why."),
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
            {"case": None, "event": "cases_prisoner:1", "containing": None},
            "cases_prisoner is no table of history.",
        ),
        (
            {"case": None, "event": "cases_prisonerhistory:1"},
            "--field and --containing go with --case.",
        ),
    ],
)
def test_two_members_of_staff_a_reason_and_something_to_erase_are_needed(
    order: dict[str, Any], refusal: str, erase: Callable[..., str]
) -> None:
    User.objects.create_user("partner")
    make.make_documenter("gone", is_active=False)
    case = corrected_case()
    assert refused(erase, **{"case": case.pk, "containing": REAL, **order}) == refusal


def test_what_is_only_shown_or_not_confirmed_stays(
    erase: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = corrected_case()
    before = everything()
    assert "2 events" in erase(case=case.pk, containing=REAL, **{"dry-run": True})
    monkeypatch.setattr("builtins.input", lambda question: "yes")
    assert (
        refused(erase, case=case.pk, containing=REAL, yes=False)
        == "Nothing was erased."
    )
    assert everything() == before
    monkeypatch.setattr(
        "builtins.input", lambda question: REAL if question == "Text: " else "erase"
    )
    assert "Erased, by act" in erase(case=case.pk, containing="-", yes=False)


def test_the_desk_cannot_erase(logins: Logins) -> None:
    case = corrected_case()
    with pytest.raises(CommandError, match="Only the owner's login may erase"):
        call_command("erase", *words({**ORDER, "case": case.pk, "containing": REAL}))
    assert REAL in everything()
    desk = logins("desk")
    for attack in (
        "INSERT INTO cases_erasure (requested_by, approved_by, reason, events, editions)"
        " VALUES ('first', 'second', 'x', '{}', '{}')",
        "UPDATE cases_erasure SET reason = ''",
        "DELETE FROM cases_erasure",
        "TRUNCATE cases_erasure",
    ):
        with pytest.raises(InsufficientPrivilege):
            desk.execute(attack)


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
    Prisoner.objects.filter(pk=case.pk).delete()
    erase(case=case.pk)
    assert all(one.erased for one in timeline("prisoner", case.pk))
    assert REAL not in everything()
    assert "A Witness" not in everything()
    assert not any(one.erased for one in timeline("prisoner", other.pk))
    with pytest.raises(CommandError, match="erased already"):
        erase(case=case.pk)


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


def test_the_database_itself_wants_two_people_and_a_reason(logins: Logins) -> None:
    owner = logins("owner")
    for people in (("first", "first", "why"), ("first", "second", " ")):
        with pytest.raises(psycopg.errors.CheckViolation):
            owner.execute(
                "INSERT INTO cases_erasure (requested_by, approved_by, reason, events, editions)"
                " VALUES (%s, %s, %s, '{}', '{}')",
                people,
            )


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
    owner.execute(
        "INSERT INTO cases_erasure (requested_by, approved_by, reason, events, editions)"
        " SELECT 'x', 'y', 'z', events, '{}' FROM cases_erasure"
    )
    assert any("had been erased before act" in one for one in folder.findings())
