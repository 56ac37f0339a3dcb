"""The gate: what is published, when, and with which number."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from cases.editions import StoredEdition
from cases.models import (
    Edition,
    Heartbeat,
    Mark,
    Prisoner,
    PublishingFailure,
    Source,
)
from cases.publishing import gate, mark_everything, publish_pending
from cases.review.approving import StaleVersion, approve
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
from tracker.models import PartnersDocument, PublicDocument, PublicFeed, PublicSpan

pytestmark = pytest.mark.django_db


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
    case = make_prisoner(visibility="public", occupations=["journalist"])
    publish_pending()
    number = PublicDocument.objects.get(id=case.pk).seq
    PublicDocument.objects.update(
        facts={}, search_key=""
    )  # as an older release would have left it
    mark_everything()
    assert publish_pending(refresh=True) == 0
    row = PublicDocument.objects.get(id=case.pk)
    assert (row.facts["occupations"], row.seq) == (["journalist"], number)


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
        with connection.cursor() as cursor:
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
