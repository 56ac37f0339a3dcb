"""The editorial API is for staff who signed in at the desk, each within their rights on
each model.
"""

from drf_spectacular.authentication import SessionScheme
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import DjangoModelPermissions
from rest_framework.request import Request
from rest_framework.views import APIView

from cases.desk.permissions import APPROVE, may
from cases.merging import may_decide
from cases.models import Prisoner


class DeskSession(SessionAuthentication):
    """The desk's session and nothing else; changes need its CSRF token. Without a
    session the answer is 401.
    """

    def authenticate_header(self, request: Request) -> str:
        return 'Session realm="desk"'


class DeskSessionScheme(SessionScheme):
    target_class = f"{__name__}.DeskSession"


class StaffWithRights(DjangoModelPermissions):
    """Django's own view, add, change and delete permissions of the model asked for;
    staff only.
    """

    perms_map = {
        **DjangoModelPermissions.perms_map,
        "GET": ["%(app_label)s.view_%(model_name)s"],
        "HEAD": ["%(app_label)s.view_%(model_name)s"],
    }

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(
            request.user
            and request.user.is_staff
            and super().has_permission(request, view)
        )


class MayView(StaffWithRights):
    """What else it takes, the view asks itself."""

    perms_map = {
        **StaffWithRights.perms_map,
        "POST": ["%(app_label)s.view_%(model_name)s"],
    }


class MayApprove(StaffWithRights):
    perms_map = {
        **StaffWithRights.perms_map,
        "POST": ["%(app_label)s.view_%(model_name)s", APPROVE],
    }


class MayChangePrisoners(StaffWithRights):
    """For merges, which have no permissions of their own: a proposal is a change of two
    cases.
    """

    perms_map = {
        **StaffWithRights.perms_map,
        "GET": [may("view", Prisoner)],
        "HEAD": [may("view", Prisoner)],
        "POST": [may("change", Prisoner)],
    }


class MayDecideMerges(MayChangePrisoners):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and may_decide(request.user)
