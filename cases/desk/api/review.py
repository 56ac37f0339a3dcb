"""Reviewing by the editorial API: what has changed since a root was last approved,
approving it, sending it back.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from cases.day import today
from cases.desk.api import preconditions, reasons
from cases.desk.api.permissions import MayApprove
from cases.desk.api.serializers import KnownFieldsOnly
from cases.desk.permissions import may
from cases.models import ChangeKind, Edition, SentBack
from cases.plausibility import AnsweredDoubt, doubts_in
from cases.publishing.becoming import Becoming, by_approving
from cases.review import approving as approval
from cases.review.approving import CannotReturn, EmbargoStands, OwnChange, StaleVersion
from cases.review.difference import RecordDifference, differences, kinds
from cases.review.returning import LINES, TakenBack, taken_back
from cases.review.second_person import own_changes
from cases.review.sending_back import NothingToSendBack, in_force, send_back
from tracker.api.problems import Conflict
from tracker.contract.vocabulary import Visibility


class ApprovalSerializer(KnownFieldsOnly, serializers.Serializer[Any]):
    """Which version was read, why it may be published, what is said of that in public,
    and from which day.
    """

    version = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(allow_blank=True, default="")
    public_reason = serializers.CharField(
        allow_blank=True,
        default="",
        max_length=300,
        help_text=Edition._meta.get_field("public_reason").help_text,
    )
    not_before = serializers.DateField(allow_null=True, default=None)
    publish_sooner = serializers.BooleanField(
        default=False,
        help_text=(
            "It was approved for a later day, and may be published sooner. Without"
            " this, that day stays."
        ),
    )
    returns = serializers.MultipleChoiceField(
        choices=[(subject, str(line)) for subject, line in LINES.items()],
        default=set,
        help_text=(
            "Of what was taken back, what returns by this approval: by consent, with a"
            " new one that somebody else has entered; a case that was hidden at once, by"
            " somebody other than those who hid it."
        ),
    )


class EditionSerializer(serializers.ModelSerializer[Edition]):
    class Meta:
        model = Edition
        exclude = ["snapshot", "salt"]


class SendingBackSerializer(KnownFieldsOnly, serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)
    comment = serializers.CharField(
        help_text="What is to be done. For the editors, never published."
    )


class SentBackSerializer(serializers.ModelSerializer[SentBack]):
    class Meta:
        model = SentBack
        exclude = ["salt"]


class EditSerializer(serializers.Serializer[Any]):
    event = serializers.IntegerField(source="number")
    at = serializers.DateTimeField()
    user = serializers.IntegerField(source="user_id", allow_null=True)
    username = serializers.CharField(source="who")
    reason = serializers.CharField(source="why")


class RecordDifferenceSerializer(serializers.Serializer[RecordDifference]):
    """`before` and `after` hold what differs, by column; of what was added or removed,
    all of it. `seen_…` is who sees it with all that limits it: its own visibility, its
    case's, and that of what it is part of.
    """

    model = serializers.CharField(source="model._meta.model_name")
    record = serializers.CharField(source="record_id")
    operation = serializers.ChoiceField(["added", "changed", "removed"])
    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()
    seen_before = serializers.ChoiceField(Visibility.choices)
    seen_after = serializers.ChoiceField(Visibility.choices)
    edits = EditSerializer(many=True)

    def get_before(self, difference: RecordDifference) -> dict[str, Any]:
        return _differing(difference.before, difference.fields)

    def get_after(self, difference: RecordDifference) -> dict[str, Any]:
        return _differing(difference.after, difference.fields)


def _differing(
    values: Mapping[str, Any] | None, fields: Iterable[str]
) -> dict[str, Any]:
    if not values:
        return {}
    return {name: values.get(name) for name in fields}


class TakenBackSerializer(serializers.Serializer[TakenBack]):
    """What was taken back, by consent or as a whole, and has not returned. `why_not`: why the caller
    cannot give it back; empty if they can.
    """

    subject = serializers.ChoiceField(list(LINES))
    line = serializers.CharField()
    why_not = serializers.CharField(allow_blank=True)


class DoubtSerializer(serializers.Serializer[AnsweredDoubt]):
    """What is hardly so, and who said when saving it that the source says so."""

    rule = serializers.CharField(source="doubt.rule")
    model = serializers.CharField(source="doubt.model._meta.model_name")
    record = serializers.CharField(source="doubt.record_id")
    field = serializers.CharField(source="doubt.field", allow_blank=True)
    sentence = serializers.CharField(source="doubt.sentence")
    confirmed_by = serializers.ListField(child=serializers.CharField())


class ReviewSerializer(serializers.Serializer[Any]):
    """What approving this version would change. `own_change`: the caller changed it,
    and may not approve it.
    """

    version = serializers.IntegerField()
    edition = EditionSerializer(allow_null=True)
    changes = serializers.ListField(child=serializers.ChoiceField(ChangeKind.choices))
    seen_before = serializers.ChoiceField(Visibility.choices)
    seen_after = serializers.ChoiceField(Visibility.choices)
    own_change = serializers.BooleanField()
    taken_back = TakenBackSerializer(many=True)
    sent_back = SentBackSerializer(many=True)
    records = RecordDifferenceSerializer(many=True)
    doubts = DoubtSerializer(many=True)
    becomes_visible = serializers.ListField(child=serializers.CharField())
    no_longer_visible = serializers.ListField(child=serializers.CharField())


class ReviewActions:
    """For the viewset of a root: it is approved as a whole."""

    @extend_schema(responses=ReviewSerializer)
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def review(self, request: Request, *args: object, **kwargs: object) -> Response:
        root = self._root()
        difference = next(iter(differences(root.kind, [root.pk])), None)
        if difference is None:  # deleted in this moment
            raise Http404
        seen_before, seen_after = difference.seen_before, difference.seen_after
        becoming = by_approving(root.kind, [root.pk], today()).get(root.pk, Becoming())
        records: list[RecordDifference] = []
        for record in difference.records:
            if _in_sight(record, request.user):
                records.append(record)
        body = ReviewSerializer(
            {
                "version": difference.version,
                "edition": difference.edition,
                "changes": kinds(seen_before, seen_after, difference.records),
                "seen_before": seen_before,
                "seen_after": seen_after,
                "own_change": bool(own_changes(request.user, root.kind, [root.pk])),
                "taken_back": taken_back(difference.root, request.user),
                "sent_back": in_force(root.kind, difference.root),
                "records": records,
                "doubts": doubts_in(difference),
                "becomes_visible": becoming.appears,
                "no_longer_visible": becoming.goes,
            }
        )
        etag = preconditions.etag(difference.version)
        return Response(body.data, headers={"ETag": etag})

    @extend_schema(
        parameters=[reasons.PARAMETER],
        request=ApprovalSerializer,
        responses={201: EditionSerializer},
    )
    @action(detail=True, methods=["post"], permission_classes=[MayApprove])
    def approve(self, request: Request, *args: object, **kwargs: object) -> Response:
        root, asked = self._root(), _asked(request, ApprovalSerializer)
        asked["reason"] = asked["reason"].strip() or reasons.required_for(request, root)
        edition = _answered(
            lambda: approval.approve(root.kind, root.pk, by=request.user, **asked)
        )
        return _created(EditionSerializer(edition).data, edition.version)

    @extend_schema(request=SendingBackSerializer, responses={201: SentBackSerializer})
    @action(
        detail=True,
        methods=["post"],
        permission_classes=[MayApprove],
        url_path="send-back",
    )
    def send_back(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Not yet: the comment says what is to be done. The next edit puts it back in
        the queue.
        """
        root, asked = self._root(), _asked(request, SendingBackSerializer)
        sent = _answered(
            lambda: send_back(root.kind, root.pk, by=request.user, **asked)
        )
        return _created(SentBackSerializer(sent).data, sent.version)

    def _root(self) -> Any:
        view: Any = self
        return view.get_object()


def _asked(request: Request, kind: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """By the names of the functions that are asked."""
    asked = kind(data=request.data)
    asked.is_valid(raise_exception=True)
    arguments = dict(asked.validated_data)
    arguments["seen_version"] = arguments.pop("version")
    return arguments


def _answered(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except (StaleVersion, NothingToSendBack, CannotReturn, EmbargoStands) as problem:
        raise Conflict(str(problem)) from problem
    except OwnChange as own:
        raise PermissionDenied(str(own)) from own


def _created(body: object, version: int) -> Response:
    return Response(
        body,
        status=status.HTTP_201_CREATED,
        headers={"ETag": preconditions.etag(version)},
    )


def _in_sight(difference: RecordDifference, user: Any) -> bool:
    return user.has_perm(may("view", difference.model))
