"""Events in order without days: no day is invented, no order runs in a circle, and
nothing that is hidden is pointed at.
"""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from cases import merging
from cases.history import timeline
from cases.models import (
    Deportation,
    Detention,
    Prisoner,
    Release,
    Sentence,
    Sighting,
    Whereabouts,
)
from cases.models.order import Ordered, ordered_models
from tests import factories as make
from tests.cases.admin_pages import address, opened
from tests.cases.aggregates import case as aggregate
from tests.cases.aggregates import cited, present, row, shown, source
from tests.cases.editorial import Desk, errors, problem

pytestmark = pytest.mark.django_db

KINDS: list[type[Ordered]] = [
    Detention,
    Sentence,
    Release,
    Deportation,
    Whereabouts,
    Sighting,
]
WHY = {"X-Change-Reason": "It was right."}
kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.place)


def event(kind: type[Any], prisoner: Prisoner, **fields: Any) -> Any:
    return kind.objects.create(prisoner=prisoner, **fields)


def three_in_order(kind: type[Any]) -> list[Any]:
    """A release, after it one of the kind, and after that a sighting."""
    prisoner = make.make_prisoner()
    first = event(Release, prisoner)
    second = event(kind, prisoner, after=first.pk)
    last = event(Sighting, prisoner, after=second.pk)
    stored_at_once()
    deferred()
    return [first, second, last]


