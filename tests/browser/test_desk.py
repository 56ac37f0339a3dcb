"""A documenter at work in a real browser, under the site's own Content-Security-Policy."""

import pytest
from playwright.sync_api import Locator, expect

from cases.models import Citation, PersonName, Prisoner, Sentence
from tests import factories as make
from tests.browser.conftest import Visit

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
    page.locator("#sourcing").get_by_role("link", name="term, whole months").click()

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
        base_url=documenter.page.url.partition("/admin")[0],
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
