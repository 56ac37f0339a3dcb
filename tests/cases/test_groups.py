"""A release, an arrest or a trial of several people is entered in one form: all of it at
once, cited to one source, or nothing.
"""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from cases.desk.access.models import AccessEvent, Act
from cases.history.since import edits_since
from cases.models import (
    Charge,
    Citation,
    Deportation,
    Detention,
    PersonName,
    Placement,
    Prisoner,
    Release,
    ReleaseEvent,
    ReportedCount,
    Sentence,
    Source,
)
from cases.named import open_to
from cases.publishing import publish_pending
from tests import factories as make

pytestmark = pytest.mark.django_db

RELEASE = "/admin/cases/prisoner/release-of-several/"
ARREST = "/admin/cases/prisoner/arrest-of-several/"
TRIAL = "/admin/cases/prisoner/trial-of-several/"


@pytest.fixture
def documenter() -> Client:
    client = Client()
    user = User.objects.create_user("documenter", is_staff=True)
    user.groups.add(Group.objects.get(name="documenter"))
    client.force_login(user)
    return client


@pytest.fixture
def source() -> Source:
    return make.make_source("A report of the release")


@pytest.fixture
def known() -> Prisoner:
    prisoner = make.make_prisoner("Mikola Statkevich", born_on="1956")
    make.make_detention(prisoner, started_on="2020")
    publish_pending()
    return prisoner


def looked(client: Client, address: str, **typed: Any) -> Any:
    answer = client.post(address, {"_look": "1", **typed})
    assert answer.status_code == 200
    return answer


def lines(answer: Any) -> dict[str, list[str]]:
    """Who each may be, by the name as it was typed."""
    near = {}
    for form in answer.context["page"].lines:
        near[form.line.name] = [person.name for person in form.line.people]
    return near


def saved(client: Client, address: str, *choices: Any, **typed: Any) -> Any:
    """Look, choose for each line in turn, save. None: as the page proposes."""
    answer = looked(client, address, **typed)
    boxes: dict[str, Any] = {}
    forms = answer.context["page"].lines
    chosen = [*choices, *[None] * (len(forms) - len(choices))]
    for form, choice in zip(forms, chosen, strict=True):
        value = choice or form.initial.get("choice", "")
        if isinstance(value, Prisoner):
            value = value.pk
        boxes[f"{form.prefix}-name"] = form.line.name
        boxes[f"{form.prefix}-choice"] = value
        for tick in form.ticks:
            boxes[tick.html_name] = "on"
    return client.post(address, {**boxes, **typed, "_save": "1"})


def problems(answer: Any) -> str:
    assert answer.status_code == 200, "it was saved"
    return " ".join(sentence for sentence, _anchor in answer.context["problems"])


def of_release(source: Source, people: str, **typed: Any) -> dict[str, Any]:
    return {
        "recording": source.pk,
        "day": "2025-09-11",
        "releaseevent-title": "Release of many",
        "releaseevent-brokered_by": "United States",
        "people": people,
        **typed,
    }


