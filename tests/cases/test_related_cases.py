"""Two cases are told as related while a consent of each names the other, and readers see
both with their names. What only one of them says changes nothing outside.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from cases import merging
from cases.day import today
from cases.models import Consent, KeptName, Mark, Merge, Prisoner
from cases.named import CannotName, open_to, seeing_as
from cases.publishing import gate, publish_pending
from cases.publishing.becoming import by_approving
from cases.review.hiding import hide
from tests import factories as make
from tests.cases.admin_pages import address, complaints, opened, sent, with_row
from tests.cases.editorial import Desk, problem
from tests.leaks.test_any_order import stored
from tests.roles import acting_as
from tests.transactions import committed
from tracker.audiences import AUDIENCES
from tracker.contract.asked import asked_of
from tracker.contract.columns import COLUMNS
from tracker.models import PartnersDocument, PublicDocument

pytestmark = pytest.mark.django_db

Pair = tuple[Prisoner, Prisoner]


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture
def pair() -> Pair:
    """Published, and nothing of them is related."""
    people = (
        make.make_prisoner("Ales Example", visibility="public", born_on="1980"),
        make.make_prisoner("Zina Sample", visibility="public", born_on="1985"),
    )
    publish(*people)
    return people


def agree(person: Prisoner, other: Prisoner, **fields: Any) -> Consent:
    values = {"subject": "relatives", "audience": "public", **fields}
    return Consent.objects.create(prisoner=person, related_case=other, **values)


def publish(*approved: Prisoner) -> None:
    for case in approved:
        make.approve(case)
    committed()
    publish_pending()
    assert not Mark.objects.filter(due_on=None).exists()


def told(case: Prisoner, model: Any = PublicDocument) -> list[str] | None:
    row = model.objects.filter(pk=case.pk).first()
    if row is None or row.document is None:
        return None
    related: list[str] = json.loads(row.document)["related_cases"]
    return related


def both_told(pair: Pair, model: Any = PublicDocument) -> bool:
    """Either both, or none of them."""
    one, other = pair
    said = (told(one, model) or [], told(other, model) or [])
    if said == ([], []):
        return False
    assert said == ([str(other.pk)], [str(one.pk)])
    return True


def everything() -> list[str]:
    return [stored(audience) for audience in AUDIENCES]


def page(case: Prisoner) -> Any:
    return Client().get(f"/en/cases/{case.pk}/")


def tie(pair: Pair) -> list[Consent]:
    one, other = pair
    return [agree(one, other), agree(other, one)]


# --- What is told ----------------------------------------------------------------------


@pytest.mark.parametrize("in_turn", [False, True])
def test_each_is_told_as_related_to_the_other_once_both_are_approved(
    in_turn: bool, pair: Pair
) -> None:
    tie(pair)
    publish()
    assert not both_told(pair)
    if in_turn:
        publish(pair[0])
        assert not both_told(pair)
        publish(pair[1])
    else:
        publish(*pair)
    assert both_told(pair)
    assert both_told(pair, PartnersDocument)
    for case, other in (pair, pair[::-1]):
        text = page(case).content.decode()
        assert f'<a href="/en/cases/{other.pk}/">{other}</a>' in text
    assert publish_pending() == 0


def test_of_two_that_are_published_for_the_first_time_each_is_told() -> None:
    pair = (
        make.make_prisoner("Ales Example", visibility="public"),
        make.make_prisoner("Zina Sample", visibility="public"),
    )
    tie(pair)
    publish(pair[0])
    assert told(pair[0]) == []
    publish(pair[1])
    assert both_told(pair)


def test_it_is_told_to_those_alone_whom_both_consents_mean(pair: Pair) -> None:
    one, other = pair
    agree(one, other)
    agree(other, one, audience="partners")
    publish(*pair)
    assert both_told(pair, PartnersDocument)
    assert not both_told(pair)


def test_it_is_asked_and_counted_nowhere_and_no_correction_tells_it(
    pair: Pair, client: Client
) -> None:
    consents = tie(pair)
    publish(*pair)
    assert not [ask for ask in asked_of("prisoner") if "related" in ask.path]
    assert not [name for name in COLUMNS["prisoner"] if "related" in name]
    query = f"related_cases={pair[0].pk}"
    assert client.get(f"/api/v1/prisoners/?{query}").status_code == 400
    take_back(consents[0])
    publish(*pair)
    for audience in AUDIENCES:
        assert not audience.correction_model._default_manager.exists()


def test_it_is_said_before_it_is_seen(pair: Pair) -> None:
    one, other = pair
    consents = tie(pair)
    publish(other)
    becoming = by_approving("prisoner", [one.pk], today())[one.pk]
    assert becoming.appears == ["a related case"]
    publish(one)
    take_back(consents[0])
    publish()
    becoming = by_approving("prisoner", [one.pk], today())[one.pk]
    assert becoming.goes == ["a related case (already)"]


# --- What nobody outside may notice ----------------------------------------------------


def _nothing(_pair: Pair) -> None:
    pass


def _narrow(pair: Pair) -> None:
    Prisoner.objects.filter(pk=pair[1].pk).update(visibility="internal")


def _withhold_the_name(pair: Pair) -> None:
    Prisoner.objects.filter(pk=pair[1].pk).update(name_withheld=True)


def _withhold_the_name_as_a_fact(pair: Pair) -> None:
    name = str(pair[1].names.get().pk)
    withheld = {name: {"value": "internal"}}
    Prisoner.objects.filter(pk=pair[1].pk).update(withheld=withheld)


def _hide(pair: Pair) -> None:
    hide(pair[1].pk, by=make.make_documenter())


def _take_back_the_name(pair: Pair) -> None:
    Consent.objects.create(
        prisoner=pair[1], subject="name", audience="public", withdrawn_on="2025"
    )


def _is_a_minor(pair: Pair) -> None:
    Prisoner.objects.filter(pk=pair[1].pk).update(born_on="2015")


HIDDEN = [_narrow, _withhold_the_name, _withhold_the_name_as_a_fact]
HIDDEN += [_hide, _take_back_the_name, _is_a_minor]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_with_somebody_who_is_not_told_by_name_nothing_changes_outside(
    hidden: Callable[[Pair], None], pair: Pair
) -> None:
    hidden(pair)
    publish(pair[0])
    if hidden is not _hide:
        publish(pair[1])
    before = everything()
    consents = tie(pair)
    publish(pair[0])
    if hidden is not _hide:
        publish(pair[1])
    assert everything() == before
    Prisoner.objects.filter(pk=pair[1].pk).update(affiliation="Inside")
    _narrow(pair)
    publish()
    _narrow(pair)
    after = everything()
    for consent in consents:
        take_back(consent)
    publish(pair[0])
    assert everything() == after


def _of_one_alone(pair: Pair) -> None:
    agree(pair[0], pair[1])


def _of_the_other_alone(pair: Pair) -> None:
    agree(pair[1], pair[0])


def _with_somebody_else(pair: Pair) -> None:
    third = make.make_prisoner("Third Person", visibility="public")
    agree(pair[0], pair[1])
    agree(pair[1], third)


def _without_a_name(pair: Pair) -> None:
    agree(pair[0], pair[1])
    Consent.objects.create(prisoner=pair[1], subject="relatives", audience="public")


def _one_is_taken_back(pair: Pair) -> None:
    agree(pair[0], pair[1])
    agree(pair[1], pair[0], withdrawn_on="2025")


def _one_is_over(pair: Pair) -> None:
    agree(pair[0], pair[1])
    _bring_back(agree(pair[1], pair[0], withdrawn_on="2025"))


@pytest.mark.parametrize(
    "one_sided",
    [
        _of_one_alone,
        _of_the_other_alone,
        _with_somebody_else,
        _without_a_name,
        _one_is_taken_back,
        _one_is_over,
    ],
)
def test_what_one_of_them_says_alone_changes_nothing_outside(
    one_sided: Callable[[Pair], None], pair: Pair
) -> None:
    before = everything()
    one_sided(pair)
    publish(*pair)
    assert everything() == before
    Consent.objects.update(withdrawn_on="2025")
    publish(*pair)
    assert everything() == before


def test_a_correction_is_told_as_if_the_other_case_were_not_named(pair: Pair) -> None:
    """Also if the other one is taken back in between, which marks nothing here."""
    agree(pair[0], pair[1])
    publish(pair[0])
    Prisoner.objects.filter(pk=pair[0].pk).update(affiliation="A party")
    make.approve(pair[0])
    _narrow(pair)
    publish()
    for audience in AUDIENCES:
        corrections: Any = audience.correction_model._default_manager
        corrections = corrections.filter(of=pair[0].pk)
        assert [row.after for row in corrections] == ["A party"]


def test_a_name_that_is_kept_back_takes_no_word_from_the_other_case(
    pair: Pair,
) -> None:
    """A name of one word goes only from what its case names."""
    one, other = pair
    Prisoner.objects.filter(pk=one.pk).update(affiliation="Zorka")
    other.names.update(value="Zorka")
    Prisoner.objects.filter(pk=other.pk).update(name_withheld=True)
    publish(*pair)
    before = everything()
    tie(pair)
    publish(*pair)
    assert everything() == before
    assert "Zorka" in str(PublicDocument.objects.get(pk=one.pk).document)
    assert not KeptName.objects.filter(near__overlap=[one.pk, other.pk]).exists()


# --- How it ends -----------------------------------------------------------------------


def take_back(consent: Consent) -> None:
    Consent.objects.filter(pk=consent.pk).update(withdrawn_on="2025-10")


def _delete(consent: Consent) -> None:
    Consent.objects.get(pk=consent.pk).delete()


def _for_partners_only(consent: Consent) -> None:
    Consent.objects.filter(pk=consent.pk).update(audience="partners")


def _name_nobody(consent: Consent) -> None:
    Consent.objects.filter(pk=consent.pk).update(related_case=None)


def _name_somebody_else(consent: Consent) -> None:
    third = make.make_prisoner("Third Person")
    Consent.objects.filter(pk=consent.pk).update(related_case=third)


def _bring_back(consent: Consent) -> None:
    """As it was before, by hand."""
    if not Consent.objects.filter(pk=consent.pk).exists():
        consent.save(force_insert=True)
    values = {
        "audience": "public",
        "withdrawn_on": None,
        "related_case": consent.related_case,
        "is_over": False,
    }
    Consent.objects.filter(pk=consent.pk).update(**values)


def gone_at_once(pair: Pair) -> bool:
    """Before the gate has done its work: out of sight, also in the document, which holds
    an id where the page would leave out what it cannot show.
    """
    for case, other in (pair, pair[::-1]):
        document = Client().get(f"/api/v1/prisoners/{case.pk}/")
        for answer in (page(case), document):
            shown = answer.status_code == 200
            if shown and str(other.pk) in answer.content.decode():
                return False
    return True


@pytest.mark.parametrize("whose", [0, 1])
@pytest.mark.parametrize(
    "end", [take_back, _delete, _for_partners_only, _name_nobody, _name_somebody_else]
)
def test_it_is_gone_from_both_at_once_and_only_a_new_consent_brings_it_back(
    end: Callable[[Consent], None], whose: int, pair: Pair
) -> None:
    consents = tie(pair)
    publish(*pair)
    assert both_told(pair)
    end(consents[whose])
    committed()
    assert gone_at_once(pair)
    publish()
    assert not both_told(pair)
    _bring_back(consents[whose])
    publish(*pair)
    assert not both_told(pair)
    assert not both_told(pair, PartnersDocument)
    agree(consents[whose].prisoner, pair[1 - whose])
    publish()
    assert not both_told(pair)
    publish(*pair)
    assert both_told(pair)


def _delete_the_case(pair: Pair) -> None:
    Prisoner.objects.get(pk=pair[1].pk).delete()


@pytest.mark.parametrize("hidden", [*HIDDEN[:-1], _delete_the_case])
def test_it_is_gone_at_once_with_the_other_case_or_its_name(
    hidden: Callable[[Pair], None], pair: Pair
) -> None:
    tie(pair)
    publish(*pair)
    hidden(pair)
    committed()
    assert gone_at_once(pair)
    publish()
    assert not both_told(pair)
    assert str(pair[1].pk) not in str(
        PublicDocument.objects.get(pk=pair[0].pk).document
    )


def _narrow_the_names(pair: Pair) -> None:
    pair[1].names.update(visibility="internal")


@pytest.mark.parametrize("unnamed", [_is_a_minor, _narrow_the_names])
def test_it_is_gone_when_the_rules_say_that_a_name_is_not_told(
    unnamed: Callable[[Pair], None], pair: Pair
) -> None:
    """The gate finds it, and holds the other one back until it is rendered anew."""
    tie(pair)
    publish(*pair)
    unnamed(pair)
    publish()
    assert not both_told(pair)
    for audience in AUDIENCES:
        assert not audience.held_model._default_manager.exists()


def test_what_is_taken_back_while_the_other_is_rendered_is_not_told(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = pair
    agree(one, other)
    consent = agree(other, one)
    publish(other)
    render = gate.render

    def slow(*args: Any) -> Any:
        monkeypatch.setattr(gate, "render", render)
        rendered = render(*args)
        with acting_as("desk"):
            take_back(consent)
        return rendered

    monkeypatch.setattr(gate, "render", slow)
    written: list[Any] = []
    write = gate.write

    def noting(occasion: Any, rendered: Any) -> Any:
        for root in rendered:
            if root.root_id == one.pk:
                for rows in root.rows.values():
                    written.extend(row.text for row in rows or ())
        return write(occasion, rendered)

    monkeypatch.setattr(gate, "write", noting)
    make.approve(one)
    publish_pending()
    publish()
    assert written
    assert not [text for text in written if str(other.pk) in str(text)]


def test_where_saving_approves_it_is_told_once_both_are_saved(
    pair: Pair, settings: Any
) -> None:
    settings.REQUIRE_REVIEW = False
    one, other = pair
    consent = agree(one, other)
    publish()
    assert not both_told(pair)
    agree(other, one)
    publish()
    assert both_told(pair)
    take_back(consent)
    publish()
    assert not both_told(pair)


def test_it_returns_with_the_name(pair: Pair) -> None:
    tie(pair)
    publish(*pair)
    _withhold_the_name(pair)
    publish(*pair)
    assert not both_told(pair)
    Prisoner.objects.filter(pk=pair[1].pk).update(name_withheld=False)
    publish(pair[1])
    assert both_told(pair)


@pytest.mark.parametrize("whose", [0, 1])
def test_it_goes_from_a_case_that_cannot_be_rendered(
    whose: int, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    consents = tie(pair)
    publish(*pair)
    render = gate.render

    def failing(kind: str, root_id: Any, *args: Any) -> Any:
        if root_id == pair[0].pk:
            raise KeyError("closed_hearing")
        return render(kind, root_id, *args)

    monkeypatch.setattr(gate, "render", failing)
    take_back(consents[whose])
    committed()
    publish_pending()
    assert not both_told(pair)
    assert PublicDocument.objects.get(pk=pair[0].pk).document


# --- Merging ---------------------------------------------------------------------------


def merge(kept: Prisoner, merged: Prisoner) -> None:
    for case in (kept, merged):
        case.refresh_from_db()
    merging.merge(
        kept.pk,
        merged.pk,
        seen_versions=(kept.version, merged.version),
        reason="The same person.",
    )
    committed()


def part(kept: Prisoner, merged: Prisoner) -> None:
    for case in (kept, merged):
        case.refresh_from_db()
    merging.unmerge(
        Merge.objects.get().pk,
        seen_versions=(kept.version, merged.version),
        reason="Two people.",
    )


def test_who_agreed_to_be_told_with_a_case_was_not_asked_of_the_one_it_goes_into(
    pair: Pair,
) -> None:
    kept = make.make_prisoner("Zinaida Sample", visibility="public")
    publish(kept)
    consent, _of_the_other = tie(pair)
    publish(*pair)
    assert "as a relative's" in str(merging.preview(kept, pair[1]).warnings)
    merge(kept, pair[1])
    assert gone_at_once(pair)
    publish(pair[0])
    assert told(pair[0]) == []
    assert told(kept) == []
    consent.refresh_from_db()
    assert consent.is_over
    agree(pair[0], kept)
    publish(pair[0])
    assert both_told((pair[0], kept))
    part(kept, pair[1])
    publish()
    for case in (*pair, kept):
        assert not told(case), case


def test_what_would_name_its_own_case_once_they_are_merged_names_none(
    pair: Pair,
) -> None:
    tie(pair)
    publish(*pair)
    merge(*pair)
    publish()
    assert told(pair[0]) == []
    assert set(Consent.objects.values_list("is_over", flat=True)) == {True}
    part(*pair)
    publish(*pair)
    assert not both_told(pair)


# --- What is refused -------------------------------------------------------------------


def wrong(pair: Pair) -> list[dict[str, Any]]:
    one, other = pair
    detail = one.personal_details.create(detail_kind="children", detail="Two.")
    return [
        {"subject": "name", "related_case": other},
        {"subject": "relatives", "related_case": one},
        {"subject": "relatives", "related_case": other, "personal_detail": detail},
    ]


def test_only_a_consent_for_relatives_names_a_case_and_never_its_own(
    pair: Pair,
) -> None:
    for values in wrong(pair):
        consent = Consent(prisoner=pair[0], audience="public", **values)
        with pytest.raises(ValidationError) as refused:
            consent.full_clean()
        assert "related_case" in refused.value.message_dict
        with pytest.raises(IntegrityError), transaction.atomic():
            consent.save()


def test_a_case_that_was_merged_is_not_named(pair: Pair) -> None:
    kept = make.make_prisoner("Zinaida Sample", visibility="public")
    merge(kept, pair[1])
    pair[1].refresh_from_db()
    consent = Consent(
        prisoner=pair[0], related_case=pair[1], subject="relatives", audience="public"
    )
    with pytest.raises(ValidationError) as refused:
        consent.full_clean()
    assert "related_case" in refused.value.message_dict


class TestOpenToNamedStaffOnly:
    """Whoever sees the one case would learn of the other."""

    def test_such_a_case_is_not_named(self, pair: Pair) -> None:
        colleague = make.make_documenter()
        open_to(pair[1].pk, [colleague], by=None, reason="An informer.")
        consent = Consent(
            prisoner=pair[0],
            related_case=pair[1],
            subject="relatives",
            audience="public",
        )
        with pytest.raises(ValidationError) as refused:
            consent.full_clean()
        assert "related_case" in refused.value.message_dict
        with pytest.raises(IntegrityError), transaction.atomic():
            consent.save()

    def test_one_that_is_named_is_taken_out_first(self, pair: Pair) -> None:
        colleague = make.make_documenter()
        consent = agree(*pair)
        with pytest.raises(CannotName, match="consent"):
            open_to(pair[1].pk, [colleague], by=None, reason="An informer.")
        _name_nobody(consent)
        open_to(pair[1].pk, [colleague], by=None, reason="An informer.")

    def test_one_that_names_another_is_seen_by_nobody_else(self, pair: Pair) -> None:
        """Who does not see it is neither refused because of it, nor kept from deleting."""
        colleague, other = make.make_documenter(), make.make_documenter("other")
        consent = agree(*pair)
        open_to(pair[0].pk, [colleague], by=None, reason="An informer.")
        with seeing_as(other):
            assert not Consent.objects.exists()
            open_to(pair[1].pk, [other], by=other, reason="Another one.")
            Prisoner.objects.get(pk=pair[1].pk).delete()
            committed()
        consent.refresh_from_db()
        assert consent.related_case is None
        assert consent.is_over


# --- At the desk -----------------------------------------------------------------------


def test_it_is_entered_on_the_page_of_the_case(client: Client, pair: Pair) -> None:
    client.force_login(make.make_documenter())
    one, other = pair
    row = {"audience": "public", "related_case": str(other.pk)}
    reason = {"change_reason": "In a letter."}
    refused = with_row(opened(client, address(one)), "consents", subject="name", **row)
    assert "names one" in complaints(sent(client, address(one), refused | reason))
    entered = with_row(
        opened(client, address(one)), "consents", subject="relatives", **row
    )
    assert sent(client, address(one), entered | reason).status_code == 302
    assert Consent.objects.get().related_case == other


def test_a_whole_case_comes_with_such_a_consent(pair: Pair) -> None:
    consent = {"subject": "relatives", "audience": "public"}
    body = {
        "names": [{"value": "Maria Example"}],
        "consents": [{**consent, "related_case": str(pair[0].pk)}],
    }
    answer = Desk().post("prisoners/", body)
    assert answer.status_code == 201, answer.content
    assert Consent.objects.get().related_case == pair[0]
    body["consents"] = [{**consent, "related_case": str(Consent.objects.get().pk)}]
    assert "related_case" in str(problem(Desk().post("prisoners/", body), 400))
