"""A case that most colleagues must not know of, with a record of every kind and all that
the desk keeps of it; and what it shares with cases that everyone sees.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.db.models.functions import Now

from cases import files, merging
from cases.desk.access.models import AccessEvent
from cases.desk.casework.models import Assignment, Comment, ConsentTask, DiaryEntry
from cases.desk.lists.models import List, RowState, Verdict
from cases.desk.proposals.models import Proposal
from cases.desk.requests import keeping
from cases.desk.requests.linking import Linked
from cases.desk.requests.models import SubjectRequest
from cases.desk.requests.sealing import Reached
from cases.history import acting
from cases.models import (
    Consent,
    Edition,
    EvidencePack,
    Identifier,
    Merge,
    PersonName,
    Prisoner,
    PublishingFailure,
    SentBack,
)
from cases.models.base import Record
from cases.named import open_to
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.lists.brought import make_list
from tests.desk_pages import at_the_desk
from tests.partners.proposing import proposed, proposer, row
from tests.roles import acting_as
from tracker.contract.vocabulary import ProposalState

CANARY = "Canarybird"
# What stands in an address for a kind, beside the name of its model.
NOUNS = {
    "personname": "person-names",
    "courtcase": "court-cases",
    "releaseevent": "release-events",
    "reportedcount": "reported-counts",
    "facility": "facilities",
    "publishingfailure": "failures",
    "whereabouts": "whereabouts",
}


def staff(name: str, role: str = "") -> User:
    user = User.objects.create_user(name, is_staff=True)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def colleagues() -> list[User]:
    """Who is not named: of every role, and a superuser."""
    found = []
    for role in ("documenter", "reviewer", "administrator"):
        found.append(staff(f"the {role}", role))
    return [*found, User.objects.create_superuser("root")]


@dataclass
class Shared:
    """What everyone sees, and the case names."""

    other: Prisoner = field(default_factory=lambda: make.make_prisoner("Ales Example"))
    event: Any = field(default_factory=make.make_release_event)
    source: Any = field(default_factory=make.make_source)
    facility: Any = field(default_factory=make.make_facility)
    court_case: Any = field(default_factory=make.make_court_case)
    claimant: Any = field(default_factory=make.make_claimant)


class Ids:
    """The ids of a case and its parts, known before there are any: `ids["sentence"]`."""

    def __init__(self) -> None:
        self._ids: dict[str, UUID] = {}

    def __getitem__(self, name: str) -> UUID:
        return self._ids.setdefault(name, uuid4())


def secret_case(ids: Ids, shared: Shared, **fields: Any) -> dict[str, list[Any]]:
    """By what stands in an address, the records of the case. It is open to everyone
    until it is not.
    """
    case = make.make_prisoner(
        "",
        id=ids["prisoner"],
        summary={"en": f"{CANARY} was taken."},
        affiliation=CANARY,
        **fields,
    )
    make.make_name(case, f"{CANARY} Secretname", preferred=True, id=ids["personname"])
    detention = make.make_detention(case, id=ids["detention"])
    charge = make.make_charge(
        case, id=ids["charge"], label_as_stated=f"{CANARY} extremism"
    )
    sentence = make.make_sentence(case, id=ids["sentence"], court=CANARY)
    sentence.charges.add(charge)
    records: list[Record] = [
        case,
        *PersonName.objects.filter(prisoner=case),
        detention,
        make.make_placement(detention, id=ids["placement"], facility=shared.facility),
        make.make_detention_order(
            detention, id=ids["detentionorder"], authority=CANARY
        ),
        charge,
        make.make_charge_decision(charge, id=ids["chargedecision"], authority=CANARY),
        sentence,
        make.make_prosecution(case, shared.court_case, id=ids["prosecution"]),
        make.make_release(case, id=ids["release"], release_event=shared.event),
        make.make_recognition(case, id=ids["recognition"], reason=CANARY),
        make.make_designation(case, id=ids["designation"], authority=CANARY),
        make.make_deportation(case, id=ids["deportation"]),
        make.make_whereabouts(case, id=ids["whereabouts"]),
        make.make_sighting(case, id=ids["sighting"], heard_where=CANARY),
        Consent.objects.create(
            id=ids["consent"],
            prisoner=case,
            subject="name",
            audience="public",
            given_by=CANARY,
        ),
        Identifier.objects.create(
            id=ids["identifier"], prisoner=case, scheme="court", value=CANARY
        ),
        make.make_citation(
            case,
            id=ids["citation"],
            source=shared.source,
            quote=CANARY,
            claimant=shared.claimant,
        ),
    ]
    found: dict[str, list[Any]] = {}
    for record in records:
        model = str(record._meta.model_name)
        found[model] = found[NOUNS.get(model, f"{model}s")] = [record]
    return found


def kept_of(
    case: Prisoner, double: Prisoner, other: Prisoner, by: User
) -> dict[str, list[Any]]:
    """What the desk keeps beside it: editions, failures, packs, a merge that was
    declined, a proposal, orders, lines of logs.
    """
    edition = Edition.objects.get(pk=make.approve(case).id)
    case.refresh_from_db()
    case.affiliation = f"{CANARY} again"
    case.save()
    publish_pending()
    with acting_as("publisher"):
        failure = PublishingFailure.objects.create(
            root_kind="prisoner", root_id=case.pk, error=CANARY
        )
    with acting(user=by):
        pack = EvidencePack.objects.create(
            root_id=case.pk,
            audience="public",
            made_by=by,
            reason=CANARY,
            seq=1,
            manifest_sha256="-",
        )
    SentBack.objects.create(
        root_kind="prisoner", root_id=case.pk, version=1, comment=CANARY, event=1
    )
    with acting(user=by):
        files.keep_text(case, CANARY, by=by, reason=CANARY)
    proposal = merging.propose(
        other.pk,
        double.pk,
        seen_versions=(other.version, double.version),
        reason=CANARY,
    )
    merging.decline(proposal.pk, reason=CANARY)
    brought = _brought(case, double, by)
    proposed(proposer(), row())
    accepted = Proposal.objects.get()
    Proposal.objects.update(
        state=ProposalState.ACCEPTED, accepted_as=case, decided_at=Now()
    )
    for model in (Prisoner, PersonName):
        with acting(user=by):
            LogEntry.objects.create(
                user=by,
                content_type=ContentType.objects.get_for_model(model),
                object_id=str(case.pk),
                object_repr=CANARY,
                action_flag=CHANGE,
                change_message=CANARY,
            )
    with acting_as("owner"):
        AccessEvent.objects.create(
            user_id=by.pk,
            username=by.username,
            act="search",
            page="-",
            asked=f"q: {CANARY}",
        )
        AccessEvent.objects.create(
            user_id=by.pk,
            username=by.username,
            act="pack",
            page="-",
            case_id=case.pk,
            reason=CANARY,
        )
    merge = Merge.objects.get(pk=proposal.pk)
    entry = _spoken_of(case, by)
    return {
        "diaryentry": [entry],
        "subjectrequest": [_asked_for(case, by)],
        "edition": [edition],
        "editions": [edition],
        "publishingfailure": [failure],
        "failures": [failure],
        "evidencepack": [pack],
        "merge": [merge],
        "merges": [merge],
        "proposal": [accepted],
        "list": brought,
    }


def _brought(case: Prisoner, double: Prisoner, by: User) -> list[List]:
    """Lists with a row that was accepted as the case, one of the same person in the next
    list of that owner, and one that may be the other case.
    """
    first = make_list(by, {"identifier": "1", "name": CANARY})
    with acting(user=by):
        first.rows.update(
            state=RowState.ACCEPTED, accepted_as=case, decided_by=by, decided_at=Now()
        )
    second = make_list(
        by,
        {"identifier": "1", "name": CANARY},
        {"identifier": "2", "name": CANARY},
        {"identifier": "3", "name": "Somebody Else"},
    )
    second.rows.update(verdict=Verdict.NEW)
    second.rows.filter(number=3).update(verdict=Verdict.MAYBE, found=double)
    return [first, second]


def _spoken_of(case: Prisoner, by: User) -> DiaryEntry:
    """What colleagues write beside it."""
    whose = {"root_id": case.pk, "written_by": by}
    long_ago = date(2026, 1, 1)
    with acting(user=by):
        Comment.objects.create(text=CANARY, **whose)
        ConsentTask.objects.create(
            whom=CANARY, channel=CANARY, review_on=long_ago, **whose
        )
        Assignment.objects.create(root_id=case.pk, colleague=by, assigned_by=by)
        return DiaryEntry.objects.create(
            day=long_ago, what="call", note=CANARY, **whose
        )


def _asked_for(case: Prisoner, by: User) -> SubjectRequest:
    """To be taken out; at first nobody knew which case they meant."""
    asked = SubjectRequest(
        kind="removal",
        asked_by="family",
        way="mail",
        text=CANARY,
        received_on=date(2026, 1, 1),
    )
    with acting(user=by):
        reached = Reached(CANARY, CANARY)
        keeping.enter(asked, by=by, reached=reached, about=None)
        keeping.take(asked, by=by, what="note", text=CANARY)
        about = Linked("prisoner", case.pk)
        keeping.take(asked, by=by, what="about", about=about)
    return asked


def only_for(case: Prisoner, *people: User) -> None:
    open_to(case.pk, people, by=people[0], reason="Most must not know of it.")


def addresses(
    records: dict[str, list[Any]], case: UUID, other: UUID
) -> Iterator[tuple[str, dict[str, str]]]:
    """Every address of the desk, with the ids of what it may be about, and questions
    that would find the case.
    """
    for text, _pattern in at_the_desk():
        about: list[Any] = []
        for step in text.split("/"):
            if step in records and not about:
                about = records[step]
        for key in [str(record.pk) for record in about] or [str(UUID(int=7))]:
            address = "/" + re.sub(r"<\w+:(root_id|object_id|pk)>", key, text)
            address = re.sub(r"<int:number>", "1", address)
            for parameters in _parameters(text, str(case), str(other)):
                yield address, parameters


def _parameters(text: str, case: str, other: str) -> list[dict[str, str]]:
    if "autocomplete" in text:
        asked = []
        for model, name in (
            ("release", "prisoner"),
            ("citation", "prisoner"),
            ("citation", "sentence"),
            ("citation", "person_name"),
        ):
            asked.append(
                {
                    "app_label": "cases",
                    "model_name": model,
                    "field_name": name,
                    "term": CANARY,
                }
            )
        return asked
    if text.endswith(">/merge/"):
        return [{"into": case}, {"into": other}]
    if "<" in text or text.endswith("/add/"):
        return [{}]
    if text.startswith("admin/"):
        return [{}, {"q": CANARY}]
    if text.endswith("/prisoners/"):
        return [{}, {"name": CANARY}]
    return [{}, {"prisoner": case}]


def without_the_question(text: str) -> str:
    """A page repeats in its boxes and links what was asked, or the next one says that it
    is not there.
    """
    text = re.sub(r"with ID “[\w-]+” doesn’t exist", "", text)
    text = re.sub(rf'(?:value|href|content)="[^"]*{CANARY}"', "", text)
    return re.sub(rf"[?&;](?:amp;)?(?:q|name)={CANARY}\b", "", text)
