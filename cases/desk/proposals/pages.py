"""What pages share on which somebody compares with the record what was handed in, and
decides fact by fact.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from cases.desk.admin.refusals import sentence
from cases.desk.permissions import may
from cases.desk.proposals.comparing import compared
from cases.desk.proposals.forms import MatchForm, NewCaseForm
from cases.desk.proposals.handed_in import HandedIn
from cases.desk.proposals.writing import Refused
from cases.locking import lock
from cases.models import Prisoner
from cases.review.rule import saving_approves

DecisionForm = NewCaseForm | MatchForm


def chosen_case(request: HttpRequest) -> tuple[bool, Prisoner | None]:
    """(has anything been chosen, the case; None for a new one)"""
    if "new" in request.GET:
        return True, None
    if "into" not in request.GET:
        return False, None
    try:
        case_id = UUID(request.GET["into"])
    except ValueError:
        raise Http404 from None
    return True, get_object_or_404(
        Prisoner.objects.filter(merged_into=None).select_related("desk"), pk=case_id
    )


def may_write(request: HttpRequest, case: Prisoner | None) -> bool:
    """A new case is added, another one is changed."""
    if case is None:
        return request.user.has_perm(may("add", Prisoner))
    return request.user.has_perm(may("change", Prisoner))


def accepted_in_words() -> str:
    if saving_approves():
        return _("Accepted. Saving approves here: the world will see it in a moment.")
    return _("Accepted. What the world sees of the case has not changed yet.")


def form_for(
    request: HttpRequest,
    handed_in: HandedIn,
    case: Prisoner | None,
    posted: QueryDict | None = None,
) -> DecisionForm:
    form: DecisionForm = NewCaseForm(posted)
    if case is not None:
        form = MatchForm(case, request.user, posted)
    if not handed_in.is_answered:
        del form.fields["note"]
    form.offer(compared(handed_in, case))
    return form


def decided_by_form(
    request: HttpRequest,
    handed_in: HandedIn,
    case: Prisoner | None,
    accept: Callable[[Prisoner | None, DecisionForm], Any],
) -> tuple[DecisionForm, Any, list[str]]:
    """(the form as it was filled in, what `accept` returned, why nothing was changed).
    `accept` is asked only if the form is valid, with the case locked.
    """
    form = form_for(request, handed_in, case, request.POST)
    try:
        with transaction.atomic():
            if case is not None:
                lock(type(case), case.pk)
                case = Prisoner.objects.select_related("desk").get(pk=case.pk)
                form = form_for(request, handed_in, case, request.POST)
            if form.is_valid():
                return form, accept(case, form), []
            return form, None, []
    except Refused as refused:
        problems = list(refused.sentences)
    except (IntegrityError, DataError) as error:
        problems = [sentence(error)]
    form.add_error(None, ValidationError([_("Nothing was changed."), *problems]))
    return form, None, problems
