"""PDFs, written by hand: small ones, and those of somebody who means harm."""

import zlib


def text_of(*lines: str) -> bytes:
    """The content of a page."""
    shown = [f"({line}) Tj 0 -20 Td".encode("latin-1") for line in lines]
    return b"BT /F1 12 Tf 72 720 Td " + b" ".join(shown) + b" ET"


def stream(content: bytes, *entries: bytes) -> bytes:
    head = b" ".join((b"/Length %d" % len(content), *entries))
    return b"<< %s >>\nstream\n%s\nendstream" % (head, content)


def packed(content: bytes, *, times: int = 1) -> bytes:
    for _time in range(times):
        content = zlib.compress(content, 9)
    filters = b"/FlateDecode " * times
    return stream(content, b"/Filter [%s]" % filters)


def pdf(*contents: bytes, info: bytes = b"", trailer: bytes = b"") -> bytes:
    """A page for each content: an object as `stream` writes it."""
    numbers = [5 + 2 * place for place in range(len(contents))]
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(contents)),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        4: b"<< %s >>" % info,
    }
    for number, content in zip(numbers, contents, strict=True):
        objects[number] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800]"
            b" /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>"
        ) % (number + 1)
        objects[number + 1] = content
    return assembled(objects, trailer)


def assembled(objects: dict[int, bytes], trailer: bytes = b"") -> bytes:
    written = b"%PDF-1.7\n"
    places = []
    for number, content in sorted(objects.items()):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        written += b"%010d 00000 n \n" % place
    written += b"trailer\n<< /Size %d /Root 1 0 R /Info 4 0 R %s >>\n" % (
        len(objects) + 1,
        trailer,
    )
    return written + b"startxref\n%d\n%%%%EOF\n" % start


INFO = (
    b"/Title (Verdict of 7 October) /CreationDate (D:20251007080000+03'00')"
    b" /Author (Anna Passedon) /Creator (Writer of Anna)"
)
VERDICT = pdf(
    stream(text_of("In the name of the Republic", "Four years.")),
    stream(b""),
    packed(text_of("The judge signs.")),
    info=INFO,
)
