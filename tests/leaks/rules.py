"""A straight reading of rules 1 to 7 of docs/architecture.md, which shares no code with
what it judges: who may be told each secret of a record, as its rows stand now.

It asks nothing but rows, by the names of their columns.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from cases.models import (
    Charge,
    ChargeDecision,
    Citation,
    Claimant,
    Consent,
    CourtCase,
    Detention,
    DetentionOrder,
    Facility,
    Hearing,
    Identifier,
    PersonalDetail,
    PersonName,
    Placement,
    Prisoner,
    Prosecution,
    Release,
    ReleaseEvent,
    Sentence,
    Source,
)

EVERYONE = frozenset({"public", "partners"})
SEEN_BY = {
    "public": EVERYONE,
    "partners": frozenset({"partners"}),
    "internal": frozenset[str](),
    None: EVERYONE,  # as whatever it is a part of
}
ROOTS: tuple[Any, ...] = (Prisoner, Source, ReleaseEvent, Facility, CourtCase)
BELONGS_TO: dict[Any, tuple[Any, str]] = {
    PersonName: (Prisoner, "prisoner_id"),
    Identifier: (Prisoner, "prisoner_id"),
    Detention: (Prisoner, "prisoner_id"),
    Sentence: (Prisoner, "prisoner_id"),
    Release: (Prisoner, "prisoner_id"),
    Consent: (Prisoner, "prisoner_id"),
    PersonalDetail: (Prisoner, "prisoner_id"),
    Placement: (Detention, "detention_id"),
    DetentionOrder: (Detention, "detention_id"),
    Prosecution: (Prisoner, "prisoner_id"),
    Hearing: (CourtCase, "court_case_id"),
    Charge: (Prisoner, "prisoner_id"),
    ChargeDecision: (Charge, "charge_id"),
}
CITED: dict[str, Any] = {
    "prisoner_id": Prisoner,
    "person_name_id": PersonName,
    "detention_id": Detention,
    "charge_id": Charge,
    "charge_decision_id": ChargeDecision,
    "sentence_id": Sentence,
    "release_id": Release,
    "release_event_id": ReleaseEvent,
    "personal_detail_id": PersonalDetail,
    "identifier_id": Identifier,
    "prosecution_id": Prosecution,
    "court_case_id": CourtCase,
    "hearing_id": Hearing,
}
UNDER_AGE = "2015"

# What a field may say of a name. The name itself; what leads to it; words that people
# typed, which may repeat it; the story, which may repeat anything.
# What is told by consent alone is a sort of its own.
NAME, LEADS_TO_IT, WORDS, STORY, INSIDE, OTHER, CONSENTED = range(7)
FIELDS: dict[tuple[Any, str], int] = {
    (PersonName, "value"): NAME,
    (Identifier, "value"): LEADS_TO_IT,
    (Prisoner, "summary"): STORY,
    (Prisoner, "affiliation"): WORDS,
    (Prisoner, "internal_notes"): INSIDE,
    (Prisoner, "cause_of_death_by_family"): WORDS,
    (Detention, "internal_notes"): INSIDE,
    (Detention, "authority"): OTHER,
    (Detention, "arrest_place_as_stated"): LEADS_TO_IT,
    (Placement, "duration_as_stated"): WORDS,
    (Placement, "place_as_stated"): LEADS_TO_IT,
    (DetentionOrder, "authority"): OTHER,
    (Charge, "label_as_stated"): WORDS,
    (ChargeDecision, "authority"): OTHER,
    (Sentence, "term_as_stated"): WORDS,
    (Sentence, "court"): OTHER,
    (Release, "conditions"): WORDS,
    (Citation, "quote"): WORDS,
    (Consent, "given_by"): INSIDE,
    (PersonalDetail, "detail"): INSIDE,
    (PersonalDetail, "told_as"): CONSENTED,
    (Source, "title"): OTHER,
    (ReleaseEvent, "title"): OTHER,
    (Facility, "names"): OTHER,
    (Claimant, "name"): OTHER,
    (CourtCase, "number"): OTHER,
    (CourtCase, "court"): OTHER,
    # As long as the organisation does not publish them.
    (Hearing, "judge"): INSIDE,
    (Hearing, "prosecutor"): INSIDE,
}
# What must be ticked, all of it, before whoever is told no name is told this.
TICKED: dict[tuple[Any, str], set[str]] = {
    (Prisoner, "summary"): {"words"},
    (Prisoner, "affiliation"): {"occupation", "words"},
    (Prisoner, "cause_of_death_by_family"): {"death", "words"},
    (Detention, "authority"): {"place"},
    (Placement, "duration_as_stated"): {"detention", "words"},
    (DetentionOrder, "authority"): {"detention", "place"},
    (Charge, "label_as_stated"): {"charge", "words"},
    (ChargeDecision, "authority"): {"charge", "place"},
    (Sentence, "term_as_stated"): {"sentence", "words"},
    (Sentence, "court"): {"sentence", "place"},
    (Release, "conditions"): {"release", "words"},
    (Citation, "quote"): {"sources", "words"},
}
_numbers = count(1)


@dataclass(eq=False)
class Secret:
    """A word that stood in one field at one time, and to whom it was approved in which
    case; and under which consents, if it is told by these alone.
    """

    model: Any
    key: Any
    column: str
    word: str = field(default_factory=lambda: _word(next(_numbers)))
    approved: frozenset[str] = frozenset()
    approved_in: Any = None
    under: frozenset[Any] = frozenset()

    @property
    def sort(self) -> int:
        return FIELDS[self.model, self.column]


def _word(number: int) -> str:
    """Of letters that no search takes for each other: two words are never one name."""
    syllables = ""
    while number:
        number, letter = divmod(number, len(_LETTERS))
        syllables += f"{_LETTERS[letter]}a"
    return f"qz{syllables}zq"


_LETTERS = "bdfklmnprt"


class Rows:
    """Every row as it stands now."""

    def __init__(self) -> None:
        models = {Prosecution, *(model for model, _name in FIELDS)}
        self._rows = {model: _by_key(model) for model in models}
        self._repeated = defaultdict(set)
        for copy, original in Source.derived_from.through.objects.values_list(
            "from_source_id", "to_source_id"
        ):
            self._repeated[copy].add(original)

    def of(self, model: Any, key: Any) -> dict[str, Any]:
        """Empty if it is gone."""
        return self._rows[model].get(key, {})

    def keys(self, model: Any) -> list[Any]:
        return list(self._rows[model])

    def root_of(self, model: Any, key: Any) -> Any:
        """(model, key) of what is approved as a whole; None if it is gone."""
        row = self.of(model, key)
        if not row:
            return None
        if model is Citation:
            return self.root_of(*_cited(row))
        if model in BELONGS_TO:
            owner, column = BELONGS_TO[model]
            return self.root_of(owner, row[column])
        return model, key

    def seen_by(self, model: Any, key: Any) -> frozenset[str]:
        """Who may see it and everything above it."""
        row = self.of(model, key)
        if not row or model is PersonalDetail:  # nobody, nor what is said of it
            return frozenset()
        seen = SEEN_BY[row["visibility"]]
        if model is Citation:
            seen &= self.seen_by(*_cited(row)) & self.seen_by(Source, row["source_id"])
        if model in BELONGS_TO:
            owner, column = BELONGS_TO[model]
            seen &= self.seen_by(owner, row[column])
        return seen

    def in_court_case(self, court_case: Any) -> dict[Any, list[Any]]:
        """Its ties by person."""
        ties = defaultdict(list)
        for tie in self._rows[Prosecution].values():
            if tie["court_case_id"] == court_case:
                ties[tie["prisoner_id"]].append(tie["id"])
        return ties

    def named_to(self, prisoner: Any) -> frozenset[str]:
        """Who may see one of the names, as far as these decide."""
        named = frozenset[str]()
        for name in self._rows[PersonName].values():
            if name["prisoner_id"] == prisoner:
                named |= self.seen_by(PersonName, name["id"])
        return named

    def speaks_to(self, audience: str, source: Any) -> bool:
        """May they be told how it stands to the record? Not of what they do not see,
        and not of what merely repeats that.
        """
        row = self.of(Source, source)
        if not row or audience not in SEEN_BY[row["visibility"]]:
            return False
        repeated = self._repeated[source]
        return not repeated or any(self.speaks_to(audience, each) for each in repeated)

    def consents(self, prisoner: Any) -> frozenset[str]:
        """To whom the name may be told by consents that stand."""
        allowed: frozenset[str] = frozenset()
        for consent in self._rows[Consent].values():
            given = consent["subject"] == "name" and not consent["withdrawn_on"]
            if given and consent["prisoner_id"] == prisoner:
                allowed |= SEEN_BY[consent["audience"]]
        return allowed

    def naming(self, detail: Any) -> dict[Any, frozenset[str]]:
        """The consents that stand and name it, and whom each allows to be told."""
        return {
            key: SEEN_BY[consent["audience"]]
            for key, consent in self._rows[Consent].items()
            if consent["personal_detail_id"] == detail
            and consent["subject"] == "origin"
            and consent["prisoner_id"] == self.of(PersonalDetail, detail)["prisoner_id"]
            and not consent["withdrawn_on"]
            and not consent["is_over"]
        }

    def is_minor(self, prisoner: Any) -> bool:
        return bool(self.of(Prisoner, prisoner)["born_on"] == UNDER_AGE)

    def stands(self, secret: Secret) -> bool:
        row = self.of(secret.model, secret.key)
        return secret.word in str(row.get(secret.column, ""))


def _by_key(model: Any) -> dict[Any, dict[str, Any]]:
    return {row["id"]: row for row in model._base_manager.values()}


def _cited(row: dict[str, Any]) -> tuple[Any, Any]:
    for column, model in CITED.items():
        if row[column]:
            return model, row[column]
    raise AssertionError(row)


class Rules:
    """`taken_back`: the cases whose consent for the name was taken back, and `hidden`:
    those that somebody hid at once. `ended` are consents for a detail that were taken
    back. It stays so, whatever becomes of their rows.
    """

    def __init__(self) -> None:
        self.secrets: list[Secret] = []
        self.taken_back: set[Any] = set()
        self.hidden: set[Any] = set()
        self.ended: set[Any] = set()
        self.now = Rows()

    def forbidden(self, audience: str) -> list[Secret]:
        """What must be told to nobody of this audience."""
        self.now = Rows()
        return [
            secret
            for secret in self.secrets
            if audience not in self._may_be_told(secret)
        ]

    def approve(self, root: Any) -> None:
        """It stands approved as it is now. What stood before may still be told, as a
        correction: “was changed from”.
        """
        self.now = Rows()
        for secret in self.secrets:
            home = self.now.root_of(secret.model, secret.key)
            if home == root and self.now.stands(secret):
                secret.under = frozenset(self._standing(secret))
                secret.approved = self._approvable(secret)
                secret.approved_in = root
            elif secret.approved_in == root and home == root:
                secret.approved &= self._approvable(secret)
            elif secret.approved_in == root:
                secret.approved, secret.approved_in = frozenset(), None

    # --- The rules --------------------------------------------------------------------

    def _may_be_told(self, secret: Secret) -> frozenset[str]:
        if secret.model is Claimant:
            return self._visible(secret)
        root = self.now.root_of(secret.model, secret.key)
        if root is None or root != secret.approved_in:
            return frozenset()
        told = secret.approved & self._visible(secret)
        if secret.sort in (WORDS, STORY, CONSENTED):
            told -= self._lost_a_name(root)
        if secret.sort == STORY:
            told -= self._lost(root)
        return told

    def _visible(self, secret: Secret) -> frozenset[str]:
        """As the rows stand now, approved or not."""
        return self._approvable(secret) & self._through_people(secret)

    def _through_people(self, secret: Secret) -> frozenset[str]:
        """Who is in a court case is approved in the case of each."""
        model, key = secret.model, secret.key
        if model is Citation:
            model, key = _cited(self.now.of(Citation, key))
            if model in (CourtCase, Hearing):
                return frozenset()  # such words name several people
        if model is Prosecution:
            tie = self.now.of(Prosecution, key)
            court_case, person = tie["court_case_id"], tie["prisoner_id"]
            return self.told_of(court_case) & self.told_in(court_case, person)
        root = self.now.root_of(model, key)
        if root is not None and root[0] is CourtCase:
            return self.told_of(root[1])
        return EVERYONE

    def told_of(self, court_case: Any) -> frozenset[str]:
        told = frozenset[str]()
        for person in self.now.in_court_case(court_case):
            told |= self.told_in(court_case, person)
        return told & self.now.seen_by(CourtCase, court_case)

    def told_in(self, court_case: Any, person: Any) -> frozenset[str]:
        """Who may be told that this person is in it: by name, or not at all."""
        case = self.now.of(Prisoner, person)
        if person in self.hidden or not case or case["merged_into_id"]:
            return frozenset()
        ties = self.now.in_court_case(court_case).get(person, [])
        told = frozenset[str]().union(
            *(self.now.seen_by(Prosecution, tie) for tie in ties)
        )
        return told & self._may_know_the_name(person) & self.now.named_to(person)

    def _approvable(self, secret: Secret) -> frozenset[str]:
        if secret.sort == INSIDE:
            return frozenset()
        seen = self.now.seen_by(secret.model, secret.key)
        root = self.now.root_of(secret.model, secret.key)
        if secret.sort == CONSENTED:
            seen = self._allowed(secret)
        if root is not None and root[0] is Prisoner:
            seen &= self._by_its_case(secret, root[1])
        if secret.model is Claimant:
            role = self.now.of(Claimant, secret.key)["role"]
            by_role_alone = role in ("relative", "lawyer")
            seen &= frozenset() if by_role_alone else EVERYONE
        return seen

    def _standing(self, secret: Secret) -> dict[Any, frozenset[str]]:
        if secret.sort != CONSENTED or not self.now.of(secret.model, secret.key):
            return {}
        naming = self.now.naming(secret.key)
        return {key: to for key, to in naming.items() if key not in self.ended}

    def _allowed(self, secret: Secret) -> frozenset[str]:
        """By a consent under which it was approved, and while it says these words."""
        if not self.now.stands(secret):
            return frozenset()
        detail = self.now.of(secret.model, secret.key)
        allowed: frozenset[str] = frozenset()
        for key, to in self._standing(secret).items():
            if key in secret.under:
                allowed |= to
        seen = self.now.seen_by(Prisoner, detail["prisoner_id"])
        return allowed & seen & SEEN_BY[detail["visibility"]]

    def _by_its_case(self, secret: Secret, prisoner: Any) -> frozenset[str]:
        """Who may be told it, as far as the case decides."""
        case = self.now.of(Prisoner, prisoner)
        if prisoner in self.hidden:
            return frozenset()
        if case["merged_into_id"]:
            return frozenset()  # its id leads to the other case, and that is all
        told = EVERYONE
        withheld = case["withheld"].get(str(secret.key), {})
        if secret.column in withheld:
            told &= SEEN_BY[withheld[secret.column]]
        leads = (NAME, LEADS_TO_IT, CONSENTED)
        if secret.sort in leads or self._is_said_of_a_name(secret):
            told &= self._may_know_the_name(prisoner)
        # Who ticks “name withheld”, and approves, has looked at the words.
        by_age_alone = self.now.is_minor(prisoner) and not case["name_withheld"]
        if secret.sort in (WORDS, STORY) and by_age_alone:
            told &= self._may_know_the_name(prisoner)
        ticked = TICKED.get((secret.model, secret.column), set())
        if not ticked <= {*case["told_without_name"]}:
            told &= self._may_know_the_name(prisoner) & self.now.named_to(prisoner)
        return told

    def _is_said_of_a_name(self, secret: Secret) -> bool:
        """What sources say of a name goes with it."""
        cited = self.now.of(secret.model, secret.key).get("person_name_id")
        return secret.model is Citation and cited is not None

    def _may_know_the_name(self, prisoner: Any) -> frozenset[str]:
        if (
            self.now.of(Prisoner, prisoner)["name_withheld"]
            or prisoner in self.taken_back
        ):
            return frozenset()
        if not self.now.is_minor(prisoner):
            return EVERYONE
        return self.now.consents(prisoner)

    def _lost_a_name(self, root: Any) -> frozenset[str]:
        return self._lost(root, (NAME,))

    def _lost(
        self,
        root: Any,
        sorts: tuple[int, ...] = (NAME, LEADS_TO_IT, WORDS, OTHER, CONSENTED),
    ) -> frozenset[str]:
        """Who was told something of it that they may not be told any more. Another case
        that it names, such as a court case, may go by itself.
        """
        lost: frozenset[str] = frozenset()
        for secret in self.secrets:
            if secret.approved_in == root and secret.sort in sorts:
                gone = frozenset[str]()
                if self.now.root_of(secret.model, secret.key) == root:
                    gone = self._approvable(secret)
                lost |= secret.approved - gone
        return lost