def stored_at_once() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def deferred() -> None:
    """As at the beginning of every transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@transaction.atomic
def put_after(earlier: Any, later: Any) -> None:
    type(later).objects.filter(pk=later.pk).update(after=earlier.pk)
    stored_at_once()


@transaction.atomic
def belong_to(release: Release, deportation: Deportation) -> None:
    Deportation.objects.filter(pk=deportation.pk).update(release=release)
    stored_at_once()


@transaction.atomic
def delete(record: Any) -> None:
    record.delete()
    stored_at_once()


def test_these_kinds_of_event_can_be_put_in_order() -> None:
    assert set(ordered_models()) == set(KINDS)


@kinds
class TestAnOrderThatRunsInACircle:
    def test_is_refused_by_the_form_with_the_field_named(
        self, kind: type[Ordered]
    ) -> None:
        first, second, last = three_in_order(kind)
        first.after = last.pk
        with pytest.raises(ValidationError) as refused:
            first.full_clean()
        assert list(refused.value.message_dict) == ["after"]
        second.after = second.pk
        with pytest.raises(ValidationError, match="circle"):
            second.full_clean()

    def test_is_refused_by_the_api_with_the_field_named(
        self, kind: type[Ordered]
    ) -> None:
        first, _second, last = three_in_order(kind)
        desk = Desk()
        path = f"releases/{first.pk}/"
        answer = desk.patch(path, {"after": str(last.pk)}, desk.etag(path))
        assert list(errors(answer)) == ["after"]

    def test_is_refused_by_the_database_and_nothing_changes(
        self, kind: type[Ordered]
    ) -> None:
        first, _second, last = three_in_order(kind)
        with pytest.raises(IntegrityError, match=r"after: .*circle"):
            put_after(last, first)
        first.refresh_from_db()
        assert first.after is None


class TestWhatComesAfterByAnotherLink:
    """A deportation comes after its release, and a sentence after what it replaces."""

    def test_no_release_comes_after_a_deportation_that_belongs_to_it(self) -> None:
        prisoner = make.make_prisoner()
        release = make.make_release(prisoner)
        deportation = make.make_deportation(prisoner, release=release)
        release.after = deportation.pk
        with pytest.raises(ValidationError) as refused:
            release.full_clean()
        assert list(refused.value.message_dict) == ["after"]
        stored_at_once()
        with pytest.raises(IntegrityError, match=r"after: .*circle"):
            put_after(deportation, release)

    def test_no_deportation_belongs_to_a_release_after_it(self) -> None:
        prisoner = make.make_prisoner()
        deportation = make.make_deportation(prisoner)
        release = make.make_release(prisoner, after=deportation.pk)
        deportation.release = release
        with pytest.raises(ValidationError) as refused:
            deportation.full_clean()
        assert list(refused.value.message_dict) == ["release"]
        stored_at_once()
        with pytest.raises(IntegrityError, match=r"release: .*circle"):
            belong_to(release, deportation)

    def test_no_sentence_replaces_one_after_it(self) -> None:
        prisoner = make.make_prisoner()
        first = make.make_sentence(prisoner)
        second = make.make_sentence(prisoner, after=first.pk)
        first.replaces = second
        with pytest.raises(ValidationError) as refused:
            first.full_clean()
        assert list(refused.value.message_dict) == ["replaces"]


@kinds
class TestWhatIsOfAnotherCase:
    def test_is_offered_to_nobody_and_refused(self, kind: type[Ordered]) -> None:
        elsewhere = event(kind, make.make_prisoner("Another Example"))
        release = make.make_release(make.make_prisoner())
        release.after = elsewhere.pk
        with pytest.raises(ValidationError) as refused:
            release.full_clean()
        assert list(refused.value.message_dict) == ["after"]

    def test_is_refused_by_the_api(self, kind: type[Ordered]) -> None:
        elsewhere = event(kind, make.make_prisoner("Another Example"))
        prisoner = make.make_prisoner()
        answer = Desk().post(
            "sightings/", {"prisoner": str(prisoner.pk), "after": str(elsewhere.pk)}
        )
        assert list(errors(answer)) == ["after"]
        assert not prisoner.sightings.exists()

    def test_is_refused_by_the_database(self, kind: type[Ordered]) -> None:
        elsewhere = event(kind, make.make_prisoner("Another Example"))
        release = make.make_release(make.make_prisoner())
        with pytest.raises(IntegrityError, match=r"after: .*same case"):
            put_after(elsewhere, release)


class TestAnEventThatOthersComeAfter:
    def test_is_not_deleted_before_they_let_go_of_it(self) -> None:
        first, _second, _last = three_in_order(Deportation)
        release_id = first.pk
        with pytest.raises(IntegrityError, match="come after this one"):
            delete(first)
        assert Release.objects.filter(pk=release_id).exists()

    def test_goes_with_its_case(self) -> None:
        first, _second, _last = three_in_order(Deportation)
        deferred()
        first.prisoner.delete()
        stored_at_once()
        assert not Release.objects.exists()

    def test_goes_with_what_comes_after_it(self) -> None:
        first, second, last = three_in_order(Deportation)
        with transaction.atomic():
            deferred()
            for record in (first, second, last):
                record.delete()
            stored_at_once()
        assert not Sighting.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestWhoDeletesAnEventThatOthersComeAfter:
    def test_is_told_why_not_by_the_api(self) -> None:
        first, _second, _last = three_in_order(Deportation)
        desk = Desk()
        path = f"releases/{first.pk}/"
        answer = desk.delete(path, desk.etag(path))
        assert "come after this one" in problem(answer, 409)["detail"]
        assert Release.objects.filter(pk=first.pk).exists()


def test_what_is_hidden_is_pointed_at_in_no_document() -> None:
    def after_in_public(**fields: Any) -> Any:
        content = shown(
            aggregate(
                releases=[row(Release, "freed", **fields)],
                whereabouts=[row(Whereabouts, "gone", after="freed")],
            )
        )
        return content["whereabouts"][0]["after"]

    assert after_in_public() == "freed"
    assert after_in_public(visibility="partners") is None


def test_order_narrows_days_only_where_both_are_shown() -> None:
    def statuses(**fields: Any) -> list[list[str]]:
        content = shown(
            aggregate(
                releases=[row(Release, "freed", released_on="2025-03-02")],
                whereabouts=[
                    row(Whereabouts, "gone", after="freed", place_known="no", **fields)
                ],
                detentions=[
                    row(
                        Detention,
                        "again",
                        started_on="[2025-03-02..2025-04-07]",
                        after="gone",
                    )
                ],
            )
        )
        return [span["statuses"] for span in content["status"]]

    assert statuses()[-2:] == [
        ["detained", "released", "whereabouts_unknown"],
        ["detained"],
    ]
    # Without it, she may have been detained before she was released.
    assert statuses(visibility="internal")[-1] == ["detained", "released"]


def test_no_citation_tells_of_what_is_hidden_either() -> None:
    """Not that something came before, nor the id of what a source puts there."""

    def cited_fields(freed: dict[str, Any], **citation: Any) -> list[str]:
        content = shown(
            aggregate(
                releases=[row(Release, "freed", **freed)],
                deportations=[row(Deportation, "sent", **{"after": "freed"})],
                citations=[cited(Deportation, "sent", **citation)],
                sources={"report": source()},
            ),
            sources={"report": present()},
            published=frozenset({"report"}),
        )
        return [one["field"] for one in content["citations"]]

    inside = {"visibility": "internal"}
    assert cited_fields({}, field="after") == ["after"]
    assert cited_fields(inside, field="after") == []
    assert cited_fields({}, field="after", states="freed") == ["after"]
    assert cited_fields(inside, field="after", states="freed") == []
    # The same of other links.
    assert cited_fields({}, field="release", states="freed") == ["release"]
    assert cited_fields(inside, field="release", states="freed") == []


class TestAtTheDesk:
    def page_of(self, client: Client, prisoner: Prisoner) -> Any:
        client.force_login(make.make_documenter())
        return opened(client, address(prisoner))

    def test_the_events_of_the_case_are_offered_and_no_others(
        self, client: Client
    ) -> None:
        prisoner = make.make_prisoner()
        release = make.make_release(prisoner, released_on="2025-03-02")
        make.make_whereabouts(prisoner)
        elsewhere = make.make_release(make.make_prisoner("Another"))
        client.force_login(make.make_documenter())
        html = client.get(address(prisoner)).content.decode()
        box = html.partition('name="whereabouts-0-after"')[2].partition("</select>")[0]
        assert f'value="{release.pk}"' in box
        assert "Release: released 2 March 2025" in box
        assert str(elsewhere.pk) not in html

    def test_what_is_chosen_is_stored(self, client: Client) -> None:
        prisoner = make.make_prisoner()
        release = make.make_release(prisoner, released_on="2025-03-02")
        missing = make.make_whereabouts(prisoner)
        boxes = self.page_of(client, prisoner)
        boxes["whereabouts-0-after"] = str(release.pk)
        assert client.post(address(prisoner), boxes).status_code == 302
        missing.refresh_from_db()
        assert missing.after == release.pk
        # And saving the page as it is changes nothing.
        prisoner.refresh_from_db()
        before = prisoner.version
        boxes = opened(client, address(prisoner))
        assert client.post(address(prisoner), boxes).status_code == 302
        prisoner.refresh_from_db()
        assert prisoner.version == before

    def test_a_circle_is_refused_at_its_box(self, client: Client) -> None:
        first, _second, last = three_in_order(Deportation)
        boxes = self.page_of(client, first.prisoner)
        boxes["releases-0-after"] = str(last.pk)
        answer = client.post(address(first.prisoner), boxes)
        assert "An order of events cannot run in a circle." in answer.content.decode()
        first.refresh_from_db()
        assert first.after is None

    def test_history_says_it_in_words(self, client: Client) -> None:
        prisoner = make.make_prisoner()
        release = make.make_release(prisoner, released_on="2025-03-02")
        missing = make.make_whereabouts(prisoner)
        type(missing).objects.filter(pk=missing.pk).update(after=release.pk)
        client.force_login(make.make_documenter())
        html = client.get(address(prisoner, "history")).content.decode()
        assert "Came after" in html
        assert "Release: released 2 March 2025" in html


class TestGoingBack:
    def test_what_was_deleted_together_comes_back_in_order(self) -> None:
        first, second, last = three_in_order(Deportation)
        prisoner_id, first_id = first.prisoner_id, first.pk
        desk = Desk()
        with transaction.atomic():
            for record in (first, second, last):
                record.delete()
        case = Prisoner.objects.get(pk=prisoner_id)
        (number,) = [
            change.number
            for change in timeline("prisoner", case.pk)
            if change.operation == "delete" and change.model is Release
        ]
        path = f"prisoners/{case.pk}/"
        answer = desk.post(
            f"{path}restore/",
            {"event": number},
            **{"If-Match": desk.etag(path), **WHY},
        )
        assert answer.status_code == 200, answer.content
        stored_at_once()
        assert case.deportations.get().after == first_id
        assert case.sightings.get().after == case.deportations.get().pk

    def test_what_came_after_something_that_is_gone_does_not_come_back(self) -> None:
        first, second, _last = three_in_order(Deportation)
        first.prisoner.sightings.get().delete()
        second.delete()
        first.delete()
        (number,) = [
            change.number
            for change in timeline("prisoner", first.prisoner_id)
            if change.operation == "delete" and change.model is Deportation
        ]
        desk = Desk()
        path = f"prisoners/{first.prisoner_id}/"
        answer = desk.post(
            f"{path}restore/",
            {"event": number},
            **{"If-Match": desk.etag(path), **WHY},
        )
        assert "Choose another event of this case." in str(problem(answer, 409))
        assert not Deportation.objects.exists()


class TestMerging:
    @pytest.fixture(autouse=True)
    def review(self, settings: Any) -> None:
        settings.REQUIRE_REVIEW = True
        settings.APPROVE_OWN_CHANGES = True

    def merged(self) -> tuple[Any, Prisoner, list[Any]]:
        kept = make.make_prisoner("Ales Example")
        events = three_in_order(Deportation)
        other = events[0].prisoner
        versions = [case_version(kept), case_version(other)]
        done = merging.merge(
            kept.pk, other.pk, seen_versions=(versions[0], versions[1]), reason="One."
        )
        stored_at_once()
        return done, kept, events

    def test_an_order_moves_with_its_events(self) -> None:
        _done, kept, (first, second, _last) = self.merged()
        assert kept.deportations.get().after == first.pk
        assert kept.sightings.get().after == second.pk

    def test_what_came_after_an_event_of_the_other_case_must_let_go_of_it_first(
        self,
    ) -> None:
        done, kept, (first, *_rest) = self.merged()
        make.make_whereabouts(kept, after=first.pk)
        with pytest.raises(merging.MergeRefused, match="refers to what stays"):
            merging.unmerge(
                done.pk,
                seen_versions=(case_version(kept), case_version(first.prisoner)),
                reason="Two.",
            )


def case_version(case: Prisoner) -> int:
    case.refresh_from_db()
    return case.version
