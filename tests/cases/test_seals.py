"""Checkpoints seal editions, answers of reviewers, acts on accounts, the access log and
what is published: what is changed there behind everyone's back is found, and what is
forgotten by an act is told apart from it.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from cases import files
from cases.desk.access.models import AccessEvent
from cases.desk.signin.accounts import lock
from cases.history import acting
from cases.models import (
    CopyDecision,
    Edition,
    Forgotten,
    NamedStaff,
    NameStays,
    Publication,
    RedactedCopy,
)
from cases.publishing import publish_pending
from cases.review.sending_back import send_back
from tests import factories as make
from tests.access.test_forgetting import forget, logged
from tests.cases.test_checkpoints import Folder, folder  # noqa: F401
from tests.cases.test_erasing import (  # noqa: F401
    REAL,
    _approve,
    corrected_case,
    erase,
    published_case,
    staff,
)
from tracker.models import PublicDocument

Logins = Callable[[str], psycopg.Connection[Any]]
AsOwner = Callable[[], AbstractContextManager[None]]

pytestmark = pytest.mark.django_db(transaction=True)

SEALED = {
    "access_accessevent",
    "cases_commit",
    "cases_copydecision",
    "cases_edition",
    "cases_forgotten",
    "cases_keptfile",
    "cases_namedstaff",
    "cases_namestays",
    "cases_publication",
    "cases_redactedcopy",
    "cases_sentback",
    "signin_accountevent",
}


@pytest.fixture
def world(folder: Folder, settings: Any) -> Folder:
    """Something of each kind, sealed."""
    settings.REQUIRE_REVIEW = True
    first, second = User.objects.filter(username__in=["first", "second"]).order_by("pk")
    case = published_case("Ales Example")
    waiting = make.make_prisoner("Zina Example")
    send_back(
        "prisoner", waiting.pk, seen_version=waiting.version, by=second, comment="Ask"
    )
    with acting(user=second):
        lock(first, by=second, reason="Left")
        NamedStaff.objects.create(
            case_id=waiting.pk,
            staff=[second.pk],
            reason="Their own",
            event=0,
            named_by=second,
        )
        files.keep_text(waiting, "A letter", by=second, reason="By post")
        copy = RedactedCopy.objects.create(
            root_id=waiting.pk,
            original=1,
            content=b"pixels",
            size=6,
            sha256="ab" * 32,
            audience="public",
            recognisable="nobody",
            added_by=second,
            event=0,
        )
        CopyDecision.objects.create(
            copy=copy, decision="withdrawn", decided_by=second, event=0
        )
        NameStays.objects.create(
            root_kind="prisoner",
            root_id=waiting.pk,
            person_id=case.pk,
            may_stay=True,
            said=[],
            reason="Of somebody else",
            decided_by=second,
            event=0,
        )
    for name in ("olga", "yan"):
        logged(username=name, asked=f"q: {name}", case_id=case.pk)
    folder.make()
    return folder


def day_of(folder: Folder, table: str) -> dict[str, list[Any]]:
    days: dict[str, list[Any]] = json.loads(folder.files()[-1].read_text())["ledgers"][
        table
    ]["days"]
    return days


def test_what_nobody_touched_holds_and_what_comes_later_is_sealed_next(
    world: Folder,
) -> None:
    assert "So are what is published, and " in world.verify()
    for table in SEALED - {"cases_forgotten"}:
        assert day_of(world, table), table
    logged(username="late")
    world.make()
    ((_day, (count, _digest)),) = day_of(world, "access_accessevent").items()
    assert count == 1
    world.verify()


@pytest.mark.parametrize(
    ("tampering", "finding"),
    [
        (
            "UPDATE cases_edition SET snapshot = snapshot || '{\"a\": 1}'",
            "cases_edition of DAY: as many entries as there were, but not what",
        ),
        (
            "UPDATE cases_edition SET approved_by_id = (SELECT min(id) FROM auth_user)",
            "cases_edition of DAY: as many entries as there were, but not what",
        ),
        (
            "UPDATE cases_edition SET approved_at = now() - interval '2 days'",
            "cases_edition of DAY: 1 entry is missing.",
        ),
        ("DELETE FROM cases_edition", "cases_edition of DAY: 1 entry is missing."),
        (
            "INSERT INTO cases_edition"
            " (id, root_kind, root_id, number, version, snapshot, reason, public_reason, event)"
            " SELECT id - 1, root_kind, root_id, 9, 9, snapshot, '', '', 0 FROM cases_edition",
            "cases_edition of DAY: 1 entry was added.",
        ),
        (
            "UPDATE cases_sentback SET comment = 'another'",
            "cases_sentback of DAY: as many entries as there were, but not what",
        ),
        (
            "UPDATE cases_keptfile SET text = 'Another letter'",
            "cases_keptfile of DAY: as many entries as there were, but not what",
        ),
        (
            "UPDATE cases_sentback SET sent_by_id = NULL",
            "cases_sentback of DAY: as many entries as there were, but not what",
        ),
        (
            "UPDATE signin_accountevent SET by_name = 'another'",
            "signin_accountevent of DAY: as many entries as there were, but not what",
        ),
        (
            "DELETE FROM signin_accountevent",
            "signin_accountevent of DAY: 1 entry is missing.",
        ),
        (
            "DELETE FROM access_accessevent WHERE username = 'olga'",
            "access_accessevent of DAY: 1 entry is missing.",
        ),
        (
            "UPDATE access_accessevent SET username = 'zoe' WHERE username = 'olga'",
            "access_accessevent of DAY: as many entries as there were, but not what",
        ),
        (
            "UPDATE cases_namedstaff SET staff = '{}'",
            "cases_namedstaff of DAY: as many entries as there were, but not what",
        ),
        (
            "UPDATE cases_publication SET digest = sha256('')",
            "cases_publication of DAY: as many entries as there were, but not what",
        ),
        (
            "UPDATE cases_commit SET number = number + 1000",
            "cases_commit of DAY: as many entries as there were, but not what",
        ),
        (
            "UPDATE access_accessevent SET salt = gen_random_uuid()",
            "access_accessevent of DAY: as many entries as there were, but not what",
        ),
    ],
)
def test_tampering_is_found_and_its_table_and_day_named(
    tampering: str, finding: str, world: Folder, logins: Logins
) -> None:
    logins("owner").execute(tampering)
    today = timezone.now().date().isoformat()
    place = f"checkpoint-000001.json, {finding.replace('DAY', today)}"
    assert any(found.startswith(place) for found in world.findings())


def test_the_desk_the_publisher_and_readers_write_no_seal(logins: Logins) -> None:
    for role in ("desk", "publisher", "public", "partners"):
        login = logins(role)
        for table in ("cases_forgotten", "cases_publication"):
            for attack in (
                f"INSERT INTO {table} (id) VALUES (1)",
                f"UPDATE {table} SET salt = NULL",
                f"DELETE FROM {table}",
                f"TRUNCATE {table}",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    login.execute(attack)


# --- What is published -----------------------------------------------------------------


def test_a_document_that_was_swapped_is_found(world: Folder, logins: Logins) -> None:
    owner = logins("owner")
    document = PublicDocument.objects.get(kind="prisoner")
    owner.execute(
        "UPDATE tracker_public_document"
        " SET document = replace(document, 'Ales', 'Aleh') WHERE id = %s",
        [document.pk],
    )
    assert world.findings() == [
        f"Document {document.pk} of “public” was changed without a new number"
        f" after {document.seq}."
    ]


@pytest.mark.parametrize(
    "swap",
    [
        "UPDATE tracker_public_document SET document = replace(document, 'Ales', 'Aleh') WHERE kind = 'prisoner'",
        "UPDATE tracker_public_document SET document = NULL WHERE kind = 'prisoner'",
        "UPDATE tracker_public_document SET changed_on = '2020-01-01' WHERE kind = 'prisoner'",
        "UPDATE tracker_public_document SET merged_into = gen_random_uuid() WHERE kind = 'prisoner'",
        "UPDATE tracker_public_document SET seq = seq + 70 WHERE kind = 'prisoner'",
        "DELETE FROM tracker_public_span; DELETE FROM tracker_public_document WHERE kind = 'prisoner'",
    ],
)
def test_nor_does_it_help_to_switch_off_what_keeps_publications(
    swap: str, world: Folder, logins: Logins
) -> None:
    owner = logins("owner")
    document = PublicDocument.objects.get(kind="prisoner").pk
    owner.execute("ALTER TABLE tracker_public_document DISABLE TRIGGER USER")
    try:
        owner.execute(swap)
    finally:
        owner.execute("ALTER TABLE tracker_public_document ENABLE TRIGGER USER")
    assert world.findings() == [
        f"Document {document} of “public” is not the one that was published."
    ]


def test_nor_to_write_what_was_kept_of_it_anew(world: Folder, logins: Logins) -> None:
    owner = logins("owner")
    owner.execute("ALTER TABLE tracker_public_document DISABLE TRIGGER USER")
    owner.execute(
        "UPDATE tracker_public_document SET document = NULL WHERE kind = 'prisoner'"
    )
    owner.execute("DELETE FROM cases_publication")
    owner.execute("ALTER TABLE tracker_public_document ENABLE TRIGGER USER")
    owner.execute("UPDATE tracker_public_document SET seq = seq + 70")
    found = world.findings()
    assert any("cases_publication of " in finding for finding in found)
    assert any("what “public” was shown then is not" in finding for finding in found)


def test_a_feed_that_was_set_back_is_found(world: Folder, logins: Logins) -> None:
    logins("owner").execute("UPDATE tracker_public_feed SET last_seq = 0")
    assert world.findings() == [
        "checkpoint-000001.json: the feed of “public” has gone back."
    ]


def test_what_the_gate_writes_later_is_no_finding(world: Folder) -> None:
    case = published_case("Zina Example")
    case.names.update(value="Zina Another")
    _approve(case)
    world.make()
    case.delete()
    publish_pending()
    world.verify()
    world.make()
    world.verify()


def test_to_render_all_anew_keeps_no_publication_where_nothing_changed(
    world: Folder, as_owner: AsOwner
) -> None:
    kept = Publication.objects.count()
    with as_owner():
        call_command("publish", "--all", stdout=StringIO())
    assert Publication.objects.count() == kept
    world.verify()


def test_of_a_document_that_is_taken_out_and_put_in_again_one_row_is_kept(
    world: Folder, as_owner: AsOwner
) -> None:
    document = PublicDocument.objects.get(kind="prisoner").pk
    kept = Publication.objects.filter(document=document, audience="public")
    before = kept.count()
    with as_owner():
        write_anew("tracker_public_document", document, "seq = seq + 70")
    assert kept.count() == before + 1
    assert kept.latest("id").number == PublicDocument.objects.get(pk=document).seq
    with as_owner():
        write_anew("tracker_public_document", document, "seq = seq")
    assert kept.count() == before + 1
    world.verify()


def test_of_a_document_that_is_taken_out_its_absence_is_kept(
    world: Folder, as_owner: AsOwner
) -> None:
    document = PublicDocument.objects.get(kind="prisoner")
    kept = Publication.objects.filter(document=document.pk, audience="public")
    before = kept.count()
    with as_owner(), transaction.atomic():
        PublicDocument.objects.filter(pk=document.pk).delete()
    assert kept.count() == before + 1
    gone = kept.latest("id")
    assert (gone.digest, gone.number) == (None, document.seq)


def write_anew(table: str, row_id: UUID, change: str) -> None:
    """As the gate does: taken out and put in again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE one ON COMMIT DROP AS SELECT * FROM {table} WHERE id = %s",
            [row_id],
        )
        cursor.execute(f"UPDATE one SET {change}")
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [row_id])
        cursor.execute(f"INSERT INTO {table} SELECT * FROM one")


