"""A documenter edits a case: what is right is saved, what is wrong is refused in a
sentence, and nothing is lost.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.models import PersonName, Prisoner, Release, Sentence
from tests import factories as make
from tests.cases.admin_pages import (
    address,
    boxes_of,
    complaints,
    opened,
    saved,
    with_row,
)
from tests.roles import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


@pytest.fixture
def prisoner() -> Prisoner:
    return make.make_prisoner(
        "Mikola Example",
        occupations=["journalist"],
        affiliation="A paper",
        summary={"en": "One"},
    )


def save_with_row(desk: Client, prisoner: Prisoner, of: str, **fields: Any) -> Any:
    return desk.post(
        address(prisoner), with_row(opened(desk, address(prisoner)), of, **fields)
    )


def test_a_saved_occupation_is_stored_and_everything_else_stays(
    desk: Client, prisoner: Prisoner
) -> None:
    response = saved(desk, address(prisoner), occupations=["blogger", "journalist"])

    assert response.status_code == 302
    before = (prisoner.affiliation, prisoner.summary, prisoner.version)
    prisoner.refresh_from_db()
    assert sorted(prisoner.occupations) == ["blogger", "journalist"]
    assert (prisoner.affiliation, prisoner.summary, prisoner.version) == (
        *before[:2],
        before[2] + 1,
    )
    assert prisoner.names.get().value == "Mikola Example"


def test_saving_a_page_as_it_was_opened_changes_nothing(
    desk: Client, prisoner: Prisoner
) -> None:
    detention = make.make_detention(prisoner, started_on="2020-11")
    make.make_placement(
        detention, facility=make.make_facility(), conditions=["denied_visits"]
    )
    charge = make.make_charge(prisoner, article="342")
    make.make_sentence(prisoner, term_months=60).charges.add(charge)
    make.make_release(
        prisoner, release_event=make.make_release_event(), conditions="Two\nlines"
    )
    prisoner.refresh_from_db()

    assert saved(desk, address(prisoner)).status_code == 302
    assert saved(desk, address(detention)).status_code == 302

    version = prisoner.version
    prisoner.refresh_from_db()
    assert prisoner.version == version


def test_a_case_is_entered_from_its_first_name_on(desk: Client) -> None:
    page = opened(desk, reverse("admin:cases_prisoner_add"))

    response = desk.post(
        reverse("admin:cases_prisoner_add"),
        {
            **page,
            "names-0-value": "New Person",
            "names-0-preferred": "on",
            "citizenships": ["BY"],
            "summary__be": "Так",
        },
    )

    assert response.status_code == 302
    prisoner = PersonName.objects.get(value="New Person").prisoner
    assert (prisoner.citizenships, prisoner.summary, prisoner.visibility) == (
        ["BY"],
        {"be": "Так"},
        "internal",
    )


def test_a_language_that_is_not_offered_is_kept(
    desk: Client, prisoner: Prisoner
) -> None:
    Prisoner.objects.update(summary={"en": "One", "be-Latn": "Adzin"})

    saved(desk, address(prisoner), summary__en="First")

    prisoner.refresh_from_db()
    assert prisoner.summary == {"en": "First", "be-Latn": "Adzin"}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (
            "born_on",
            "2025-13",
            "Born: Write a date as 2025, 2025-09 or 2025-09-11; 2025-13",
        ),
        ("born_on", "2025-02-30", "2025-02-30 is not a day that exists"),
        (
            "age_as_stated",
            "-4",
            "Age as stated by a source: Ensure this value is greater than or equal to 0",
        ),
        ("citizenships", ["XX"], "Citizenships: Select a valid choice. XX"),
    ],
)
def test_a_wrong_value_is_refused_naming_its_field(
    desk: Client, prisoner: Prisoner, field: str, value: Any, sentence: str
) -> None:
    response = saved(
        desk, address(prisoner), affiliation="Another paper", **{field: value}
    )

    assert sentence in complaints(response)
    assert "Nothing was saved" not in complaints(response)
    prisoner.refresh_from_db()
    assert prisoner.affiliation == "A paper"


@pytest.mark.parametrize(
    ("of", "fields", "sentence"),
    [
        (
            "detentions",
            {"started_on": "2025-09", "ended_on": "2024"},
            "Ended: a detention cannot end before it starts",
        ),
        (
            "sentences",
            {"term_months": "-1"},
            "Term, whole months: Ensure this value is greater than or equal to 0",
        ),
        (
            "sentences",
            {"term_months": "99999999999"},
            "Term, whole months: Ensure this value is less than",
        ),
        (
            "sentences",
            {"handed_down_on": "2025", "in_force_on": "2024"},
            "In force: a sentence cannot be in force",
        ),
        (
            "releases",
            {"bail_amount": "5000"},
            "Currency of the bail: say of which currency",
        ),
        ("deportations", {"to_country": "XX"}, "To country: Select a valid choice"),
        ("charges", {"code": "Criminal Code"}, "Charge as stated: give the article"),
        (
            "names",
            {"value": "Mikalai Example", "preferred": "on"},
            "Preferred: only one name",
        ),
        (
            "names",
            {"value": "Mikalai", "language": "Belarusian!"},
            "Language: write a language tag",
        ),
        (
            "names",
            {"value": "   ", "language": "be"},
            "Name as written: This field is required",
        ),
    ],
)
def test_a_wrong_row_is_refused_and_nothing_of_the_page_is_saved(
    desk: Client, prisoner: Prisoner, of: str, fields: dict[str, str], sentence: str
) -> None:
    page = {**opened(desk, address(prisoner)), "affiliation": "Another paper"}
    page = with_row(
        page, "recognitions", organisation="Example Centre", outcome="recognised"
    )

    response = desk.post(address(prisoner), with_row(page, of, **fields))

    assert sentence in complaints(response)
    assert "Nothing was saved" not in complaints(response), (
        "the row says so itself, before the database has to"
    )
    prisoner.refresh_from_db()
    assert prisoner.affiliation == "A paper"
    assert not prisoner.recognitions.exists()
    assert getattr(prisoner, of).count() == (1 if of == "names" else 0)
    assert "Another paper" in response.content.decode(), "what was typed is kept"
    assert "to correct" in response.content.decode(), (
        "the way to the row is shown at the top"
    )


def test_the_preferred_name_moves_in_one_save(desk: Client, prisoner: Prisoner) -> None:
    make.make_name(prisoner, "Мікола Прыклад")
    page = opened(desk, address(prisoner))
    del page["names-0-preferred"]

    assert (
        desk.post(address(prisoner), {**page, "names-1-preferred": "on"}).status_code
        == 302
    )

    assert prisoner.names.get(preferred=True).value == "Мікола Прыклад"


def test_a_deleted_preferred_name_leaves_its_place_to_a_new_one(
    desk: Client, prisoner: Prisoner
) -> None:
    page = with_row(
        opened(desk, address(prisoner)), "names", value="Other", preferred="on"
    )

    assert (
        desk.post(address(prisoner), {**page, "names-0-DELETE": "on"}).status_code
        == 302
    )

    assert [name.value for name in prisoner.names.all()] == ["Other"]


def test_two_rows_that_the_database_cannot_hold_together_are_refused_in_a_sentence(
    desk: Client, prisoner: Prisoner
) -> None:
    taken = {"scheme": "list", "value": "17", "owner_organisation": "Example Centre"}
    make.make_prisoner("Other").identifiers.create(**taken)

    response = save_with_row(desk, prisoner, "identifiers", **taken)

    assert "already" in complaints(response)
    assert not prisoner.identifiers.exists()


def test_what_only_the_database_notices_is_refused_in_its_own_sentence(
    desk: Client, prisoner: Prisoner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when two people do it in the same moment: the forms' own checks have passed."""
    monkeypatch.setattr(
        "cases.desk.admin.forms.PartForm.validate_constraints", lambda form: None
    )

    response = save_with_row(
        desk, prisoner, "detentions", started_on="2025", ended_on="2020"
    )

    assert "Ended: a detention cannot end before it starts" in complaints(response)
    assert not prisoner.detentions.exists()


