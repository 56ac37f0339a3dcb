"""What a person allowed to be told of health, origin and relatives: solely that, to
those whom the consent names, and gone for good when it is taken back.
"""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from cases import history, merging
from cases.day import today
from cases.history.restoring import CannotRestore, goal, restore
from cases.models import Consent, PersonalDetail, Prisoner
from cases.models.prisoner import TOLD_UNDER, WITHOUT_WORDS
from cases.publishing import publish_pending
from cases.publishing.becoming import by_approving
from tests import factories as make
from tests.cases.admin_pages import (
    address,
    complaints,
    foreseen_token,
    opened,
    sent,
    with_row,
)
from tests.cases.editorial import Desk
from tests.leaks.test_any_order import stored
from tests.transactions import committed
from tracker.audiences import AUDIENCES
from tracker.contract.asked import asked_of
from tracker.contract.columns import COLUMNS
from tracker.contract.vocabulary import ConsentSubject, PersonalDetailKind
from tracker.models import PartnersDocument, PublicDocument
from tracker.site.birthdays import KEPT

pytestmark = pytest.mark.django_db

INSIDE = "qzinsidezq"
WORDS = "qztoldzq"
KINDS = PersonalDetailKind.values


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture
def case() -> Prisoner:
    return make.make_prisoner(
        "Sasha Example", visibility="public", born_on="1980-03-04"
    )


def add_detail(case: Prisoner, kind: str = "religion", **fields: Any) -> PersonalDetail:
    if kind not in WITHOUT_WORDS:
        fields.setdefault("told_as", WORDS)
    detail = PersonalDetail.objects.create(
        prisoner=case,
        detail_kind=kind,
        detail=INSIDE,
        **{"since_on": "2021-05-07", **fields},
    )
    source = make.make_source(visibility="public")
    make.approve(source)
    publish_pending()
    make.make_citation(
        detail,
        "detail_kind",
        source,
        quote=INSIDE,
        claimant=make.make_claimant(INSIDE, visibility="public"),
    )
    return detail


def allow(detail: PersonalDetail, **fields: Any) -> Consent:
    values = {
        "prisoner": detail.prisoner,
        "personal_detail": detail,
        "subject": TOLD_UNDER.get(detail.detail_kind, "health"),
        "audience": "public",
        **fields,
    }
    return Consent.objects.create(**values)


def publish(case: Prisoner | None = None) -> None:
    if case is not None:
        make.approve(case)
    committed()
    publish_pending()


def told(model: Any = PublicDocument) -> list[dict[str, Any]]:
    row = model.objects.get(kind="prisoner")
    details: list[dict[str, Any]] = json.loads(row.document)["personal_details"]
    return details


def everything() -> str:
    return "".join(stored(audience) for audience in AUDIENCES)


def page(case: Prisoner) -> str:
    return Client().get(f"/en/cases/{case.pk}/").content.decode()


@pytest.mark.parametrize("subject", [*ConsentSubject.values, None])
@pytest.mark.parametrize("kind", KINDS)
def test_a_detail_is_told_only_under_a_consent_of_its_subject_that_names_it(
    kind: str, subject: str | None, case: Prisoner
) -> None:
    detail = add_detail(case, kind)
    fits = subject is not None and TOLD_UNDER.get(kind) == subject
    if subject in TOLD_UNDER.values():
        allow(detail, subject=subject)
    elif subject:
        allow(detail, subject=subject, personal_detail=None)
    publish(case)
    assert bool(told()) == fits
    assert INSIDE not in everything()
    if fits:
        (said,) = told()
        assert said["detail_kind"] == kind
        assert said["told_as"] == (None if kind in WITHOUT_WORDS else WORDS)
        assert said.keys() == {"id", "detail_kind", "told_as", "since_on", "until_on"}


def test_a_consent_that_names_another_detail_or_none_tells_nothing(
    case: Prisoner,
) -> None:
    add_detail(case)
    other = add_detail(case, "ethnic_group", told_as="another")
    elsewhere = add_detail(make.make_prisoner("Alex Example"))
    allow(other)
    allow(elsewhere, prisoner=case)
    allow(other, personal_detail=None)
    publish(case)
    assert [said["id"] for said in told()] == [str(other.pk)]


def test_a_consent_for_partners_tells_them_and_nobody_else(case: Prisoner) -> None:
    allow(add_detail(case), audience="partners")
    publish(case)
    assert told(PartnersDocument)
    assert not told()
    assert WORDS not in page(case)


