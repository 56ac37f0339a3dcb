"""Who changed what, when and why: what is written with each change, and how a case's history is read."""

from cases.history.acting import acting
from cases.history.timeline import Change, timeline

__all__ = ["Change", "acting", "timeline"]
