"""The name of a person that is kept back stands in no words of other records, either.

That no text of any kind of record is told: tests/leaks/test_names_kept_back.py.
"""

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models.signals import post_delete
from django.test import Client

from cases import merging
from cases.desk.admin.kept_names import kept_names_url
from cases.models import (
    Consent,
    DeskEntry,
    KeptName,
    Mark,
    NameStays,
    Prisoner,
    Source,
    ToldWords,
)
from cases.models.publishing import OF_THE_GATE
from cases.named import open_to
from cases.publishing import gate, publish_pending
from cases.publishing.gate import publish_if_free
from cases.publishing.kept_names import held_back
from cases.visibility import NOBODY_OUTSIDE
from tests import factories as make
from tests.named import staff
from tests.transactions import committed
from tracker.audiences import AUDIENCES, PARTNERS, PUBLIC, Audience

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]

NAME = "Zmicier Secretname"
TITLE = f"The trial of {NAME}"


@pytest.fixture(autouse=True)
def saving_approves(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False


def documents(audience: Audience = PUBLIC) -> dict[str, Any]:
    documents: Any = audience.document_model._default_manager
    rows = documents.filter(document__isnull=False)
    return {str(row.id): json.loads(row.document) for row in rows}


def title(root: Any, audience: Audience = PUBLIC) -> Any:
    return documents(audience)[str(root.pk)]["title"]


def person(name: str = NAME, **fields: Any) -> Prisoner:
    return make.make_prisoner(name, **{"visibility": "public", **fields})


def titled(text: str = TITLE) -> Source:
    source = make.make_source(text, visibility="public")
    publish_pending()
    assert title(source) == text
    return source


def change(case: Prisoner, **fields: Any) -> None:
    Prisoner.objects.filter(pk=case.pk).update(**fields)
    publish_pending()


def test_a_title_goes_when_the_name_is_withheld_and_returns_with_it() -> None:
    case, source = person(), titled()
    change(case, name_withheld=True)
    for audience in AUDIENCES:
        assert title(source, audience) is None
        assert NAME not in json.dumps(documents(audience))
    change(case, name_withheld=False)
    assert title(source) == TITLE


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Łukasz Żółciński", "Lukasz Zolcinski"),
        ("Jakub Kučera", "JAKUB KUCERA"),
        ("Çağla Işıklı", "ÇAĞLA IŞIKLI"),
        ("Mohammed al-Rahma", "Muhammad Alrahma"),
        ("أحمد عبدالله", "احمد عبد الله"),
    ],
)
def test_it_goes_however_it_is_written(name: str, written: str) -> None:
    case, source = person(name), titled(f"About {written}")
    change(case, name_withheld=True)
    assert title(source) is None


@pytest.mark.parametrize(
    ("name", "text"), [("이산", "이산의 재판"), ("陳 志和", "审判陈志和")]
)
def test_where_the_case_names_the_source_a_word_of_two_syllables_is_enough(
    name: str, text: str
) -> None:
    case, source = person(name), titled(text)
    make.make_citation(case, source=source)
    change(case, name_withheld=True)
    assert title(source) is None


def test_the_correction_does_not_tell_it() -> None:
    case, source = person(), titled()
    change(case, name_withheld=True)
    for audience in AUDIENCES:
        corrections: Any = audience.correction_model._default_manager
        told = corrections.filter(of_id=source.pk)
        assert told.exists()
        assert NAME not in str(list(told.values()))


def test_nor_do_corrections_from_before() -> None:
    case, source = person(), titled()
    Source.objects.filter(pk=source.pk).update(title="The trial")
    publish_pending()
    corrections: Any = PUBLIC.correction_model._default_manager
    told = corrections.filter(of_id=source.pk)
    assert NAME in str(list(told.values()))
    change(case, name_withheld=True)
    assert NAME not in str(list(told.values()))


def test_who_keeps_corrections_from_before_learns_that_one_tells_it_no_longer() -> None:
    case, source = person(), titled()
    Source.objects.filter(pk=source.pk).update(title="The trial")
    publish_pending()
    rows = PUBLIC.document_model._default_manager
    before = rows.get(pk=source.pk)
    change(case, name_withheld=True)
    after = rows.get(pk=source.pk)
    assert after.document == before.document
    assert after.seq > before.seq