def test_a_sentence_can_only_replace_one_of_the_same_case(
    desk: Client, prisoner: Prisoner
) -> None:
    own, others = (
        make.make_sentence(prisoner),
        make.make_sentence(make.make_prisoner("Other")),
    )

    refused = save_with_row(
        desk, prisoner, "sentences", decision="replacement", replaces=str(others.pk)
    )
    assert "Replaces: Select a valid choice" in complaints(refused)
    assert prisoner.sentences.count() == 1
    assert str(others.pk) not in desk.get(address(prisoner)).content.decode()

    save_with_row(
        desk, prisoner, "sentences", decision="replacement", replaces=str(own.pk)
    )
    assert Sentence.objects.get(decision="replacement").replaces == own


def test_what_something_else_refers_to_is_not_deleted(
    desk: Client, prisoner: Prisoner
) -> None:
    release = make.make_release(prisoner)
    make.make_deportation(prisoner, release=release)

    response = saved(desk, address(prisoner), **{"releases-0-DELETE": "on"})

    assert (
        "would require deleting the following protected related objects"
        in complaints(response)
    )
    assert Release.objects.filter(pk=release.pk).exists()


def test_whoever_saves_second_is_asked_of_what_both_touched_and_of_nothing_else(
    desk: Client, prisoner: Prisoner
) -> None:
    page = opened(desk, address(prisoner))
    saved(desk, address(prisoner), affiliation="Saved first", sex="male")
    typed = {**page, "occupations": ["teacher"], "affiliation": "Typed second"}

    response = desk.post(address(prisoner), typed)

    assert "somebody else saved meanwhile" in complaints(response)
    (question,) = response.context["asked_of_both"].questions
    assert question.sentence.startswith("Affiliation: you and documenter (")
    assert [words for _code, words in question.choices] == [
        "Yours: Typed second",
        "Theirs: Saved first",
    ]
    prisoner.refresh_from_db()
    assert prisoner.affiliation == "Saved first"
    assert prisoner.occupations == ["journalist"]

    again = boxes_of(response.content.decode())
    undecided = desk.post(address(prisoner), again)
    assert "Decide at the top of the page" in complaints(undecided)
    (asked_again,) = undecided.context["asked_of_both"].questions
    assert asked_again == question
    decided = {**boxes_of(undecided.content.decode()), "decided-0": "mine"}
    assert desk.post(address(prisoner), decided).status_code == 302
    prisoner.refresh_from_db()
    assert prisoner.affiliation == "Typed second"
    assert (prisoner.occupations, prisoner.sex) == (["teacher"], "male")


