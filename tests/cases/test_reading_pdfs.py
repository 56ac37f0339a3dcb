"""What a PDF says of itself is read apart, whatever somebody made of it."""

import resource
from dataclasses import astuple
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases import files
from cases.files import reading, reading_pdf
from cases.models import Citation, KeptFile, Source
from tests import factories as make
from tests.cases.admin_pages import complaints, opened
from tests.cases.pdfs import VERDICT, assembled, packed, pdf, stream, text_of
from tests.cases.test_files import PDF, upload

ADD = "admin:cases_source_add"
WORDS = stream(text_of("Four years."))


def test_title_day_and_words_by_page_are_read() -> None:
    said = files.read(VERDICT)
    assert said.title == "Verdict of 7 October"
    assert said.published_on == "2025-10-07"
    assert files.paragraphs(said.text) == [
        "In the name of the Republic\nFour years.",
        "…",
        "The judge signs.",
    ]


def test_nobody_who_made_it_is_read() -> None:
    said = files.read(VERDICT)
    assert "Anna" not in " ".join(map(str, astuple(said)))


@pytest.mark.parametrize(
    "made", [b"", b"(7 October 2025)", b"(D:20251307)", b"(D:2025)", b"[1 2]", b"9 0 R"]
)
def test_nothing_is_guessed_of_the_day(made: bytes) -> None:
    entry = b"/CreationDate " + made if made else b""
    said = files.read(pdf(WORDS, info=entry))
    assert said.published_on == ""
    assert said.text == "Four years."


def test_a_title_that_stands_elsewhere_in_the_file_is_found() -> None:
    elsewhere = assembled(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids [] /Count 0 >>",
            3: b"(A verdict)",
            4: b"<< /Title 3 0 R /CreationDate 2 0 R >>",
        }
    )
    assert files.read(elsewhere).title == "A verdict"


def test_what_cannot_be_stored_is_left_out() -> None:
    title = "A\0b\x07\ud800".encode("utf-16-be", "surrogatepass").hex().encode()
    said = files.read(pdf(WORDS, info=b"/Title <feff%s>" % title))
    assert "\0" not in said.title
    said.title.encode()


BOMB = b" " * 3 * reading_pdf.MOST_UNPACKED
NESTED = b"[" * 200_000 + b"]" * 200_000
LOOPS = {
    1: b"<< /Type /Catalog /Pages 2 0 R >>",
    2: b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>",
    4: b"<< /Title 4 0 R >>",
}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(PDF, id="cut off"),
        pytest.param(b"%PDF-1.7\n" + b"\xff" * 1_000, id="noise"),
        pytest.param(VERDICT[: len(VERDICT) // 2], id="half"),
        pytest.param(
            pdf(
                WORDS,
                trailer=b"/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4"
                b" /O <%s> /U <%s> >> /ID [<00> <00>]" % (b"01" * 32, b"02" * 32),
            ),
            id="encrypted",
        ),
        pytest.param(pdf(WORDS, info=b"/Title " + NESTED), id="nested"),
        pytest.param(assembled(LOOPS), id="loops"),
    ],
)
def test_what_cannot_be_read_says_nothing(content: bytes) -> None:
    said = files.read(content)
    assert (said.title, said.published_on, said.text) == ("", "", "")


@pytest.mark.parametrize("times", [1, 2, 3])
def test_what_unpacks_to_very_much_is_not_unpacked(times: int) -> None:
    """The page with the bomb is empty; the other is read."""
    said = files.read(pdf(packed(BOMB, times=times), WORDS))
    assert files.paragraphs(said.text) == ["…", "Four years."]