class TestARelease:
    def test_is_entered_with_its_people_and_cited_in_one_go(
        self, documenter: Client, source: Source, known: Prisoner
    ) -> None:
        claimant = make.make_claimant("The mediator")
        typed = of_release(
            source,
            "Николай Статкевич\nHanna Unknown\nnot identified: 22",
            recording_claimant=claimant.pk,
            **{
                "releaseevent-ground": "pardon",
                "release-to_liberty": "no",
                "deportation-outcome": "expelled",
                "deportation-to_country": "LT",
            },
        )
        answer = saved(documenter, RELEASE, known, **typed)
        assert answer.status_code == 302, problems(answer)

        event = ReleaseEvent.objects.get()
        assert answer["Location"].startswith(
            reverse("admin:cases_releaseevent_change", args=[event.pk])
        )
        assert (event.occurred_on, event.ground, event.visibility) == (
            "2025-09-11",
            "pardon",
            "internal",
        )
        new = Prisoner.objects.exclude(pk=known.pk).get()
        assert new.visibility == "internal"
        name = PersonName.objects.get(prisoner=new)
        assert (name.value, name.preferred) == ("Hanna Unknown", True)
        for person in (known, new):
            release = Release.objects.get(prisoner=person)
            assert (release.release_event, release.released_on) == (
                event,
                "2025-09-11",
            )
            assert release.to_liberty == "no"
            deportation = Deportation.objects.get(prisoner=person)
            assert (deportation.release, deportation.to_country) == (release, "LT")
            assert deportation.deported_on == "2025-09-11"

        count = ReportedCount.objects.get()
        assert (count.measure, count.value, count.claimant, count.release_event) == (
            "released",
            24,
            claimant,
            event,
        )
        citations = Citation.objects.all()
        assert {citation.source for citation in citations} == {source}
        assert {citation.claimant for citation in citations} == {claimant}
        cited = {citation.target_name for citation in citations}
        assert cited == {
            "release_event",
            "release",
            "deportation",
            "person_name",
            "reported_count",
        }

    @pytest.mark.parametrize(
        "pasted",
        [
            "Николай Статкевич",
            "1. Mikalai STATKEVICH",
            "– Statkevič Mikałaj;",
            "Statkevich",
        ],
    )
    def test_finds_people_in_any_spelling(
        self, documenter: Client, source: Source, known: Prisoner, pasted: str
    ) -> None:
        answer = looked(documenter, RELEASE, **of_release(source, pasted))
        ((_name, near),) = lines(answer).items()
        assert near == ["Mikola Statkevich"]

    def test_takes_apart_what_was_pasted_as_one_line(
        self, documenter: Client, source: Source
    ) -> None:
        typed = of_release(source, "Ales One, Ihar Two, Hanna Three; 2 not identified")
        answer = looked(documenter, RELEASE, **typed)
        # A line with a semicolon is taken apart there alone.
        assert list(lines(answer)) == ["Ales One, Ihar Two, Hanna Three"]
        typed = of_release(source, "Ales One, Ihar Two, Hanna Three\n2 not identified")
        answer = looked(documenter, RELEASE, **typed)
        assert list(lines(answer)) == ["Ales One", "Ihar Two", "Hanna Three"]
        assert "5 claimed, 3 named here, 2 not identified" in answer.content.decode()

    def test_lets_a_person_choose_between_namesakes(
        self, documenter: Client, source: Source, known: Prisoner
    ) -> None:
        twin = make.make_prisoner("Mikola Statkevich", born_on="1990")
        publish_pending()
        typed = of_release(source, "Mikola Statkevich")
        page = looked(documenter, RELEASE, **typed).content.decode()
        assert "Mikola Statkevich (born 1956; in detention)" in page
        assert "Mikola Statkevich (born 1990" in page
        answer = saved(documenter, RELEASE, **typed)
        assert "Line 1, “Mikola Statkevich”: Choose who this is." in problems(answer)
        assert not ReleaseEvent.objects.exists()

        assert saved(documenter, RELEASE, twin, **typed).status_code == 302
        assert Release.objects.get().prisoner == twin

    def test_that_it_is_somebody_else_is_kept_in_the_history(
        self, documenter: Client, source: Source, known: Prisoner
    ) -> None:
        typed = of_release(source, "Mikola Statkevich")
        assert saved(documenter, RELEASE, "new", **typed).status_code == 302
        new = Prisoner.objects.exclude(pk=known.pk).get()
        assert new.releases.count() == 1
        said: set[str] = set()
        for edit in edits_since(Prisoner.kind, {new.pk: 0})[new.pk]:
            said.update(edit.source_says)
        assert any(key.startswith("known_person-") for key in said)

    def test_leaves_out_who_is_left_out_and_counts_them_as_named(
        self, documenter: Client, source: Source
    ) -> None:
        typed = of_release(source, "Ales One\nIhar Two\nnot identified: 2")
        answer = saved(documenter, RELEASE, "out", **typed)
        assert answer.status_code == 302
        assert [str(name) for name in PersonName.objects.all()] == ["Ihar Two"]
        assert ReportedCount.objects.get().value == 4

    def test_saves_nothing_where_one_line_is_wrong_and_names_it(
        self, documenter: Client, source: Source, known: Prisoner
    ) -> None:
        typed = of_release(source, "Ales One\nStatkevich\nMikola Statkevich")
        answer = saved(documenter, RELEASE, None, known, known, **typed)
        said = problems(answer)
        assert "Line 3, “Mikola Statkevich”: Line 2 is of this case already." in said
        assert "Ales One\nStatkevich" in answer.content.decode()
        assert not ReleaseEvent.objects.exists()
        assert Prisoner.objects.get() == known

    def test_to_where_nobody_knows_is_asked_about(
        self, documenter: Client, source: Source
    ) -> None:
        typed = of_release(source, "Ales One", **{"deportation-outcome": "expelled"})
        answer = saved(documenter, RELEASE, **typed)
        assert "hardly so" in problems(answer)
        assert not ReleaseEvent.objects.exists()
        field = answer.context["page"].form.fields["source_says"]
        (label,) = [label for key, label in field.choices if "no_destination" in key]
        assert "without a country of destination" in label

    def test_asks_what_is_hardly_so_and_says_of_whom(
        self, documenter: Client, source: Source, known: Prisoner
    ) -> None:
        typed = of_release(source, "Statkevich", day="2019-01-01")
        answer = saved(documenter, RELEASE, known, **typed)
        assert "hardly so" in problems(answer)
        assert not ReleaseEvent.objects.exists()
        field = answer.context["page"].form.fields["source_says"]
        ((key, label),) = field.choices
        assert "Statkevich: " in label
        answer = saved(documenter, RELEASE, known, source_says=[key], **typed)
        assert answer.status_code == 302

    def test_needs_a_source_and_a_title(self, documenter: Client) -> None:
        said = problems(saved(documenter, RELEASE, day="2025", people="Ales One"))
        assert "Source: This field is required." in said
        assert "Title: This field is required." in said

    def test_refuses_numbers_that_do_not_agree(
        self, documenter: Client, source: Source
    ) -> None:
        typed = of_release(source, "Ales One\nnot identified: 2", claimed=52)
        said = problems(saved(documenter, RELEASE, **typed))
        assert "52 are claimed, but 1 named and 2 not identified are 3" in said

    def test_of_published_cases_needs_a_reason(
        self, documenter: Client, source: Source
    ) -> None:
        public = make.make_prisoner("Mikola Statkevich", visibility="public")
        make.approve(public)
        publish_pending()
        typed = of_release(source, "Statkevich")
        assert "so say why: Mikola Statkevich" in problems(
            saved(documenter, RELEASE, public, **typed)
        )

    def test_goes_on_in_an_event_that_stands_already(
        self, documenter: Client, source: Source
    ) -> None:
        event = make.make_release_event("Release of 52")
        typed = {
            "recording": source.pk,
            "day": "2025-09-11",
            "release_event": event.pk,
            "people": "Ales One",
        }
        assert saved(documenter, RELEASE, **typed).status_code == 302
        assert Release.objects.get().release_event == event
        assert ReleaseEvent.objects.get() == event

    def test_is_for_those_who_may_add_it(self, source: Source) -> None:
        client = Client()
        client.force_login(User.objects.create_user("nobody", is_staff=True))
        for address in (RELEASE, ARREST, TRIAL):
            assert client.get(address).status_code == 403
            assert client.post(address, {}).status_code == 403