def test_it_stands_in_a_section_of_its_own_and_is_asked_and_counted_nowhere(
    case: Prisoner, client: Client
) -> None:
    allow(add_detail(case, "religion"))
    publish(case)
    text = page(case)
    section = text.split('<h2 id="by-consent">')[1].split("</section>")[0]
    assert WORDS in section
    assert "religion or belief" in section
    assert "no source" not in section
    row = PublicDocument.objects.get(kind="prisoner")
    for column in (
        "facts",
        "search_key",
        "text_words",
        "sort_name",
        "sort_date",
        "sort_number",
    ):
        assert WORDS not in str(getattr(row, column)), column
        assert "religion" not in str(getattr(row, column)), column
    spans = "".join(str(span) for span in _spans())
    assert "2021-05-07" not in spans
    asked = {question.path for question in asked_of("prisoner")}
    assert not [path for path in asked if "personal_details" in path]
    assert not [name for name in COLUMNS["prisoner"] if "detail_kind" in name]
    table: Any = client.get("/api/v1/prisoners.csv")
    assert WORDS.encode() not in b"".join(table.streaming_content)
    for query in ("detail_kind=religion", "told_as=x", "since_on_min=2020-01-01"):
        assert client.get(f"/api/v1/prisoners/?{query}").status_code == 400, query
    found = client.get(f"/en/cases/?q={WORDS}").content.decode()
    assert "Sasha" not in found


def _spans() -> list[dict[str, Any]]:
    spans: list[dict[str, Any]] = []
    for audience in AUDIENCES:
        spans += list(audience.span_model._default_manager.values())  # type: ignore[arg-type]
    return spans


def _take_back(consent: Consent) -> None:
    Consent.objects.filter(pk=consent.pk).update(withdrawn_on="2025-10")


def _delete(consent: Consent) -> None:
    Consent.objects.get(pk=consent.pk).delete()


def _narrow(consent: Consent) -> None:
    Consent.objects.filter(pk=consent.pk).update(audience="partners")


def _name_another(consent: Consent) -> None:
    Consent.objects.filter(pk=consent.pk).update(personal_detail=None)


def _delete_the_detail(consent: Consent) -> None:
    PersonalDetail.objects.get().delete()
    assert Consent.objects.get(pk=consent.pk).is_over


def _other_words(consent: Consent) -> None:
    PersonalDetail.objects.update(told_as="other words")


def _other_kind(consent: Consent) -> None:
    PersonalDetail.objects.update(detail_kind="ethnic_group")


ENDS = [_take_back, _delete, _narrow, _name_another, _delete_the_detail]
ENDS += [_other_words, _other_kind]


def _undo(consent: Consent) -> None:
    """Everything as it stood before, by hand."""
    detail = consent.personal_detail
    assert detail is not None
    if not PersonalDetail.objects.filter(pk=detail.pk).exists():
        detail.save(force_insert=True)
    PersonalDetail.objects.update(told_as=WORDS, detail_kind="religion")
    values = {
        "audience": "public",
        "withdrawn_on": None,
        "personal_detail": detail,
        "is_over": False,
    }
    Consent.objects.filter(pk=consent.pk).update(**values)


def _restore_all(consent: Consent) -> None:
    """By history, event by event, the newest first."""
    case = Prisoner.objects.get()
    for event in history.timeline("prisoner", case.pk):
        if event.operation == "insert" or event.model not in (Consent, PersonalDetail):
            continue
        state: Any = "after" if event.operation == "delete" else "before"
        known = history.timeline("prisoner", case.pk)
        with suppress(CannotRestore):  # it stands so already
            restore(goal(case, known, event.number, state))


@pytest.mark.parametrize("undo", [_undo, _restore_all])
@pytest.mark.parametrize("end", ENDS)
def test_it_is_gone_at_once_and_nothing_brings_it_back_but_a_new_consent(
    end: Callable[[Consent], None], undo: Callable[[Consent], None], case: Prisoner
) -> None:
    Prisoner.objects.update(summary={"en": f"Was baptised, {WORDS}."})
    detail = add_detail(case)
    consent = allow(detail)
    publish(case)
    assert WORDS in page(case)
    Prisoner.objects.update(affiliation="Not approved yet")
    end(consent)
    committed()
    assert _waits_or_is_gone(case)
    publish()
    assert not told()
    assert WORDS not in Client().get(f"/en/cases/{case.pk}/").content.decode()
    assert "religion" not in str(PublicDocument.objects.get(kind="prisoner").document)
    undo(consent)
    publish()
    assert not told()
    publish(case)  # an approval alone does not, either
    assert not told()
    allow(PersonalDetail.objects.get())
    publish()
    assert not told()
    publish(case)
    assert told()


def _waits_or_is_gone(case: Prisoner) -> bool:
    """Before the gate has done its work: out of sight."""
    answer = Client().get(f"/en/cases/{case.pk}/")
    return answer.status_code == 503 or WORDS not in answer.content.decode()