def test_whoever_decides_for_the_other_loses_nothing_else(
    desk: Client, prisoner: Prisoner
) -> None:
    page = opened(desk, address(prisoner))
    saved(desk, address(prisoner), affiliation="Saved first", summary__en="Theirs")
    typed = {**page, "affiliation": "Typed second", "summary__be": "Маё"}

    asked = desk.post(address(prisoner), typed)
    decided = {**boxes_of(asked.content.decode()), "decided-0": "theirs"}
    assert desk.post(address(prisoner), decided).status_code == 302

    prisoner.refresh_from_db()
    assert prisoner.affiliation == "Saved first"
    assert prisoner.summary == {"en": "Theirs", "be": "Маё"}


def test_what_the_other_saved_besides_stays_and_is_told(
    desk: Client, prisoner: Prisoner
) -> None:
    detention = make.make_detention(prisoner, started_on="2020")
    case_page = opened(desk, address(prisoner))
    detention_page = opened(desk, address(detention))
    saved(desk, address(prisoner), affiliation="", occupations=[])

    detained = desk.post(address(detention), {**detention_page, "started_on": "2021"})
    typed = {**case_page, "age_as_stated": "40", "detentions-0-authority": "The KGB"}
    changed = desk.post(address(prisoner), typed, follow=True)

    assert detained.status_code == 302
    told = " ".join(str(message) for message in changed.context["messages"])
    assert "Somebody else had saved meanwhile, and that stays:" in told
    assert "Affiliation was “A paper”, and is now “–”" in told
    prisoner.refresh_from_db()
    assert (prisoner.affiliation, prisoner.occupations) == ("", [])
    assert prisoner.age_as_stated == 40
    kept = prisoner.detentions.get()
    assert (kept.started_on, kept.authority) == ("2021", "The KGB")