class TestNamedCases:
    @pytest.fixture
    def closed(self, known: Prisoner) -> User:
        insider = User.objects.create_superuser("insider")
        open_to(known.pk, [insider], by=insider, reason="At risk.")
        return insider

    def test_are_offered_to_nobody_else(
        self, documenter: Client, source: Source, known: Prisoner, closed: User
    ) -> None:
        answer = looked(documenter, RELEASE, **of_release(source, "Statkevich"))
        assert lines(answer) == {"Statkevich": []}
        assert AccessEvent.objects.latest("id").rows == 0
        answer = saved(documenter, RELEASE, known, **of_release(source, "Statkevich"))
        assert "Select a valid choice" in problems(answer)

    def test_are_in_no_list_of_an_event_and_no_count_for_others(
        self, documenter: Client, known: Prisoner, closed: User
    ) -> None:
        event = make.make_release_event()
        make.make_release(known, release_event=event)
        make.make_count("released", 2, release_event=event)
        url = reverse("admin:cases_releaseevent_change", args=[event.pk])
        page = documenter.get(url).content.decode()
        assert "Mikola Statkevich" not in page
        assert "0 named here" in page
        insider = Client()
        insider.force_login(closed)
        assert "1 named here" in insider.get(url).content.decode()
        logged = AccessEvent.objects.filter(case_id=known.pk, act=Act.LIST)
        assert logged.get().username == "insider"


