"""Making a picture anew, so that nothing but its pixels is left of the file that somebody
sent: no EXIF, XMP, colour profile, thumbnail, comment or further frame, and nothing
beneath what is transparent.

Only pictures: a PDF may hold text beneath its black boxes, and earlier versions of
itself.
"""

import io
import warnings

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from cases.files.kinds import (
    JPEG,
    PDF,
    PNG,
    Kind,
    Picture,
    UnknownKind,
    kind_of_file,
)

MOST_PIXELS = 24_000_000
MOST_BYTES = 4_000_000  # of what is made
_FORMATS = {PNG: "PNG", JPEG: "JPEG"}
_MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr"}


class NotTaken(Exception):
    """The message is for people."""


def remade(content: bytes) -> Picture:
    """Raises NotTaken."""
    kind = _kind(content)
    pixels = _pixels(content, kind)
    made = _encoded(pixels, kind)
    if len(made) > MOST_BYTES:
        raise NotTaken(
            _("It is larger than %(most)s MB once it is made anew. Save it smaller.")
            % {"most": MOST_BYTES // 1_000_000}
        )
    return Picture(made, kind.media_type, *pixels.size)


def _kind(content: bytes) -> Kind:
    try:
        kind = kind_of_file(content)
    except UnknownKind:
        kind = None
    if kind is PDF:
        raise NotTaken(
            _(
                "A PDF is not taken: text may be read beneath its black boxes. Make a"
                " picture of each page, as PNG or JPEG, and add these."
            )
        )
    if kind not in _FORMATS:
        raise NotTaken(_("Only PNG and JPEG are taken. What counts is its content."))
    return kind


def _pixels(content: bytes, kind: Kind) -> Image.Image:
    """Its size is read before anything is unpacked."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=[_FORMATS[kind]])
            if picture.width * picture.height > MOST_PIXELS:
                raise NotTaken(_too_many_pixels())
            if picture.mode not in _MODES:
                raise NotTaken(_("It has more than 8 bits a colour. Save it with 8."))
            picture.load()
            return _flat(ImageOps.exif_transpose(picture))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotTaken(_too_many_pixels()) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise NotTaken(_("The picture is broken and cannot be read.")) from error


def _too_many_pixels() -> str:
    return _("It has more than %(most)s million pixels. Save it smaller.") % {
        "most": MOST_PIXELS // 1_000_000
    }


def _flat(picture: Image.Image) -> Image.Image:
    """On white: what is transparent still has the colours that stood there."""
    if not picture.has_transparency_data:
        return _only_pixels(picture.convert("RGB"))
    seen = picture.convert("RGBA")
    flat = Image.new("RGB", seen.size, "white")
    flat.paste(seen, mask=seen.getchannel("A"))
    return flat


def _only_pixels(picture: Image.Image) -> Image.Image:
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    return bare


def _encoded(pixels: Image.Image, kind: Kind) -> bytes:
    made = io.BytesIO()
    if kind is PNG:
        pixels.save(made, "PNG")
    else:
        pixels.save(made, "JPEG", quality=85)
    return made.getvalue()
