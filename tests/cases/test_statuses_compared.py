"""After an upgrade somebody reads which statuses would be told otherwise."""

import json
import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cases.doctor.publishing import examine
from cases.models import (
    Citation,
    Claimant,
    ConfirmedContract,
    Detention,
    PersonName,
    Prisoner,
    Sentence,
    Source,
)
from cases.publishing import confirming, epochs, publish_pending
from tests.factories import (
    approve,
    make_citation,
    make_claimant,
    make_detention,
    make_documenter,
    make_name,
    make_prisoner,
    make_sentence,
    make_source,
)
from tests.roles import acting_as
from tracker.contract.documents import CONTRACT
from tracker.models import PartnersDocument, PublicCorrection, PublicDocument

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]


@pytest.fixture
def case(settings: Any) -> Any:
    settings.REQUIRE_REVIEW = False
    case = make_prisoner("Known Name", visibility="public")
    make_detention(case, started_on="2024-01-10", ended_on="2025-03-01")
    publish_pending()
    return case


ADDED = {
    *("sightings", "after", "term_days", "sentence_in_force", "further_punishments"),
    *("term_months_to", "amount", "currency", "particulars_as_stated", "execution"),
    *("counted_from", "legal_force", "runs", "set_aside_on", "replaces", "adds_to"),
    *("still_so", "as_of", "disputed", "hedge", "reasons"),
}


def _without(told: Any, names: set[str]) -> Any:
    if isinstance(told, list):
        return [_without(part, names) for part in told]
    if isinstance(told, dict):
        return {
            key: _without(part, names) for key, part in told.items() if key not in names
        }
    return told


def compared(*options: str) -> str:
    out = StringIO()
    call_command("statuses", *options, stdout=out)
    return out.getvalue()


def test_where_nothing_would_change_that_is_said(case: Any) -> None:
    assert "public: 0 would change, 1 would stay." in compared()
    assert f"{case.pk} Known Name: released -> released" in compared("--all")


def test_what_would_be_told_otherwise_is_listed_and_nothing_is_written(
    case: Any,
) -> None:
    document = json.loads(PublicDocument.objects.get(id=case.pk).document or "")
    # As the release before told it.
    document["status"] = [
        {"since": None, "until": None, "statuses": ["imprisoned"], "basis": []}
    ]
    with acting_as("publisher"):
        PublicDocument.objects.filter(id=case.pk).update(document=json.dumps(document))
    told = compared()
    assert f"{case.pk} Known Name: in prison -> released" in told
    assert "public: 1 would change, 0 would stay." in told
    stored = json.loads(PublicDocument.objects.get(id=case.pk).document or "")
    assert stored == document


TAKEN_BACK: dict[str, Callable[[], object]] = {
    "sentence": lambda: Sentence.objects.filter(term_months=48).update(
        visibility="internal"
    ),
    "source": lambda: Source.objects.filter(title="Report").update(
        visibility="internal"
    ),
    "claimant": lambda: Claimant.objects.update(visibility="internal"),
    "name": lambda: Prisoner.objects.update(name_withheld=True),
    "other name": lambda: PersonName.objects.filter(value="Other Name").update(
        visibility="internal"
    ),
    "citation": lambda: Citation.objects.filter(field="term_months").update(
        visibility="internal"
    ),
}


