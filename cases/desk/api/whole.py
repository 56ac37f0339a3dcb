"""A whole case in one request, or a part with the parts within it: they stand in lists,
as the catalogue has them. All of it is stored, or nothing is.

Each part is checked and stored as one that is created by itself, once what it refers to
is there. Within the request parts name each other by a `ref` which the client makes up.
Ids are made here alone: those of a client might tell a time, or meet one that it may
not see.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from cases.catalogue import KINDS, part_lists
from cases.desk.api import creating
from cases.desk.api.serializers import serializer_for
from cases.desk.permissions import may
from cases.models import Citation
from cases.models.base import Part, Record
from cases.models.order import CIRCLE, EarlierRecord, Ordered

REF = "ref"
SUPPORT = "supported_by"
LONGEST_REF = 50
MOST = 300  # parts of one request


@dataclass(eq=False)
class Draft:
    """A part that is to be made: `place` is where it stands in the body, and `names`
    the parts that it names, by field.
    """

    model: type[Record]
    place: str
    body: dict[str, Any]
    holder: "Draft | None" = None
    names: dict[str, "Draft | list[Draft]"] = field(default_factory=dict)
    record: Any = None

    def needs(self) -> Iterator["Draft"]:
        if self.holder is not None:
            yield self.holder
        for named in self.names.values():
            if isinstance(named, Draft):
                yield named
            else:
                yield from named


# --- What the catalogue says of parts --------------------------------------------------


def holding_field(part: type[Part]) -> Any:
    """The reference from a part to the record in whose list it stands."""
    return part._meta.get_field(part.root_path.split("__")[0])


@cache
def lists_of(model: type[Record]) -> dict[str, type[Part]]:
    """The lists of parts that stand in such a record, by name. Citations have none:
    `supported_by` makes them.
    """
    lists: dict[str, type[Part]] = {}
    for kind in KINDS:
        for part_list in part_lists(kind):
            part: Any = part_list.model
            if part is Citation:
                continue
            holding = holding_field(part)
            if holding.related_model is model:
                lists[holding.remote_field.related_name] = part
    return lists


@cache
def references_to_parts(model: type[Record]) -> dict[str, Any]:
    """The fields by which a part names others of its case, but for what it stands in."""
    if not issubclass(model, Part):
        return {}
    references = {}
    for reference in (*model._meta.concrete_fields, *model._meta.many_to_many):
        if reference == holding_field(model):
            continue
        leads_to_part = reference.is_relation and issubclass(
            reference.related_model,  # type: ignore[arg-type]
            Part,
        )
        if leads_to_part or isinstance(reference, EarlierRecord):
            references[reference.name] = reference
    return references


# --- Taking the body apart -------------------------------------------------------------


class Whole:
    """A case and its parts, as they were sent. ValidationError says what is wrong with
    the form of it.
    """

    def __init__(self, model: type[Record], body: Any) -> None:
        self.parts: list[Draft] = []
        self.by_ref: dict[str, Draft] = {}
        self._problems: dict[str, Any] = {}
        self.root = Draft(model, "", body)
        if isinstance(body, Mapping):
            self.root.body = dict(body)
            self._take_lists(self.root)
        if len(self.parts) > MOST:
            sentence = _("At most %(most)s parts are taken in one request.")
            raise serializers.ValidationError(sentence % {"most": MOST})
        for part in self.parts:
            self._resolve(part)
        self._raise_problems()
        self.parts = self._in_order()

    def _take_lists(self, holder: Draft) -> None:
        for name, model in lists_of(holder.model).items():
            rows = holder.body.pop(name, [])
            place = _within(holder, name)
            if not isinstance(rows, list):
                self._problems[place] = [_("Give a list of objects.")]
                continue
            for number, row in enumerate(rows):
                self._take(holder, model, f"{place}.{number}", row)

    def _take(self, holder: Draft, model: type[Part], place: str, row: Any) -> None:
        if not isinstance(row, Mapping):
            self._problems[place] = [_("Give an object.")]
            return
        part = Draft(model, place, dict(row), holder)
        stands_in = holding_field(model).name
        if stands_in in part.body:
            sentence = _("Leave this out: it follows from where this stands.")
            self._problems[f"{place}.{stands_in}"] = [sentence]
        if SUPPORT in holder.body:
            part.body.setdefault(SUPPORT, holder.body[SUPPORT])
        if REF in part.body:
            self._take_ref(part, part.body.pop(REF))
        self.parts.append(part)
        self._take_lists(part)

    def _take_ref(self, part: Draft, ref: Any) -> None:
        problem = ""
        if not isinstance(ref, str) or not 0 < len(ref) <= LONGEST_REF:
            problem = _("Give a text of 1 to %(most)s characters.")
            problem %= {"most": LONGEST_REF}
        elif ref in self.by_ref:
            problem = _("Another part of this request has this ref.")
        if problem:
            self._problems[f"{part.place}.{REF}"] = [problem]
        else:
            self.by_ref[ref] = part

    def _resolve(self, part: Draft) -> None:
        """What stands for a ref is left out of the body, until there is an id."""
        for name, reference in references_to_parts(part.model).items():
            if not part.body.get(name):
                continue
            given = part.body.pop(name)
            place = f"{part.place}.{name}"
            if not isinstance(reference, models.ManyToManyField):
                named = self._named(reference, given, place)
                if named is not None:
                    part.names[name] = named
                continue
            if not isinstance(given, list):
                self._problems[place] = [_("Give a list of refs.")]
                continue
            several = []
            for number, ref in enumerate(given):
                named = self._named(reference, ref, f"{place}.{number}")
                if named is not None:
                    several.append(named)
            part.names[name] = several

    def _named(self, reference: Any, ref: Any, place: str) -> Draft | None:
        model: Any = reference.related_model or Ordered
        named = self.by_ref.get(ref) if isinstance(ref, str) else None
        if named is not None and issubclass(named.model, model):
            return named
        if named is None:
            sentence = _(
                "No part of this request has this ref. Ids are not taken here."
            )
        else:
            sentence = _("The part with this ref is of another kind.")
        self._problems[place] = [sentence]
        return None

    def _in_order(self) -> list[Draft]:
        """What is named before what names it."""
        sorter: TopologicalSorter[Draft] = TopologicalSorter()
        for part in self.parts:
            sorter.add(part, *part.needs())
        try:
            ordered = list(sorter.static_order())
        except CycleError as error:
            for part in set(error.args[1]):
                for name in part.names:
                    self._problems[f"{part.place}.{name}"] = [CIRCLE]
            self._raise_problems()
            raise
        return [part for part in ordered if part is not self.root]

    def ids_by_ref(self) -> dict[str, str]:
        return {ref: str(part.record.pk) for ref, part in self.by_ref.items()}

    def _raise_problems(self) -> None:
        if self._problems:
            raise serializers.ValidationError(self._problems)


def _within(holder: Draft, name: str) -> str:
    return f"{holder.place}.{name}".strip(".")


# --- Storing it ------------------------------------------------------------------------


def check_may_add(request: Request, parts: Collection[Draft]) -> None:
    for model in dict.fromkeys(part.model for part in parts):
        if not request.user.has_perm(may("add", model)):
            sentence = _("You may not add this: %(noun)s.")
            raise PermissionDenied(sentence % {"noun": model._meta.verbose_name})


def store_parts(request: Request, whole: Whole, places: dict[str, str]) -> None:
    """Once the case is stored. Fills `places`, where each record stands in the body, by
    its id. ValidationError has the problems of all parts.
    """
    problems: dict[str, Any] = {}
    for part in whole.parts:
        if any(needed.record is None for needed in part.needs()):
            continue  # what it needs has a problem of its own
        try:
            part.record = _stored(request, part)
        except serializers.ValidationError as error:
            problems[part.place] = error.detail
        else:
            places[str(part.record.pk)] = part.place
    if problems:
        raise serializers.ValidationError(problems)


def _stored(request: Request, part: Draft) -> Any:
    model: Any = part.model
    assert part.holder is not None
    body = {**part.body, holding_field(model).name: str(part.holder.record.pk)}
    for name, named in part.names.items():
        if isinstance(named, Draft):
            body[name] = str(named.record.pk)
        else:
            body[name] = [str(one.record.pk) for one in named]
    context = {"request": request, "also_known": [REF, *lists_of(model)]}
    serializer: Any = serializer_for(model)(data=body, context=context)
    serializer.is_valid(raise_exception=True)
    return creating.store(request, serializer)


# --- How it is described ---------------------------------------------------------------


@cache
def described(model: type[Record]) -> type[serializers.ModelSerializer[Any]]:
    """For the schema alone: the form of what is sent."""
    return _serializer(model, "Whole", _WithLists)


@cache
def _described_part(model: type[Record]) -> type[serializers.ModelSerializer[Any]]:
    return _serializer(model, "OfWhole", _WithinAnother)


def _serializer(model: type[Record], suffix: str, shape: type) -> Any:
    base: Any = serializer_for(model)
    return type(
        f"{model.__name__}{suffix}Serializer",
        (shape, base),
        {"Meta": base.Meta, "__doc__": shape.__doc__},
    )


class _WithLists:
    """With its parts in lists. `supported_by` holds for the parts within, too, if they
    have none of their own.
    """

    def get_fields(self) -> dict[str, Any]:
        serializer: Any = self
        fields: dict[str, Any] = super().get_fields()  # type: ignore[misc]
        for name, part in lists_of(serializer._model()).items():
            fields[name] = _described_part(part)(many=True, required=False)
        return fields


class _WithinAnother(_WithLists):
    """A part of what is made. Other parts of the request are named by their `ref`, which
    the client makes up.
    """

    def get_fields(self) -> dict[str, Any]:
        serializer: Any = self
        model = serializer._model()
        fields = super().get_fields()
        del fields[holding_field(model).name]
        fields[REF] = _ref(required=False)
        for name, reference in references_to_parts(model).items():
            if isinstance(reference, models.ManyToManyField):
                fields[name] = serializers.ListField(child=_ref(), required=False)
            else:
                fields[name] = _ref(required=False, allow_null=True)
        return fields


def _ref(**kwargs: Any) -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST_REF, **kwargs)


@cache
def answered(model: type[Record]) -> type[serializers.ModelSerializer[Any]]:
    """For the schema alone: what was made, and the ids of its parts that had a `ref`."""
    base: Any = serializer_for(model)
    refs = serializers.DictField(child=serializers.UUIDField(), required=False)
    return type(
        f"{model.__name__}CreatedSerializer",
        (base,),
        {"Meta": base.Meta, "refs": refs, "__doc__": answered.__doc__},
    )
