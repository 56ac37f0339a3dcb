"""Pages say before they save what becomes visible to readers, and what goes. Where
nothing does, they save at once.
"""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from cases.publishing.foreseeing import Foreseen

TOKEN = "foreseen"  # noqa: S105 - a box: what whoever pressed “Save and publish” had seen
BACK = "_back"
PRESSED = ("_continue", "_addanother", "_save", "_saveasnew")


def confirmed(request: HttpRequest) -> str:
    return request.POST.get(TOKEN, "")


def is_asked(request: HttpRequest) -> bool:
    """Is the page shown as it was typed, with what would become visible, or without?"""
    return hasattr(request, "foreseen") or BACK in request.POST


def asked(request: HttpRequest, answers: list[str]) -> dict[str, Any]:
    """What the page says, and the doubts that were answered so far."""
    if not is_asked(request):
        return {}
    answered = {"answered": answers}
    if not hasattr(request, "foreseen"):
        return answered
    foreseen: Foreseen = request.foreseen
    pressed = [name for name in PRESSED if name in request.POST]
    return {
        **answered,
        "foreseen": foreseen,
        "becoming": foreseen.becoming,
        "pressed": (pressed or ["_save"])[0],
        "chosen_files": bool(request.FILES),
    }


def in_sentences(foreseen: Foreseen) -> list[str]:
    sentences = []
    becoming = foreseen.becoming
    if becoming.appears:
        appears = "; ".join(becoming.appears)
        sentences.append(_("Becomes visible: %(what)s.") % {"what": appears})
    if becoming.goes:
        goes = "; ".join(becoming.goes)
        sentences.append(_("No longer visible: %(what)s.") % {"what": goes})
    return sentences
