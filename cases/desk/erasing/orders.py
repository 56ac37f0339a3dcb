"""Orders to erase: one person asks at the desk, another one confirms.

Nothing is erased here. The database holds the rules (cases/triggers/erasing.py), and
this says them in sentences.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from cases.desk.erasing.erasable import Refused, What
from cases.history import acting
from cases.models import ErasureOrder, OrderState


def what_of(order: ErasureOrder) -> What:
    """Raises Refused if the order says nothing that can be erased."""
    if bool(order.case) == bool(order.events):
        raise Refused(_("Say which case, or which events: one of the two."))
    if order.events and (order.field or order.containing):
        raise Refused(_("Field and text go with a case."))
    events = []
    for event in order.events:
        table, _colon, number = event.partition(":")
        if not number.isdecimal():
            raise Refused(
                _("Write events as TABLE:NUMBER, such as cases_personnamehistory:42.")
            )
        events.append((table, int(number)))
    return What(order.case, order.field, order.containing, tuple(events))


def check(order: ErasureOrder) -> What:
    what = what_of(order)
    if not order.reason.strip():
        raise Refused(_("Reason: say why."))
    if what.containing and what.containing.casefold() in order.reason.casefold():
        raise Refused(
            _("Reason: it repeats what is to be erased, and would itself be kept.")
        )
    return what


def not_shown() -> str:
    return _(
        "This session did not show a second factor. Sign out, and sign in again with it."
    )


def confirm(order_id: int, by: Any, factor: UUID | None) -> None:
    """Raises Refused."""
    with transaction.atomic():
        order = _held(order_id)
        if order.state != OrderState.ASKED:
            raise Refused(_("Somebody has already decided on it."))
        if order.asked_by_id == by.pk:
            raise Refused(_("A second person must confirm it."))
        if factor is None:
            raise Refused(not_shown())
        order.state = OrderState.CONFIRMED
        order.confirmed_by = by
        order.confirmed_factor = factor
        with acting(user=by):
            order.save(update_fields=["state", "confirmed_by", "confirmed_factor"])


def take_back(order_id: int, by: Any) -> None:
    """Raises Refused. Its text is forgotten."""
    with transaction.atomic():
        order = _held(order_id)
        if not order.waits:
            raise Refused(_("Somebody has already decided on it."))
        order.state = OrderState.TAKEN_BACK
        order.containing = ""
        order.closed_by = by
        with acting(user=by):
            order.save(update_fields=["state", "containing", "closed_by"])


def to_be_done(order_id: int) -> ErasureOrder:
    """An order that two people gave who may still sign in. Raises Refused."""
    orders = ErasureOrder.objects.select_related("asked_by", "confirmed_by")
    order = orders.filter(pk=order_id).first()
    if order is None:
        raise Refused(_("There is no order %(number)s.") % {"number": order_id})
    if order.state != OrderState.CONFIRMED:
        raise Refused(
            _("Order %(number)s is %(state)s. Only a confirmed one is done.")
            % {"number": order_id, "state": order.get_state_display()}
        )
    for person in (order.asked_by, order.confirmed_by):
        _must_be_staff(person)
    return order


def _must_be_staff(person: User) -> None:
    if not (person.is_active and person.is_staff):
        name = person.get_username()
        raise Refused(_("“%(name)s” is no member of staff.") % {"name": name})


def _held(order_id: int) -> ErasureOrder:
    return ErasureOrder.objects.select_for_update(of=("self",)).get(pk=order_id)
