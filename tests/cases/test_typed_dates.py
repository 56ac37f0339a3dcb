"""People type dates as they are used to, and see what was understood."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.forms.models import modelform_factory
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from cases.desk.access.models import AccessEvent
from cases.desk.admin.backing import BackedForm
from cases.desk.admin.citing import CitationForm
from cases.desk.admin.dates import DateAsTyped, DateBox, DayAsTyped
from cases.desk.admin.groups.forms import GroupForm
from cases.models import Citation
from cases.models.dates import EDTFField
from cases.typed_dates import in_words, understood
from tests import factories as make


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14.05.2024", "2024-05-14"),
        ("4.5.2024", "2024-05-04"),
        ("05.06.2024", "2024-06-05"),
        ("05.2024", "2024-05"),
        ("14 May 2024", "2024-05-14"),
        ("14th May 2024", "2024-05-14"),
        ("May 14, 2024", "2024-05-14"),
        ("May 2024", "2024-05"),
        ("14 мая 2024", "2024-05-14"),
        ("14 мая 2024 г.", "2024-05-14"),
        ("14 мая 2024г.", "2024-05-14"),
        ("май 2024", "2024-05"),
        ("Сентябрь 2024 года", "2024-09"),
        ("14 траўня 2024", "2024-05-14"),
        ("7 кастрычніка 2025 г.", "2025-10-07"),
        ("чэрвень 2024", "2024-06"),
        ("2024 г.", "2024"),
        ("14/05/2024", "2024-05-14"),
        ("05/05/2024", "2024-05-05"),
        ("2024-5-4", "2024-05-04"),
        (" 14  мая   2024 ", "2024-05-14"),
        ("14.05.2024?", "2024-05-14?"),
        ("май 2024 ~", "2024-05~"),
    ],
)
def test_a_date_is_understood_as_people_type_it(typed: str, meant: str) -> None:
    assert understood(typed) == meant


@pytest.mark.parametrize(
    "edtf",
    [
        *("2024", "2024-05", "2024-05-14", "201X", "2025-09-XX", "2025-09~"),
        *("2025-09/..", "2025-09-11/2025-10-07"),
        *("[2025-09-11..2025-10-07]", "[..2025-10-07]"),
    ],
)
def test_edtf_stays_as_it_is(edtf: str) -> None:
    assert understood(edtf) == edtf


@pytest.mark.parametrize("typed", ["05/06/2024", "5-6-2024"])
def test_a_date_with_two_readings_is_refused_with_both(typed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        understood(typed)
    (sentence,) = refusal.value.messages
    assert "6 May 2024" in sentence
    assert "5 June 2024" in sentence
    assert "06.05.2024" in sentence


@pytest.mark.parametrize(
    ("typed", "ours"),
    [
        ("110/05/12", "2021-05-12"),
        ("民國110年5月12日", "2021-05-12"),
        ("12.05.2013 E.C.", "2021-01-20"),
        ("Meskerem 2013", "[2020-09-11..2020-10-10]"),
    ],
)
def test_a_date_that_is_marked_as_of_another_calendar_is_refused_with_ours(
    typed: str, ours: str
) -> None:
    with pytest.raises(ValidationError, match="another calendar") as refusal:
        understood(typed)
    assert f"write {ours}." in refusal.value.messages[0]


@pytest.mark.parametrize("typed", ["31.02.2024", "14.13.2024", "14 Foo 2024", "soon"])
def test_what_is_no_date_is_refused_with_the_forms_that_are(typed: str) -> None:
    with pytest.raises(ValidationError):
        in_words(typed)


def test_the_box_says_in_words_what_was_understood() -> None:
    html = DateBox().render("day", "14.05.2024")
    assert "14 May 2024</span>" in html
    with translation.override("be"):
        assert "14 мая 2024 г.</span>" in DateBox().render("d", "2024-05-14")


@pytest.mark.parametrize("refused", ["05/06/2024", "14 Ma", "2025/2024"])
def test_a_refused_date_has_no_words_beside_it(refused: str) -> None:
    assert 'role="status"></span>' in DateBox().render("day", refused)


def asked(client: Client, typed: str) -> dict[str, str]:
    answer = client.get(reverse("admin:understood"), {"typed": typed})
    assert answer.status_code == 200
    told: dict[str, str] = answer.json()
    return told


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "day", "month"),
    [
        ("en", "14 May 2024", "May 2024"),
        ("be", "14 мая 2024 г.", "май 2024 г."),
        ("ru", "14 мая 2024 г.", "май 2024 г."),
    ],
)
def test_what_was_understood_is_asked_while_one_types(
    desk: Client, language: str, day: str, month: str
) -> None:
    desk.post("/admin/account/language/", {"language": language})
    for typed in ("14.05.2024", "May 14, 2024", " 14 мая 2024 г. "):
        assert asked(desk, typed) == {"words": day, "refusal": ""}
    assert asked(desk, "05.2024") == {"words": month, "refusal": ""}


@pytest.mark.django_db
def test_two_readings_are_said_at_once_and_half_a_date_when_it_is_left(
    desk: Client,
) -> None:
    two_readings = asked(desk, "05/06/2024")
    assert "6 May 2024 or 5 June 2024" in two_readings["words"]
    assert not two_readings["refusal"]
    for half in ("14 Ma", "31.02.2024", "2025/2024"):
        told = asked(desk, half)
        assert not told["words"]
        assert told["refusal"]
    assert asked(desk, " ") == {"words": "", "refusal": ""}


@pytest.mark.django_db
def test_what_is_asked_of_a_date_is_no_look_at_the_record(desk: Client) -> None:
    asked(desk, "14.05.2024")
    assert not AccessEvent.objects.exists()


def test_each_box_for_a_date_of_the_record_says_what_was_understood() -> None:
    """Of whatever model, on whatever page: a new field for a date as well."""
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True)
    dates = 0
    for model, model_admin in admin.site._registry.items():
        for field in model._meta.get_fields():
            if isinstance(field, EDTFField):
                box: Any = model_admin.formfield_for_dbfield(field, request)
                assert 'data-understood="/' in box.widget.render("day", ""), field
                dates += 1
    for form in (GroupForm, BackedForm):
        for own in form.base_fields.values():
            if isinstance(own, DateAsTyped):
                box = own
                assert 'data-understood="/' in box.widget.render("day", ""), form
                dates += 1
    assert dates > 20


@pytest.mark.django_db
def test_what_a_source_states_of_a_date_is_read_while_it_is_typed() -> None:
    """Of other facts it is no date, and nothing is asked."""
    sentence = make.make_sentence(make.make_prisoner())
    form = type("Form", (CitationForm,), {"record": sentence})
    citation = modelform_factory(Citation, form=form, fields=["states"])
    attributes = citation(prefix="c").fields["states"].widget.attrs
    assert attributes["data-field-box"] == "c-field"
    dates = attributes["data-date-fields"].split()
    assert "handed_down_on" in dates
    assert "term_months" not in dates


def test_the_same_day_typed_otherwise_is_no_change() -> None:
    assert not DateAsTyped().has_changed("2024-05-14", "14 мая 2024 г.")
    assert DateAsTyped().has_changed("2024-05-14", "15.05.2024")


@pytest.mark.parametrize("language", ["en", "be", "ru"])
def test_a_day_of_the_calendar_is_typed_so_too(language: str) -> None:
    with translation.override(language):
        for typed in ("2024-05-14", "14.05.2024", "14 мая 2024", "May 14, 2024"):
            day = DayAsTyped().clean(typed)
            assert day is not None
            assert day.isoformat() == "2024-05-14"
