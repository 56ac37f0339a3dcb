"""A program of its own: it reads a PDF from its standard input and writes what it says of
itself as JSON: title, the day on which the file was made, and its text by page.

Whoever sent the file may have made it so that it takes all memory, or no end. So it is
read apart, by a process that has limits, no settings and no database, and imports nothing
of ours. If it fails in whatever way, it says nothing.

Who made the file is not asked.
"""

import io
import json
import resource
import sys
import time
from contextlib import suppress
from typing import Any

MOST_MEMORY = 512_000_000  # bytes
MOST_SECONDS = 20  # of work, all in all
MOST_SECONDS_OF_PAGES = 8  # then no further page is begun
MOST_UNPACKED = 20_000_000  # bytes of one stream
LONGEST_TEXT = 1_000_000  # characters
# Instead of a page without words, so that pages are counted as people do, and of the
# pages for which there was no time.
NO_WORDS = "…"
TITLE, MADE = "/Title", "/CreationDate"


def read(content: bytes) -> dict[str, Any]:
    """Raises whatever the library raises."""
    import pypdf

    pypdf.overwrite_configuration(
        zlib_maximum_output_length=MOST_UNPACKED,
        lzw_maximum_output_length=MOST_UNPACKED,
        run_length_maximum_output_length=MOST_UNPACKED,
        array_based_stream_maximum_output_length=MOST_UNPACKED,
        stream_decoding_work_maximum_length=3 * MOST_UNPACKED,
        jbig2dec_binary=None,
    )
    reader = pypdf.PdfReader(io.BytesIO(content))
    said = reader.metadata
    return {
        "title": stated(said, TITLE),
        "made": stated(said, MADE),
        "pages": pages(reader),
    }


def stated(said: Any, name: str) -> str:
    """Of what is no text: nothing."""
    value = said.get(name) if said else None
    if value is not None:
        value = value.get_object()
    return str(value) if isinstance(value, str) else ""


def pages(reader: Any) -> list[str]:
    until = time.monotonic() + MOST_SECONDS_OF_PAGES
    texts: list[str] = []
    length = 0
    for page in reader.pages:
        if length > LONGEST_TEXT or time.monotonic() > until:
            texts.append(NO_WORDS)
            break
        text = ""
        # A page that cannot be read leaves the others.
        with suppress(Exception):
            text = page.extract_text().strip()
        texts.append(text or NO_WORDS)
        length += len(text)
    if not length:
        return []
    return texts


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    answer = read(sys.stdin.buffer.read())
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