def test_rows_that_the_other_added_and_took_out_are_taken_over(
    desk: Client, prisoner: Prisoner
) -> None:
    make.make_sentence(prisoner, term_as_stated="two years")
    make.make_sentence(prisoner, term_as_stated="five years")
    page = opened(desk, address(prisoner))
    rows = {}
    for number in range(2):
        rows[page[f"sentences-{number}-term_as_stated"][0]] = f"sentences-{number}"
    first = with_row(page, "sentences", term_as_stated="nine years")
    first[f"{rows['two years']}-DELETE"] = "on"
    assert desk.post(address(prisoner), first).status_code == 302

    second = with_row(page, "sentences", term_as_stated="ten years")
    second[f"{rows['five years']}-court"] = "Typed in a row that stays"
    assert desk.post(address(prisoner), second).status_code == 302

    terms = {}
    for sentence in prisoner.sentences.all():
        terms[sentence.term_as_stated] = sentence.court
    assert terms == {
        "five years": "Typed in a row that stays",
        "nine years": "",
        "ten years": "",
    }


@pytest.mark.parametrize(("decision", "left"), [("mine", ["mine"]), ("theirs", [])])
def test_a_row_that_the_other_took_out_is_entered_anew_if_the_second_says_so(
    desk: Client, prisoner: Prisoner, decision: str, left: list[str]
) -> None:
    make.make_sentence(prisoner, term_as_stated="two years")
    page = opened(desk, address(prisoner))
    saved(desk, address(prisoner), **{"sentences-0-DELETE": "on"})

    asked = desk.post(address(prisoner), {**page, "sentences-0-court": "mine"})

    assert "you changed it, and documenter (" in asked.content.decode()
    assert not prisoner.sentences.exists()
    undecided = desk.post(address(prisoner), boxes_of(asked.content.decode()))
    decided = {**boxes_of(undecided.content.decode()), "decided-0": decision}
    assert desk.post(address(prisoner), decided).status_code == 302
    assert [sentence.court for sentence in prisoner.sentences.all()] == left


@pytest.mark.parametrize(("decision", "left"), [("mine", []), ("theirs", ["theirs"])])
def test_a_row_that_the_other_changed_is_taken_out_if_the_second_says_so(
    desk: Client, prisoner: Prisoner, decision: str, left: list[str]
) -> None:
    make.make_sentence(prisoner, term_as_stated="two years")
    page = opened(desk, address(prisoner))
    saved(desk, address(prisoner), **{"sentences-0-court": "theirs"})

    asked = desk.post(address(prisoner), {**page, "sentences-0-DELETE": "on"})

    assert "you take it out, and documenter (" in asked.content.decode()
    assert prisoner.sentences.exists()
    decided = {**boxes_of(asked.content.decode()), "decided-0": decision}
    assert desk.post(address(prisoner), decided).status_code == 302
    assert [sentence.court for sentence in prisoner.sentences.all()] == left


def test_a_third_save_meanwhile_is_asked_anew(desk: Client, prisoner: Prisoner) -> None:
    page = opened(desk, address(prisoner))
    saved(desk, address(prisoner), affiliation="Saved first")
    asked = desk.post(address(prisoner), {**page, "affiliation": "Mine"})
    saved(desk, address(prisoner), affiliation="Saved second")

    decided = {**boxes_of(asked.content.decode()), "decided-0": "mine"}
    again = desk.post(address(prisoner), decided)

    (question,) = again.context["asked_of_both"].questions
    assert question.theirs == "Saved second"
    prisoner.refresh_from_db()
    assert prisoner.affiliation == "Saved second"


def test_a_page_asks_with_all_that_was_saved_since_it_was_opened_and_nothing_of_before(
    desk: Client, prisoner: Prisoner
) -> None:
    saved(desk, address(prisoner), affiliation="Before")
    page = opened(desk, address(prisoner))
    make.make_detention(prisoner, started_on="2020")
    saved(desk, address(prisoner), affiliation="After", sex="male")

    response = desk.post(address(prisoner), {**page, "affiliation": "Mine"})

    since = " ".join(response.context["asked_of_both"].since)
    assert "Detention: 2020 – ?: added (made in the database" in since
    assert "Prisoner: Sex was “–”, and is now “male”" in since
    assert "Prisoner: Affiliation was “Before”, and is now “After”" in since
    assert "A paper" not in since


