"""What each list can be asked: the same questions for the pages, the API and CSV."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.asking.questions import (
    AtLeast,
    AtMost,
    Codes,
    DayFrom,
    DayUntil,
    Flag,
    Identifiers,
    Ids,
    Questions,
    Search,
    Status,
    StatusOn,
    Texts,
)
from tracker.contract import vocabulary as v


class PrisonerForm(forms.Form):
    def clean(self) -> dict[str, Any]:
        if (
            self.cleaned_data.get("status_on")
            and not self.cleaned_data.get("status")
            and "status" not in self.errors
        ):
            self.add_error(
                "status_on", _("This is the day of a status: give “status”, too.")
            )
        return self.cleaned_data


class PrisonerFilters(Questions):
    kind = "prisoner"
    orderings = {
        "name": "sort_name",
        "released_on": "sort_date",
        "term_months": "sort_number",
        "changed": "seq",
    }
    default_ordering = "name"

    q = Search(label=_("Name, in any spelling"))
    status = Status(_("Status"), v.Status)
    status_on = StatusOn(label=_("Status on the day (without it: today)"))
    sex = Codes(_("Sex"), v.Sex)
    citizenships = Codes(_("Citizenship"), v.Country)
    occupations = Codes(_("Occupation"), v.Occupation)
    affiliation = Texts(_("Affiliation"))
    identifier = Identifiers(_("Identifier, as scheme:value"))
    name_withheld = Flag(_("Name withheld"))
    born_on_or_after = DayFrom("born_on", _("Born on or after"))
    born_on_or_before = DayUntil("born_on", _("Born on or before"))
    died_on_or_after = DayFrom("died_on", _("Died on or after"))
    died_on_or_before = DayUntil("died_on", _("Died on or before"))
    death_in_custody = Codes(_("Death in custody"), v.DeathInCustody)
    recognition = Codes(_("Recognition as a political prisoner"), v.RecognitionOutcome)
    recognised_by = Texts(_("Organisation that decided on recognition"))
    detained_on_or_after = DayFrom("detained_on", _("Detained on or after"))
    detained_on_or_before = DayUntil("detained_on", _("Detained on or before"))
    detention_ground = Codes(_("Ground of detention"), v.DetentionGround)
    place_kind = Codes(_("Kind of place"), v.PlaceKind)
    facility = Ids(_("Held in this facility (id)"))
    conditions = Codes(_("Conditions reported"), v.Condition)
    last_seen_on_or_after = DayFrom("last_seen_on", _("Last seen on or after"))
    last_seen_on_or_before = DayUntil("last_seen_on", _("Last seen on or before"))
    charge_article = Texts(_("Article charged with"))
    sentenced_on_or_after = DayFrom("sentenced_on", _("Sentenced on or after"))
    sentenced_on_or_before = DayUntil("sentenced_on", _("Sentenced on or before"))
    punishment = Codes(_("Punishment"), v.Punishment)
    regime = Codes(_("Regime"), v.Regime)
    in_absentia = Flag(_("Sentenced in absentia"))
    term_months_min = AtLeast(_("Longest term in months, at least"))
    term_months_max = AtMost(_("Longest term in months, at most"))
    release_event = Ids(_("Freed in this release (id)"))
    release_ground = Codes(_("Ground of release"), v.ReleaseGround)
    released_on_or_after = DayFrom("released_on", _("Released on or after"))
    released_on_or_before = DayUntil("released_on", _("Released on or before"))
    deportation_outcome = Codes(_("Outcome of deportation"), v.DeportationOutcome)
    deportation_from_country = Codes(_("Deported from"), v.Country)
    deportation_to_country = Codes(_("Deported to"), v.Country)
    deportation_own_national = Codes(
        _("Deported by the person’s own country"), v.OwnNational
    )
    deportation_passport_fate = Codes(_("What became of the passport"), v.PassportFate)
    deported_on_or_after = DayFrom("deported_on", _("Deported on or after"))
    deported_on_or_before = DayUntil("deported_on", _("Deported on or before"))
    source = Ids(_("Cites this source (id)"))

    class Meta:
        form = PrisonerForm


class SentenceFilters(Questions):
    kind = "sentence"
    orderings = {
        "handed_down_on": "sort_date",
        "term_months": "sort_number",
        "changed": "seq",
    }
    default_ordering = "-handed_down_on"

    prisoner = Ids(_("Of this prisoner (id)"))
    court = Texts(_("Court"))
    decision = Codes(_("Decision"), v.SentenceDecision)
    punishment = Codes(_("Punishment"), v.Punishment)
    regime = Codes(_("Regime"), v.Regime)
    in_absentia = Flag(_("In absentia"))
    handed_down_on_or_after = DayFrom("handed_down_on", _("Handed down on or after"))
    handed_down_on_or_before = DayUntil("handed_down_on", _("Handed down on or before"))
    in_force_on_or_after = DayFrom("in_force_on", _("In force from that day or later"))
    in_force_on_or_before = DayUntil(
        "in_force_on", _("In force from that day or earlier")
    )
    term_months_min = AtLeast(_("Term in months, at least"))
    term_months_max = AtMost(_("Term in months, at most"))
    source = Ids(_("Cites this source (id)"))


class DeportationFilters(Questions):
    kind = "deportation"
    orderings = {"deported_on": "sort_date", "changed": "seq"}
    default_ordering = "-deported_on"

    prisoner = Ids(_("Of this prisoner (id)"))
    outcome = Codes(_("Outcome"), v.DeportationOutcome)
    from_country = Codes(_("From"), v.Country)
    to_country = Codes(_("To"), v.Country)
    crossing = Texts(_("Border crossing"))
    own_national = Codes(_("By the person’s own country"), v.OwnNational)
    passport_fate = Codes(_("What became of the passport"), v.PassportFate)
    valid_identity_document = Codes(_("Has a valid identity document"), v.YesNo)
    may_return = Codes(_("May return"), v.YesNo)
    deported_on_or_after = DayFrom("deported_on", _("Deported on or after"))
    deported_on_or_before = DayUntil("deported_on", _("Deported on or before"))
    source = Ids(_("Cites this source (id)"))


class ReleaseEventFilters(Questions):
    kind = "release_event"
    orderings = {"title": "sort_name", "occurred_on": "sort_date", "changed": "seq"}
    default_ordering = "-occurred_on"

    q = Search(label=_("Title"))
    exchange = Codes(_("Exchange of prisoners"), v.YesNo)
    occurred_on_or_after = DayFrom("occurred_on", _("On or after"))
    occurred_on_or_before = DayUntil("occurred_on", _("On or before"))
    source = Ids(_("Cites this source (id)"))


class SourceFilters(Questions):
    kind = "source"
    orderings = {"title": "sort_name", "published_on": "sort_date", "changed": "seq"}
    default_ordering = "-published_on"

    q = Search(label=_("Title, publisher or author"))
    source_kind = Codes(_("Kind"), v.SourceKind)
    publisher = Texts(_("Publisher"))
    author = Texts(_("Author"))
    language = Texts(_("Language (BCP 47)"))
    standing = Codes(_("Standing"), v.SourceStanding)
    derived_from = Ids(_("Relays this source (id)"))
    published_on_or_after = DayFrom("published_on", _("Published on or after"))
    published_on_or_before = DayUntil("published_on", _("Published on or before"))
    source = Ids(_("Cites this source (id)"))


class FacilityFilters(Questions):
    kind = "facility"
    orderings = {"name": "sort_name", "changed": "seq"}
    default_ordering = "name"

    q = Search(label=_("Name"))
    place_kind = Codes(_("Kind of place"), v.PlaceKind)
    country = Codes(_("Country"), v.Country)
    region = Texts(_("Region"))
    source = Ids(_("Cites this source (id)"))


class ReportedCountFilters(Questions):
    kind = "reported_count"
    orderings = {"as_of": "sort_date", "value": "sort_number", "changed": "seq"}
    default_ordering = "-as_of"

    measure = Codes(_("What was counted"), v.Measure)
    country = Codes(_("Country"), v.Country)
    qualifier = Codes(_("Qualifier"), v.Qualifier)
    release_event = Ids(_("Of this release (id)"))
    as_of_on_or_after = DayFrom("as_of", _("As of that day or later"))
    as_of_on_or_before = DayUntil("as_of", _("As of that day or earlier"))
    value_min = AtLeast(_("At least"))
    value_max = AtMost(_("At most"))
    source = Ids(_("Cites this source (id)"))


FILTERS: dict[str, type[Questions]] = {
    one.kind: one
    for one in (
        PrisonerFilters,
        SentenceFilters,
        DeportationFilters,
        ReleaseEventFilters,
        SourceFilters,
        FacilityFilters,
        ReportedCountFilters,
    )
}