def test_the_page_of_an_event_lists_its_people_beside_what_is_claimed(
    documenter: Client, source: Source, known: Prisoner
) -> None:
    saved(
        documenter,
        RELEASE,
        known,
        **of_release(source, "Statkevich\nHanna New\nnot identified: 50"),
    )
    publish_pending()
    event = ReleaseEvent.objects.get()
    url = reverse("admin:cases_releaseevent_change", args=[event.pk])
    page = documenter.get(url).content.decode()
    assert "2 named here" in page
    assert "people released: exactly 52" in page
    assert "50 of them not named here" in page
    assert "Mikola Statkevich (born 1956" in page
    assert f"{RELEASE}?release_event={event.pk}" in page
    line = AccessEvent.objects.filter(act=Act.LIST).latest("id")
    assert (line.kind, line.record_id, line.rows) == (
        "releaseevent",
        str(event.pk),
        2,
    )


def test_what_was_pasted_is_logged_as_a_search_and_saving_as_a_change(
    documenter: Client, source: Source, known: Prisoner
) -> None:
    looked(documenter, RELEASE, **of_release(source, "Statkevich\nHanna New"))
    line = AccessEvent.objects.latest("id")
    assert (line.act, line.kind, line.rows) == (Act.SEARCH, "prisoner", 1)
    assert line.asked == "people: Statkevich; Hanna New"


class TestAnArrest:
    def test_makes_a_detention_and_a_place_for_each(
        self, documenter: Client, source: Source
    ) -> None:
        prison = make.make_facility("Okrestina")
        typed = {
            "recording": source.pk,
            "day": "2020-08-09",
            "people": "Ales One\nIhar Two\nnot identified: 3",
            "detention-ground": "administrative_arrest",
            "detention-term_days": "15",
            "placement-facility": prison.pk,
            "line-2-detention-term_days": "10",
        }
        answer = saved(documenter, ARREST, **typed)
        assert answer.status_code == 302, problems(answer)
        days = {}
        for detention in Detention.objects.all():
            assert detention.started_on == "2020-08-09"
            days[str(detention.prisoner.names.get())] = detention.term_days
            placement = Placement.objects.get(detention=detention)
            assert (placement.facility, placement.from_on) == (prison, "2020-08-09")
        assert days == {"Ales One": 15, "Ihar Two": 10}
        count = ReportedCount.objects.get()
        assert (count.measure, count.value) == ("detained", 5)

    def test_names_the_line_of_a_box_that_cannot_be_read(
        self, documenter: Client, source: Source
    ) -> None:
        typed = {
            "recording": source.pk,
            "people": "Ales One\nIhar Two",
            "line-2-detention-term_days": "ten",
        }
        said = problems(saved(documenter, ARREST, **typed))
        assert "Line 2, “Ihar Two”, Ordered for, days: Enter a whole number." in said
        assert not Detention.objects.exists()