def test_a_page_that_does_not_say_what_it_saw_is_refused(
    desk: Client, prisoner: Prisoner
) -> None:
    page = opened(desk, address(prisoner))
    for what_it_saw in ("seen_version", "as_opened"):
        less = {name: page[name] for name in page if name != what_it_saw}
        prisoner.save()
        assert "Nothing was saved" in complaints(desk.post(address(prisoner), less))


def test_deleting_asks_again_if_the_case_has_changed(
    desk: Client, prisoner: Prisoner
) -> None:
    seen = desk.get(address(prisoner, "delete")).context["seen_version"]
    make.make_sentence(prisoner)

    response = desk.post(
        address(prisoner, "delete"), {"post": "yes", "seen_version": seen}, follow=True
    )
    assert "Nothing was deleted" in response.content.decode()
    assert "Sentence: imprisonment: added" in response.content.decode()
    assert Prisoner.objects.filter(pk=prisoner.pk).exists()

    seen = response.context["seen_version"]
    desk.post(address(prisoner, "delete"), {"post": "yes", "seen_version": seen})
    assert not Prisoner.objects.filter(pk=prisoner.pk).exists()


def test_places_are_entered_on_the_detentions_own_page_which_leads_back(
    desk: Client, prisoner: Prisoner
) -> None:
    detention = make.make_detention(prisoner, started_on="2020")
    facility = make.make_facility()
    assert address(detention) in desk.get(address(prisoner)).content.decode()

    page = with_row(
        opened(desk, address(detention)),
        "placements",
        facility=facility.pk,
        from_on="2021",
    )
    response: Any = desk.post(address(detention), page)

    assert response.url == address(prisoner, "file")
    assert detention.placements.get().facility == facility


def test_a_deleted_part_leads_back_to_its_case(
    desk: Client, prisoner: Prisoner
) -> None:
    sentence = make.make_sentence(prisoner)
    seen = desk.get(address(sentence, "delete")).context["seen_version"]

    response: Any = desk.post(
        address(sentence, "delete"), {"post": "yes", "seen_version": seen}
    )

    assert response.url == address(prisoner, "file")
    assert not prisoner.sentences.exists()


def test_a_person_is_found_in_any_spelling(desk: Client) -> None:
    from cases.models import DeskEntry
    from tracker.names import search_key

    for name in ("Mikalai Statkevich", "Ihar Losik"):
        prisoner = make.make_prisoner(name)
        with acting_as("publisher"):
            DeskEntry.objects.update_or_create(
                prisoner=prisoner,
                defaults={"display_name": name, "search_key": search_key([name])},
            )
        make.make_sentence(prisoner)

    for model in ("prisoner", "sentence"):
        for spelling in ("Николай Статкевич", "statkevich", "Nikolai Statkevitch"):
            found = desk.get(
                reverse(f"admin:cases_{model}_changelist"), {"q": spelling}
            ).content.decode()
            assert "Mikalai Statkevich" in found, (model, spelling)
            assert "Losik" not in found


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_save_in_the_same_moment_exactly_one_wins(
    desk: Client, prisoner: Prisoner
) -> None:
    page = opened(desk, address(prisoner))
    start = Barrier(8)

    def save(number: int) -> int:
        window = Client()
        window.cookies = desk.cookies
        start.wait()
        try:
            rows = with_row(page, "sentences", court=f"Court {number}")
            return window.post(
                address(prisoner), {**rows, "affiliation": f"Group {number}"}
            ).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as eight:
        answers = list(eight.map(save, range(8)))

    assert sorted(answers) == [200] * 7 + [302]
    winner = answers.index(302)
    prisoner.refresh_from_db()
    assert prisoner.affiliation == f"Group {winner}"
    assert prisoner.sentences.get().court == f"Court {winner}"