# --- What is forgotten -----------------------------------------------------------------


def test_what_grew_old_is_told_as_forgotten_and_tampering_beside_it_is_found(
    folder: Folder,
    as_owner: AsOwner,
    logins: Logins,
) -> None:
    then = timezone.now() - timedelta(days=401)
    for hours in range(3):
        logged(at=then + timedelta(minutes=hours))
    young = logged()
    folder.make()
    forget(as_owner)
    day = then.date().isoformat()
    told = folder.verify()
    assert f"Forgotten: 3 entries of access_accessevent, of {day} to {day}, on " in told
    assert "older than 400 days" in told
    folder.make()
    folder.verify()
    logins("owner").execute("DELETE FROM access_accessevent WHERE id = %s", [young.pk])
    (found,) = folder.findings()
    assert "access_accessevent of " in found
    assert "1 entry is missing." in found


def test_one_line_more_than_was_forgotten_is_missing(
    folder: Folder,
    as_owner: AsOwner,
    logins: Logins,
) -> None:
    then = timezone.now() - timedelta(days=401)
    logged(at=then)
    hidden = logged(at=then)
    folder.make()
    logins("owner").execute("DELETE FROM access_accessevent WHERE id = %s", [hidden.pk])
    forget(as_owner)
    (found,) = folder.findings()
    assert "1 entry is missing." in found


