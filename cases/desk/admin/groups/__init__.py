"""What happened to several people at once, entered in one form: a release, an arrest, a
trial. What is asked once and what is made of it for each person, kinds.py says in a
table; the rest is the same for all.
"""

from cases.desk.admin.groups.kinds import GROUP_KINDS, GroupKind
from cases.desk.admin.groups.pages import WithGroups

__all__ = ["GROUP_KINDS", "GroupKind", "WithGroups"]
