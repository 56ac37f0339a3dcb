"""Keeping files, and reading them again."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.db import DatabaseError
from django.db.models import Q, QuerySet

from cases.files.kinds import TEXT, clean_name, kind_of_file
from cases.files.reading import Read, read, tidied
from cases.history import kind_of, last_number
from cases.models import KeptFile, Source
from cases.models.base import Root
from cases.models.files import storage

# The files that were written while something is being saved.
_written: ContextVar[list[str] | None] = ContextVar("written", default=None)


class Missing(Exception):
    """The file is not where it is kept, or is not what was added."""


def keep_file(
    root: Root,
    name: str,
    content: bytes,
    *,
    by: Any,
    reason: str,
    said: Read | None = None,
) -> None:
    """Raises UnknownKind. Whoever asks has looked at its size; `said` if it has been
    read already.
    """
    kind = kind_of_file(content)
    kept_as = f"{uuid4().hex}"
    kept_as = storage().save(f"{kept_as[:2]}/{kept_as}", ContentFile(content))
    written = _written.get()
    if written is not None:
        written.append(kept_as)
    _keep(
        root,
        content,
        file=kept_as,
        name=clean_name(name, kind),
        media_type=kind.media_type,
        text=(said or read(content)).text,
        added_by=by,
        reason=reason,
    )


def keep_text(root: Root, text: str, *, by: Any, reason: str) -> None:
    """A text that somebody pasted."""
    words = tidied(text)
    _keep(
        root,
        words.encode(),
        media_type=TEXT.media_type,
        text=words,
        added_by=by,
        reason=reason,
    )


def _keep(root: Root, content: bytes, **columns: Any) -> None:
    kind = kind_of(root)
    KeptFile.objects.create(
        root_kind=kind,
        root_id=root.pk,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        event=last_number(kind, root.pk),
        **columns,
    )


@contextmanager
def only_if_saved() -> Iterator[None]:
    """Stands around a transaction: what was written for rows that it did not keep goes.
    Otherwise no erasure would ever find it.
    """
    written: list[str] = []
    token = _written.set(written)
    try:
        yield
    finally:
        _written.reset(token)
        for kept_as in written:
            if not _is_known(kept_as):
                storage().delete(kept_as)


def _is_known(kept_as: str) -> bool:
    try:
        return KeptFile.objects.filter(file=kept_as).exists()
    except DatabaseError:
        return True  # nobody can say; `manage.py files` will


def files_of(root: Root) -> QuerySet[KeptFile]:
    """The latest first; those of cases that were merged into it, too."""
    of_root = Q(root_id=root.pk)
    if any(field.name == "merged_into" for field in root._meta.fields):
        merged = type(root)._default_manager.filter(**{"merged_into": root})
        of_root |= Q(root_id__in=merged.values("pk"))
    files = KeptFile.objects.filter(of_root, root_kind=kind_of(root))
    return files.select_related("added_by").defer("text")


def content(kept: KeptFile) -> bytes:
    """Raises Missing."""
    try:
        with storage().open(str(kept.file)) as file:
            found: bytes = file.read()
    except OSError as error:
        raise Missing from error
    if sha256(found).hexdigest() != kept.sha256:
        raise Missing
    return found


def kept_text(source_id: UUID) -> KeptFile | None:
    """What was last read of a source, or pasted."""
    kept = KeptFile.objects.filter(root_kind=Source.kind, root_id=source_id)
    return kept.exclude(text="").first()


def text_in_hand(source_id: UUID) -> str:
    """Its words alone."""
    kept = kept_text(source_id)
    return kept.text if kept else ""
