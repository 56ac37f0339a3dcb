"""The facts that a column of a list may hold, and what a person decides once about the
columns.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.desk.lists.dates import DAY_FIRST, MONTH_FIRST
from tracker.contract import vocabulary as v

# What a value may be mapped to, beside a code.
NOTHING_KNOWN, LEAVE_OUT = "", "?"

# What a status says, and what it becomes.
STATUSES = {
    "held": _("is held"),
    "on_remand": _("is held, awaiting trial"),
    "serving": _("is held, serving a sentence"),
    "interned": _("is held by order, without a charge"),
    "short_arrest": _("is held under a short administrative arrest"),
    "house_arrest": _("is under house arrest"),
    "released": _("was released"),
    "on_bail": _("was released on bail"),
    "on_measures": _("was released under other measures"),
    "paroled": _("was released on parole"),
    "pardoned": _("was released by pardon"),
    "amnestied": _("was released by amnesty"),
    "exchanged": _("was released in an exchange"),
    "term_served": _("was released after serving the term"),
    "escaped": _("escaped"),
    "died": _("died"),
    "died_in_custody": _("died in custody"),
    "executed": _("was executed"),
    "expelled": _("was expelled from the country"),
    "missing": _("is missing"),
    "pending": _("the charges are pending"),
    "convicted": _("was convicted of the charges"),
    "acquitted": _("was acquitted of the charges"),
}


@dataclass(frozen=True)
class Target:
    """`kind` says how its cells are read; `choices` are the codes that a value may be
    mapped to, of a kind that has codes.
    """

    key: str
    label: Any
    kind: str
    vocabulary: Any = None

    @property
    def choices(self) -> list[tuple[str, Any]]:
        if self.kind == "status":
            return list(STATUSES.items())
        return list(self.vocabulary.choices) if self.vocabulary else []


NAMES = ("name", "given_name", "middle_name", "family_name", "other_name")
TARGETS = {
    target.key: target
    for target in (
        Target("identifier", _("Their identifier of the person"), "text"),
        Target("name", _("Name"), "name"),
        Target("given_name", _("Given name (a part of the name)"), "name"),
        Target("middle_name", _("Patronymic or middle name (a part)"), "name"),
        Target("family_name", _("Family name (a part of the name)"), "name"),
        Target("other_name", _("Other names"), "name"),
        Target("sex", _("Sex"), "sex", v.Sex),
        Target("born", _("Born"), "date"),
        Target("age", _("Age as stated"), "age"),
        Target("died", _("Died"), "date"),
        Target("citizenship", _("Citizenship"), "codes", v.Country),
        Target("occupations", _("Occupation"), "codes", v.Occupation),
        Target("affiliation", _("Affiliation"), "text"),
        Target("position", _("Office or candidacy"), "text"),
        Target("arrested", _("Detained since"), "date"),
        Target("arrest_region", _("Region of the arrest"), "text"),
        Target("arrest_place", _("Place of the arrest"), "text"),
        Target("authority", _("Held by"), "text"),
        Target("facility", _("Where held"), "place", v.PlaceKind),
        Target("article", _("Article, or number of the court case"), "article"),
        Target("court_case", _("Number of the court case"), "case_number"),
        Target("charge", _("Charge as stated"), "charge"),
        Target("court", _("Court"), "text"),
        Target("sentenced", _("Sentenced on"), "date"),
        Target("sentence", _("Sentence"), "sentence", v.Punishment),
        Target("regime", _("Regime"), "code", v.Regime),
        Target("end_of_term", _("End of the term as stated"), "date"),
        Target("status", _("Status"), "status"),
        Target("released", _("Released on"), "date"),
        Target("release_ground", _("Ground of release"), "code", v.ReleaseGround),
        Target("source", _("Source of the row"), "text"),
        Target("source_address", _("Address of the row’s source"), "address"),
        Target("confidential", _("Confidential"), "flag"),
    )
}
ORDERS = {DAY_FIRST: _("day first"), MONTH_FIRST: _("month first")}


@dataclass(frozen=True)
class Plan:
    """By the titles of the columns. Plain JSON, kept by a name."""

    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    date_order: dict[str, str] = field(default_factory=dict)
    calendar: dict[str, str] = field(default_factory=dict)
    language: str = ""

    def target(self, column: str) -> Target | None:
        return TARGETS.get(self.columns.get(column, ""))
