"""A documenter at work in a real browser, under the site's own Content-Security-Policy."""

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from cases import files
from cases.models import Citation, PersonName, Prisoner, Sentence
from tests import factories as make
from tests.browser.conftest import TOO_WIDE, Visit, can_be_read, follow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sentence() -> Sentence:
    prisoner = make.make_prisoner("Mikola Example", occupations=["journalist"])
    make.make_release(prisoner)
    return make.make_sentence(prisoner, term_months=60)


def refused_by_policy(reader: Visit) -> list[str]:
    return [complaint for complaint in reader.complaints if "404" not in complaint]


def test_a_case_is_edited_with_rows_boxes_and_searches(
    documenter: Visit, sentence: Sentence
) -> None:
    make.make_release_event("Release of 52 people")
    page = documenter.page
    page.goto("/admin/cases/prisoner/")
    page.locator("#result_list").get_by_role("link").filter(
        has_text="Mikola Example"
    ).click()
    follow(page.get_by_role("link", name="Edit all at once"))

    page.get_by_label("blogger").check()
    page.locator("#names-group .add-row a").click()
    page.locator("#id_names-1-value").fill("Мікола Прыклад")
    page.locator("#id_citizenships_from").select_option("BY")
    page.locator(".selector-add").click()
    page.locator("#releases-0 .select2-selection").click()
    page.locator(".select2-dropdown .select2-search__field").fill("52")
    page.get_by_role("option", name="Release of 52 people").click()
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".messagelist")).to_contain_text("was changed successfully")

    prisoner = Prisoner.objects.get()
    assert (sorted(prisoner.occupations), prisoner.citizenships) == (
        ["blogger", "journalist"],
        ["BY"],
    )
    assert str(prisoner.releases.get().release_event) == "Release of 52 people"
    assert PersonName.objects.filter(value="Мікола Прыклад").exists()
    assert refused_by_policy(documenter) == []


def test_a_fact_is_cited_from_a_source_added_on_the_way(
    documenter: Visit, sentence: Sentence
) -> None:
    page = documenter.page
    page.goto(f"/admin/cases/prisoner/{sentence.prisoner_id}/change/")
    page.locator(".open-questions > summary").click()
    follow(page.locator("#sourcing").get_by_role("link", name="term, whole months"))

    with documenter.context.expect_page() as opened:
        page.locator("#add_id_source").click()
    opened.value.get_by_label("Title").fill("A new report")
    opened.value.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".field-source .select2-selection__rendered")).to_contain_text(
        "A new report"
    )
    page.get_by_label("What this source states").fill("48")
    page.get_by_role("button", name="Save", exact=True).last.click()

    expect(page.locator("#citations")).to_contain_text("A new report")
    citation = Citation.objects.get()
    assert (citation.sentence, citation.field, citation.states) == (
        sentence,
        "term_months",
        48,
    )
    assert refused_by_policy(documenter) == []