def test_what_an_act_of_forgetting_says_is_sealed_itself(
    folder: Folder,
    as_owner: AsOwner,
    logins: Logins,
) -> None:
    logged(at=timezone.now() - timedelta(days=401))
    folder.make()
    forget(as_owner)
    folder.make()
    logins("owner").execute("UPDATE cases_forgotten SET reason = 'another'")
    (found,) = folder.findings()
    assert found.startswith("checkpoint-000002.json, cases_forgotten of ")


@pytest.mark.parametrize(
    ("act", "finding"),
    [
        (
            "SELECT 'cases_edition', current_date, ARRAY[id], ARRAY[sha256('')], NULL::bytea[] FROM cases_edition",
            "Nothing entitles act of forgetting 1, of cases_edition.",
        ),
        (
            "SELECT 'access_accessevent', current_date, ARRAY[id], ARRAY[sha256('')], ARRAY[sha256('')]"
            " FROM access_accessevent WHERE username = 'olga'",
            "Nothing entitles act of forgetting 1, of access_accessevent.",
        ),
        (
            "SELECT 'access_accessevent', current_date, ARRAY[id], ARRAY[sha256('')], NULL::bytea[]"
            " FROM access_accessevent WHERE username = 'olga'",
            "is not as it was left when it was forgotten.",
        ),
    ],
)
def test_an_act_that_somebody_made_up_hides_nothing(
    act: str, finding: str, world: Folder, logins: Logins
) -> None:
    owner = logins("owner")
    owner.execute(
        'INSERT INTO cases_forgotten (table_name, day, rows, was, "left", reason)'
        f" SELECT made.*, 'a slip' FROM ({act}) AS made"
    )
    number = Forgotten.objects.get().pk
    expected = finding.replace("forgetting 1,", f"forgetting {number},")
    assert any(expected in found for found in world.findings())