class TestAfterANewContract:
    @pytest.fixture
    def older(self, case: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
        monkeypatch.setattr(epochs, "CONTRACT", CONTRACT + 1)
        monkeypatch.setattr(confirming, "CONTRACT", CONTRACT + 1)
        return case

    def code(self) -> str:
        (code,) = re.findall("--confirm ([0-9a-f]+)", compared())
        return code

    def confirm(self, code: str, by: str = "reader") -> None:
        call_command("statuses", "--confirm", code, "--by", by, stdout=StringIO())

    def test_nothing_is_published_before_somebody_confirms(self, older: Any) -> None:
        other = make_prisoner("Other Name", visibility="public")
        approve(other)
        assert publish_pending() == 0
        assert not PublicDocument.objects.filter(id=other.pk).exists()
        make_documenter("reader")
        self.confirm(self.code())
        publish_pending()
        assert PublicDocument.objects.filter(id=other.pk).exists()

    def test_what_is_taken_back_goes_all_the_same(self, older: Any) -> None:
        Prisoner.objects.filter(pk=older.pk).update(visibility="internal")
        publish_pending()
        assert PublicDocument.objects.get(id=older.pk).document is None

    def test_a_part_that_is_hidden_goes_and_the_rest_stays_as_it_was(
        self, older: Any
    ) -> None:
        Detention.objects.update(visibility="internal")
        publish_pending()
        document = json.loads(PublicDocument.objects.get(id=older.pk).document or "")
        assert document["detentions"] == []
        assert document["name"] == "Known Name"

    @pytest.mark.parametrize("take_back", [*TAKEN_BACK.values()], ids=[*TAKEN_BACK])
    def test_of_a_document_of_before_only_what_was_taken_back_goes(
        self, older: Any, take_back: Callable[[], object]
    ) -> None:
        confirming.remember("", "reader")
        report = make_source("Report", visibility="public")
        claimant = make_claimant(visibility="public")
        Prisoner.objects.update(born_on="1985-03-01", affiliation="party")
        make_name(older, "Other Name")
        for months in (48, 60):
            sentence = make_sentence(older, term_months=months)
            make_citation(sentence, "term_months", report, states=months)
        make_citation(older, "born_on", report, claimant=claimant, quote="Her words")
        publish_pending()
        ConfirmedContract.objects.all().delete()
        self.as_the_release_before_told_it()
        take_back()
        publish_pending()
        document = json.loads(PublicDocument.objects.get(id=older.pk).document or "")
        assert document["status"][-1]["statuses"]
        sentences = PublicDocument.objects.filter(kind="sentence")
        is_nameless = Prisoner.objects.get(pk=older.pk).name_withheld
        assert ("60" in str(document["sentences"])) is not is_nameless
        assert sentences.exclude(document=None).exists() is not is_nameless

    def as_the_release_before_told_it(self) -> None:
        """Without what contract 4 added."""
        for model in (PublicDocument, PartnersDocument):
            for row in model.objects.all():
                document = _without(json.loads(row.document or ""), ADDED)
                with acting_as("publisher"):
                    model.objects.filter(id=row.id).update(
                        document=json.dumps(document)
                    )

    def test_it_is_said_at_the_desk_and_by_the_doctor(self, older: Any) -> None:
        assert "confirmed them" in confirming.waiting_in_words()
        assert any("confirmed them" in each.words for each in examine())

    def test_another_table_than_the_one_that_was_read_is_refused(
        self, older: Any
    ) -> None:
        make_documenter("reader")
        with pytest.raises(CommandError, match="--confirm"):
            self.confirm("0123456789abcdef")
        assert confirming.must_be_confirmed(epochs.stored())

    def test_nobody_confirms_who_has_no_account(self, older: Any) -> None:
        with pytest.raises(CommandError, match="--by: “nobody”"):
            self.confirm(self.code(), by="nobody")
        assert confirming.must_be_confirmed(epochs.stored())

    def test_a_changed_status_is_no_correction(self, older: Any) -> None:
        document = json.loads(PublicDocument.objects.get(id=older.pk).document or "")
        document["status"] = [
            {"since": None, "until": None, "statuses": ["imprisoned"], "basis": []}
        ]
        with acting_as("publisher"):
            PublicDocument.objects.filter(id=older.pk).update(
                document=json.dumps(document)
            )
        make_documenter("reader")
        self.confirm(self.code())
        publish_pending()
        document = json.loads(PublicDocument.objects.get(id=older.pk).document or "")
        assert document["status"][-1]["statuses"] == ["released"]
        assert not PublicCorrection.objects.exists()


def test_a_first_publication_waits_for_nobody(settings: Any) -> None:
    assert not confirming.must_be_confirmed(epochs.stored())
