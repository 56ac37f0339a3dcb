"""A record in which every field of every model, at every visibility and referring to
every visibility, is a canary.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import models
from PIL import Image

from cases import aggregate
from cases.desk.casework.models import Comment, ConsentTask, DiaryEntry
from cases.desk.requests.models import SubjectRequest
from cases.files.remaking import remade
from cases.history import acting
from cases.models import (
    TARGETS,
    Citation,
    Claimant,
    Consent,
    CopyDecision,
    CourtCase,
    Hearing,
    Identifier,
    KeptFile,
    PersonalDetail,
    PersonName,
    Prisoner,
    Prosecution,
    RedactedCopy,
)
from cases.models.base import Part, Record
from cases.models.citation import citable_fields
from cases.models.order import Ordered
from cases.review.approving import approve
from tests.leaks.canaries import (
    LEVELS,
    begin_anew,
    codes,
    day,
    digest,
    fill,
    found,
    number,
    record_id,
    word,
)

RECORDS: list[Any] = [
    one
    for one in apps.get_app_config("cases").get_models()
    if issubclass(one, Record) and not one._meta.proxy
]
PARTS: list[Any] = [
    one for one in RECORDS if issubclass(one, Part) and one is not Citation
]
# What is referred to stands before what refers to it.
ROOTS: list[Any] = [one for one in aggregate.ROOTS.values() if one is not Prisoner]


OFFICIALS = ("judge", "prosecutor")


def least(*levels: str) -> str:
    return max(levels, key=LEVELS.index)


def _photo_that_tells() -> bytes:
    exif = Image.Exif()
    exif[0x013B] = exif[0x010E] = word("internal")  # artist, description
    made = io.BytesIO()
    Image.new("RGB", (16, 16), "navy").save(
        made,
        "JPEG",
        exif=exif,
        comment=word("internal"),
        xmp=f"<x:xmpmeta>{word('internal')}</x:xmpmeta>".encode(),
        icc_profile=word("internal").encode(),
    )
    return made.getvalue() + word("internal").encode()


@dataclass(eq=False)
class Planted:
    """A record, and of which level its canaries are."""

    record: Any
    level: str
    levels: dict[str, str] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    approved: set[str] = field(default_factory=set)

    def remember(self) -> None:
        """What is approved now. The label of a source is left out: it is shown where
        the source is not.
        """
        stored = (
            type(self.record)._default_manager.filter(pk=self.record.pk).values().get()
        )
        self.approved = found(
            str(
                {
                    name: value
                    for name, value in stored.items()
                    if name != "public_label"
                }
            )
        )

    def rewrite(self, level: str = "") -> None:
        """New canaries in every field that had one; all of `level`, if it is given."""
        model = type(self.record)
        levels = {} if level else self.levels
        words = fill(model, level or self.level, **levels)
        kept = {name: value for name, value in words.items() if name not in self.given}
        model._default_manager.filter(pk=self.record.pk).update(**kept)


class World:
    """`case` is a prisoner everyone may see, with parts of every visibility; `named`
    are cases by what befell names.
    """

    def __init__(self) -> None:
        begin_anew()
        self.planted: list[Planted] = []
        self.desk = User.objects.create(
            username=word("internal"), first_name=word("internal")
        )
        self.referable: dict[tuple[Any, str], Record] = {}
        for level in LEVELS:
            self.referable[Claimant, level] = self.plant(
                Claimant, "internal", level, visibility=level, role="politician"
            )
        # Of a claimant no document shows the id, and of these none the words.
        self.told_by_role = [
            self.plant(Claimant, "internal", "internal", visibility="public", role=role)
            for role in ("relative", "lawyer")
        ]
        for model, level in product(ROOTS, LEVELS):
            for links in self._outward(model):
                told = level
                if "court_case" in links:  # a count of one is told with it
                    told = least(level, links["court_case"].visibility)
                root = self.plant(
                    model, told, visibility=level, **self._label(model), **links
                )
                self.referable[model, level] = root
        for level in LEVELS:
            self._source_with_public_copy(level)
        for level in LEVELS:
            self._redacted_copies(level)
        self.cases = {level: self._case(level) for level in LEVELS}
        self.case = self.cases["public"]
        for level in LEVELS:
            court_case = self.referable[CourtCase, level]
            self.plant(Prosecution, level, prisoner=self.case, court_case=court_case)
        self.named = self._cases_with_a_name_to_hide()
        merged = self.plant(Prisoner, "internal", visibility="public")
        self._cite_everything()
        self._merge(merged)
        self._speak_of_each_case()

    def _speak_of_each_case(self) -> None:
        """What colleagues write beside a case is for nobody outside."""
        for prisoner in Prisoner.objects.all():
            whose = {"root_id": prisoner.pk, "written_by": self.desk}
            with acting(user=self.desk):
                Comment.objects.create(text=word("internal"), **whose)
                DiaryEntry.objects.create(
                    day=day("internal"), what="call", note=word("internal"), **whose
                )
                ConsentTask.objects.create(
                    whom=word("internal"), channel=word("internal"), **whose
                )
                SubjectRequest.objects.create(
                    root_kind="prisoner",
                    kind="access",
                    asked_by="family",
                    way="mail",
                    text=word("internal"),
                    received_on=day("internal"),
                    due_on="9999-12-30",
                    **whose,
                )

    # --- Planting ------------------------------------------------------------------------------------------------

    def plant(
        self, model: type[Record], level: str, shown: str = "", **values: Any
    ) -> Any:
        """`shown`: the level of its words, where its id is of another one. Values that
        name a level of a field stand under `levels`.
        """
        levels = values.pop("levels", {})
        words = fill(model, shown or level, **levels)
        record = model._default_manager.create(
            **{**codes(model), **words, "id": record_id(level), **values}
        )
        self.planted.append(Planted(record, shown or level, levels, frozenset(values)))
        return record

    def of(self, *models_: type[Record], **values: Any) -> list[Planted]:
        """What was planted of these models, with these values."""
        return [
            one
            for one in self.planted
            if isinstance(one.record, models_)
            and all(getattr(one.record, name) == it for name, it in values.items())
        ]

    def approve_all(self) -> None:
        """With a reason that stays inside, and one that goes with the corrections."""
        for kind, model in aggregate.ROOTS.items():
            for root in model._default_manager.all():
                approve(
                    kind,
                    root.pk,
                    seen_version=root.version,
                    by=self.desk,
                    reason=word("internal"),
                    public_reason=word(root.visibility),
                )

    def rewrite(self, level: str = "") -> None:
        for one in self.planted:
            one.rewrite(level)

    def remember(self) -> None:
        for one in self.planted:
            one.remember()

    def hide_more(self) -> list[Planted]:
        """Another record of each model that is for the inside only, in or beside the
        public case, with other codes.
        """
        before = len(self.planted)
        made: dict[type[models.Model], Any] = {Prisoner: self.case}
        for model in (*ROOTS, Prisoner, *PARTS):
            parent = model.root_path.split("__")[0] if issubclass(model, Part) else None
            links = (
                {parent: made[model._meta.get_field(parent).related_model]}
                if parent
                else {}
            )
            links |= next(self._outward(model)) if model in PARTS else {}
            if model is Prosecution:  # of somebody hidden, in what readers are told of
                links["prisoner"] = self.cases["internal"]
            values = {**codes(model, -1), "visibility": "internal", **links}
            if model is PersonalDetail:
                values["detail_kind"] = "hunger_strike"  # one that is told in words
            if model is Consent:
                values["subject"] = "contact"  # one that changes nothing for readers
            record = self.plant(model, "internal", **values)
            made.setdefault(model, record)
        self.plant(Identifier, "internal", prisoner=self.case)
        source = self.referable[ROOTS[0], "public"]
        self.plant(
            Citation,
            "internal",
            visibility="internal",
            prisoner=self.case,
            source=source,
            field="sex",
        )
        return self.planted[before:]

    # --- What is planted -----------------------------------------------------------------------------------------

    def _label(self, model: type[Record]) -> dict[str, Any]:
        """The label of a source is for those who may not see it. A copy that is not
        public is described to nobody.
        """
        if "public_label" not in {one.name for one in model._meta.fields}:
            return {}
        return {
            "levels": {
                "public_label": "public",
                "file_name": "internal",
                "sha256": "internal",
            }
        }

    def _source_with_public_copy(self, level: str) -> None:
        source = ROOTS[0]
        copy = self.plant(
            source,
            level,
            visibility=level,
            copy_is_public=True,
            levels={"public_label": "public"},
        )
        copy.derived_from.set([self.referable[source, one] for one in LEVELS])

    def _redacted_copies(self, level: str) -> None:
        """For each audience one that is approved, and one that waits; each of a picture
        that says in every way what it must not tell.
        """
        source = self.referable[ROOTS[0], level]
        for audience, is_approved in product(("public", "partners"), (True, False)):
            kept = KeptFile.objects.create(
                root_kind="source",
                root_id=source.pk,
                name=f"{word('internal')}.jpg",
                media_type="image/jpeg",
                size=number("internal"),
                sha256=digest("internal"),
                text=word("internal"),
                event=0,
            )
            picture = remade(_photo_that_tells())
            copy = RedactedCopy.objects.create(
                root_id=source.pk,
                published_as=record_id(least(level, audience)),
                original=kept.pk,
                content=picture.content,
                media_type=picture.media_type,
                size=len(picture.content),
                sha256=picture.sha256,
                width=picture.width,
                height=picture.height,
                audience=audience,
                recognisable="nobody",
                reason=word("internal"),
                event=0,
            )
            if is_approved:
                CopyDecision.objects.create(
                    copy=copy, decision="approved", reason=word("internal"), event=0
                )

    def _outward(self, model: type[Record]) -> Iterator[dict[str, Any]]:
        """What a record of this model refers to outside its own case: at each
        visibility, all its references.
        """
        names = {
            one.name: one.related_model
            for one in model._meta.concrete_fields
            if one.is_relation and (one.related_model, "public") in self.referable
        }
        for level in LEVELS if names else ("",):
            yield {
                name: self.referable[target, level] for name, target in names.items()
            }

    def _case(self, level: str) -> Prisoner:
        case = self.plant(Prisoner, level, visibility=level)
        made: dict[type[models.Model], list[Planted]] = {}
        for model in PARTS:
            parent_name = model.root_path.split("__")[0]
            parent_model: Any = model._meta.get_field(parent_name).related_model
            parents = made.get(parent_model) or [Planted(case, level)]
            for parent, own, links in product(
                parents, ("internal", "partners", None), list(self._outward(model))
            ):
                self._part(
                    made,
                    model,
                    {parent_name: parent.record, **links},
                    parent.level,
                    own,
                )
        for audience in ("public", "partners"):
            self._told_by_consent(case, least(level, audience), audience)
        return case

    def _told_by_consent(self, case: Prisoner, level: str, audience: str) -> None:
        """Of a detail that a consent names, its days and its words."""
        detail = self.plant(
            PersonalDetail,
            level,
            prisoner=case,
            detail_kind="religion",
            told_as=word(level),  # other words would need another consent
            levels={"detail": "internal"},
        )
        self.plant(
            Consent,
            "internal",
            prisoner=case,
            subject="origin",
            personal_detail=detail,
            audience=audience,
            withdrawn_on=None,
        )

    def _part(
        self,
        made: Any,
        model: type[Part],
        links: dict[str, Any],
        level: str,
        own: str | None,
    ) -> None:
        if model is Hearing:  # a part of no person's case
            level = links["court_case"].visibility
        level = least(level, own or "public")
        if model is Prosecution:
            # A person is in a court case once, and it is told through that tie alone.
            seen = links["court_case"].visibility
            level = least(level, seen)
            links["court_case"] = self.plant(CourtCase, level, visibility=seen)
        before = {
            name: made[target][0].record
            for name, target in _inward(model).items()
            if target in made
        }
        values = {**links, **before, "visibility": own}
        if model is Hearing:
            values["levels"] = dict.fromkeys(OFFICIALS, "internal")
        if issubclass(model, Ordered):
            values["after"] = _an_event_that_is_inside(made)
        if model is Consent:
            values |= {"subject": "photo", "personal_detail": None}
        if model is PersonalDetail:
            values["detail_kind"] = "religion"  # and no consent names it
        inside = model.stays_inside or model is Identifier
        shown = "internal" if inside else level
        record = self.plant(model, shown, **values)
        for many in model._meta.many_to_many:
            getattr(record, many.name).set(
                one.record for one in made[many.related_model]
            )
        made.setdefault(model, []).append(self.planted[-1])
        if model is Identifier:
            self.plant(model, level, **values, owner_organisation="")
            self.planted[-1].levels = {"owner_organisation": "internal"}

    def _cite_everything(self) -> None:
        names = {model: name for name, model in TARGETS.items()}
        citable = {
            (type(one.record), one.level): one
            for one in self.planted
            if type(one.record) in names
        }
        for one, seen in product(citable.values(), LEVELS):
            model = type(one.record)
            source = self.referable[ROOTS[0], seen]
            id_level = "internal" if model.stays_inside else one.level
            links = {
                names[model]: one.record,
                "source": source,
                "claimant": self.referable[Claimant, seen],
                "levels": _not_quoted(model),
            }
            self.plant(
                Citation, id_level, least(id_level, seen), field=_a_fact(model), **links
            )
        for one in set(self.of(*ROOTS, Prisoner)) - set(citable.values()):
            links = {
                names[type(one.record)]: one.record,
                "source": self.referable[ROOTS[0], "public"],
                "levels": _not_quoted(type(one.record)),
            }
            self.plant(Citation, one.level, field=_a_fact(type(one.record)), **links)
        self._name_officials()
        for claimant in self.told_by_role:
            links = {
                "prisoner": self.case,
                "source": self.referable[ROOTS[0], "public"],
                "claimant": claimant,
            }
            for own in ("partners", "internal"):
                self.plant(Citation, own, visibility=own, field="sex", **links)
            self.plant(Citation, "public", **links, field="sex")

    def _name_officials(self) -> None:
        """A court document says who judged. The organisation does not publish it."""
        said = {"visibility": "public", "source_kind": "court_document"}
        verdict = self.plant(ROOTS[0], "public", **said, **self._label(ROOTS[0]))
        for hearing in self.of(Hearing):
            for name in OFFICIALS:
                self.plant(
                    Citation,
                    "internal",
                    hearing=hearing.record,
                    source=verdict,
                    field=name,
                )

    def _merge(self, case: Prisoner) -> None:
        """Into one that nobody outside may see. Nothing of it can be changed from then
        on.
        """
        Prisoner.objects.filter(pk=case.pk).update(merged_into=self.cases["internal"])
        self.planted = [
            one
            for one in self.planted
            if case not in {one.record, getattr(one.record, "root", None)}
        ]

    def _cases_with_a_name_to_hide(self) -> dict[str, Prisoner]:
        cases = {
            "withheld": self.plant(
                Prisoner, "public", visibility="public", name_withheld=True
            ),
            "of a minor": self._minor("internal"),
            "of a minor, for partners": self._minor("partners"),
        }
        for grown in ("consented", "grown up"):
            cases[grown] = self.plant(Prisoner, "public", visibility="public")
            self._name(cases[grown], "public")
        for subject in ("name", "story"):
            self.plant(
                Consent,
                "internal",
                prisoner=cases["consented"],
                subject=subject,
                audience="public",
                withdrawn_on=None,
            )
        self._name(cases["withheld"], "internal")
        return cases

    def _minor(self, name: str) -> Prisoner:
        """Words that may repeat the name are of its level."""
        words = (
            "summary",
            "cause_of_death_by_authorities",
            "cause_of_death_by_family",
            "affiliation",
            "position",
        )
        levels = dict.fromkeys(words, name)
        case = self.plant(
            Prisoner,
            "public",
            visibility="public",
            age_as_stated=15,
            age_stated_on=None,
            born_on=None,
            levels=levels,
        )
        self._name(case, name)
        if name != "internal":
            self.plant(
                Consent,
                "internal",
                prisoner=case,
                subject="name",
                audience=name,
                withdrawn_on=None,
            )
        return case

    def _name(self, case: Prisoner, level: str) -> None:
        self.plant(PersonName, level, prisoner=case, preferred=True)


def _inward(model: type[Part]) -> dict[str, Any]:
    """References to other parts of the same case, not to what it is a part of."""
    return {
        one.name: one.related_model
        for one in model._meta.concrete_fields
        if one.is_relation
        and one.related_model in PARTS
        and one.name != model.root_path.split("__")[0]
    }


def _an_event_that_is_inside(made: Any) -> Any:
    """Of the same case: what comes after it must not point at it outside."""
    for model, planted in made.items():
        if issubclass(model, Ordered):
            return planted[0].record.pk
    return None


def _not_quoted(model: type[Record]) -> dict[str, str]:
    """What sources say of a court case names several people."""
    if issubclass(model, CourtCase | Hearing):
        return {"quote": "internal", "locator": "internal"}
    return {}


def _a_fact(model: type[Record]) -> str:
    """One that is a word, if it has any: of a tie only the reference is a fact."""
    facts = citable_fields(model)
    return min(facts, key=lambda name: facts[name].is_relation)
