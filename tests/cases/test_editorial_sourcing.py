"""Changing cited facts by the editorial API, and making a case visible that nobody is
cited for.
"""

from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Permission, User

from cases.models import Citation, Sentence
from tests import factories as make
from tests.cases.editorial import ROOT, Desk, errors, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def sentence() -> Sentence:
    sentence = make.make_sentence(make.make_prisoner(), term_months=60, court="Minsk")
    make.make_citation(sentence, "term_months", make.make_source("Old"))
    return sentence


def patched(
    desk: Desk, record: Any, noun: str, body: dict[str, Any], **headers: str
) -> Any:
    path = f"{ROOT}{noun}/{record.pk}/"
    seen = {"If-Match": desk.client.get(path)["ETag"], **headers}
    return desk.client.patch(path, body, "application/json", headers=seen)


def stated(record: Any) -> dict[str, Any]:
    return {
        one.source.title: one.states
        for one in record.citations.select_related("source")
    }


def test_a_cited_fact_changes_on_a_source_or_for_a_reason(sentence: Sentence) -> None:
    desk, newer = Desk(), make.make_source("Newer")

    refused = errors(
        patched(desk, sentence, "sentences", {"term_months": 48, "court": "Gomel"})
    )
    assert list(refused) == ["term_months"]
    assert "supported_by" in refused["term_months"][0]
    assert stated(sentence) == {"Old": None}

    support = [{"source": str(newer.pk), "locator": "p. 2"}]
    answer = patched(
        desk, sentence, "sentences", {"term_months": 48, "supported_by": support}
    )
    assert answer.status_code == 200, answer.content
    assert (answer.json()["term_months"], answer["ETag"]) == (
        48,
        desk.etag(f"sentences/{sentence.pk}/"),
    )
    assert stated(sentence) == {"Old": 60, "Newer": None}

    reason = {"X-Change-Reason": "The court said so"}
    assert (
        patched(desk, sentence, "sentences", {"term_months": 54}, **reason).status_code
        == 200
    )
    assert stated(sentence) == {"Old": 60, "Newer": 48}


def test_what_is_not_cited_changes_unasked_and_what_is_the_same_is_no_change(
    sentence: Sentence,
) -> None:
    body = {"court": "Gomel", "term_months": 60, "regime": "strict"}
    assert patched(Desk(), sentence, "sentences", body).status_code == 200
    assert stated(sentence) == {"Old": None}


def test_a_reference_changes_as_any_other_fact() -> None:
    first, second = make.make_release_event("First"), make.make_release_event("Second")
    release = make.make_release(make.make_prisoner(), release_event=first)
    make.make_citation(release, "release_event", make.make_source("Old"))
    desk, body = Desk(), {"release_event": str(second.pk)}
    assert list(errors(patched(desk, release, "releases", body))) == ["release_event"]
    assert (
        patched(desk, release, "releases", body, **{"X-Change-Reason": "x"}).status_code
        == 200
    )
    assert stated(release) == {"Old": str(first.pk)}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"supported_by": []}, None),
        ({"term_months": 48, "supported_by": []}, "term_months"),
        ({"term_months": None, "supported_by": "one"}, "term_months"),
        ({"supported_by": "one"}, "supported_by"),
        (
            {"term_months": 48, "supported_by": [{"source": str(UUID(int=0))}]},
            "supported_by.0.source",
        ),
        (
            {"term_months": 48, "supported_by": [{"locator": "p. 2"}]},
            "supported_by.0.source",
        ),
        ({"term_months": 48, "supported_by": {"source": "x"}}, "supported_by"),
    ],
)
def test_a_source_is_named_for_something_and_is_there(
    sentence: Sentence, body: dict[str, Any], field: Any
) -> None:
    if body["supported_by"] == "one":
        body = {**body, "supported_by": [{"source": str(make.make_source().pk)}]}
    answer = patched(Desk(), sentence, "sentences", body)
    assert (answer.status_code, list(answer.json().get("errors", []))) == (
        (400, [field]) if field else (200, [])
    )
    sentence.refresh_from_db()
    assert sentence.term_months == 60
    assert Citation.objects.count() == 1


def test_a_new_record_is_cited_once_it_is_there() -> None:
    case, source = make.make_prisoner(), make.make_source()
    body = {
        "prisoner": str(case.pk),
        "term_months": 48,
        "supported_by": [{"source": str(source.pk)}],
    }
    assert list(errors(Desk().post("sentences/", body))) == ["supported_by"]


def test_who_may_not_cite_gives_a_reason(sentence: Sentence) -> None:
    trainee = User.objects.create_user("trainee", is_staff=True)
    trainee.user_permissions.set(
        Permission.objects.filter(codename__in=["change_sentence", "view_sentence"])
    )
    desk = Desk(trainee)
    body = {"term_months": 48, "supported_by": [{"source": str(make.make_source().pk)}]}
    problem(patched(desk, sentence, "sentences", body), 403)
    assert (
        patched(
            desk, sentence, "sentences", {"term_months": 48}, **{"X-Change-Reason": "x"}
        ).status_code
        == 200
    )


def test_a_case_that_nobody_is_cited_for_stays_inside() -> None:
    desk, case = Desk(), make.make_prisoner()
    assert "visibility" in errors(
        patched(desk, case, "prisoners", {"visibility": "public"})
    )
    assert "visibility" in errors(desk.post("prisoners/", {"visibility": "partners"}))
    make.make_citation(case.names.get(), "value")
    assert patched(desk, case, "prisoners", {"visibility": "public"}).status_code == 200
