"""Cases that are open to named staff only, of whom nobody may sign in any more."""

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from cases.doctor.finding import Finding
from cases.models import NamedStaff


def examine() -> Iterator[Finding]:
    latest = NamedStaff.objects.order_by("case_id", "-id").distinct("case_id")
    can_sign_in = set(
        User.objects.filter(is_active=True, is_staff=True).values_list("pk", flat=True)
    )
    for naming in latest:
        if naming.staff and not can_sign_in & set(naming.staff):
            words = _(
                "Nobody who is named on the case %(case)s may sign in any more. Run"
                " manage.py name_staff."
            )
            yield Finding(words % {"case": naming.case_id})