def test_it_goes_with_a_consent_a_case_that_is_narrowed_and_one_name() -> None:
    case, source = person(), titled()
    consent = Consent.objects.create(
        prisoner=case, subject="name", audience="public", given_on="2020-01-01"
    )
    publish_pending()
    Consent.objects.filter(pk=consent.pk).update(withdrawn_on="2021-01-01")
    publish_pending()
    assert title(source) is None

    other, event = person("Hanna Other"), titled("Letter of Hanna Other")
    change(other, visibility="partners")
    assert title(event) is None
    assert title(event, PARTNERS) == "Letter of Hanna Other"

    third, report = person("Piotr Third"), titled("Ivan Bynickname speaks")
    nickname = make.make_name(third, "Ivan Bynickname", visibility="internal")
    publish_pending()
    assert title(report) is None
    nickname.delete()
    publish_pending()
    assert title(report) == "Ivan Bynickname speaks"


@pytest.mark.parametrize(
    "text",
    [
        "Дмитрий Сецретнаме: письмо",
        "ZMICIER SECRETNAME'S LETTER",
        "https://example.org/zmicier-secretname",
        "Secretname, Zmitser: a letter",
    ],
)
def test_in_any_spelling(text: str) -> None:
    case, source = person(), titled(text)
    change(case, name_withheld=True)
    assert title(source) is None


@pytest.mark.parametrize("text", ["The trial of Zmicier", "Secretname", "A secret"])
def test_one_word_of_it_only_where_readers_come_from_the_case(text: str) -> None:
    case, source, cited = person(), titled(text), titled(text)
    make.make_citation(case, source=cited)
    change(case, name_withheld=True)
    assert title(source) == text
    assert title(cited) == (text if text == "A secret" else None)


def test_a_name_of_one_word_blanks_no_other_title() -> None:
    case, source = person("Anna"), titled("A letter of Anna Another")
    change(case, name_withheld=True)
    assert title(source) == "A letter of Anna Another"


def test_nor_where_another_record_that_is_written_with_it_is_cited_by_the_case() -> (
    None
):
    case, cited, other = person("Anna"), titled("Of Anna"), titled("Anna Another")
    make.make_citation(case, source=cited)
    change(case, name_withheld=True)
    Mark.objects.bulk_create(
        Mark(root_kind="source", root_id=source.pk) for source in (cited, other)
    )
    publish_pending()
    assert title(cited) is None
    assert title(other) == "Anna Another"


def test_what_is_written_later_is_not_told_either() -> None:
    change(person(), name_withheld=True)
    source = make.make_source(TITLE, visibility="public")
    publish_pending()
    assert title(source) is None


def test_a_case_that_nobody_ever_saw_says_nothing_unless_somebody_decided() -> None:
    case = person(visibility="internal")
    source = titled()
    change(case, name_withheld=True)
    assert title(source) is None


def test_to_delete_the_case_gives_nothing_back() -> None:
    case, source = person(), titled()
    change(case, name_withheld=True)
    Prisoner.objects.get(pk=case.pk).delete()
    publish_pending()
    Source.objects.filter(pk=source.pk).update(publisher="A paper")
    publish_pending()
    assert title(source) is None


def test_a_namesake_is_told_by_name_and_in_the_own_case() -> None:
    namesake = person(affiliation=f"Friends of {NAME}")
    change(person(), name_withheld=True)
    told = documents()[str(namesake.pk)]
    assert told["name"] == NAME
    assert told["affiliation"] == f"Friends of {NAME}"


def test_it_is_out_of_sight_until_it_is_rendered(monkeypatch: Any) -> None:
    case, source = person(), titled()
    Prisoner.objects.filter(pk=case.pk).update(name_withheld=True)
    held = []
    rendering = gate._publish

    def watched(kind: str, *rest: Any) -> Any:
        if kind == "source":
            rows = PUBLIC.held_model._default_manager.filter(root=source.pk)
            held.append(rows.exists())
        return rendering(kind, *rest)

    monkeypatch.setattr(gate, "_publish", watched)
    publish_pending()
    assert held == [True]
    assert not PUBLIC.held_model._default_manager.exists()


class TestWhatMayStay:
    """Said with a merge: of these words, and of this name."""

    @pytest.fixture
    def source(self) -> Source:
        source = titled()
        kept = person("Somebody Else")
        merged = person(name_withheld=True)
        publish_pending()
        committed()
        for case in (kept, merged):
            case.refresh_from_db()
        versions = (kept.version, merged.version)
        assert title(source) is None
        merging.merge(
            kept.pk,
            merged.pk,
            seen_versions=versions,
            reason="Same day.",
            names_may_stay=True,
        )
        publish_pending()
        return source

    def test_it_is_told(self, source: Source) -> None:
        assert title(source) == TITLE
        assert NameStays.objects.get().reason == "Same day."

    def test_not_in_other_words(self, source: Source) -> None:
        Source.objects.filter(pk=source.pk).update(title=f"{TITLE}, once more")
        publish_pending()
        assert title(source) is None

    def test_not_once_somebody_says_no(self, source: Source) -> None:
        said = NameStays.objects.get()
        NameStays.objects.create(
            root_kind="source",
            root_id=source.pk,
            person_id=said.person_id,
            may_stay=False,
            said=[],
            reason="No.",
            event=0,
        )
        Source.objects.filter(pk=source.pk).update(publisher="A paper")
        publish_pending()
        assert title(source) is None


