"""Codes of the organisation's own that are in use, and that its file does not explain."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from cases.catalogue import records
from cases.doctor.finding import Finding
from cases.models.fields import forgotten_codes, open_fields


def examine() -> Iterator[Finding]:
    unexplained: set[str] = set()
    for model in records():
        names = [field.name for field in open_fields(model)]
        if not names:
            continue
        for record in model._default_manager.only("pk", *names).iterator():
            for _name, codes in forgotten_codes(record):
                unexplained.update(codes)
    for code in sorted(unexplained):
        words = _(
            "The code “%(code)s” is in use, and the organisation's file has it no more."
            " Put it back."
        )
        yield Finding(words % {"code": code})