def of_a_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Any, lines: str) -> Any:
    """In place of the library: a program that has its limits, and does this."""
    body = "\n".join(f"    {line}" for line in lines.splitlines())
    program = tmp_path / "reader.py"
    source = reading_pdf.__file__
    program.write_text(
        "import runpy\n"
        f"own = runpy.run_path({source!r})\n"
        "def harm(content):\n"
        f"{body}\n"
        "own['main'].__globals__['read'] = harm\n"
        "own['main']()\n"
    )
    monkeypatch.setattr(reading, "_PDF_READER", program)
    return files.read(VERDICT)


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param("return {'title': len(bytearray(600_000_000))}", id="memory"),
        pytest.param("import os; os.kill(os.getpid(), 9)", id="dies"),
        pytest.param("print('no JSON')\nraise SystemExit", id="answers otherwise"),
        pytest.param("return harm(content)", id="no end of calls"),
    ],
)
def test_whatever_befalls_the_reader_befalls_it_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, harm: str
) -> None:
    assert of_a_program(monkeypatch, tmp_path, harm) == files.Read(is_unread=True)


def test_work_without_end_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """By the machine, which counts the work that is done; waiting has an end of its own."""
    assert reading_pdf.MOST_SECONDS < reading._LONGEST_WAIT
    busy = "import resource\n"
    busy += "resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass"
    assert of_a_program(monkeypatch, tmp_path, busy).is_unread
    monkeypatch.setattr(reading, "_LONGEST_WAIT", 1)
    asleep = "import time\ntime.sleep(60)"
    assert of_a_program(monkeypatch, tmp_path, asleep).is_unread


def test_the_reader_has_limits_and_knows_no_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    tell = (
        "import os, resource, sys\n"
        "limits = resource.RLIMIT_AS, resource.RLIMIT_CPU\n"
        "told = [resource.getrlimit(limit)[1] for limit in limits]\n"
        "ours = [name for name in sys.modules if name.startswith(('cases', 'django'))]\n"
        "told += [os.environ.get('SECRET_KEY'), ours]\n"
        "return {'title': repr(told), 'made': '', 'pages': []}"
    )
    said = of_a_program(monkeypatch, tmp_path, tell)
    limits = [reading_pdf.MOST_MEMORY, reading_pdf.MOST_SECONDS]
    assert said.title == repr([*limits, None, []])
    assert resource.getrlimit(resource.RLIMIT_AS)[1] != reading_pdf.MOST_MEMORY


# --- A source that is begun from it ----------------------------------------------------


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


def begun(desk: Client, content: bytes, **boxes: Any) -> Any:
    page = opened(desk, reverse(ADD))
    return desk.post(reverse(ADD), {**page, "file": upload(content), **boxes})


def boxes_of(response: Any) -> dict[str, Any]:
    form = response.context["adminform"].form
    return {name: form[name].value() for name in ("title", "published_on")}


@pytest.mark.django_db
def test_what_it_says_is_put_into_the_boxes_to_be_looked_at(desk: Client) -> None:
    response = begun(desk, VERDICT)
    assert "The file calls itself so" in complaints(response)
    assert "The file was made on this day" in complaints(response)
    said = boxes_of(response)
    assert said == {"title": "Verdict of 7 October", "published_on": "2025-10-07"}
    assert not Source.objects.exists()

    looked_at = begun(desk, VERDICT, title=said["title"], published_on="")
    assert looked_at.status_code == 302, complaints(looked_at)
    source = Source.objects.get()
    assert (source.title, source.published_on) == ("Verdict of 7 October", None)
    assert "The judge signs." in files.text_in_hand(source.pk)
    assert not Citation.objects.exists()
    kept = KeptFile.objects.get()
    assert "Anna" not in " ".join(map(str, vars(kept).values()))


@pytest.mark.django_db
def test_what_cannot_be_read_is_said_and_can_be_typed(desk: Client) -> None:
    response = begun(desk, PDF)
    sentence = "The title and the date could not be read from this file."
    assert sentence in complaints(response)
    assert begun(desk, PDF, title="A verdict").status_code == 302
    assert Source.objects.get().title == "A verdict"


@pytest.mark.django_db
def test_words_marked_in_a_pdf_are_told_by_their_page(desk: Client) -> None:
    begun(desk, VERDICT, title="A verdict")
    source = Source.objects.get()
    case = make.make_prisoner()
    url = reverse("admin:cases_prisoner_change", args=[case.pk])
    page = desk.get(url, {"recording": str(source.pk), "edit": "all"}).content.decode()
    assert 'data-place="p. %s"' in page
    assert 'data-number="3"><span class="quiet">3</span> The judge signs.' in page