class TestATrial:
    def test_makes_a_sentence_for_each_that_answers_the_charge(
        self, documenter: Client, source: Source
    ) -> None:
        charged = make.make_prisoner("Ales One")
        charge = make.make_charge(
            charged, code="Criminal Code", article="342", label_as_stated=""
        )
        publish_pending()
        typed = {
            "recording": source.pk,
            "day": "2021-05-25",
            "people": "Ales One\nIhar Two",
            "charge-code": "Criminal Code",
            "charge-article": "342",
            "sentence-court": "A court in Mahilou",
            "sentence-punishment": "imprisonment",
            "sentence-term_months": "60",
            "line-2-sentence-term_months": "84",
        }
        answer = saved(documenter, TRIAL, charged, **typed)
        assert answer.status_code == 302, problems(answer)
        terms = {}
        for sentence in Sentence.objects.all():
            assert sentence.court == "A court in Mahilou"
            assert sentence.handed_down_on == "2021-05-25"
            assert sentence.charges.get().article == "342"
            terms[str(sentence.prisoner.names.get())] = sentence.term_months
        assert terms == {"Ales One": 60, "Ihar Two": 84}
        assert charged.charges.get() == charge
        assert Charge.objects.count() == 2
        assert not ReportedCount.objects.exists()

    def test_is_refused_by_the_rules_of_the_record_with_the_field(
        self, documenter: Client, source: Source
    ) -> None:
        typed = {
            "recording": source.pk,
            "day": "2021-05-25",
            "people": "Ales One",
            "charge-code": "Criminal Code",
        }
        answer = saved(documenter, TRIAL, **typed)
        assert "Charge as stated: give the article" in problems(answer)
        assert not Prisoner.objects.exists()


class TestTheReview:
    @pytest.fixture
    def event(self, documenter: Client, source: Source, settings: Any) -> ReleaseEvent:
        settings.REQUIRE_REVIEW = True
        people = []
        for number in range(26):
            person = make.make_prisoner(f"Ales Number{number}", visibility="public")
            make.approve(person)
            people.append(person)
        publish_pending()
        event = make.make_release_event(visibility="public")
        make.approve(event)
        pasted = "\n".join(f"Ales Number{number}" for number in range(26))
        typed = {
            "recording": source.pk,
            "day": "2025-09-11",
            "release_event": event.pk,
            "people": pasted,
            "change_reason": "They were released.",
        }
        asked = saved(documenter, RELEASE, *people, **typed)
        # Fewer people see the source than the cases: asked once, not of each.
        field = asked.context["page"].form.fields["source_says"]
        ((key, _sentence),) = field.choices
        answer = saved(documenter, RELEASE, *people, source_says=[key], **typed)
        assert answer.status_code == 302, problems(answer)
        publish_pending()
        return event

    def test_approves_all_of_them_in_one_act(self, event: ReleaseEvent) -> None:
        reviewer = Client()
        reviewer.force_login(make.make_documenter("reviewer"))
        url = f"{reverse('admin:cases_waitingcase_several')}?release_event={event.pk}"
        page = reviewer.get(url)
        offered = [one.value for one in page.context["offered"]]
        assert len(offered) == 26
        first = Prisoner.objects.get(pk=offered[0].split(":")[1])
        said = {"all": "1", "offered": offered, "reason": "Looked at each."}

        first.affiliation = "Changed meanwhile"
        first.save()
        refused = reviewer.post(url, said, follow=True)
        assert "all of them, or none" in refused.content.decode()
        publish_pending()
        assert len(reviewer.get(url).context["offered"]) == 26

        said["offered"] = [one.value for one in reviewer.get(url).context["offered"]]
        reviewer.post(url, said)
        publish_pending()
        assert reviewer.get(url).context["offered"] == []


@pytest.mark.parametrize(
    "line",
    [
        *("not identified: 22", "22 unidentified", "не ўстаноўлены: 22"),
        *("личность не установлена: 22", "22 не опознаны"),
    ],
)
def test_those_who_are_not_identified_are_named_in_the_readers_language(
    documenter: Client, line: str
) -> None:
    answer = looked(documenter, RELEASE, people=f"Hanna Unknown\n{line}")
    assert [form.line.name for form in answer.context["page"].lines] == [
        "Hanna Unknown"
    ]
