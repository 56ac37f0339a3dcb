"""Changing cited facts by the editorial API, and making a case visible that nobody is
cited for.
"""

from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Permission, User

from cases.models import Citation, Prisoner, Sentence, Source
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


def test_a_retracted_source_is_nobodys_word(sentence: Sentence) -> None:
    support = [{"source": str(make.make_source("It", standing="retracted").pk)}]
    body = {"term_months": 48, "supported_by": support}
    assert list(errors(patched(Desk(), sentence, "sentences", body))) == ["term_months"]


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


class TestANewRecord:
    def test_is_cited_for_each_fact_that_it_is_given(self) -> None:
        case, source = make.make_prisoner(), make.make_source()
        body = {
            "prisoner": str(case.pk),
            "term_months": 48,
            "court": "Minsk",
            "regime": None,
            "term_as_stated": "",
            "visibility": "internal",
            "supported_by": [{"source": str(source.pk), "locator": "p. 2"}],
        }
        answer = Desk().post("sentences/", body)
        assert answer.status_code == 201, answer.content
        citations = Citation.objects.filter(sentence=answer.json()["id"])
        assert {citation.field for citation in citations} == {"term_months", "court"}
        assert {citation.locator for citation in citations} == {"p. 2"}
        assert {citation.root_id for citation in citations} == {case.pk}
        case.refresh_from_db()
        assert answer["ETag"] == f'"{case.version}"'

    def test_is_cited_for_each_entry_of_a_list_and_to_each_source(self) -> None:
        sources = [make.make_source("One"), make.make_source("Two")]
        body = {
            "occupations": ["artist", "journalist"],
            "supported_by": [{"source": str(source.pk)} for source in sources],
        }
        answer = Desk().post("prisoners/", body)
        cited = Citation.objects.filter(prisoner=answer.json()["id"])
        assert sorted(cited.values_list("item", "source__title")) == [
            ("artist", "One"),
            ("artist", "Two"),
            ("journalist", "One"),
            ("journalist", "Two"),
        ]

    def test_is_cited_for_nothing_that_only_a_default_says(self) -> None:
        support = [{"source": str(make.make_source().pk)}]
        body = {"title": "A report", "publisher": "Paper", "supported_by": support}
        answer = Desk().post("sources/", body)
        assert answer.json()["standing"] == "current"
        (citation,) = Citation.objects.filter(about_source=answer.json()["id"])
        assert citation.field == "publisher"

    def test_without_facts_is_itself_what_the_source_says(self) -> None:
        case = make.make_prisoner()
        body = {
            "prisoner": str(case.pk),
            "supported_by": [
                {"source": str(make.make_source().pk), "quote": "was let go"}
            ],
        }
        release = Desk().post("releases/", body)
        assert release.status_code == 201, release.content
        (citation,) = Citation.objects.filter(release=release.json()["id"])
        assert (citation.field, citation.quote) == ("", "was let go")

    def test_that_states_nothing_is_refused_with_a_source(self) -> None:
        support = [{"source": str(make.make_source().pk)}]
        answer = Desk().post("prisoners/", {"supported_by": support})
        assert list(errors(answer)) == ["supported_by"]
        assert not Prisoner.objects.exists()

    def test_is_cited_as_the_source_puts_it(self) -> None:
        case, claimant = make.make_prisoner(), make.make_claimant()
        support = {
            "source": str(make.make_source().pk),
            "claimant": str(claimant.pk),
            "hedge": "reported",
            "quote": "four years",
            "as_of": "2024-05",
            "still_so": True,
            "locator": "p. 2",
            "credibility": "2",
        }
        body = {
            "prisoner": str(case.pk),
            "term_months": 48,
            "supported_by": [support],
        }
        answer = Desk().post("sentences/", body)
        assert answer.status_code == 201, answer.content
        (stored,) = Desk().get("citations/", field="term_months").json()["results"]
        read = Desk().get(f"citations/{stored['id']}/").json()
        assert {name: read[name] for name in support} == support

    @pytest.mark.parametrize(
        ("details", "field"),
        [
            ({"hedge": "surely"}, "hedge"),
            ({"claimant": str(UUID(int=0))}, "claimant"),
            ({"as_of": "yesterday"}, "as_of"),
            ({"as_of": "2999"}, "as_of"),
            ({"locator": "x" * 201}, "locator"),
            ({"states": 48}, "states"),
            ({"sentence": str(UUID(int=0))}, "sentence"),
            ({"source": str(UUID(int=0))}, "source"),
            ({"source": None}, "source"),
        ],
    )
    def test_names_what_is_wrong_and_leaves_nothing(
        self, details: dict[str, Any], field: str
    ) -> None:
        support = {"source": str(make.make_source().pk), **details}
        body = {"born_on": "1980", "supported_by": [support]}
        answer = Desk().post("prisoners/", body)
        assert list(errors(answer)) == [f"supported_by.0.{field}"]
        assert not Prisoner.objects.exists()

    def test_may_be_visible_at_once_if_it_is_cited(self) -> None:
        source = make.make_source(visibility="public")
        body = {
            "born_on": "1980",
            "visibility": "public",
            "supported_by": [{"source": str(source.pk)}],
        }
        answer = Desk().post("prisoners/", body)
        assert answer.status_code == 201, answer.content
        assert answer.json()["visibility"] == "public"
        stored = Prisoner.objects.get()
        assert (stored.visibility, answer["ETag"]) == ("public", f'"{stored.version}"')

    def test_is_asked_about_what_is_hardly_so(self) -> None:
        answer = Desk().post("prisoners/", {"died_on": "2999"})
        assert "still to come" in str(errors(answer)["died_on"])
        assert not Prisoner.objects.exists()

    def test_is_not_cited_by_who_may_not(self) -> None:
        trainee = User.objects.create_user("trainee", is_staff=True)
        trainee.user_permissions.set(
            Permission.objects.filter(codename__in=["add_prisoner", "view_prisoner"])
        )
        support = [{"source": str(make.make_source().pk)}]
        body = {"born_on": "1980", "supported_by": support}
        problem(Desk(trainee).post("prisoners/", body), 403)
        assert not Prisoner.objects.exists()


