"""The copy that a partner keeps: after whatever happens on the way, it equals what is
published.
"""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client

from tests.keys import key_for
from tests.published import publish, withdraw
from tracker.audiences import PARTNERS, PUBLIC
from tracker.mirror import Copy, Failed, Mirror, connect, main

pytestmark = pytest.mark.django_db

ADDRESS = "http://testserver"
Answer = httpx.Response | Exception | None


class Line(httpx.BaseTransport):
    """To the real site; `answers` stand in for the first ones: an error, an answer, or
    None for the site's own.
    """

    def __init__(
        self, *answers: Answer | Callable[[httpx.Response], httpx.Response]
    ) -> None:
        self.answers, self.asked, self.statuses = (
            list(answers),
            list[httpx.URL](),
            list[int](),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        response = self.of_the_site(request)
        self.statuses.append(response.status_code)
        return answer(response) if answer else response

    @staticmethod
    def of_the_site(request: httpx.Request) -> httpx.Response:
        found: Any = Client(headers=dict(request.headers)).get(
            str(request.url.raw_path, "ascii")
        )
        content = (
            b"".join(found.streaming_content) if found.streaming else found.content
        )
        return httpx.Response(
            found.status_code, headers=dict(found.headers), content=content
        )


def mirror(
    directory: Path, *answers: Any, key: str = "", patience: float = 3600
) -> Any:
    headers = {"Authorization": f"Api-Key {key}"} if key else {}
    client = httpx.Client(base_url=ADDRESS, transport=Line(*answers), headers=headers)
    found: Any = Mirror(client, Copy(directory, ADDRESS), patience)
    found.slept, found.line = [], client._transport
    found.sleep = found.slept.append
    return found


def kept(directory: Path) -> dict[str, dict[str, Any]]:
    with sqlite3.connect(directory / "mirror.sqlite3") as db:
        return {
            one: json.loads(text)
            for one, text in db.execute("SELECT id, document FROM documents")
        }


def merges(directory: Path) -> dict[str, str]:
    with sqlite3.connect(directory / "mirror.sqlite3") as db:
        return dict(db.execute("SELECT id, merged_into FROM merges"))


def published(*names: str) -> dict[str, dict[str, Any]]:
    documents = [publish(PUBLIC, "prisoner", {"name": name}) for name in names]
    return {one["id"]: one for one in documents}


def cut_after(lines: int) -> Callable[[httpx.Response], httpx.Response]:
    def cut(response: httpx.Response) -> httpx.Response:
        return httpx.Response(
            200, content=b"\n".join(response.content.split(b"\n")[:lines])[:-5]
        )

    return cut


# --- What a copy holds ------------------------------------------------------------------------------------------


def test_the_copy_holds_what_is_published_and_then_follows_it(tmp_path: Path) -> None:
    first = published("Ales Example", "Maria Example")
    copy = mirror(tmp_path)
    copy.sync()
    assert kept(tmp_path) == first
    one, other = first
    withdraw(PUBLIC, one)
    changed = publish(PUBLIC, "prisoner", {**first[other], "affiliation": "A paper"})
    copy.sync()
    assert kept(tmp_path) == {other: changed}
    assert copy.is_equal()


def test_the_text_of_a_document_is_kept_whatever_separators_stand_in_it(
    tmp_path: Path,
) -> None:
    first = published("Line\u2028separator\u0085and “quotes” \\ Наста")
    copy = mirror(tmp_path)
    copy.sync()
    assert kept(tmp_path) == first
    assert copy.is_equal()


def test_a_merged_case_leads_to_the_one_it_lives_on_in(tmp_path: Path) -> None:
    merged, into = published("Ales Example", "Aliaksandr Example")
    withdraw(PUBLIC, merged, merged_into=into)
    mirror(tmp_path).sync()
    assert merges(tmp_path) == {merged: into}
    publish(PUBLIC, "prisoner", {"id": merged, "name": "Ales Example"})
    mirror(tmp_path).sync()
    assert merges(tmp_path) == {}
    assert set(kept(tmp_path)) == {merged, into}


def test_a_partner_copies_what_partners_see(tmp_path: Path) -> None:
    everyones = published("Open Example")
    partners = publish(PARTNERS, "prisoner", {"name": "Shared Example"})
    mirror(tmp_path / "theirs", key=key_for("Example Rights Centre").secret).sync()
    mirror(tmp_path / "anyones").sync()
    assert set(kept(tmp_path / "theirs")) == {partners["id"]}
    assert set(kept(tmp_path / "anyones")) == set(everyones)


def test_what_was_withdrawn_is_not_left_in_the_file(tmp_path: Path) -> None:
    [one] = published("Canary Example")
    mirror(tmp_path).sync()
    assert b"Canary Example" in (tmp_path / "mirror.sqlite3").read_bytes()
    withdraw(PUBLIC, one)
    mirror(tmp_path).sync()
    assert not [
        file for file in tmp_path.iterdir() if b"Canary Example" in file.read_bytes()
    ]


# --- A bad line ---------------------------------------------------------------------------------------------------


def test_an_answer_that_was_cut_short_is_read_again_from_the_last_cursor(
    tmp_path: Path,
) -> None:
    first = published("Ales Example", "Maria Example")
    copy = mirror(tmp_path, cut_after(2))
    copy.sync()
    assert kept(tmp_path) == first
    assert len(copy.slept) == 1


def test_after_a_chunk_was_kept_a_cut_line_does_not_begin_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.api.export.CHUNK", 1)
    first = published("Ales Example", "Maria Example", "Ihar Example")
    copy = mirror(tmp_path, cut_after(4))
    copy.sync()
    assert kept(tmp_path) == first
    assert "since" not in copy.line.asked[0].params
    assert "since" in copy.line.asked[1].params


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_trouble_that_passes_is_waited_for_as_long_as_the_tracker_says(
    status: int, tmp_path: Path
) -> None:
    first = published("Ales Example")
    copy = mirror(
        tmp_path,
        httpx.ConnectError("no route"),
        httpx.Response(status, headers={"Retry-After": "30"}),
    )
    copy.sync()
    assert kept(tmp_path) == first
    assert copy.slept[0] <= 1
    assert 30 <= copy.slept[1] <= 32


def test_patience_ends_with_a_sentence_and_the_copy_stays_as_it_was(
    tmp_path: Path,
) -> None:
    first = published("Ales Example")
    mirror(tmp_path).sync()
    published("Maria Example")
    copy = mirror(tmp_path, *[httpx.ReadTimeout("slow")] * 50, patience=60)
    with pytest.raises(Failed, match="gave no more after"):
        copy.sync()
    assert sum(copy.slept) <= 60
    assert kept(tmp_path) == first


def test_a_refusal_is_told_and_not_tried_again(tmp_path: Path) -> None:
    copy = mirror(tmp_path, key="none.such")
    with pytest.raises(Failed, match="401"):
        copy.sync()
    assert copy.slept == []


# --- Starting anew ------------------------------------------------------------------------------------------------


def test_after_410_all_is_read_again_and_what_does_not_come_is_deleted_last(
    tmp_path: Path,
) -> None:
    one, other = first = published("Ales Example", "Maria Example")
    mirror(tmp_path).sync()
    PUBLIC.document_model._default_manager.filter(
        id=one
    ).delete()  # as after a restore: no tombstone
    copy = mirror(tmp_path, httpx.Response(410), cut_after(1))
    copy.sleep = lambda _seconds: held.append(kept(tmp_path))
    held: list[Any] = []
    copy.sync()
    assert held == [first]  # nothing is missing for those who read the copy meanwhile
    assert set(kept(tmp_path)) == {other}


def test_of_two_mirrors_into_one_directory_neither_undoes_the_others_work(
    tmp_path: Path,
) -> None:
    first = published("Ales Example")
    faster = mirror(tmp_path)

    def overtaken(response: httpx.Response) -> httpx.Response:
        faster.sync()
        return response

    slower = mirror(tmp_path, overtaken)
    slower.sync()
    assert len(slower.slept) == 1
    assert kept(tmp_path) == first


# --- Comparing ----------------------------------------------------------------------------------------------------


def test_a_copy_that_was_meddled_with_differs(tmp_path: Path) -> None:
    published("Ales Example", "Maria Example")
    copy = mirror(tmp_path)
    copy.sync()
    assert copy.is_equal()
    copy.copy.db.execute(
        "UPDATE documents SET document = replace(document, 'Ales', 'Alex')"
    )
    assert not copy.is_equal()


def test_comparing_first_catches_up_with_what_was_published_meanwhile(
    tmp_path: Path,
) -> None:
    published("Ales Example")
    copy = mirror(tmp_path)
    copy.sync()
    published("Maria Example")
    assert copy.is_equal()


# --- The command --------------------------------------------------------------------------------------------------


def test_it_runs_without_django_and_without_settings(tmp_path: Path) -> None:
    alone = tmp_path / "mirror.py"
    alone.write_text(Path(sys.modules["tracker.mirror"].__file__ or "").read_text())
    block = "import sys; sys.modules['django'] = None; sys.argv = ['mirror', '--help']; import runpy; "
    ended = subprocess.run(
        [sys.executable, "-c", f"{block}runpy.run_path({str(alone)!r}, run_name='__main__')"],
        cwd=tmp_path, env={}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert "--verify" in ended.stdout


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://tracker.example", "must begin with https://"),
        ("tracker.example", "is no address"),
    ],
)
def test_a_key_is_sent_over_a_closed_line_only(
    address: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "key").write_text("abc.def\n")
    assert (
        main(
            [
                address,
                "--key-file",
                str(tmp_path / "key"),
                "--into",
                str(tmp_path / "copy"),
            ]
        )
        == 1
    )
    assert sentence in capsys.readouterr().err


def test_a_directory_is_one_trackers(tmp_path: Path) -> None:
    Copy(tmp_path, ADDRESS)
    with pytest.raises(Failed, match="holds a copy of http://testserver"):
        Copy(tmp_path, "https://another.example")


def test_nobody_else_on_the_machine_reads_the_copy(tmp_path: Path) -> None:
    Copy(tmp_path / "copy", ADDRESS)
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0
    assert (tmp_path / "copy" / "mirror.sqlite3").stat().st_mode & 0o077 == 0


def test_the_key_is_sent_as_the_read_api_asks() -> None:
    assert (
        connect("https://tracker.example", "abc.def").headers["Authorization"]
        == "Api-Key abc.def"
    )