def test_nothing_tells_that_it_was_told_once(case: Prisoner) -> None:
    publish(case)
    consent = allow(add_detail(case))
    publish(case)
    PersonalDetail.objects.update(until_on="2024")
    publish(case)
    _take_back(consent)
    publish()
    publish(case)
    left = everything()
    assert WORDS not in left
    for trace in ('personal_detail"', "religion", "2021-05-07", "told_as"):
        assert trace not in left, trace


def test_where_the_name_is_not_told_no_detail_is(case: Prisoner) -> None:
    allow(add_detail(case))
    publish(case)
    Prisoner.objects.update(name_withheld=True)
    publish()
    assert not told()
    publish(case)
    assert not told()


def test_another_consent_that_waits_does_not_carry_on_for_one_that_ended(
    case: Prisoner,
) -> None:
    detail = add_detail(case)
    consent = allow(detail)
    publish(case)
    allow(detail)
    _take_back(consent)
    publish()
    assert not told()


def test_it_is_said_before_it_is_seen(case: Prisoner) -> None:
    publish(case)
    consent = allow(add_detail(case))
    becoming = by_approving("prisoner", [case.pk], today())[case.pk]
    assert [words for words in becoming.appears if "consent" in words]
    publish(case)
    _take_back(consent)
    publish()
    becoming = by_approving("prisoner", [case.pk], today())[case.pk]
    assert [words for words in becoming.goes if "consent" in words]


class TestTheDatabase:
    @pytest.mark.parametrize("kind", WITHOUT_WORDS)
    def test_takes_no_words_where_they_would_be_a_diagnosis(
        self, kind: str, case: Prisoner
    ) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            add_detail(case, kind, told_as="words")

    def test_lets_no_consent_of_another_subject_name_a_detail(
        self, case: Prisoner
    ) -> None:
        detail = add_detail(case)
        for subject in set(ConsentSubject.values) - set(TOLD_UNDER.values()):
            with pytest.raises(IntegrityError), transaction.atomic():
                allow(detail, subject=subject)


def test_a_consent_for_another_case_or_subject_is_refused_with_the_field_named(
    case: Prisoner,
) -> None:
    other = make.make_prisoner("Alex Example")
    for detail, subject in (
        (add_detail(case), "health"),
        (add_detail(other), "origin"),
        (add_detail(case, "other"), "health"),
    ):
        consent = Consent(
            prisoner=case, personal_detail=detail, subject=subject, audience="public"
        )
        with pytest.raises(ValidationError) as refused:
            consent.full_clean()
        assert "personal_detail" in refused.value.message_dict


# --- Birthday and search engines -------------------------------------------------------


def born() -> str:
    document = json.loads(PublicDocument.objects.get(kind="prisoner").document or "")
    return str(document["born_on"]["edtf"])


def test_who_takes_back_the_birthday_is_told_of_by_the_year(case: Prisoner) -> None:
    make.make_citation(
        case, "born_on", make.make_source(visibility="public"), quote="on 4 March"
    )
    Prisoner.objects.update(summary={"en": "Turned 40 on 4 March 2020."})
    publish(case)
    assert born() == "1980-03-04"  # nobody was asked: approval decides
    consent = Consent.objects.create(
        prisoner=case, subject="birthday", audience="public"
    )
    publish(case)
    assert born() == "1980-03-04"
    _take_back(consent)
    publish()
    assert born() == "1980"
    for trace in ("03-04", "4 March"):
        assert trace not in everything(), trace
    Consent.objects.update(withdrawn_on=None)
    publish(case)
    assert born() == "1980"
    Consent.objects.create(prisoner=case, subject="birthday", audience="public")
    publish()
    assert born() == "1980"
    publish(case)
    assert born() == "1980-03-04"


def test_search_engines_leave_out_the_page_of_who_takes_that_back(
    case: Prisoner,
) -> None:
    noindex = '<meta name="robots" content="noindex">'
    publish(case)
    assert noindex not in page(case)
    consent = Consent.objects.create(
        prisoner=case, subject="search_engines", audience="public"
    )
    publish(case)
    assert noindex not in page(case)
    _take_back(consent)
    publish()
    assert noindex in page(case)
    Consent.objects.update(withdrawn_on=None)
    publish(case)
    assert noindex in page(case)
    Consent.objects.create(prisoner=case, subject="search_engines", audience="public")
    publish(case)
    assert noindex not in page(case)


def test_how_to_write_is_told_only_while_the_person_consents_to_it(
    case: Prisoner,
) -> None:
    def told() -> bool:
        row = PublicDocument.objects.get(pk=case.pk)
        return bool(json.loads(row.document or "")["letters"])

    publish(case)
    assert told() is False  # nobody was asked
    consent = Consent.objects.create(
        prisoner=case, subject="letters", audience="public"
    )
    publish()
    assert told() is False  # and nobody approved it
    publish(case)
    assert told() is True
    _take_back(consent)
    publish()
    assert told() is False
    Consent.objects.update(withdrawn_on=None)
    publish(case)
    assert told() is False


