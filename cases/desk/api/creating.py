"""A new record with the sources that state it, in one act."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from cases.desk.api import backing
from cases.desk.api.serializers import RecordSerializer
from cases.desk.api.validation import problems_of


def store(request: Request, serializer: RecordSerializer) -> Any:
    """The record of a valid serializer, cited to each source that it names."""
    backing.check_may_cite(request, serializer.supports)
    given = set(serializer.validated_data)
    record = serializer.save()
    is_stated = backing.cite_new(record, given, serializer.supports)
    if serializer.supports and not is_stated and not serializer.may_state_nothing:
        raise nothing_to_state()
    return record


def show(record: Any, serializer: RecordSerializer) -> None:
    """A case is made as visible as it is to be once it is cited, as by hand."""
    if serializer.shown_once_cited is None:
        return
    record.visibility = serializer.shown_once_cited
    problems = problems_of(record)
    if problems:
        raise serializers.ValidationError(problems)
    record.save(update_fields=["visibility"])


def nothing_to_state() -> serializers.ValidationError:
    return serializers.ValidationError(
        {"supported_by": _("Nothing is stated here that a source could state.")}
    )
