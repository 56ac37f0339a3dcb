"""What may hold a withdrawn thing is out of sight from the commit of the withdrawal on,
until each document is rendered anew; and nobody waits for that.
"""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from cases import sourcing
from cases.models import (
    Citation,
    Heartbeat,
    Mark,
    Prisoner,
    Source,
)
from cases.publishing import gate, holding, publish_if_free, publish_pending
from tests.cases.admin_pages import address
from tests.cases.editorial import Desk
from tests.cases.test_admin_withdrawing import boxes, offered
from tests.cases.test_editorial_withdrawing import WHY, narrow
from tests.factories import (
    make_citation,
    make_claimant,
    make_detention,
    make_documenter,
    make_facility,
    make_name,
    make_placement,
    make_prisoner,
    make_source,
)
from tests.roles import acting_as
from tracker.audiences import AUDIENCES, PARTNERS
from tracker.models import (
    PartnersHeld,
    PublicDocument,
    PublicFeed,
    PublicHeld,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def saving_approves(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False


class Cited:
    """A case that cites a source, and one that does not."""

    def __init__(self) -> None:
        self.source = make_source(visibility="public")
        self.case = make_prisoner("Known Name", visibility="public")
        self.citation = make_citation(self.case, source=self.source)
        self.other = make_prisoner("Other Name", visibility="public")
        publish_pending()


@pytest.fixture
def cited() -> Cited:
    return Cited()


def status(case: Any, kind: str = "prisoners") -> int:
    return Client().get(f"/api/v1/{kind}/{case.pk}/").status_code


def public(case: Any) -> Any:
    return json.loads(PublicDocument.objects.get(id=case.pk).document or "null")


def numbers() -> dict[str, int]:
    rows = PublicDocument.objects.filter(parent=None)
    return {str(row_id): seq for row_id, seq in rows.values_list("id", "seq")}


def held() -> int:
    return PublicHeld.objects.count() + PartnersHeld.objects.count()


def hide(record: Any, visibility: str = "internal") -> None:
    """Without the signal that would publish it."""
    type(record)._default_manager.filter(pk=record.pk).update(visibility=visibility)


def test_what_cites_a_withdrawn_source_comes_back_once_without_it(
    cited: Cited,
) -> None:
    before, feed = numbers(), PublicFeed.objects.get()
    hide(cited.source)
    assert status(cited.case) == 503
    assert status(cited.source, "sources") == 503
    assert status(cited.other) == 200
    assert numbers() == before
    assert PublicFeed.objects.get().digests == feed.digests
    publish_pending()
    assert status(cited.case) == 200
    assert status(cited.source, "sources") == 404
    assert [citation["source"] for citation in public(cited.case)["citations"]] == [
        None
    ]
    assert PublicFeed.objects.get().last_seq == feed.last_seq + 2
    assert numbers()[str(cited.other.pk)] == before[str(cited.other.pk)]
    assert held() == 0


def narrow_a_name(cited: Cited) -> None:
    hide(cited.case.names.get())


def delete_a_citation(cited: Cited) -> None:
    Citation.objects.filter(pk=cited.citation.pk).delete()


def hide_a_citation(cited: Cited) -> None:
    hide(cited.citation)


def withhold_a_fact(cited: Cited) -> None:
    withheld = {str(cited.case.pk): {"affiliation": "internal"}}
    Prisoner.objects.filter(pk=cited.case.pk).update(withheld=withheld)


def withhold_the_name(cited: Cited) -> None:
    Prisoner.objects.filter(pk=cited.case.pk).update(name_withheld=True)


def hide_the_case(cited: Cited) -> None:
    hide(cited.case)


def move_a_part(cited: Cited) -> None:
    cited.case.names.update(prisoner=cited.other)


def merge(cited: Cited) -> None:
    names = cited.case.names.all()
    names.update(preferred=False)
    names.update(prisoner=cited.other)
    Prisoner.objects.filter(pk=cited.case.pk).update(merged_into=cited.other.pk)


@pytest.mark.parametrize(
    "take_back",
    [
        narrow_a_name,
        delete_a_citation,
        hide_a_citation,
        withhold_a_fact,
        withhold_the_name,
        hide_the_case,
        merge,
    ],
)
def test_whatever_is_taken_back_of_a_case_is_out_of_sight_at_once(
    cited: Cited, take_back: Callable[[Cited], None]
) -> None:
    take_back(cited)
    assert status(cited.case) == 503
    publish_pending()
    assert status(cited.case) in {200, 301, 404}
    assert held() == 0


def test_a_case_that_is_deleted_is_held_back_once(cited: Cited) -> None:
    case_id = cited.other.pk
    for value in ("One", "Two"):
        make_name(cited.other, value)
    Prisoner.objects.get(pk=case_id).delete()
    assert Client().get(f"/api/v1/prisoners/{case_id}/").status_code == 503
    assert PublicHeld.objects.filter(root=case_id).count() <= 2
    publish_pending()
    assert Client().get(f"/api/v1/prisoners/{case_id}/").status_code == 404


def test_a_claimant_who_is_hidden_takes_what_names_them_along(cited: Cited) -> None:
    claimant = make_claimant("Known Claimant", visibility="public")
    make_citation(cited.case, source=cited.source, claimant=claimant)
    publish_pending()
    assert "Known Claimant" in json.dumps(public(cited.case))
    hide(claimant)
    assert status(cited.case) == 503
    assert status(cited.other) == 200
    publish_pending()
    assert "Known Claimant" not in json.dumps(public(cited.case))
    assert status(cited.case) == 200


def test_of_those_that_name_a_hidden_claimant_each_comes_back_when_it_is_rendered(
    cited: Cited,
) -> None:
    claimant = make_claimant(visibility="public")
    cases = [cited.case, cited.other]
    for case in cases:
        make_citation(case, source=cited.source, claimant=claimant)
    publish_pending()
    hide(claimant)
    assert [status(case) for case in cases] == [503, 503]
    gate._publish_batch(False, 1)
    assert sorted(status(case) for case in cases) == [200, 503]
    publish_pending()
    assert held() == 0


def test_a_place_that_is_hidden_takes_what_names_it_along(cited: Cited) -> None:
    facility = make_facility(visibility="public")
    make_placement(make_detention(cited.case), facility=facility)
    publish_pending()
    hide(facility)
    assert status(cited.case) == 503
    publish_pending()
    assert status(cited.case) == 200
    assert str(facility.pk) not in json.dumps(public(cited.case))


def test_what_is_narrowed_to_partners_is_held_back_from_everyone_else(
    cited: Cited,
) -> None:
    hide(cited.source, "partners")
    assert PublicHeld.objects.exists()
    assert not PartnersHeld.objects.exists()
    hide(cited.source)
    assert PartnersHeld.objects.exists()


def test_what_nobody_saw_changes_no_answer(cited: Cited) -> None:
    case = make_prisoner("Inside")
    make_citation(case, source=make_source())
    addresses = ["/api/v1/prisoners/", "/api/v1/changes", "/api/v1/digest"]
    tags = {}
    for asked in addresses:
        tags[asked] = Client().get(asked).headers["ETag"]
    hide(case.names.get())
    Prisoner.objects.get(pk=case.pk).delete()
    for asked, tag in tags.items():
        answer = Client().get(asked, headers={"If-None-Match": tag})
        assert answer.status_code == 304
    publish_pending()
    assert held() == 0


def test_what_only_a_published_document_still_names_is_rendered_too(
    cited: Cited, settings: Any
) -> None:
    """The record cites another source by now, and that waits for review."""
    settings.REQUIRE_REVIEW = True
    another = make_source("Another", visibility="public")
    Citation.objects.filter(pk=cited.citation.pk).update(source=another)
    publish_pending()
    assert str(cited.source.pk) in json.dumps(public(cited.case))
    hide(cited.source)
    assert status(cited.case) == 503
    publish_pending()
    assert status(cited.case) == 200
    assert str(cited.source.pk) not in json.dumps(public(cited.case))


def test_it_is_let_go_with_the_last_that_names_it(cited: Cited) -> None:
    for number in range(3):
        make_citation(make_prisoner(f"Case {number}", visibility="public"))
    cases = list(Prisoner.objects.all())
    for case in cases:
        make_citation(case, source=cited.source)
    publish_pending()
    hide(cited.source)
    for _number in range(len(cases)):
        assert PublicHeld.objects.exists()
        assert all(status(case) in {200, 503} for case in cases)
        for case in cases:
            if status(case) == 200:
                assert str(cited.source.pk) not in json.dumps(public(case))
        gate._publish_batch(False, 1)
    gate._publish_batch(False, 1)
    assert held() == 0
    assert [status(case) for case in cases] == [200] * len(cases)


def test_the_withdrawn_thing_goes_first_and_then_what_names_it(cited: Cited) -> None:
    for number in range(4):
        make_prisoner(f"Waiting {number}", visibility="public")
    Prisoner.objects.update(affiliation="Edited")
    hide(cited.source)
    gate._publish_batch(False, 2)
    assert status(cited.source, "sources") == 404
    assert status(cited.case) == 200
    assert Mark.objects.exists()


def test_what_cannot_be_taken_back_stays_out_of_sight(
    cited: Cited, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = gate.write

    def refused(occasion: Any, rendered: Any) -> Any:
        done = write(occasion, [one for one in rendered if one.root_id != case_id])
        for root in rendered:
            if root.root_id == case_id:
                done.failures[case_id] = ValueError()
        return done

    case_id = cited.case.pk
    with monkeypatch.context() as patched:
        patched.setattr(gate, "write", refused)
        hide(cited.source)
        publish_pending()
    assert status(cited.case) == 503
    publish_pending()
    assert status(cited.case) == 200
    assert held() == 0


def test_a_transaction_that_is_rolled_back_holds_nothing_back(cited: Cited) -> None:
    with transaction.atomic():
        hide(cited.source)
        transaction.set_rollback(True)
    assert held() == 0
    assert status(cited.case) == 200


def test_ids_that_a_document_names_are_stored_beside_it(cited: Cited) -> None:
    for audience in AUDIENCES:
        rows = audience.document_model._default_manager
        assert rows.get(id=cited.case.pk).named == [cited.source.pk]


def test_nobody_but_the_database_holds_anything_back(
    logins: Callable[[str], psycopg.Connection[Any]],
) -> None:
    for login in ("desk", "public", "partners"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            logins(login).execute(
                "INSERT INTO tracker_public_held (root, everywhere, transaction)"
                " VALUES (gen_random_uuid(), TRUE, 1)"
            )
    for login in ("public", "partners"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            logins(login).execute("SELECT hold_back(gen_random_uuid(), 2, -1, TRUE)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            logins(login).execute("SELECT hold_back_each('{}', 2, -1)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        logins("public").execute(f"SELECT FROM {PARTNERS.held_model._meta.db_table}")


# --- What can never be written ---------------------------------------------------------


@pytest.fixture
def unwritable(monkeypatch: pytest.MonkeyPatch) -> set[Any]:
    """Of these the database takes no document, not even a tombstone."""
    ids: set[Any] = set()
    write = gate.write

    def refused(occasion: Any, rendered: Any) -> Any:
        done = write(occasion, [root for root in rendered if root.root_id not in ids])
        for root in rendered:
            if root.root_id in ids:
                done.failures[root.root_id] = ValueError()
        return done

    monkeypatch.setattr(gate, "write", refused)
    return ids


def feed_after(cursor: str = "") -> tuple[list[str], str]:
    """The ids, and the cursor; all of it."""
    asked = {"since": cursor} if cursor else {}
    answer = Client().get("/api/v1/changes", asked)
    assert answer.status_code == 200, answer.content
    page = answer.json()
    assert page["more"] is False
    return [change["id"] for change in page["results"]], page["next"]


def test_the_feed_goes_on_without_what_can_never_be_written(
    cited: Cited, unwritable: set[Any]
) -> None:
    feed = PublicFeed.objects.get()
    before = numbers()
    _ids, begun = feed_after()
    unwritable.add(cited.case.pk)
    hide(cited.source)
    publish_pending()
    assert status(cited.case) == 503
    ids, passed_by = feed_after()
    assert str(cited.case.pk) not in ids
    assert str(cited.other.pk) in ids
    assert str(cited.case.pk) not in feed_after(begun)[0]
    assert numbers()[str(cited.case.pk)] == before[str(cited.case.pk)]
    assert PublicFeed.objects.get().last_seq == feed.last_seq + 1  # of the source
    # Nobody can tell what a copy holds that has passed by.
    assert Client().get("/api/v1/digest").status_code == 503
    unwritable.clear()
    publish_pending()
    assert status(cited.case) == 200
    assert feed_after(passed_by)[0] == [str(cited.case.pk)]
    assert Client().get("/api/v1/digest").status_code == 200
    assert held() == 0


def test_who_has_passed_by_gets_it_though_it_is_as_it_was(
    cited: Cited, unwritable: set[Any]
) -> None:
    before = public(cited.case)
    unwritable.add(cited.case.pk)
    hide(cited.source)
    publish_pending()
    _ids, passed_by = feed_after()
    hide(cited.source, "public")
    unwritable.clear()
    publish_pending()
    assert public(cited.case) == before
    assert str(cited.case.pk) in feed_after(passed_by)[0]
    assert held() == 0


def test_what_the_feed_passes_by_changes_its_tag(
    cited: Cited, unwritable: set[Any]
) -> None:
    asked = "/api/v1/changes"
    tags = [Client().get(asked).headers["ETag"]]
    unwritable.add(cited.other.pk)
    hide(cited.other)
    publish_pending()
    tags.append(Client().get(asked).headers["ETag"])
    unwritable.clear()
    publish_pending()
    tags.append(Client().get(asked).headers["ETag"])
    assert len(set(tags)) == 3


# --- Before the withdrawal itself ------------------------------------------------------


@pytest.fixture
def while_finding(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """How the case and the other are answered while what rests is being found."""
    answers: list[tuple[int, int]] = []
    found = sourcing.resting_only_on

    def finding(source: Source, *args: Any, **kwargs: Any) -> Any:
        cases = Prisoner.objects.order_by("created_at")
        answers.append((status(cases[0]), status(cases[1])))
        return found(source, *args, **kwargs)

    monkeypatch.setattr(sourcing, "resting_only_on", finding)
    return answers


def committed_cited() -> Cited:
    with transaction.atomic():
        cited = Cited()
    publish_pending()
    return cited


@pytest.mark.django_db(transaction=True)
def test_at_the_desk_a_source_is_out_of_sight_before_what_rests_on_it_is_found(
    client: Client, while_finding: list[tuple[int, int]]
) -> None:
    cited = committed_cited()
    client.force_login(make_documenter())
    asked = offered(client, cited.source, visibility="internal")
    assert while_finding == [(200, 200)]  # nobody has decided anything
    client.post(address(cited.source), boxes(asked))
    assert while_finding[1:] == [(503, 200)] * 2
    cited.source.refresh_from_db()
    assert cited.source.visibility == "internal"
    publish_pending()
    assert held() == 0
    assert status(cited.case) in {200, 404}


@pytest.mark.django_db(transaction=True)
def test_by_the_api_too_and_what_was_refused_comes_back(
    monkeypatch: pytest.MonkeyPatch, while_finding: list[tuple[int, int]]
) -> None:
    cited = committed_cited()
    narrow(Desk(), cited.source, {"title": ""}, **WHY)
    assert held() == 0
    assert status(cited.case) == 200
    assert narrow(Desk(), cited.source, **WHY).status_code == 200
    assert while_finding == [(503, 200)]
    publish_pending()
    assert held() == 0


@pytest.mark.django_db(transaction=True)
def test_the_gate_lets_go_only_when_the_withdrawal_is_over_or_broken_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cited = committed_cited()
    before = numbers()
    monkeypatch.setattr(holding, "WITHDRAWING_TAKES", 1)
    with holding.held_first(cited.source, "internal"):
        publish_pending()
        assert status(cited.case) == 503
        time.sleep(1.1)
        publish_pending()
        assert status(cited.case) == 200
    assert numbers() == before


@pytest.mark.django_db(transaction=True)
def test_the_desk_lets_go_of_its_own_withdrawal_and_of_nothing_else(
    logins: Callable[[str], psycopg.Connection[Any]],
) -> None:
    cited = committed_cited()
    source = cited.source.pk
    desk = logins("desk")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        desk.execute("DELETE FROM tracker_public_held")

    def held_first() -> int:
        row = desk.execute(
            "SELECT hold_back(%s, 2, -1, TRUE, 300), txid_current()", [source]
        ).fetchone()
        assert row
        return int(row[1])

    own = held_first()
    others = held_first()
    desk.execute("SELECT let_go_of(%s, %s)", [source, own])
    assert PublicHeld.objects.get().transaction == others
    desk.execute("SELECT let_go_of(%s, %s)", [source, others])
    assert held() == 0
    hide(cited.source)
    withdrawal = PublicHeld.objects.get()
    desk.execute("SELECT let_go_of(%s, %s)", [source, withdrawal.transaction])
    assert status(cited.case) == 503
    for login in ("public", "partners"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            logins(login).execute("SELECT let_go_of(%s, 1)", [source])


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_that_broke_off_with_its_session_keeps_nothing_out_of_sight() -> (
    None
):
    cited = committed_cited()
    with holding.held_first(cited.source, "internal"):
        publish_pending()
        assert status(cited.case) == 503
        connection.close()  # as when the process is killed, or PostgreSQL
        publish_pending()
        assert status(cited.case) == 200
    assert held() == 0


@pytest.mark.django_db(transaction=True)
def test_the_lock_of_a_withdrawal_ends_with_it() -> None:
    cited = committed_cited()
    with pytest.raises(ZeroDivisionError), holding.held_first(cited.source, "internal"):
        raise ZeroDivisionError
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
        assert cursor.fetchone() == (0,)
    assert status(cited.case) == 200


@pytest.mark.django_db(transaction=True)
def test_nobody_without_the_right_holds_anything_back(
    client: Client, while_finding: list[tuple[int, int]]
) -> None:
    cited = committed_cited()
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_source"))
    client.force_login(reader)
    decided = {"visibility": "internal", "withdrawal_decided": "1"}
    client.post(address(cited.source), decided)
    assert held() == 0
    assert status(cited.case) == 200
    assert while_finding == []


# --- Who saves does not wait -----------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_to_withdraw_a_source_locks_no_case_that_cites_it(
    logins: Callable[[str], psycopg.Connection[Any]],
) -> None:
    cited = committed_cited()
    withdrawer = logins("desk")
    with withdrawer.transaction():
        withdrawer.execute(
            "UPDATE cases_source SET visibility = 'internal' WHERE id = %s",
            [cited.source.pk],
        )
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '500ms'")
            Prisoner.objects.filter(pk=cited.case.pk).update(affiliation="Edited")
            Citation.objects.filter(pk=cited.citation.pk).delete()
            cursor.execute("RESET lock_timeout")
        assert not PublicHeld.objects.filter(root=cited.source.pk).exists()
    assert PublicHeld.objects.filter(root=cited.source.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_what_many_cases_cite_is_out_of_sight_before_any_is_rendered_and_saves_go_on(
    logins: Callable[[str], psycopg.Connection[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """benchmarks/withdrawing.py says how long it takes for 2,000 of them."""
    cited = committed_cited()
    cases = []
    with transaction.atomic():
        for number in range(50):
            case = make_prisoner(f"Case {number}", visibility="public")
            make_citation(case, source=cited.source)
            cases.append(case)
    publish_pending()
    before = numbers()
    editor = logins("desk")
    saves: list[Prisoner] = []
    editor.execute("SET lock_timeout = '500ms'")

    def out_of_sight() -> list[int]:
        counts = []
        for audience in AUDIENCES:
            naming = audience.shown().filter(named__contains=[cited.source.pk])
            counts.append(naming.count())
        return counts

    def written_while_others_save(*args: Any) -> Any:
        written = write(*args)
        for case in (cited.other, cases[-1]):
            editor.execute(
                "UPDATE cases_prisoner SET internal_notes = 'Saved' WHERE id = %s",
                [case.pk],
            )
            saves.append(case)
        return written

    write = gate.write
    monkeypatch.setattr(gate, "write", written_while_others_save)
    assert out_of_sight() == [51, 51]
    hide(cited.source)
    assert out_of_sight() == [0, 0]
    assert numbers() == before  # nothing of it is rendered
    gate._publish_batch(False, 20)
    assert out_of_sight() == [0, 0]
    assert saves
    came_back = [case for case in cases if status(case) == 200]
    assert 0 < len(came_back) < 50
    monkeypatch.setattr(gate, "write", write)
    publish_pending()
    assert held() == 0
    assert all(status(case) == 200 for case in cases)


@pytest.fixture
def loop(db: None) -> None:
    """It has just said that it runs."""
    with acting_as("publisher"):
        Heartbeat.objects.create(beat_at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_beside_the_loop_a_save_does_not_wait_for_who_publishes(
    logins: Callable[[str], psycopg.Connection[Any]], loop: None
) -> None:
    case = make_prisoner("Saved")
    publisher = logins("publisher")
    with publisher.transaction():
        publisher.execute(gate.ONE_PUBLISHES)
        started = time.monotonic()
        Prisoner.objects.filter(pk=case.pk).update(affiliation="Edited")
        publish_if_free()
        assert time.monotonic() - started < 1.5
    assert Mark.objects.exists()


def test_beside_the_loop_a_save_leaves_to_it_what_others_have_marked(
    monkeypatch: pytest.MonkeyPatch, loop: None
) -> None:
    monkeypatch.setattr(gate, "SECONDS_OF_A_SAVE", 0)
    monkeypatch.setattr(gate, "BATCH_OF_A_SAVE", 2)
    for number in range(5):
        make_prisoner(f"Case {number}", visibility="public")
    publish_if_free()
    assert PublicDocument.objects.count() < 5
    with acting_as("publisher"):
        Heartbeat.objects.update(beat_at=timezone.now() - timedelta(minutes=1))
    publish_if_free()
    assert PublicDocument.objects.count() == 5


def test_a_save_leaves_the_rest_to_a_loop_that_was_busy_and_runs_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish_batch = gate._publish_batch

    def of_two_beside_the_loop(refresh: bool, _size: int, *more: Any) -> Any:
        done = publish_batch(refresh, 2, *more)
        with acting_as("publisher"):
            Heartbeat.objects.update_or_create(defaults={"beat_at": timezone.now()})
        return done

    monkeypatch.setattr(gate, "_publish_batch", of_two_beside_the_loop)
    for number in range(5):
        make_prisoner(f"Case {number}", visibility="public")
    publish_if_free()
    assert PublicDocument.objects.count() < 5
