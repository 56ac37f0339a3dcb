"""Files go with what is erased; what is left says that something was there."""

from collections.abc import Callable
from typing import Any

import pytest

from cases import files
from cases.files import Missing
from cases.history import acting
from cases.models import KeptFile, Source
from cases.models.files import storage
from tests import factories as make
from tests.cases.test_checkpoints import Folder, folder  # noqa: F401
from tests.cases.test_erasing import erase, refused, staff  # noqa: F401
from tests.cases.test_files import PDF

pytestmark = pytest.mark.django_db(transaction=True)
Erase = Callable[..., str]


def kept(root: Any, *, text: str = "") -> KeptFile:
    person = make.make_documenter(f"of {root.pk} {KeptFile.objects.count()}"[:140])
    with acting(user=person):
        if text:
            files.keep_text(root, text, by=person, reason="Sent by Aunt")
        else:
            files.keep_file(root, "Aunt.pdf", PDF, by=person, reason="Sent by Aunt")
    return KeptFile.objects.latest("pk")


def is_gone(file: KeptFile) -> bool:
    row = KeptFile.objects.get(pk=file.pk)
    assert row.is_erased == (not row.reason)
    return row.is_erased and not (file.file and storage().exists(str(file.file)))


def test_a_file_is_erased_by_its_number_and_its_hash_is_forgotten(
    erase: Erase, folder: Folder
) -> None:
    source = make.make_source()
    first, second = kept(source), kept(source)
    folder.make()

    erase(event=f"cases_keptfile:{first.pk}")

    assert is_gone(first)
    assert not is_gone(second)
    assert files.content(second) == PDF
    row = KeptFile.objects.get(pk=first.pk)
    assert (row.name, row.sha256, row.size, row.text) == ("", "", None, "")
    with pytest.raises(Missing):
        files.content(row)
    assert "Forgotten: 1 entries of cases_keptfile" in folder.verify()


def test_all_files_of_a_case_go_with_it(erase: Erase) -> None:
    source, other = make.make_source(), make.make_source("Another")
    file, text, left = kept(source), kept(source, text="Words"), kept(other)
    root = source.pk
    source.delete()

    erase(case=root)

    assert is_gone(file)
    assert is_gone(text)
    assert not is_gone(left)


def test_a_text_that_holds_what_is_erased_goes(erase: Erase) -> None:
    source = Source.objects.create(title="The Real Witness speaks")
    Source.objects.update(title="A witness speaks")
    with_it, without = (
        kept(source, text="So said Real Witness."),
        kept(source, text="So said nobody."),
    )

    erase(case=source.pk, containing="Real Witness")

    assert is_gone(with_it)
    assert not is_gone(without)


def test_where_the_files_are_not_kept_nothing_is_erased(erase: Erase) -> None:
    file = kept(make.make_source())
    storage().delete(str(file.file))
    assert refused(erase, event=f"cases_keptfile:{file.pk}") == (
        "The files are not kept on this machine. Run it where FILES_DIR is."
    )