class TestAChange:
    def support(self, source: Source, **details: Any) -> dict[str, Any]:
        return {
            "term_months": 48,
            "supported_by": [{"source": str(source.pk), **details}],
        }

    def test_is_not_backed_by_who_denies_it(self, sentence: Sentence) -> None:
        body = self.support(make.make_source(), hedge="denied")
        answer = patched(Desk(), sentence, "sentences", body)
        assert list(errors(answer)) == ["term_months"]
        assert Citation.objects.count() == 1

    def test_is_cited_to_who_denies_it_beside_a_reason(
        self, sentence: Sentence
    ) -> None:
        old = Source.objects.get()
        body = self.support(old, hedge="denied")
        reason = {"X-Change-Reason": "The court said so"}
        answer = patched(Desk(), sentence, "sentences", body, **reason)
        assert answer.status_code == 200, answer.content
        assert sorted(sentence.citations.values_list("hedge", "states")) == [
            ("denied", None),
            ("stated", 60),
        ]

    def test_of_how_we_file_it_takes_no_source(self) -> None:
        """Nothing would be cited, and nobody told so."""
        name = make.make_name(make.make_prisoner(), "Ales Example")
        body = {
            "language": "be",
            "supported_by": [{"source": str(make.make_source().pk)}],
        }
        answer = patched(Desk(), name, "person-names", body)
        assert list(errors(answer)) == ["supported_by"]
        name.refresh_from_db()
        assert name.language == ""

    def test_by_another_claimant_leaves_what_the_first_one_said(
        self, sentence: Sentence
    ) -> None:
        claimant = make.make_claimant()
        body = self.support(Source.objects.get(), claimant=str(claimant.pk))
        answer = patched(Desk(), sentence, "sentences", body)
        assert answer.status_code == 200, answer.content
        said = {one.claimant: one.states for one in sentence.citations.all()}
        assert said == {None: 60, claimant: None}


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
    public = make.make_source(visibility="public")
    make.make_citation(case.names.get(), "value", source=public)
    assert patched(desk, case, "prisoners", {"visibility": "public"}).status_code == 200
