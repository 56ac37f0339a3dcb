"""The gate: what is published, when, and with which number."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import DeadlockDetected, LockNotAvailable

from cases.editions import StoredEdition
from cases.history.since import newest_event
from cases.models import (
    DeskEntry,
    Edition,
    Heartbeat,
    Mark,
    Prisoner,
    PublishingFailure,
    Source,
    WaitingCase,
)
from cases.publishing import (
    gate,
    mark_everything,
    publish_if_free,
    publish_pending,
    renew_epochs,
)
from cases.publishing.rendering import Rendered, Row
from cases.review.approving import StaleVersion, approve
from tests.editions.kept import approve_as
from tests.factories import approve as approve_case
from tests.factories import (
    make_citation,
    make_deportation,
    make_detention,
    make_documenter,
    make_name,
    make_placement,
    make_prisoner,
    make_release,
    make_release_event,
    make_sentence,
    make_source,
)
from tests.roles import acting_as
from tracker.contract.facts import Facts
from tracker.models import (
    PartnersDocument,
    PublicCorrection,
    PublicDocument,
    PublicFeed,
    PublicSpan,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]


@pytest.fixture
def saving_approves(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False


@pytest.fixture
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


def public(record: Any) -> dict[str, Any] | None:
    row = PublicDocument.objects.filter(id=record.pk).first()
    return json.loads(row.document) if row and row.document else None


def approved(record: Any, **options: Any) -> StoredEdition:
    record.refresh_from_db()
    edition = approve(
        record.kind, record.pk, seen_version=record.version, reason="checked", **options
    )
    publish_pending()
    return edition


# --- What appears ------------------------------------------------------------------------------------------------


def test_an_internal_case_leaves_no_row_and_no_number(saving_approves: None) -> None:
    make_prisoner()
    assert publish_pending() == 0
    assert not PublicDocument.objects.exists()
    assert not PartnersDocument.objects.exists()
    assert sum(PublicFeed.objects.values_list("last_seq", flat=True)) == 0


def test_a_public_case_is_published_to_everyone_and_one_for_partners_to_partners(
    saving_approves: None,
) -> None:
    everyones = make_prisoner("Open Case", visibility="public")
    partners = make_prisoner("Shared Case", visibility="partners")
    publish_pending()
    assert public(everyones)["name"] == "Open Case"  # type: ignore[index]
    assert public(partners) is None
    assert set(PartnersDocument.objects.values_list("id", flat=True)) == {
        everyones.pk,
        partners.pk,
    }


def test_sentences_and_deportations_are_listed_on_their_own_with_the_number_of_their_case(
    saving_approves: None,
) -> None:
    case = make_prisoner(visibility="public")
    sentence = make_sentence(case, term_months=48)
    make_deportation(case, outcome="expelled", to_country="LT")
    publish_pending()
    rows = PublicDocument.objects.filter(parent=case.pk)
    assert {row.kind for row in rows} == {"sentence", "deportation"}
    assert {row.seq for row in rows} == {PublicDocument.objects.get(id=case.pk).seq}
    assert public(sentence)["prisoner"] == str(case.pk)  # type: ignore[index]
    sentence.delete()
    publish_pending()
    assert not PublicDocument.objects.filter(id=sentence.pk).exists()


def test_nothing_is_written_where_nothing_public_changed(saving_approves: None) -> None:
    case = make_prisoner(visibility="public")
    publish_pending()
    before = PublicDocument.objects.get(id=case.pk)
    case.internal_notes = "a sister called"
    case.save()
    make_name(case, "Only For Us", visibility="internal")
    assert publish_pending() == 0
    assert PublicDocument.objects.get(id=case.pk).seq == before.seq


def test_a_full_rebuild_changes_nothing_when_nothing_changed(
    saving_approves: None,
) -> None:
    case = make_prisoner(visibility="public")
    make_release(case, released_on="2025-09-11")
    publish_pending()
    rows = list(PublicDocument.objects.values())
    spans = set(
        PublicSpan.objects.values_list("of", "fact", "value", "first_day", "last_day")
    )
    mark_everything()
    assert publish_pending(refresh=True) == 0
    assert list(PublicDocument.objects.values()) == rows
    assert (
        set(
            PublicSpan.objects.values_list(
                "of", "fact", "value", "first_day", "last_day"
            )
        )
        == spans
    )


def test_a_rebuild_after_an_upgrade_renews_what_lists_filter_by_without_a_new_number(
    saving_approves: None,
) -> None:
    case = make_prisoner(
        visibility="public", occupations=["journalist"], affiliation="A paper"
    )
    publish_pending()
    number = PublicDocument.objects.get(id=case.pk).seq
    PublicDocument.objects.update(
        facts={}, search_key="", text_words=None
    )  # as an older release would have left it
    mark_everything()
    assert publish_pending() == 0
    assert PublicDocument.objects.get(id=case.pk).facts == {}
    before = PublicFeed.objects.get().revision
    mark_everything()
    assert publish_pending(refresh=True) == 0
    # What was counted until then is counted anew.
    assert PublicFeed.objects.get().revision > before
    row = PublicDocument.objects.get(id=case.pk)
    assert (row.facts["occupations"], row.seq) == (["journalist"], number)
    assert row.text_words == ["a", "paper"]


def test_numbers_are_drawn_without_gaps_and_each_change_takes_the_next(
    saving_approves: None,
) -> None:
    cases = [
        make_prisoner(f"Case {number}", visibility="public") for number in range(3)
    ]
    publish_pending()
    assert sorted(PublicDocument.objects.values_list("seq", flat=True)) == [1, 2, 3]
    Prisoner.objects.filter(pk=cases[0].pk).update(affiliation="party")
    publish_pending()
    assert PublicDocument.objects.get(id=cases[0].pk).seq == 4
    assert PublicFeed.objects.get().last_seq == 4


def test_updates_of_many_and_statements_by_hand_are_marked_too(
    saving_approves: None,
) -> None:
    case = make_prisoner(visibility="public", occupations=["blogger"])
    publish_pending()
    Prisoner.objects.update(occupations=["journalist"])
    publish_pending()
    assert public(case)["occupations"] == ["journalist"]  # type: ignore[index]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_personname SET value = 'By Hand'")
    publish_pending()
    assert public(case)["name"] == "By Hand"  # type: ignore[index]


def test_saving_publishes_when_the_transaction_is_committed(
    saving_approves: None, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        case = make_prisoner(visibility="public")
        make_sentence(case)
    assert len(callbacks) == 1
    assert public(case) is not None


# --- Review ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_approval_publishes_when_the_transaction_is_committed(review: None) -> None:
    with transaction.atomic():
        case = make_prisoner(visibility="public")
        make_citation(case)
    case.refresh_from_db()
    approve(case.kind, case.pk, seen_version=case.version, reason="checked")
    assert public(case) is not None


def test_where_review_is_required_an_edit_waits_for_approval(review: None) -> None:
    case = make_prisoner(visibility="public", occupations=["blogger"])
    publish_pending()
    assert public(case) is None
    approved(case)
    Prisoner.objects.update(occupations=["journalist"])
    publish_pending()
    assert public(case)["occupations"] == ["blogger"]  # type: ignore[index]
    approved(case)
    assert public(case)["occupations"] == ["journalist"]  # type: ignore[index]


def test_an_edition_tells_who_approved_what_and_why_and_is_numbered(
    review: None,
) -> None:
    case, reviewer = make_prisoner(visibility="public"), make_documenter()
    first, second = approved(case, by=reviewer), approved(case, by=reviewer)
    assert (first.number, second.number) == (1, 2)
    assert (first.approved_by, first.reason, first.version) == (
        reviewer,
        "checked",
        case.version,
    )
    assert first.case["names"][0]["value"] == "Ales Example"


def test_what_the_reviewer_did_not_see_cannot_be_approved(review: None) -> None:
    case = make_prisoner(visibility="public")
    key, seen = case.pk, case.version
    make_name(case, "Added Meanwhile")
    with pytest.raises(StaleVersion, match="was changed after you opened it"):
        approve("prisoner", key, seen_version=seen)
    case.delete()
    with pytest.raises(StaleVersion, match="has been deleted"):
        approve("prisoner", key, seen_version=seen)
    assert not Edition.objects.exists()


def test_an_approval_with_a_day_waits_for_that_day(
    review: None, monkeypatch: Any
) -> None:
    case = make_prisoner(visibility="public")
    day = timezone.now().date() + timedelta(days=3)
    approved(case, not_before=day)
    assert public(case) is None
    monkeypatch.setattr(gate, "advance", lambda: day)
    publish_pending()
    assert public(case) is not None


# --- Withdrawal --------------------------------------------------------------------------------------------------


def test_a_case_made_internal_disappears_at_once_whatever_waits_for_review(
    review: None,
) -> None:
    case = make_prisoner(visibility="public", occupations=["blogger"])
    make_sentence(case)
    approved(case)
    case.refresh_from_db()
    case.occupations, case.visibility = ["journalist"], "internal"
    case.save()
    publish_pending()
    row = PublicDocument.objects.get(id=case.pk)
    assert (row.document, row.facts, row.search_key, row.sort_name) == (
        None,
        {},
        "",
        None,
    )
    assert not PublicDocument.objects.filter(parent=case.pk).exists()
    assert not PublicSpan.objects.exists()
    assert row.seq == 2


def test_a_deleted_case_leaves_a_tombstone(review: None) -> None:
    case = make_prisoner(visibility="public")
    approved(case)
    key = case.pk
    case.delete()
    publish_pending()
    assert PublicDocument.objects.get(id=key).document is None


def test_a_withdrawal_subtracts_at_once_and_puts_nothing_unapproved_in(
    review: None,
) -> None:
    case = make_prisoner(
        "Known Name", visibility="public", summary={"en": "Also called Old Name."}
    )
    old = make_name(case, "Old Name")
    source = make_source(visibility="public")
    approved(source)
    make_citation(old, "value", source, quote="Old Name")
    approved(case)
    assert public(case)["summary"] == {"en": "Also called Old Name."}  # type: ignore[index]
    make_name(case, "Not Approved Yet")
    old.visibility = "internal"
    old.save()
    publish_pending()
    document = public(case)
    assert "Old Name" not in json.dumps(document)
    assert "Not Approved Yet" not in json.dumps(document)
    assert document["summary"] == {}  # type: ignore[index]
    assert document["citations"] == []  # type: ignore[index]
    assert "old" not in PublicDocument.objects.get(id=case.pk).search_key


def test_a_part_deleted_before_review_is_gone_at_once(review: None) -> None:
    case = make_prisoner(visibility="public")
    sentence = make_sentence(case, term_months=60)
    approved(case)
    sentence.delete()
    publish_pending()
    assert public(case)["sentences"] == []  # type: ignore[index]


def test_withdrawals_go_before_everything_else(
    saving_approves: None, monkeypatch: Any
) -> None:
    shown = make_prisoner("Shown", visibility="public")
    publish_pending()
    make_prisoner("Earlier", visibility="public")
    Prisoner.objects.filter(pk=shown.pk).update(visibility="internal")
    gate._publish_batch(refresh=False, size=1)
    assert public(shown) is None
    assert PublicDocument.objects.count() == 1


def test_a_case_with_a_placement_goes_though_one_of_its_sentences_replaces_another(
    saving_approves: None,
) -> None:
    case = make_prisoner(visibility="public")
    make_placement(make_detention(case), from_on="2025")
    first = make_sentence(case, term_months=60)
    make_sentence(case, term_months=24, replaces=first)
    release = make_release(case)
    make_deportation(case, release=release)
    publish_pending()
    case.delete()
    publish_pending()
    assert not PublicDocument.objects.filter(document__isnull=False).exclude(
        kind="source"
    )


# --- References --------------------------------------------------------------------------------------------------


def test_a_source_is_named_only_while_it_is_published_itself(
    saving_approves: None,
) -> None:
    case = make_prisoner(visibility="public")
    source = make_source(public_label="confidential source")
    make_citation(case, "sex", source, quote="secret words", locator="page 7")
    publish_pending()
    (citation,) = public(case)["citations"]  # type: ignore[index]
    assert (citation["source"], citation["source_label"]) == (
        None,
        "confidential source",
    )
    assert (citation["quote"], citation["locator"]) == (None, None)
    source.visibility = "public"
    source.save()
    publish_pending()
    (citation,) = public(case)["citations"]  # type: ignore[index]
    assert (citation["source"], citation["quote"]) == (str(source.pk), "secret words")
    source.visibility = "internal"
    source.save()
    publish_pending()
    (citation,) = public(case)["citations"]  # type: ignore[index]
    assert citation["source"] is None


def test_a_release_names_its_event_once_that_is_approved(review: None) -> None:
    event = make_release_event(visibility="public")
    case = make_prisoner(visibility="public")
    make_release(case, release_event=event)
    approved(case)
    assert public(case)["releases"][0]["release_event"] is None  # type: ignore[index]
    approved(event)
    assert public(case)["releases"][0]["release_event"] == str(event.pk)  # type: ignore[index]


def test_a_merged_case_leads_to_the_other_one(saving_approves: None) -> None:
    kept, merged = (
        make_prisoner("Kept", visibility="public"),
        make_prisoner("Merged", visibility="public"),
    )
    publish_pending()
    merged.refresh_from_db()
    merged.merged_into = kept
    merged.save()
    publish_pending()
    row = PublicDocument.objects.get(id=merged.pk)
    assert (row.document, row.merged_into) == (None, kept.pk)
    Prisoner.objects.filter(pk=kept.pk).update(visibility="internal")
    publish_pending()
    assert PublicDocument.objects.get(id=merged.pk).merged_into is None


# --- When something goes wrong -----------------------------------------------------------------------------------


@pytest.fixture
def broken(monkeypatch: Any) -> list[Any]:
    """Ids of cases that cannot be rendered."""
    ids: list[Any] = []
    render = gate.render

    def failing(kind: str, root_id: Any, *args: Any) -> Any:
        if root_id in ids:
            raise ValueError("Known Name")
        return render(kind, root_id, *args)

    monkeypatch.setattr(gate, "render", failing)
    return ids


def test_a_case_that_cannot_be_rendered_is_set_apart_and_shown_on_the_desk(
    saving_approves: None, broken: list[Any]
) -> None:
    bad, good = (
        make_prisoner("Known Name", visibility="public"),
        make_prisoner("Good", visibility="public"),
    )
    broken.append(bad.pk)
    publish_pending()
    assert public(good) is not None
    failure = PublishingFailure.objects.get()
    assert (failure.root_id, failure.error) == (bad.pk, "ValueError")
    broken.clear()
    Prisoner.objects.filter(pk=bad.pk).update(sex="female")
    publish_pending()
    assert not PublishingFailure.objects.exists()
    assert public(bad) is not None


def test_a_title_left_empty_by_hand_is_published_as_unknown(
    saving_approves: None,
) -> None:
    event = make_release_event("", visibility="public")
    publish_pending()
    assert public(event)["title"] is None  # type: ignore[index]


def test_a_withdrawal_of_a_case_that_cannot_be_rendered_leaves_a_tombstone(
    saving_approves: None, broken: list[Any]
) -> None:
    case = make_prisoner("Known Name", visibility="public")
    publish_pending()
    broken.append(case.pk)
    Prisoner.objects.filter(pk=case.pk).update(visibility="internal")
    publish_pending()
    assert public(case) is None


def test_a_document_that_the_database_refuses_does_not_hold_up_the_others(
    saving_approves: None,
) -> None:
    bad, good = (
        make_prisoner("Bad", visibility="public"),
        make_prisoner("Good", visibility="public"),
    )
    PublicDocument.objects.create(
        id=make_prisoner().pk, kind="prisoner", seq=2, changed_on=timezone.now().date()
    )
    publish_pending()
    assert {public(bad) is None, public(good) is None} == {True, False}
    assert PublishingFailure.objects.get().error == "IntegrityError"


def test_a_case_changed_while_it_is_read_is_left_for_the_next_round(
    saving_approves: None, monkeypatch: Any
) -> None:
    case = make_prisoner("Before", visibility="public")
    read = gate.aggregate.read

    def disturbed(*args: Any) -> Any:
        found = read(*args)
        with acting_as("desk"), connection.cursor() as cursor:
            cursor.execute("UPDATE cases_personname SET value = 'After'")
        monkeypatch.setattr(gate.aggregate, "read", read)
        return found

    Mark.objects.exclude(root_id=case.id).delete()
    monkeypatch.setattr(gate.aggregate, "read", disturbed)
    done = gate._publish_batch(refresh=False)
    assert (done.written, done.moved) == (0, {("prisoner", case.id)})
    assert Mark.objects.exists()
    publish_pending()
    assert public(case)["name"] == "After"  # type: ignore[index]


def test_a_source_hidden_while_a_case_is_read_is_at_no_moment_named_in_it(
    saving_approves: None, monkeypatch: Any
) -> None:
    source = make_source(visibility="public")
    case = make_prisoner(visibility="public")
    make_citation(case, "sex", source)
    publish_pending()
    render = gate.render

    def disturbed(*args: Any) -> Any:
        monkeypatch.setattr(gate, "render", render)
        with acting_as("desk"):
            Source.objects.filter(pk=source.pk).update(visibility="internal")
        return render(*args)

    monkeypatch.setattr(gate, "render", disturbed)
    Prisoner.objects.filter(pk=case.pk).update(affiliation="A party")
    publish_pending()
    shown = public(case)
    assert shown is not None
    assert shown["affiliation"] is None
    publish_pending()
    shown = public(case)
    assert shown is not None
    assert shown["affiliation"] == "A party"
    assert shown["citations"][0]["source"] is None


@pytest.mark.parametrize("required", [True, False])
def test_an_edition_that_cannot_be_read_holds_up_no_other_and_is_not_replaced(
    settings: Any, required: bool
) -> None:
    settings.REQUIRE_REVIEW = required
    bad, good = (
        make_prisoner(name, id=UUID(int=number), visibility="public")
        for number, name in enumerate(("Bad", "Good"), start=1)
    )
    approve_case(good)
    approve_as(bad, {"form": 10**6})
    publish_pending()
    assert public(good) is not None
    assert public(bad) is None
    assert Edition.objects.filter(root_id=bad.pk).count() == 1
    failure = PublishingFailure.objects.get()
    assert (failure.root_kind, failure.root_id) == ("prisoner", bad.pk)
    assert failure.error == "NewerForm"
    Prisoner.objects.filter(pk=good.pk).update(sex="female")
    publish_pending()
    assert PublishingFailure.objects.exists()  # of the other one
    Prisoner.objects.update(affiliation="A party")
    publish_pending()
    is_approved_by_saving = public(good)["affiliation"] == "A party"  # type: ignore[index]
    assert is_approved_by_saving is not required


def test_what_is_taken_back_from_a_case_that_cannot_be_rendered_goes_alone(
    saving_approves: None, broken: list[Any]
) -> None:
    case, other = (
        make_prisoner(name, visibility="public", born_on="1980-05-17")
        for name in ("Known Name", "Other")
    )
    kept, taken_back = (make_sentence(case, court=court) for court in ("A", "B"))
    publish_pending()
    broken.append(case.pk)
    Prisoner.objects.filter(pk=other.pk).update(affiliation="A party")
    taken_back.visibility = "internal"
    taken_back.save()
    written_for_both_audiences = 4
    assert publish_pending() == written_for_both_audiences
    document = public(case)
    assert document is not None
    assert [sentence["id"] for sentence in document["sentences"]] == [str(kept.pk)]
    assert document["name"] == "Known Name"


def test_where_the_database_refuses_what_is_left_the_document_goes(
    saving_approves: None, broken: list[Any], monkeypatch: Any
) -> None:
    case = make_prisoner("Known Name", visibility="public")
    publish_pending()

    def refused(kind: str, ids: Any, *_rest: Any) -> list[Rendered]:
        too_long = kind * 100
        return [
            Rendered(key, {"public": [Row(key, too_long, None, "{}", Facts())]})
            for key in ids
        ]

    monkeypatch.setattr(gate, "what_stays", refused)
    broken.append(case.pk)
    Prisoner.objects.filter(pk=case.pk).update(affiliation="A party")
    publish_pending()
    assert public(case) is None
    assert PublicDocument.objects.get(id=case.pk).seq == 2


# --- What is kept along the way ----------------------------------------------------------------------------------


def test_saving_approves_the_case_as_it_was_read(saving_approves: None) -> None:
    case = make_prisoner(visibility="public")
    newest = newest_event()
    publish_pending()
    editions = Edition.objects.filter(root_id=case.pk)
    edition = editions.get()
    assert (edition.root_kind, edition.number) == ("prisoner", 1)
    assert (edition.version, edition.event) == (case.version, newest)
    mark_everything()
    publish_pending()
    assert editions.count() == 1  # nothing was changed
    Prisoner.objects.filter(pk=case.pk).update(sex="female")
    publish_pending()
    assert sorted(editions.values_list("number", flat=True)) == [1, 2]


def test_a_correction_has_the_reason_of_its_own_edition(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True
    case = make_prisoner(visibility="public")
    approved(case)
    Prisoner.objects.filter(pk=case.pk).update(affiliation="One")
    approved(case, public_reason="A typing error.")
    settings.REQUIRE_REVIEW = False
    Prisoner.objects.filter(pk=case.pk).update(affiliation="Two")
    publish_pending()
    told = PublicCorrection.objects.order_by("id").values_list("after", "reason")
    assert list(told) == [("One", "A typing error."), ("Two", "")]


def test_a_withdrawal_empties_what_was_told_of_that_case_alone(
    saving_approves: None,
) -> None:
    cases = [make_prisoner(visibility="public") for _each in range(2)]
    names = [make_name(case, "Other Name") for case in cases]
    publish_pending()
    Prisoner.objects.update(affiliation="A party")
    publish_pending()
    names[0].visibility = "internal"
    names[0].save()
    Prisoner.objects.filter(pk=cases[1].pk).update(sex="male")
    publish_pending()
    for case, kept in zip(cases, (None, "A party"), strict=True):
        told = PublicCorrection.objects.get(of=case.pk, field="affiliation")
        assert told.after == kept


def test_the_desk_sees_what_is_so_now_and_what_waits(review: None) -> None:
    case = make_prisoner("Known Name", visibility="public")
    approved(case)
    assert not WaitingCase.objects.exists()
    make_release(case, released_on="2025-09-11")
    publish_pending()
    case.refresh_from_db()
    waiting = WaitingCase.objects.get()
    assert (waiting.root_kind, waiting.root_id) == ("prisoner", case.pk)
    assert waiting.version == case.version
    entry = DeskEntry.objects.get()
    assert (entry.display_name, entry.statuses) == ("Known Name", ["released"])
    case.delete()
    publish_pending()
    assert not WaitingCase.objects.exists()


def test_who_was_a_minor_when_approved_is_one_until_the_next_approval(
    review: None, monkeypatch: Any
) -> None:
    today = timezone.now().date()
    born = today.replace(year=today.year - 18, day=1) + timedelta(days=40)
    case = make_prisoner("Known Name", visibility="public", born_on=born.isoformat())
    approved(case)
    assert public(case)["name"] is None  # type: ignore[index]
    monkeypatch.setattr(gate, "advance", lambda: today + timedelta(days=80))
    mark_everything()
    publish_pending()
    assert public(case)["name"] is None  # type: ignore[index]


# --- Marks -------------------------------------------------------------------------------------------------------


def test_what_was_marked_first_is_published_first(
    saving_approves: None, monkeypatch: Any
) -> None:
    cases = [make_prisoner(visibility="public") for _each in range(3)]
    Mark.objects.all().delete()
    for place, case in ((3, cases[0]), (1, cases[1]), (2, cases[2])):
        Mark.objects.create(id=place, root_kind="prisoner", root_id=case.pk)
    monkeypatch.setattr(gate, "BATCH", 1)
    publish_pending()
    shown = PublicDocument.objects.order_by("seq").values_list("id", flat=True)
    assert list(shown) == [cases[1].pk, cases[2].pk, cases[0].pk]
    assert not Mark.objects.exists()


def test_one_round_publishes_all_kinds_and_takes_all_their_marks_away(
    saving_approves: None,
) -> None:
    for _each in range(2):
        make_prisoner(visibility="public")
        make_release_event(visibility="public")
    written_for_both_audiences = 8
    done = gate._publish_batch(refresh=False)
    assert done.written == written_for_both_audiences
    assert not Mark.objects.exists()


def test_everything_is_also_what_is_published_and_gone(review: None) -> None:
    case, deleted, withdrawn = (make_prisoner(visibility="public") for _each in "123")
    for each in (deleted, withdrawn):
        approved(each)
    Prisoner.objects.filter(pk=withdrawn.pk).update(visibility="internal")
    publish_pending()
    gone, withdrawn_id = deleted.pk, withdrawn.pk
    for each in (deleted, withdrawn):
        each.delete()
    Mark.objects.all().delete()
    mark_everything()
    marks = list(Mark.objects.values_list("root_kind", "root_id", "withdrawal"))
    assert ("prisoner", gone, False) in marks
    assert ("prisoner", case.pk, False) in marks
    assert withdrawn_id not in {root_id for _kind, root_id, _withdrawal in marks}
    assert len(marks) == len(set(marks))


def test_new_epochs_have_everything_rendered_anew(saving_approves: None) -> None:
    case = make_prisoner(visibility="public")
    publish_pending()
    before = PublicFeed.objects.get().epoch
    renew_epochs()
    assert PublicFeed.objects.get().epoch != before
    assert Mark.objects.filter(root_kind="prisoner", root_id=case.pk).exists()


@pytest.mark.parametrize(
    ("cause", "is_left_to_the_loop"),
    [(LockNotAvailable(), True), (DeadlockDetected(), False), (None, False)],
)
def test_after_a_save_only_a_lock_that_another_has_is_left_to_the_loop(
    monkeypatch: Any, cause: Exception | None, is_left_to_the_loop: bool
) -> None:
    def failing(pace: object) -> int:
        raise OperationalError from cause

    monkeypatch.setattr(gate, "_publish_all", failing)
    if is_left_to_the_loop:
        publish_if_free()
    else:
        with pytest.raises(OperationalError):
            publish_if_free()


# --- The safety loop ---------------------------------------------------------------------------------------------


def test_the_loops_heartbeat_can_be_asked(saving_approves: None, capsys: Any) -> None:
    from django.core.management import CommandError, call_command

    with pytest.raises(CommandError, match="never"):
        call_command("publish", heartbeat=60)
    Heartbeat.objects.create(beat_at=timezone.now() - timedelta(minutes=5))
    with pytest.raises(CommandError, match="has not run lately"):
        call_command("publish", heartbeat=60)
    Heartbeat.objects.update(beat_at=timezone.now())
    make_prisoner()
    call_command("publish", heartbeat=60)
    assert "changes are waiting" in capsys.readouterr().out
