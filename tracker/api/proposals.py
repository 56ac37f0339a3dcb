"""Where partners hand in what they know of a person, and learn what became of it."""

from http import HTTPStatus
from typing import Any, NoReturn
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import (
    APIException,
    AuthenticationFailed,
    NotAuthenticated,
    ValidationError,
)
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from tracker import proposals
from tracker.api.describing import ForPartnersSchema
from tracker.api.paging import NO_CURSOR, limit_given
from tracker.api.parsing import is_storable
from tracker.api.views import OnlyJson, PublishedView, as_json
from tracker.asking.cursor import pack, unpack
from tracker.contract.fields import Code
from tracker.contract.proposal_row import HandedIn
from tracker.contract.vocabulary import ProposalState
from tracker.ids import id_in

DEFAULT_LIMIT, MAX_LIMIT = 50, 200
_ID = "00000000-0000-4000-8000-00000000000b"
ROW_EXAMPLE = {
    "identifier": "RC-2041",
    "names": [
        {"value": "Ales Example", "language": "en"},
        {"value": "Алесь Прыклад", "language": "be"},
    ],
    "born_on": "1985-03",
    "occupations": ["journalist"],
    "detentions": [
        {
            "started_on": "2021-05-14",
            "placements": [{"place_as_stated": "Prison No. 8, Zhodzina"}],
        }
    ],
    "charges": [{"article": "342"}, {"article": "130"}],
    "sentences": [
        {
            "handed_down_on": "2021-11",
            "punishment": "imprisonment",
            "term_months": 60,
            "charges": [0, 1],
        }
    ],
    "releases": [{"released_on": "2025-09-11", "ground": "pardon"}],
    "source": {
        "title": "An invented report",
        "url": "https://news.example/report",
        "publisher": "Example News",
    },
}
FATE_EXAMPLE = {
    "id": _ID,
    "identifier": "RC-2041",
    "state": "accepted",
    "received_at": "2025-10-07T09:30:00Z",
    "decided_on": "2025-10-08",
    "accepted_as": "00000000-0000-4000-8000-000000000001",
    "reason": None,
}
_WAITING = {
    **FATE_EXAMPLE,
    "state": "received",
    "decided_on": None,
    "accepted_as": None,
}


class ProposalDocument(serializers.Serializer[Any]):
    """What became of one row. `accepted_as` is the id of a case that you can read; null
    until there is one.

    `reason` is what the desk says to you: why it was rejected, or a word about what was
    accepted.
    """

    id = serializers.UUIDField()
    identifier = serializers.CharField()
    state = Code(ProposalState, allow_null=False)
    received_at = serializers.DateTimeField()
    decided_on = serializers.DateField(allow_null=True)
    accepted_as = serializers.UUIDField(allow_null=True)
    reason = serializers.CharField(allow_null=True)

    def to_representation(self, fate: proposals.Fate) -> dict[str, Any]:
        return {**super().to_representation(fate), "reason": fate.reason or None}


class ProposalPage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ProposalDocument(many=True)


class HandedInDocument(serializers.Serializer[Any]):
    """In the order of the rows."""

    results = ProposalDocument(many=True)


class TooManyWait(APIException):
    status_code = HTTPStatus.CONFLICT
    problem_name = "too_many_wait"
    default_detail = gettext_lazy(
        "At most 5,000 proposals of one organisation may wait to be decided. Wait until"
        " the desk has decided some, or withdraw some. Nothing of this was taken in."
    )


class AlreadyDecided(APIException):
    status_code = HTTPStatus.CONFLICT
    problem_name = "already_decided"
    default_detail = gettext_lazy(
        "This proposal does not wait any more; it stays as it was decided."
    )


class MayPropose(BasePermission):
    message = gettext_lazy("This key was not given for proposing.")

    def has_permission(self, request: Request, view: object) -> bool:
        key: Any = request.auth
        return key is not None and "propose" in key.scopes


class JsonInAndOut(OnlyJson):
    def select_parser(self, request: Request, parsers: Any) -> Any:
        media_type = (request.content_type or "").partition(";")[0].strip().lower()
        for parser in parsers:
            if parser.media_type == media_type:
                return parser
        return None


class ProposingView(PublishedView):
    permission_classes = [MayPropose]
    content_negotiation_class = JsonInAndOut
    schema = ForPartnersSchema()

    def permission_denied(
        self, request: Request, message: str | None = None, code: str | None = None
    ) -> NoReturn:
        if request.auth is None:
            raise NotAuthenticated(
                _("Proposals come from partners. Send “Authorization: Api-Key …”.")
            )
        super().permission_denied(request, message, code)

    @property
    def key(self) -> str:
        key: Any = self.request.auth
        return str(key.presented)