def test_a_birthday_stands_in_the_list_only_while_the_person_consents_and_is_held(
    case: Prisoner,
) -> None:
    def listed() -> bool:
        KEPT.forget()  # what another test published has the same numbers
        told = Client().get("/en/birthdays/?month=3").content.decode()
        assert "1980" not in told
        return f'4 March: <a href="/en/cases/{case.pk}/">' in told

    make.make_detention(prisoner=case, started_on="2024-01-05")
    publish(case)
    assert not listed()  # nobody was asked
    consent = Consent.objects.create(
        prisoner=case, subject="birthday", audience="public"
    )
    publish()
    assert not listed()  # and nobody approved it
    publish(case)
    assert listed()
    assert str(case.pk) not in Client().get("/en/birthdays/?month=4").content.decode()
    freed = make.make_release(prisoner=case, released_on="2024-06-01")
    publish(case)
    assert not listed()
    freed.delete()
    publish(case)
    assert listed()
    _take_back(consent)
    publish()
    assert not listed()
    assert Client().get("/en/birthdays/?month=13").status_code == 404


def test_search_engines_list_no_answer_of_the_api(client: Client) -> None:
    for place in ("/api/v1/prisoners/", "/api/v1/prisoners.csv", "/api/v1/changes/"):
        assert client.get(place)["X-Robots-Tag"] == "noindex", place


# --- At the desk -----------------------------------------------------------------------


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


def saved(desk: Client, case: Prisoner, page: dict[str, Any]) -> Any:
    return sent(desk, address(case), {**page, "change_reason": "In a letter."})


class TestTheDesk:
    def test_offers_the_details_of_this_case_alone(
        self, desk: Client, case: Prisoner
    ) -> None:
        detail = add_detail(case)
        add_detail(make.make_prisoner("Alex Example"))
        page = desk.get(address(case)).content.decode()
        (offered, *_more) = re.findall(
            r'<select name="consents-__prefix__-personal_detail".*?</select>',
            page,
            re.S,
        )
        values = re.findall(r'value="([^"]+)"', offered)
        assert values == [str(detail.pk)]

    def test_refuses_a_detail_of_another_subject(
        self, desk: Client, case: Prisoner
    ) -> None:
        detail = add_detail(case)
        row = {"subject": "health", "audience": "public", "personal_detail": detail.pk}
        page = with_row(opened(desk, address(case)), "consents", **row)
        assert "of the same case and of its own subject" in complaints(
            saved(desk, case, page)
        )
        assert not Consent.objects.exists()

    def test_says_what_goes_before_a_consent_ends_and_that_it_is_over(
        self, desk: Client, case: Prisoner
    ) -> None:
        detail = add_detail(case)
        row = {"subject": "origin", "audience": "public", "personal_detail": detail.pk}
        page = with_row(opened(desk, address(case)), "consents", **row)
        assert saved(desk, case, page).status_code == 302
        publish(case)
        assert told()
        page = {**opened(desk, address(case)), "consents-0-audience": "partners"}
        first = desk.post(address(case), {**page, "change_reason": "A call."})
        assert foreseen_token(first)
        assert "Told by consent" in first.content.decode()
        assert told()
        assert saved(desk, case, page).status_code == 302
        publish()
        assert not told()
        assert "over for good" in desk.get(address(case)).content.decode()


def test_a_whole_case_comes_with_a_detail_and_the_consent_that_names_it() -> None:
    body = {
        "names": [{"value": "Ales Example"}],
        "personal_details": [
            {"ref": "faith", "detail_kind": "religion", "detail": "Told by letter."}
        ],
        "consents": [
            {"subject": "origin", "audience": "public", "personal_detail": "faith"}
        ],
    }
    answer = Desk().post("prisoners/", body)
    assert answer.status_code == 201, answer.content
    consent = Consent.objects.get()
    assert consent.personal_detail == PersonalDetail.objects.get()
    body["consents"] = [
        {"subject": "health", "audience": "public", "personal_detail": "faith"}
    ]
    assert Desk().post("prisoners/", body).status_code == 400


def test_a_merge_takes_detail_and_consent_along_and_asks_for_an_approval(
    case: Prisoner,
) -> None:
    other = make.make_prisoner("Sasha Sample", visibility="public")
    allow(add_detail(other))
    publish(case)
    publish(other)
    for merged in (case, other):
        merged.refresh_from_db()
    merging.merge(
        case.pk,
        other.pk,
        seen_versions=(case.version, other.version),
        reason="The same person.",
    )
    publish()
    document = PublicDocument.objects.get(pk=case.pk).document or ""
    (detail,) = json.loads(document)["personal_details"]
    assert detail["told_as"] == WORDS
    _take_back(Consent.objects.get())
    publish()
    assert WORDS not in str(PublicDocument.objects.get(pk=case.pk).document)
