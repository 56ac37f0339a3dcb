"""The desk's pages: nouns/ has what is edited and listed; the rest are concerns, such as
history, review or citations, each in a module of its own. cases/desk/site.py holds the
site itself.
"""

from cases.desk.admin import evidence, merging, nouns, waiting

__all__ = ["evidence", "merging", "nouns", "waiting"]
