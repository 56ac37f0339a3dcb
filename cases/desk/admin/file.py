"""A case as a file that one reads: of a prisoner the status and what it rests on, of
all what is open, then section by section the facts, each with the numbers of its
sources. What there is to show is read off the models; the page of a noun says only in
which order.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import flatten_fieldsets
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst

from cases.catalogue import citable_fields, links, part_lists
from cases.desk.admin.cited import Cited, add_url, states_of
from cases.desk.admin.sections import (
    ALL,
    FILE,
    NAMES,
    SectionsAdmin,
    edit_url,
    happened_url,
    section_of,
)
from cases.desk.admin.sourcing import Assessed
from cases.desk.permissions import may
from cases.models import Citation, Source
from cases.models.base import Part, Record, Root
from cases.models.order import EarlierRecord, called
from cases.publishing.desk_entries import timeline_of
from cases.sourcing import FactStanding, Question
from cases.words import shown
from tracker.emptiness import is_empty
from tracker.site import status
from tracker.site.drawing import drawn

LONG = 60  # characters


@dataclass(frozen=True)
class Said:
    """One citation. `states` is what the source says where the record says otherwise."""

    number: int
    citation: Citation
    of: str
    states: str
    is_against: bool
    is_retracted: bool


@dataclass(frozen=True)
class Fact:
    """`value` is "" for what only a source states."""

    label: str
    value: str
    said: list[Said] = field(default_factory=list)
    is_uncited: bool = False
    cite_url: str = ""

    @property
    def is_long(self) -> bool:
        """It gets a line of its own."""
        return len(self.value) > LONG

    @property
    def numbers(self) -> list[int]:
        return sorted({said.number for said in self.said if not said.is_against})

    @property
    def against(self) -> list[Said]:
        return [said for said in self.said if said.is_against]


@dataclass(frozen=True)
class RecordInFile:
    """`parts` are those that stand within it, such as the places of a detention."""

    id: UUID
    title: str
    url: str
    cite_url: str
    facts: list[Fact]
    unknown: list[str]
    parts: list["RecordInFile"]
    is_part: bool


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    edit_url: str
    records: list[RecordInFile]

    @property
    def has_anything(self) -> bool:
        return any(record.facts for record in self.records)


class FileAdmin(SectionsAdmin):
    """Opened without a section in the address, a case is a file; the whole form is one
    link away.
    """

    def section(self, request: HttpRequest, obj: Any) -> str:
        if (
            obj is not None
            and request.method != "POST"
            and IS_POPUP_VAR not in request.GET
            and not any(name in request.GET for name in NAMES)
        ):
            return FILE
        return super().section(request, obj)

    def asks_for_a_reason(self, request: HttpRequest, case: Any) -> bool:
        """Not where nothing is typed."""
        if self.section(request, case) == FILE:
            return False
        return bool(super().asks_for_a_reason(request, case))  # type: ignore[misc]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        root = context.get("original")
        if root is None or self.section(request, root) != FILE:
            return super().render_change_form(request, context, *args, **kwargs)
        response = super().render_change_form(request, context, *args, **kwargs)
        reading = Reading(context["cited"], context["assessed"])
        may_edit = self.has_change_permission(request, root)
        if getattr(root, "merged_into_id", None):
            may_edit = False  # it is only there to be read
        sections = list(self._sections(request, root, reading))
        context.update(
            {
                "title": str(root),
                "subtitle": None,
                "sections": [each for each in sections if each.has_anything],
                "empty_sections": [each for each in sections if not each.has_anything],
                "may_edit": may_edit,
                "whole_form_url": edit_url(root, ALL),
                "hanging": _hanging(request, root),
                **self.of_the_file(request, root, context, reading, may_edit=may_edit),
                "file_sources": reading.sources,
            }
        )
        response.context_data.update(context)
        response.template_name = "admin/cases/case_file.html"
        return response

    def of_the_file(
        self,
        request: HttpRequest,
        root: Any,
        context: Mapping[str, Any],
        reading: "Reading",
        *,
        may_edit: bool,
    ) -> dict[str, Any]:
        """What the file of such a case says above its sections."""
        return {}

    def _sections(
        self, request: HttpRequest, root: Root, reading: "Reading"
    ) -> Iterator[Section]:
        for title, options in self.all_fieldsets(request, root):
            names = flatten_fieldsets([(None, options)])
            readonly = self.get_readonly_fields(request, root)
            shown_names = [name for name in names if name not in readonly]
            if shown_names:
                first = self.model._meta.get_field(names[0])
                yield Section(
                    names[0],
                    str(title or capfirst(first.verbose_name)),
                    edit_url(root, names[0]),
                    [reading.record(root, shown_names)],
                )
        may_view = {part.model for part in part_lists(root.kind)}
        may_view = {
            model for model in may_view if request.user.has_perm(may("view", model))
        }
        for inline in self.all_inlines(request, root):
            if inline.model in may_view:
                yield Section(
                    section_of(inline),
                    str(capfirst(inline.model._meta.verbose_name_plural)),
                    edit_url(root, section_of(inline)),
                    reading.parts(inline.model, may_view),
                )


class CaseFile(FileAdmin):
    """For the admin of prisoners."""

    def of_the_file(
        self,
        request: HttpRequest,
        root: Any,
        context: Mapping[str, Any],
        reading: "Reading",
        *,
        may_edit: bool,
    ) -> dict[str, Any]:
        told = _status(root, context["cited"], context["assessed"])
        happened = []
        if may_edit:
            happened = self._what_happened(request, root, reading)
        return {
            "other_names": _other_names(root, context["cited"]),
            "status": status.last_known(told),
            "drawing": drawn(told["status"]),
            "basis": reading.numbers_of(status.last_known(told).basis),
            "what_happened": happened,
        }

    def _what_happened(
        self, request: HttpRequest, prisoner: Root, reading: "Reading"
    ) -> list[tuple[str, str]]:
        """(word, address) of the page that asks for it."""
        offered = []
        own = self.own_happenings(request, prisoner)
        lists = {part.name: part.model for part in part_lists(prisoner.kind)}
        for happening in self.happenings:
            model = lists.get(happening.section)
            if model is not None and not request.user.has_perm(may("add", model)):
                continue
            url = happened_url(prisoner, happening.code)
            if happening not in own:
                held = reading.last_of(happening.section)
                if held is None:
                    continue
                url = happened_url(held, happening.code)
            offered.append((str(happening.label), url))
        return offered


class Reading:
    """A case as it was read, with its sources numbered in the order of the page."""

    def __init__(self, cited: Cited, assessed: Assessed) -> None:
        self.records: dict[UUID, Record] = {}
        self.by_model: dict[type[Record], list[Record]] = defaultdict(list)
        for _name, record in cited.records:
            self.records[record.pk] = record
            self.by_model[type(record)].append(record)
        self._void = assessed.sources.void
        self._citations: dict[UUID, list[Citation]] = defaultdict(list)
        for citation in cited.citations:
            name = citation.target_name
            if name:
                self._citations[getattr(citation, f"{name}_id")].append(citation)
        self._standings: dict[tuple[str, str], list[FactStanding]] = defaultdict(list)
        for standing in assessed.standings:
            self._standings[standing.record_id, standing.field].append(standing)
        self._numbers: dict[UUID, int] = {}
        self.sources: list[Source] = []  # in the order of their numbers
        for model, records in self.by_model.items():
            for link in links(model):
                if model._meta.many_to_many and records:
                    models.prefetch_related_objects(records, link.name)

    def last_of(self, section: str) -> Record | None:
        """Of the list that has such parts, the one that is not over, or else the last."""
        for model, records in self.by_model.items():
            if records and section == _list_within(model):
                lasting = [each for each in records if not getattr(each, "ended_on", 0)]
                return (lasting or records)[-1]
        return None

    def numbers_of(self, ids: Iterable[str]) -> list[int]:
        """Of the sources of these records."""
        numbers = set()
        for record_id in ids:
            for citation in self._citations.get(UUID(record_id), ()):
                if citation.states is None:
                    numbers.add(self._number(citation))
        return sorted(numbers)

    def parts(
        self, model: type[Record], may_view: Iterable[type[Record]]
    ) -> list[RecordInFile]:
        told = []
        for record in self.by_model[model]:
            within = []
            for inner in may_view:
                for part in self.by_model[inner]:
                    if _holder_id(part) == record.pk:
                        within.append(self.record(part))
            told.append(self.record(record, parts=within))
        return told

    def record(
        self,
        record: Record,
        names: Iterable[str] = (),
        parts: Iterable[RecordInFile] = (),
    ) -> RecordInFile:
        model = type(record)
        citable = citable_fields(model)
        facts = [self._whole(record)] if self._said(record, "") else []
        unknown = []
        for name in names or _fields(model):
            fact = self._fact(record, name)
            if fact.value or fact.said:
                facts.append(fact)
            elif name in citable:
                unknown.append(fact.label)
        return RecordInFile(
            record.pk,
            capfirst(str(record)),
            _url(record),
            add_url(record),
            facts,
            unknown,
            list(parts),
            isinstance(record, Part),
        )

    def _whole(self, record: Record) -> Fact:
        return Fact(
            str(capfirst(record._meta.verbose_name)), "", self._said(record, "")
        )

    def _fact(self, record: Record, name: str) -> Fact:
        declared: Any = type(record)._meta.get_field(name)
        standings = self._standings[str(record.pk), name]
        is_uncited = any(Question.UNCITED in each.questions for each in standings)
        cite_url = ""
        if is_uncited:
            cite_url = add_url(record, name, standings[0].item)
        return Fact(
            str(capfirst(declared.verbose_name)),
            self._value(record, declared),
            self._said(record, name),
            is_uncited,
            cite_url,
        )

    def _value(self, record: Record, declared: Any) -> str:
        if declared.many_to_many:
            return "; ".join(str(each) for each in getattr(record, declared.name).all())
        value = getattr(record, declared.name)
        if isinstance(declared, EarlierRecord):
            earlier: Any = self.records.get(value)
            return called(earlier) if earlier else ""
        is_flag = isinstance(value, bool) and declared.name not in citable_fields(
            type(record)
        )
        if is_empty(value) or (is_flag and not value):
            return ""
        return shown(declared, value)

    def _said(self, record: Record, name: str) -> list[Said]:
        against: set[str] = set()
        for standing in self._standings[str(record.pk), name]:
            against.update(standing.contradicts)
        said = []
        for citation in self._citations.get(record.pk, ()):
            if citation.field == name:
                is_against = str(citation.pk) in against
                states = ""
                if citation.states is not None:
                    states = states_of(record, citation)
                of = ""
                if citation.item:
                    of = shown(citable_fields(type(record))[name], citation.item)
                said.append(
                    Said(
                        self._number(citation),
                        citation,
                        of,
                        states,
                        is_against,
                        str(citation.source_id) in self._void,
                    )
                )
        return said

    def _number(self, citation: Citation) -> int:
        if citation.source_id not in self._numbers:
            self.sources.append(citation.source)
        numbers = self._numbers
        return numbers.setdefault(citation.source_id, len(numbers) + 1)


def _fields(model: type[Record]) -> list[str]:
    """What one may say of a part, beside which record it belongs to."""
    holder = getattr(model, "root_path", "").split("__")[0]
    names = []
    for declared in (*model._meta.concrete_fields, *model._meta.many_to_many):
        if declared.editable and declared.name not in {holder, "withheld"}:
            names.append(declared.name)
    return names


def _holder_id(part: Record) -> Any:
    path = getattr(part, "root_path", "")
    if "__" not in path:
        return None
    return getattr(part, f"{path.split('__')[0]}_id")


def _list_within(model: type[Record]) -> str:
    """The name of the list of parts within such a record; "" if it has none."""
    for relation in model._meta.related_objects:
        inner: Any = relation.related_model
        path = getattr(inner, "root_path", "")
        if issubclass(inner, Part) and "__" in path:
            return str(relation.get_accessor_name())
    return ""


def _hanging(request: HttpRequest, root: Root) -> list[tuple[str, str]]:
    """(address of the list, what is in it): the parts of other cases that name this
    one. How many, each list says: not everyone sees the same.
    """
    lists = []
    for relation in root._meta.related_objects:
        model: Any = relation.related_model
        if not issubclass(model, Part) or model is Citation or relation.many_to_many:
            continue
        name = relation.field.name
        is_own = getattr(model, "root_path", "").split("__")[0] == name
        if is_own or not request.user.has_perm(may("view", model)):
            continue
        url = reverse(f"admin:cases_{model._meta.model_name}_changelist")
        words = capfirst(str(model._meta.verbose_name_plural))
        lists.append((f"{url}?{name}__id__exact={root.pk}", words))
    return lists


def _url(record: Record) -> str:
    return reverse(f"admin:cases_{record._meta.model_name}_change", args=[record.pk])


def _other_names(prisoner: Root, cited: Cited) -> list[str]:
    names = []
    for target, record in cited.records:
        if target == "person_name" and str(record) != str(prisoner):
            names.append(str(record))
    return names


def _status(
    prisoner: Root, cited: Cited, assessed: Assessed
) -> Mapping[str, list[dict[str, Any]]]:
    """In the shape of a document, so that it is told in the words of the public page."""
    published_on = {}
    for citation in cited.citations:
        if citation.still_so and citation.source.published_on:
            published_on[str(citation.source_id)] = str(citation.source.published_on)
    sources: dict[str, Any] = {
        str(citation.source_id): {} for citation in cited.citations
    }
    case = {**assessed.aggregate, "sources": sources}
    told = []
    for span in timeline_of(case, assessed.sources, published_on):
        as_of = {"edtf": span.as_of} if span.as_of else None
        told.append({**span.as_dict(), "as_of": as_of})
    return {"status": told}