class ProposalsView(ProposingView):
    http_method_names = ["get", "head", "post"]

    def known_parameters(self) -> set[str]:
        return {"state", "identifier", "cursor", "limit"}

    def repeatable_parameters(self) -> set[str]:
        return {"state"}

    @extend_schema(
        request=HandedIn,
        responses={200: HandedInDocument, 201: HandedInDocument},
        examples=[
            OpenApiExample("one row", value={"rows": [ROW_EXAMPLE]}, request_only=True),
            OpenApiExample(
                "received", value={"results": [_WAITING]}, response_only=True
            ),
        ],
        operation_id="v1_proposals_create",
    )
    def post(self, request: Request) -> Response:
        """Hand in up to 500 rows, a person each. All of them are taken in, or, if one
        has an error, none.

        A row that says what your last one with that identifier said is the same
        proposal (200 if all are); one that says something else replaces it, if it has
        not been decided yet.
        """
        given = HandedIn(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            handed_in = proposals.hand_in(self.key, given.validated_data["rows"])
        except proposals.KeyNoLongerValid:
            raise AuthenticationFailed(
                _("This key is not valid: unknown, revoked or expired.")
            ) from None
        except proposals.TooManyWait:
            raise TooManyWait from None
        status = HTTPStatus.CREATED if handed_in.created else HTTPStatus.OK
        return Response(
            {"results": ProposalDocument(handed_in.fates, many=True).data},
            status=status,
        )

    @extend_schema(
        responses=ProposalPage,
        parameters=[
            OpenApiParameter(
                "state",
                {
                    "type": "array",
                    "items": {"$ref": "#/components/schemas/ProposalState"},
                },
                explode=False,
                description=gettext_lazy(
                    "Only those in this state. Several: any of them."
                ),
            ),
            OpenApiParameter(
                "identifier",
                description=gettext_lazy("Only those of this identifier of yours."),
            ),
            OpenApiParameter(
                "cursor", description=gettext_lazy("Taken from “next” or “previous”.")
            ),
            OpenApiParameter(
                "limit",
                {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_LIMIT,
                    "default": DEFAULT_LIMIT,
                },
            ),
        ],
        examples=[
            OpenApiExample(
                "one",
                value={"next": None, "previous": None, "results": [FATE_EXAMPLE]},
                response_only=True,
            )
        ],
        operation_id="v1_proposals_list",
    )
    def get(self, request: Request) -> HttpResponseBase:
        """What your organisation has handed in, the latest first."""
        limit = limit_given(request, DEFAULT_LIMIT, MAX_LIMIT)
        way, number = _position(request)
        fates = proposals.fates(
            self.key,
            states=_states(request),
            identifier=_identifier(request),
            below=number if way == "<" else None,
            above=number if way == ">" else None,
            most=limit + 1,
        )
        has_more, fates = len(fates) > limit, fates[:limit]
        has_older, has_newer = has_more, way == "<"
        if way == ">":
            fates.reverse()
            has_older, has_newer = True, has_more
        following = previous = None
        if fates and has_older:
            following = self._link("<", fates[-1].number)
        if fates and has_newer:
            previous = self._link(">", fates[0].number)
        page = {
            "next": following,
            "previous": previous,
            "results": ProposalDocument(fates, many=True).data,
        }
        return self.answer_if_new(as_json(page))

    def _link(self, way: str, number: int) -> str:
        address = self.request.build_absolute_uri()
        return replace_query_param(address, "cursor", pack(way, number))


class ProposalView(ProposingView):
    http_method_names = ["get", "head", "delete"]

    @extend_schema(
        responses=ProposalDocument,
        parameters=[OpenApiParameter("id", OpenApiTypes.UUID, OpenApiParameter.PATH)],
        operation_id="v1_proposals_withdraw",
    )
    def delete(self, request: Request, id: str) -> Response:
        """Take back one that has not been decided yet. It stays listed, as withdrawn."""
        fate = proposals.withdraw(self.key, _id(id))
        if fate is None:
            raise Http404
        if fate.state != ProposalState.WITHDRAWN:
            raise AlreadyDecided
        return Response(ProposalDocument(fate).data)

    @extend_schema(
        responses=ProposalDocument,
        parameters=[OpenApiParameter("id", OpenApiTypes.UUID, OpenApiParameter.PATH)],
        examples=[OpenApiExample("proposal", value=FATE_EXAMPLE, response_only=True)],
    )
    def get(self, request: Request, id: str) -> HttpResponseBase:
        """What became of one row."""
        fates = proposals.fates(self.key, ids=[_id(id)], most=1)
        if not fates:
            raise Http404
        return self.answer_if_new(as_json(ProposalDocument(fates[0]).data))


def _id(text: str) -> UUID:
    wanted = id_in(text)
    if wanted is None:
        raise Http404
    return wanted


def _states(request: Request) -> list[str] | None:
    if "state" not in request.query_params:
        return None
    asked: list[str] = []
    for value in request.query_params.getlist("state"):
        asked += [part.strip() for part in value.split(",")]
    unknown = [state for state in asked if state not in ProposalState.values]
    if unknown:
        sentence = _("“{value}” is not one of: {known}.")
        known = ", ".join(ProposalState.values)
        raise ValidationError(
            {"state": [sentence.format(value=", ".join(unknown), known=known)]}
        )
    return asked


def _identifier(request: Request) -> str | None:
    asked = request.query_params.get("identifier")
    if asked is not None and not is_storable(asked):
        raise ValidationError(
            {"identifier": _("This contains a character that no identifier has.")}
        )
    return asked


def _position(request: Request) -> tuple[str, int | None]:
    """Which way from which number; ("", None) for the first page."""
    text = request.query_params.get("cursor")
    if text is None:
        return "", None
    try:
        way, number = unpack(text)
        if way not in ("<", ">") or type(number) is not int or not 0 <= number < 2**63:
            raise ValueError
    except ValueError:
        raise ValidationError({"cursor": NO_CURSOR}) from None
    return way, number