def test_what_the_gate_keeps_for_itself_makes_it_publish_no_second_time() -> None:
    """A gate that publishes within publishing never ends while others save."""
    own: list[Any] = [Mark]
    for model in apps.get_app_config("cases").get_models():
        if getattr(model, "database_rights", None) is OF_THE_GATE:
            own.append(model)
    assert {KeptName, ToldWords, DeskEntry} < {*own}
    for model in [*own, Prisoner]:
        with transaction.atomic():
            post_delete.send(
                sender=model, instance=model(), using="default", origin=None
            )
            waiting = [entry[1] for entry in connection.run_on_commit]
            assert (publish_if_free in waiting) == (model is Prisoner), model
            transaction.set_rollback(True)


def test_what_stays_inside_is_no_place_where_a_name_may_be_told() -> None:
    """Else a document that says nothing of it would go out of sight for a moment."""
    person(name_withheld=True)
    other = person("Ales Other")
    other.personal_details.create(detail_kind="children", detail=f"Knows {NAME}.")
    publish_pending()
    assert held_back(other) == []
    assert "secretname" not in ToldWords.objects.get(root_id=other.pk).key


def test_of_several_names_the_one_that_fewest_are_told_decides() -> None:
    case = person("Anna Partnername")
    title = "Anna Partnername is Zmicier Secretname"
    source = make.make_source(title, visibility="public")
    case.names.update(visibility="partners")
    make.make_name(case, NAME, visibility="internal")
    publish_pending()
    (words,) = held_back(source)
    assert words.told_to == NOBODY_OUTSIDE


class TestThePageOfNamesKeptBack:
    @pytest.fixture
    def source(self) -> Source:
        case, source = person(), titled()
        change(case, name_withheld=True)
        assert title(source) is None
        return source

    def test_lets_a_name_stay_and_keeps_it_back_again(
        self, source: Source, client: Client
    ) -> None:
        client.force_login(staff("rita", "reviewer"))
        url = kept_names_url(source)
        assert TITLE in client.get(url).content.decode()
        case = Prisoner.objects.get()
        for stays, told in (("on", TITLE), ("", None)):
            typed = {"person": case.pk, "stays": stays, "reason": "It is public."}
            client.post(url, typed)
            publish_pending()
            assert title(source) == told
        assert [each.may_stay for each in NameStays.objects.order_by("id")] == [
            True,
            False,
        ]

    def test_lets_a_name_stay_that_is_spelt_otherwise_since(
        self, source: Source, client: Client, settings: Any
    ) -> None:
        """What readers would be told is the name as approved."""
        settings.REQUIRE_REVIEW = True
        case = Prisoner.objects.get()
        case.names.update(value="Somebody Else")
        publish_pending()
        client.force_login(staff("rita", "reviewer"))
        url = kept_names_url(source)
        assert TITLE in client.get(url).content.decode()
        typed = {"person": case.pk, "stays": "on", "reason": "It is public."}
        client.post(url, typed)
        publish_pending()
        assert title(source) == TITLE

    def test_asks_for_a_reason(self, source: Source, client: Client) -> None:
        client.force_login(staff("rita", "reviewer"))
        case = Prisoner.objects.get()
        answer = client.post(
            kept_names_url(source), {"person": case.pk, "stays": "on", "reason": " "}
        )
        assert "Reason: say why" in answer.content.decode()
        assert not NameStays.objects.exists()

    def test_is_for_those_who_may_approve(self, source: Source, client: Client) -> None:
        client.force_login(staff("ada", "documenter"))
        assert client.get(kept_names_url(source)).status_code == 403

    def test_does_not_tell_of_a_case_that_only_named_staff_see(
        self, source: Source, client: Client
    ) -> None:
        insider = staff("ina", "reviewer")
        case = Prisoner.objects.get()
        open_to(case.pk, [insider], by=insider, reason="At risk.")
        client.force_login(staff("rita", "reviewer"))
        page = client.get(kept_names_url(source)).content.decode()
        assert "No words here hold a name" in page
