"""Indexes for what the desk searches by a part of a text."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models.functions import Upper


def parts_of_text(*fields: str, name: str) -> GinIndex:
    """For `icontains`, and for `istartswith`, of each of these."""
    columns = [OpClass(Upper(field), name="gin_trgm_ops") for field in fields]
    return GinIndex(*columns, name=name)