def test_what_was_changed_is_read_in_the_history_and_put_back(
    documenter: Visit, sentence: Sentence
) -> None:
    Prisoner.objects.update(occupations=["teacher"])
    make.make_detention(sentence.prisoner, started_on="2020").delete()
    page = documenter.page
    page.goto(f"/admin/cases/prisoner/{sentence.prisoner_id}/change/")
    page.locator(".object-tools").get_by_role("link", name="History").click()
    page.get_by_role("link", name="Restore Occupations: journalist").click()
    page.get_by_label("Reason for the change").fill("The letter said so.")
    page.get_by_role("button", name="Restore", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Restored.")
    expect(page.locator(".history li").first).to_contain_text(
        "Reason: The letter said so."
    )
    page.get_by_role("link", name="Bring it back").click()
    page.get_by_label("Reason for the change").fill("It was no mistake.")
    page.get_by_role("button", name="Bring back").click()
    expect(page.locator(".messagelist")).to_contain_text("Restored.")

    assert Prisoner.objects.get().occupations == ["journalist"]
    assert sentence.prisoner.detentions.get().started_on == "2020"
    assert refused_by_policy(documenter) == []


def test_no_page_of_the_desk_breaks_the_policy(
    documenter: Visit, sentence: Sentence
) -> None:
    page = documenter.page
    for address in (
        "",
        "cases/citation/",
        "cases/citation/add/",
        "cases/prisoner/add/",
        "cases/facility/add/",
    ):
        page.goto(f"/admin/{address}")
        expect(page.locator("#content")).to_be_visible()
    page.goto("/admin/cases/citation/add/")
    page.locator(".select2-selection").click()
    expect(page.locator(".select2-results__group").first).to_have_text("Prisoners")
    assert refused_by_policy(documenter) == []


@pytest.mark.parametrize("width", [360, 390, 1280])
@pytest.mark.parametrize("script", [True, False])
def test_a_case_is_hidden_by_one_press_without_moving_the_page(
    documenter: Visit, sentence: Sentence, width: int, script: bool
) -> None:
    """By a thumb, too, and where scripts are switched off."""
    make.make_prisoner("Maryja Example-With-A-Rather-Long-Name of Somewhere")
    browser = documenter.context.browser
    assert browser is not None
    context = browser.new_context(
        base_url=documenter.home,
        java_script_enabled=script,
        viewport={"width": width, "height": 640},
        storage_state=documenter.context.storage_state(),
    )
    page = context.new_page()
    page.goto("/admin/cases/prisoner/")
    in_row = page.get_by_role("button", name="Hide Mikola Example now")
    _is_in_reach(in_row, width)
    page.goto(f"/admin/cases/prisoner/{sentence.prisoner_id}/change/")
    on_case = page.get_by_role("button", name="Hide this case now")
    _is_in_reach(on_case, width)
    on_case.click()
    expect(page.locator("#content-main")).to_contain_text("“Mikola Example” is hidden.")
    expect(page.locator("#content-main")).to_contain_text("Nobody outside sees it")
    page.goto("/admin/cases/prisoner/")
    page.get_by_role("button", name="Hide Maryja").click()
    expect(page.locator("#content-main")).to_contain_text("is hidden")
    context.close()
    assert all(case.is_hidden for case in Prisoner.objects.all())


def _is_in_reach(button: Locator, width: int) -> None:
    box = button.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["height"] >= 44
    assert box["width"] >= 44


def test_an_article_about_one_person_is_entered_with_every_fact_cited(
    documenter: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nineteen facts, on one page of a case. It was 157 clicks, 95 of them to cite."""
    article = make.make_source("Belarus releases a journalist")
    page = documenter.page
    clicks = 0

    def click(target: Locator) -> None:
        nonlocal clicks
        clicks += 1
        target.click()

    def choose(selector: str, value: str) -> None:
        """A box to choose from: one click opens it, another one chooses."""
        nonlocal clicks
        clicks += 2
        page.locator(selector).select_option(value)

    def type_in(boxes: dict[str, str]) -> None:
        """A click into each box, though Tab leads there, too."""
        for name, text in boxes.items():
            click(page.locator(f"#id_{name}"))
            page.locator(f"#id_{name}").fill(text)

    page.goto(f"/admin/cases/source/{article.pk}/change/")
    click(page.get_by_role("link", name="Record from it"))
    click(page.locator(".object-tools .addlink"))
    type_in({"recording_locator": "par. 22", "born_on": "1979"})
    choose("#id_sex", "male")
    click(page.get_by_role("checkbox", name="journalist"))
    type_in({"names-0-value": "Ihar Example"})
    click(page.locator("#detentions-group .add-row a"))
    type_in({"detentions-0-started_on": "2024-10-10", "detentions-0-authority": "KGB"})
    click(page.locator("#charges-group .add-row a"))
    type_in(
        {
            "charges-0-code": "Criminal Code",
            "charges-0-article": "361-4",
            "charges-0-label_as_stated": "promoting extremism",
            "charges-0-brought_on": "2024-11",
        }
    )
    click(page.locator("#sentences-group .add-row a"))
    choose("#id_sentences-0-punishment", "imprisonment")
    type_in(
        {
            "sentences-0-term_months": "48",
            "sentences-0-term_as_stated": "four years",
            "sentences-0-court": "Minsk City Court",
            "sentences-0-handed_down_on": "2025-09",
        }
    )
    click(page.locator("#releases-group .add-row a"))
    type_in({"releases-0-released_on": "2025-11-22"})
    choose("#id_releases-0-ground", "pardon")
    click(page.locator("#sightings-group .add-row a"))
    type_in({"sightings-0-heard_on": "2025-11", "sightings-0-heard_where": "Vilnius"})
    click(page.get_by_role("button", name="Save and continue editing").last)

    expect(page.locator(".messagelist")).to_contain_text("19 facts are now cited")
    expect(page.locator("#sourcing")).not_to_contain_text("No source")
    citations = Citation.objects.filter(prisoner__isnull=False)
    assert set(article.cited_by.values_list("locator", flat=True)) == {"par. 22"}
    assert citations.count() == 3
    with capsys.disabled():
        print(f"\nAn article of 19 facts: {clicks} clicks")
    assert clicks <= 45
    assert refused_by_policy(documenter) == []


def test_a_case_is_read_and_one_section_of_it_edited(
    documenter: Visit, sentence: Sentence
) -> None:
    source = make.make_source("A long read")
    make.make_citation(sentence, "term_months", source, locator="par. 7")
    make.make_detention(sentence.prisoner, started_on="2020-09", ground="pre_trial")
    page = documenter.page
    page.goto(f"/admin/cases/prisoner/{sentence.prisoner_id}/change/")
    expect(page.locator(".case-file .status")).to_be_visible()
    expect(page.locator(".case-file .drawn")).to_be_visible()
    can_be_read(documenter)

    said = page.locator("#sentences details.said").first
    expect(said.get_by_text("par. 7")).to_be_hidden()
    said.locator("summary").click()
    expect(said.get_by_text("par. 7")).to_be_visible()

    page.locator("#sex a.edit").click()
    expect(page.locator(".inline-group")).to_have_count(0)
    expect(page.locator("#id_summary__en")).to_have_count(0)
    expect(page.locator(".section-bar")).to_be_in_viewport()
    page.locator("#id_affiliation").fill("A paper")
    page.locator(".section-bar").get_by_label("Reason for the change").fill("Read it.")
    page.locator(".section-bar").get_by_role("button", name="Save", exact=True).click()

    expect(page.locator(".messagelist")).to_contain_text("was changed successfully")
    expect(page.locator("#sex")).to_contain_text("A paper")
    assert Prisoner.objects.get().affiliation == "A paper"
    assert refused_by_policy(documenter) == []


def test_that_somebody_was_moved_is_added_from_the_menu(
    documenter: Visit, sentence: Sentence
) -> None:
    detention = make.make_detention(sentence.prisoner, started_on="2020-09")
    make.make_facility("Penal colony No. 15")
    page = documenter.page
    page.goto(f"/admin/cases/prisoner/{sentence.prisoner_id}/change/")
    follow(page.locator(".what-happened").get_by_role("link", name="moved"))
    page.locator("#placements-0 .select2-selection").click()
    page.locator(".select2-dropdown .select2-search__field").fill("15")
    page.get_by_role("option", name="Penal colony No. 15").click()
    page.locator("#id_placements-0-from_on").fill("2021-05")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator(".case-file #detentions")).to_contain_text(
        "Penal colony No. 15"
    )
    assert detention.placements.get().from_on == "2021-05"
    assert refused_by_policy(documenter) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_of_a_case_is_wider_than_its_window(
    documenter: Visit, sentence: Sentence, width: int
) -> None:
    detention = make.make_detention(sentence.prisoner, started_on="2020-09")
    make.make_placement(detention, facility=make.make_facility())
    make.make_citation(sentence, "term_months", make.make_source("A" * 90))
    case = f"/admin/cases/prisoner/{sentence.prisoner_id}/change/"
    page = documenter.page
    page.set_viewport_size({"width": width, "height": 844})
    for asked in (
        "",
        "?edit=all",
        "?edit=visibility",
        "?edit=sex",
        "?edit=detentions",
        "?edit=sentences",
        "?edit=consents",
        "?happened=sentenced",
    ):
        page.goto(f"{case}{asked}")
        assert page.evaluate(TOO_WIDE) == [], asked
        assert _overlapping(page, ".texts > div") == 0, asked


def _overlapping(page: Page, selector: str) -> int:
    """How many pairs of boxes cover each other."""
    boxes = []
    for element in page.locator(selector).all():
        for part in element.locator("textarea").all():
            boxes.append(part.bounding_box())
    known = [box for box in boxes if box]
    pairs = 0
    for place, box in enumerate(known):
        for other in known[place + 1 :]:
            apart = (
                box["x"] + box["width"] <= other["x"]
                or other["x"] + other["width"] <= box["x"]
                or box["y"] + box["height"] <= other["y"]
                or other["y"] + other["height"] <= box["y"]
            )
            pairs += not apart
    return pairs


@pytest.mark.usefixtures("seeds")
def test_a_case_of_the_seeds_is_read_in_three_screens(documenter: Visit) -> None:
    case = PersonName.objects.filter(value__contains="Dziadok").first()
    assert case is not None
    page = documenter.page
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"/admin/cases/prisoner/{case.prisoner_id}/change/")

    assert page.evaluate("document.documentElement.scrollHeight") <= 3 * 800


def test_words_that_are_marked_become_the_quote_and_where_it_stands(
    documenter: Visit, sentence: Sentence
) -> None:
    article = make.make_source("The article")
    files.keep_text(article, "The court sat.\n\nFour  years.", by=None, reason="")
    page = documenter.page
    case = f"/admin/cases/prisoner/{sentence.prisoner_id}/change/"
    page.goto(f"{case}?edit=all&recording={article.pk}")

    page.locator("[data-number='2']").click(click_count=3)
    expect(page.get_by_label("Quote")).to_have_value("Four years.")
    expect(page.get_by_label("Where in it")).to_have_value("par. 2")
    for width, beside in ((1280, True), (390, False)):
        page.set_viewport_size({"width": width, "height": 800})
        text, form = box(page.locator("#source-text")), box(page.locator("#recording"))
        assert (text["x"] + text["width"] <= form["x"]) is beside
        assert text["x"] + text["width"] <= width
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator("#names-group .add-row a").click()
    page.locator("#id_names-1-value").fill("Мікола Прыклад")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".messagelist")).to_contain_text("now cited")

    assert set(article.cited_by.values_list("quote", "locator")) == {
        ("Four years.", "par. 2")
    }
    assert refused_by_policy(documenter) == []


def box(of: Locator) -> FloatRect:
    found = of.bounding_box()
    assert found is not None
    return found


def test_the_bar_of_a_section_says_what_was_changed_while_one_types(
    documenter: Visit, sentence: Sentence
) -> None:
    page = documenter.page
    case = f"/admin/cases/prisoner/{sentence.prisoner_id}/change/"
    page.goto(f"{case}?edit=sex")
    bar = page.locator(".section-bar .so-far")
    expect(bar).not_to_contain_text("Changed so far")
    page.locator("#id_affiliation").fill("A paper")
    page.locator("#id_sex").select_option("male")
    expect(bar).to_have_text("Changed so far, not saved yet: Sex, Affiliation")
    page.locator("#id_affiliation").fill("")
    expect(bar).to_have_text("Changed so far, not saved yet: Sex")
    page.locator("#id_sex").select_option("")
    expect(bar).not_to_contain_text("Changed so far")

    page.goto(f"{case}?edit=releases")
    page.locator("#releases-group .add-row a").click()
    page.locator("#id_releases-1-released_on").fill("2025-09-11")
    expect(bar).to_contain_text("Changed so far, not saved yet: Released")
    assert refused_by_policy(documenter) == []


def test_what_was_understood_of_a_date_is_said_while_it_is_typed(
    documenter: Visit, sentence: Sentence
) -> None:
    page = documenter.page
    case = f"/admin/cases/prisoner/{sentence.prisoner_id}/change/"
    page.goto(f"{case}?edit=releases")
    page.locator("#releases-group .add-row a").click()
    box = page.locator("#id_releases-1-released_on")
    beside = box.locator("xpath=following-sibling::*[@role='status']")
    expect(beside).to_be_empty()
    box.press_sequentially("14.05.2024")
    expect(beside).to_have_text("14 May 2024")
    box.fill("05/06/2024")
    expect(beside).to_contain_text("6 May 2024 or 5 June 2024")
    with page.expect_response("**/understood/*"):
        box.fill("14 Ma")
    expect(beside).to_be_empty()
    box.blur()
    expect(beside).to_contain_text("Write a date as")

    page.goto(f"/admin/cases/citation/add/?sentence={sentence.pk}&field=term_months")
    states = page.get_by_label("What this source states")
    beside = states.locator("xpath=following-sibling::*[@role='status']")
    states.fill("2024")
    states.blur()
    expect(beside).to_be_empty()
    page.get_by_label("Field").select_option("handed_down_on")
    states.fill("14 мая 2024")
    expect(beside).to_have_text("14 May 2024")
    page.get_by_label("Field").select_option("term_months")
    expect(beside).to_be_empty()
    assert refused_by_policy(documenter) == []


def test_an_article_is_entered_by_the_keyboard_alone(documenter: Visit) -> None:
    """From the source to the case, cited. No mouse, and no box that a program fills in:
    Tab leads to each, Enter, Space and the arrows do the rest.
    """
    article = make.make_source("Belarus releases a journalist")
    page = documenter.page
    press = page.keyboard.press

    def go_to(target: Locator) -> None:
        """By Tab, as anyone would: a box that Tab does not reach is out of reach."""
        target.first.wait_for(state="attached")
        for _step in range(400):
            if target.first.evaluate("box => box === document.activeElement"):
                return
            press("Tab")
        raise AssertionError(f"Tab does not lead to {target}")

    def type_in(name: str, text: str) -> None:
        go_to(page.locator(f"#id_{name}"))
        page.keyboard.type(text)

    page.goto(f"/admin/cases/source/{article.pk}/change/")
    go_to(page.get_by_role("link", name="Record from it"))
    press("Enter")
    page.wait_for_url("**recording=**")
    go_to(page.locator(".object-tools .addlink"))
    press("Enter")
    page.wait_for_url("**/prisoner/add/**")
    type_in("recording_locator", "par. 22")
    type_in("born_on", "1979")
    go_to(page.locator("#id_sex"))
    page.keyboard.type("male")
    go_to(page.get_by_role("checkbox", name="journalist"))
    press("Space")
    type_in("names-0-value", "Ihar Example")
    go_to(page.locator("#detentions-group .add-row a"))
    press("Enter")
    type_in("detentions-0-started_on", "2024-10-10")
    go_to(page.locator("#releases-group .add-row a"))
    press("Enter")
    type_in("releases-0-released_on", "2025-11-22")
    go_to(page.locator("#releases-0 .select2-selection"))
    expect(page.get_by_role("combobox", name="Release event")).to_be_focused()
    go_to(page.get_by_role("button", name="Save and continue editing").last)
    press("Enter")

    expect(page.locator(".messagelist")).to_contain_text("6 facts are now cited")
    case = Prisoner.objects.get()
    assert (str(case.born_on), case.sex) == ("1979", "male")
    assert case.occupations == ["journalist"]
    assert case.releases.get().released_on == "2025-11-22"
    # The file is read by the keyboard, too: the numbers of its sources open.
    said = page.locator(".said > summary").first
    go_to(said)
    press("Enter")
    expect(page.locator(".said[open]").get_by_text("par. 22").first).to_be_visible()
    assert refused_by_policy(documenter) == []
