"""Readers who ask over and over, each on a connection of their own:

    python -m benchmarks.bench.load < JOB

The job is {"port", "asked": [[path, headers], …], "visitors", "seconds", "status",
"lengths": {path: bytes} or null, "least": answers, however long they take}. What is
printed is {"answers", "refused", "wrong", "bytes", "seconds", "lengths"}. An answer is
right if it has the status, and as many bytes as that address always has; 503 is a
refusal. Nothing is imported but the standard library: what measures should cost little.
"""

import json
import selectors
import socket
import sys
import time
from itertools import cycle
from typing import Any

PIECE = 1 << 18
_PIECE = memoryview(bytearray(PIECE))
END_OF_CHUNKS = b"\r\n0\r\n\r\n"


class Broken(Exception):
    """The server closed the connection in the middle, or answers otherwise than HTTP."""


class Answer:
    """One answer, as its pieces come. Its body is counted, and not collected: what asks
    shares the processor with what answers.
    """

    def __init__(self) -> None:
        self.begun = b""
        self.head = b""
        self.end = b""
        self.body_length = 0
        self.length: int | None = None  # None: in chunks

    def add(self, piece: bytes | memoryview) -> bool:
        """Is it whole now?"""
        if not piece:
            raise Broken
        if self.head:
            self._add_to_body(piece)
        else:
            self.begun += piece
            self._read_head()
        if not self.head:
            return False
        if self.length is None:
            return self.end == END_OF_CHUNKS
        return self.body_length >= self.length

    def _add_to_body(self, piece: bytes | memoryview) -> None:
        self.body_length += len(piece)
        if self.length is None:
            last = bytes(piece[-len(END_OF_CHUNKS) :])
            self.end = (self.end + last)[-len(END_OF_CHUNKS) :]

    def _read_head(self) -> None:
        end = self.begun.find(b"\r\n\r\n")
        if end < 0:
            return
        self.head = head = self.begun[:end].lower()
        _before, _name, rest = head.partition(b"\r\ncontent-length:")
        if rest:
            self.length = int(rest.partition(b"\r\n")[0])
        elif b"\r\ntransfer-encoding: chunked" not in head:
            self.length = 0  # 304
        self._add_to_body(memoryview(self.begun)[end + 4 :])

    @property
    def status(self) -> int:
        return int(self.head[9:12])


class Visitor:
    def __init__(self, port: int, asked: Any) -> None:
        self.port = port
        self.asked = asked
        self.connect()

    def connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> None:
        self.path, question = next(self.asked)
        self.answer = Answer()
        self.socket.sendall(question)


def question(path: str, headers: dict[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: localhost"]
    for name, value in headers.items():
        lines.append(f"{name}: {value}")
    return "\r\n".join([*lines, "", ""]).encode()


class Tally:
    def __init__(self, status: int, lengths: dict[str, int]) -> None:
        self.status = status
        self.lengths = lengths
        self.answers = self.refused = self.wrong = self.bytes = 0

    @property
    def answered(self) -> int:
        return self.answers + self.refused + self.wrong

    def count(self, path: str, answer: Answer) -> None:
        if answer.status == 503:
            self.refused += 1
            return
        usual = self.lengths.setdefault(path, answer.body_length)
        if answer.status != self.status or answer.body_length != usual:
            self.wrong += 1
            return
        self.answers += 1
        self.bytes += answer.body_length


def run(job: dict[str, Any]) -> dict[str, Any]:
    questions = []
    for path, headers in job["asked"]:
        questions.append((path, question(path, headers)))
    tally = Tally(job["status"], dict(job.get("lengths") or {}))
    waiting = selectors.DefaultSelector()
    for place in range(job["visitors"]):
        start = place * 7 % len(questions)
        in_turn = cycle([*questions[start:], *questions[:start]])
        visitor = Visitor(job["port"], in_turn)
        waiting.register(visitor.socket, selectors.EVENT_READ, visitor)
        visitor.ask()
    began = time.perf_counter()
    end = began + job["seconds"]
    last = began
    # Where an answer takes longer than the turn, the first one is waited for.
    least = job.get("least", 1)
    while time.perf_counter() < end or tally.answered < least:
        for key, _events in waiting.select(timeout=0.05):
            if _read(key.data, tally, waiting):
                last = time.perf_counter()
    return {
        "answers": tally.answers,
        "refused": tally.refused,
        "wrong": tally.wrong,
        "bytes": tally.bytes,
        "seconds": last - began,
        "lengths": tally.lengths,
    }


def _read(visitor: Visitor, tally: Tally, waiting: selectors.BaseSelector) -> bool:
    """Was it the last piece of an answer?"""
    length = visitor.socket.recv_into(_PIECE)
    is_whole = visitor.answer.add(_PIECE[:length])
    if not is_whole:
        return False
    answer = visitor.answer
    tally.count(visitor.path, answer)
    if b"\r\nconnection: close" in answer.head:
        waiting.unregister(visitor.socket)
        visitor.socket.close()
        visitor.connect()
        waiting.register(visitor.socket, selectors.EVENT_READ, visitor)
    visitor.ask()
    return True


def bytes_a_second(port: int, path: str, seconds: float) -> float:
    """Of one long answer, until it ends or the time is over."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as reader:
        began = time.perf_counter()
        reader.sendall(question(path, {}))
        answer, total = b"", 0
        while time.perf_counter() < began + seconds:
            piece = reader.recv(PIECE)
            if not piece:
                break
            total += len(piece)
            answer = (answer + piece)[-64:]
            if answer.endswith(END_OF_CHUNKS):
                break
        return total / (time.perf_counter() - began)


if __name__ == "__main__":
    print(json.dumps(run(json.load(sys.stdin))))
