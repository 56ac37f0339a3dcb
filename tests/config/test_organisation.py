"""The file of an organisation: what it may say, in which words it is refused, and that
one of Myanmar works from the editorial API to the page without a line of code.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction

from cases import calendars, checks
from cases.desk.admin import used
from cases.desk.admin.forms import ModelForm
from cases.doctor import codes
from cases.models import Prisoner
from config import checks as checks_of_settings
from config.organisation import Organisation, read
from tests import factories as make
from tests.config.test_serve import address
from tracker.contract import vocabulary

EXAMPLE = settings.BASE_DIR / "deploy" / "organisation.example.toml"


def refused(folder: Path, text: str) -> str:
    file = folder / "organisation.toml"
    file.write_text(text)
    with pytest.raises(ImproperlyConfigured) as refusal:
        read(str(file))
    return str(refusal.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('nmae = "A"', "nmae: there is no such key."),
        ("name = 3", "name: must be a text."),
        ('languages = "my"', "languages: must be a list of texts."),
        ('languages = ["en", "xx"]', "not “xx”"),
        ('languages = ["my"]', "languages: must have en"),
        ('time_zone = "Yangon"', "time_zone: must be a time zone"),
        ('calendars = ["burmese"]', "calendars: must be of buddhist,"),
        ('publish_officials = "yes"', "publish_officials: must be true or false."),
        ('[codes.regime]\nhard = {en = "hard"}', "codes.regime.hard: a code of your own"),
        ('[codes.regime]\n"mm:H" = {en = "hard"}', "codes.regime.mm:H: a code of your own"),
        ('[codes.regime]\n"mm:hard" = {my = "x"}', "codes.regime.mm:hard.en: must be a label"),
        ('[codes.regime]\n"mm:hard" = {en = "x", my = "x"}', "“my” is not among the languages"),
        ('[codes.regime]\n"mm:hard" = "x"', "codes.regime.mm:hard: must be a table"),
        ('search_engines = 1', "search_engines: must be true or false."),
        ('[texts.mehtod]\nen = "x"', "texts.mehtod: there is no such page."),
        ('[texts.method]\nmy = "x"', "texts.method: must be a table of texts by language, with en."),
        ('languages = ["en"]\n[texts.method]\nen = " "\nmy = "x"', "texts.method.en: must be a text."),
        ('languages = ["en"]\n[texts.method]\nen = "x"\nmy = "x"', "texts.method.my: “my” is not among"),
        ('[used]\nprisoner = "sex"', "used.prisoner: must be a list of texts."),
        ('[codes.country]\nUK = {en = "x"}', "codes.country.UK: a country of your own"),
        ('[codes.country]\nXK = {en = "x"}', "codes.country.XK: a country of your own"),
        ("name = ", "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_key_and_the_rule(
    text: str, sentence: str, tmp_path: Path
) -> None:
    assert sentence in refused(tmp_path, text)


def test_without_a_file_everything_is_as_it_comes() -> None:
    assert read("") == Organisation() == settings.OWN
    for extended in vocabulary.OPEN.values():
        assert not [code for code in extended.values if vocabulary.is_own(code)]
    fieldsets = [(None, {"fields": ["sex"]})]
    assert used.folded(fieldsets, Prisoner, None, []) is fieldsets  # type: ignore[arg-type]


def test_the_example_is_right(settings: Any) -> None:
    settings.OWN = read(str(EXAMPLE))
    assert not checks_of_settings.own_codes_are_of_open_vocabularies()
    assert not checks.used_fields_are_fields()


def test_a_closed_vocabulary_says_why(settings: Any) -> None:
    settings.OWN = Organisation(codes={"punishment": {}, "hobby": {}})
    closed, unknown = checks_of_settings.own_codes_are_of_open_vocabularies()
    assert "codes.punishment: this vocabulary is closed: rules hang on" in closed.msg
    assert "codes.hobby: there is no such vocabulary" in unknown.msg


def test_a_field_that_is_used_must_be_there(settings: Any) -> None:
    settings.OWN = Organisation(
        sections=("name",), fields={"prisoners": (), "prisoner": ("sexe",)}
    )
    section, kind, field = checks.used_fields_are_fields()
    assert "used.sections: there is no section “name”" in section.msg
    assert "used.prisoners: there is no such kind" in kind.msg
    assert "used.prisoner: there is no field “sexe”" in field.msg


def test_only_calendars_that_the_organisation_meets_are_asked_about(
    settings: Any,
) -> None:
    assert calendars.readings("2564-02-01")
    assert calendars.readings("1400-02-01")
    settings.OWN = Organisation(calendars=("buddhist",))
    assert calendars.readings("2564-02-01")
    assert not calendars.readings("1400-02-01")


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["mm:", "hard", "MM:hard", "mm:hard,x", "a:x"])
def test_the_database_takes_only_what_has_the_form_of_an_own_code(code: str) -> None:
    prisoner = make.make_prisoner()
    kept = Prisoner.objects.filter(pk=prisoner.pk)
    kept.update(occupations=["teacher", "mm:monk"])
    for refused_codes in ([code], ["teacher", code], ["mm:monk", None]):
        with pytest.raises(IntegrityError), transaction.atomic():
            kept.update(occupations=refused_codes)


@pytest.mark.django_db
def test_a_code_that_left_the_file_is_kept_and_the_doctor_names_it() -> None:
    prisoner = make.make_prisoner()
    Prisoner.objects.filter(pk=prisoner.pk).update(occupations=["mm:monk"])
    prisoner.refresh_from_db()
    form_of: Any = type(
        "Form",
        (ModelForm,),
        {"Meta": type("Meta", (), {"model": Prisoner, "fields": ["occupations"]})},
    )
    form = form_of(instance=prisoner)
    assert "mm:monk" in str(form["occupations"])
    (finding,) = codes.examine()
    assert "“mm:monk”" in finding.words


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("logins")
def test_a_case_of_myanmar_goes_in_by_the_api_and_comes_out_everywhere() -> None:
    account = make.make_documenter()
    entered = started("enter", account.username)
    assert entered["status"] == 201, entered
    assert "occupations.0" in entered["refused"]["errors"]
    assert "born_on" in entered["folded"]
    assert "deportations-__prefix__-outcome" in entered["folded"]
    assert {"sex", "occupations", "sentences-0-regime"} <= set(entered["opened"])
    texts = [box for box in entered["opened"] if box.startswith("summary__")]
    assert texts == ["summary__en", "summary__my"]
    program("manage.py", "publish", "--verbosity", "0", DATABASE_LOGIN="publisher")
    told = started("read")
    assert "Example Prisoners' Archive" in told["/api/v1/"]
    changes = json.loads(told["/api/v1/changes"])["results"]
    (case,) = [row["document"] for row in changes if row["kind"] == "prisoner"]
    assert case["occupations"] == ["mm:monk", "teacher"]
    assert case["citizenships"] == ["MM", "XW"]
    assert case["sentences"][0]["regime"] == "mm:hard_labour"
    assert case["recognitions"][0]["criteria"] == ["mm:spring"]
    (found,) = json.loads(told["/api/v1/prisoners/?occupations=mm:monk"])["results"]
    assert found["id"] == entered["id"]
    assert "mm:monk" in told["/api/v1/prisoners.csv"]
    assert "mm:hard_labour" in told["/api/v1/sentences.csv"]
    regimes = json.loads(told["/api/v1/vocabularies/regime/"])["codes"]
    labels = {"en": "hard labour", "my": "အလုပ်ကြမ်း"}
    assert {"code": "mm:hard_labour", "labels": labels} in regimes
    countries = json.loads(told["/api/v1/vocabularies/country/"])["codes"]
    labels = {"en": "Wa State", "my": "ဝပြည်နယ်"}
    assert {"code": "XW", "labels": labels} in countries
    assert "Wa State" in told["en"]
    assert "ဝပြည်နယ်" in told["my"]
    assert "mm:hard_labour" in told["/api/v1/schemas/prisoner.json"]
    assert "monk" in told["en"]
    assert "ရဟန်း" not in told["en"]
    assert "ရဟန်း" in told["my"]
    assert "အလုပ်ကြမ်း" in told["my"]


def started(*words: str) -> Any:
    return json.loads(program("-m", "tests.config.another_country", *words))


def program(*words: str, **more: str) -> str:
    names = settings.DATABASE_VARIABLES
    addresses = {names[role]: address(role) for role in names}
    given = {
        **os.environ,
        **addresses,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "on",
        "VAR_DIR": str(settings.VAR_DIR),
        "ALLOWED_HOSTS": "testserver",
        "REQUIRE_REVIEW": "off",
        "REQUIRE_SECOND_FACTOR": "off",
        "DATABASE_LOGIN": "desk",
        "ORGANISATION_FILE": str(EXAMPLE),
        **more,
    }
    ended = subprocess.run(
        [sys.executable, *words],
        cwd=settings.BASE_DIR,
        env=given,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