def test_what_was_erased_of_editions_and_of_the_log_is_no_tampering(
    folder: Folder,
    erase: Callable[..., str],
    logins: Logins,
) -> None:
    case = corrected_case()
    logged(asked=f"q: {REAL}")
    folder.make()
    erase(case=case.pk, containing=REAL)
    told = folder.verify()
    assert "of cases_edition" in told
    assert "of access_accessevent" in told
    assert "Asked for by the person" in told
    folder.make()
    folder.verify()
    owner = logins("owner")
    owner.execute("UPDATE access_accessevent SET asked = 'q: another'")
    (found,) = folder.findings()
    assert "of access_accessevent is not as it was left" in found
    owner.execute("UPDATE cases_edition SET reason = 'another' WHERE number = 1")
    assert any(
        "cases_edition is not as it was left" in one for one in folder.findings()
    )


def test_what_was_erased_before_it_was_sealed_is_sealed_as_it_was_left(
    folder: Folder,
    erase: Callable[..., str],
    as_owner: AsOwner,
) -> None:
    case = corrected_case()
    logged(asked=f"q: {REAL}", at=timezone.now() - timedelta(days=401))
    erase(case=case.pk, containing=REAL)
    folder.make()
    folder.verify()
    forget(as_owner)
    folder.make()
    folder.verify()


def test_with_the_digest_no_erased_word_is_found_by_trying(
    erase: Callable[..., str],
) -> None:
    """The salt goes with what it hid."""
    case = corrected_case()
    line = logged(asked=f"q: {REAL}")
    salts = {
        line.salt,
        *Edition.objects.filter(number=1).values_list("salt", flat=True),
    }
    line.refresh_from_db()
    salts.add(line.salt)
    erase(case=case.pk, containing=REAL)
    after = {
        *AccessEvent.objects.values_list("salt", flat=True),
        *Edition.objects.filter(number=1).values_list("salt", flat=True),
    }
    assert Edition.objects.filter(number=1).exists()
    assert not salts & after


# --- The file --------------------------------------------------------------------------


def test_the_file_tells_nothing_but_numbers_days_and_salted_digests(
    world: Folder, logins: Logins
) -> None:
    text = world.files()[-1].read_text()
    case = PublicDocument.objects.get(kind="prisoner").pk
    for told in ("Ales", "olga", "Left", "Ask", str(case)):
        assert told not in text
    salts = logins("owner").execute(
        "SELECT salt::text FROM cases_edition UNION SELECT salt::text FROM cases_publication"
    )
    for (salt,) in salts:
        assert salt not in text


def test_the_same_words_have_another_digest_each_time(
    folder: Folder,
) -> None:
    """So nobody tries out who may have read what."""
    then = timezone.now() - timedelta(days=3)
    digests = set()
    for _time in range(2):
        logged(at=then, id=None)
        folder.make()
        ((_day, (_count, digest)),) = day_of(folder, "access_accessevent").items()
        digests.add(digest)
    assert len(digests) == 2


def test_a_row_that_is_still_being_written_is_waited_for(
    folder: Folder,
    logins: Logins,
) -> None:
    slow = logins("owner")
    with slow.transaction():
        slow.execute(
            "INSERT INTO access_accessevent (user_id, username, act, kind, record_id, page, asked, reason, request_id)"
            " VALUES (1, 'slow', 'read', '', '', '-', '', '', '')"
        )
        logged(username="quick")
        with pytest.raises(CommandError, match="begun before has not ended"):
            folder.make("--patience", "0")
    folder.make()
    ((_day, (count, _digest)),) = day_of(folder, "access_accessevent").items()
    assert count == 2
    folder.verify()


def test_every_ledger_is_sealed_from_its_first_row_on(world: Folder) -> None:
    sealed = json.loads(world.files()[-1].read_text())["ledgers"]
    assert set(sealed) == SEALED
    assert all(ledger["first"] == 1 for ledger in sealed.values())
