# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Files that customers send with a return: what is taken, and in which form.

Nothing that a stranger says about a file is believed: neither its name, nor the type
that the browser declares. What it is follows from its content, out of a short list.
Pictures are drawn anew, so that nothing but what can be seen is kept of them: no
place where they were taken, and nothing hidden behind them.
"""

import io
import logging
import re
import unicodedata
import zipfile
from typing import NamedTuple

# Odoo keeps Pillow to the formats that it needs itself, and WebP isn't one of them.
from PIL import Image, ImageOps, WebPImagePlugin  # noqa: F401

from odoo.exceptions import UserError
from odoo.tools.image import IMAGE_MAX_RESOLUTION

_logger = logging.getLogger(__name__)

MAX_UPLOADS = 10
MEGABYTE = 1024 * 1024
MAX_MEGABYTES = 15
MAX_VIDEO_MEGABYTES = 60
# Sharp enough to read a serial number, small enough to be kept by the thousand.
MAX_SIDE = 2560
JPEG_QUALITY = 88
MAX_NAME = 100
# For the attribute `accept` of a file field: phones that take pictures in a format
# of their own convert them when they are asked for these.
ACCEPT = ",".join(
    (
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "application/pdf",
        "video/mp4",
        "video/quicktime",
        "video/webm",
    )
)

HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
VIDEO_BRANDS = {
    *(b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"avc1", b"mp41", b"mp42"),
    *(b"MSNV", b"M4V ", b"M4VH", b"M4VP", b"dash", b"3gp4", b"3gp5", b"3gp6"),
}
MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|script|svg|\?xml)", re.IGNORECASE)
EXTENSION = re.compile(r"\.\w{1,5}$")
# What file systems of customers and of ours don't allow in names.
UNSAFE = re.compile(r"[<>:\"|?*`;]")


class Kind(NamedTuple):
    """A kind of file that is taken."""

    mimetype: str
    extension: str
    # how Pillow calls it and what it is kept as, for pictures
    picture: str = ""
    kept: str = ""


class Upload(NamedTuple):
    """A file that is safe to keep and to show."""

    name: str
    content: bytes
    mimetype: str


JPEG = Kind("image/jpeg", ".jpg", "JPEG", "JPEG")
PNG = Kind("image/png", ".png", "PNG", "PNG")
GIF = Kind("image/gif", ".gif", "GIF", "PNG")
WEBP = Kind("image/webp", ".webp", "WEBP", "JPEG")
HEIF = Kind("image/heic", ".heic", "HEIF", "JPEG")
PDF = Kind("application/pdf", ".pdf")
MP4 = Kind("video/mp4", ".mp4")
MOV = Kind("video/quicktime", ".mov")
WEBM = Kind("video/webm", ".webm")
KEPT = {kind.kept: kind for kind in (JPEG, PNG)}


def read_uploads(env, files, existing=0):
    """Read what a customer sends: all of it, or nothing.

    :param env: in whose language and name it is refused
    :param files: the ``werkzeug.datastructures.FileStorage`` of a form's field; a field
        left empty counts for nothing
    :param int existing: how many files the return has already
    :return: the files as they may be kept
    :rtype: list[Upload]
    :raise UserError: naming each file that can't be taken, why, and what to do
    """
    files = [file for file in files if file.filename]
    if existing + len(files) > MAX_UPLOADS:
        raise UserError(
            env._(
                "A return can have %(limit)d files, and this would make it %(number)d. "
                "Please send the ones that show the problem best.",
                limit=MAX_UPLOADS,
                number=existing + len(files),
            )
        )
    uploads, problems = [], []
    for file in files:
        try:
            uploads.append(_read(env, file))
        except UserError as error:
            problems.append(str(error))
    if problems:
        raise UserError("\n".join(problems))
    return uploads


def clean_name(name, extension=None):
    """A file name without path, invisible characters and what isn't allowed in names.

    :param name: as sent; may be anything
    :param extension: replaces that of the name
    """
    name = re.split(r"[\\/]", name or "")[-1]
    # C: control characters, direction marks, halves of characters, unassigned ones
    visible = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", name)
        if character.isspace() or not unicodedata.category(character).startswith("C")
    )
    name = re.sub(r"\s+", " ", UNSAFE.sub("_", visible)).strip(" .")
    if extension is None:
        return name[:MAX_NAME]
    stem = EXTENSION.sub("", name).strip(" .") or "file"
    return stem[: MAX_NAME - len(extension)].rstrip(" .") + extension


def _read(env, file):
    """One file, in the form in which it is kept."""
    name = clean_name(file.filename) or env._("The file")
    # from the start, as a request that met another one is read a second time
    file.stream.seek(0)
    content = file.stream.read(MAX_VIDEO_MEGABYTES * MEGABYTE + 1)
    if not content:
        raise UserError(
            env._("%(file)s is empty. Please choose it once more.", file=name)
        )
    _check_size(env, name, content, MAX_VIDEO_MEGABYTES)
    kind = _find_kind(content)
    if not kind:
        raise UserError(
            env._(
                "%(file)s can't be taken. Please send pictures (JPEG, PNG, WebP or "
                "GIF), PDF documents or videos (MP4, MOV or WebM).",
                file=name,
            )
        )
    if not kind.mimetype.startswith("video/"):
        _check_size(env, name, content, MAX_MEGABYTES)
    if kind.picture:
        content, kind = _draw_anew(env, name, content, kind)
    return Upload(clean_name(file.filename, kind.extension), content, kind.mimetype)


def _check_size(env, name, content, limit):
    if len(content) > limit * MEGABYTE:
        raise UserError(
            env._(
                "%(file)s is larger than %(limit)d MB. Please send a smaller one.",
                file=name,
                limit=limit,
            )
        )


# -- what it is ------------------------------------------------------------------------


def _find_kind(content):
    """What a file is by its content, or None if that isn't taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"%PDF-"):
        return PDF if _is_pdf(content) else None
    if content[4:8] == b"ftyp":
        return _find_kind_of_boxes(content)
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM if _is_webm(content) else None
    return None


def _is_pdf(content):
    """Whether it is a document to its end, and not an archive or a page besides."""
    return (
        b"%%EOF" in content[-1024:]
        and not MARKUP.search(content[:1024])
        and not zipfile.is_zipfile(io.BytesIO(content))
    )


def _find_kind_of_boxes(content):
    """MP4 and MOV are a chain of boxes (size, name, content), as are pictures of
    some phones: the first one says what it is."""
    brand = content[8:12]
    if brand in HEIF_BRANDS:
        return HEIF
    kind = MOV if brand == b"qt  " else MP4 if brand in VIDEO_BRANDS else None
    names = _read_boxes(content)
    return kind if {b"moov", b"mdat"} <= names or b"moof" in names else None


def _read_boxes(content):
    """Names of a file's boxes; none if they don't make up the whole file."""
    names, position = set(), 0
    while position < len(content):
        size = int.from_bytes(content[position : position + 4], "big")
        names.add(content[position + 4 : position + 8])
        if size == 1:
            size = int.from_bytes(content[position + 8 : position + 16], "big")
        elif size == 0:
            # until the end of the file
            return names
        if size < 8:
            return set()
        position += size
    return names if position == len(content) else set()


def _is_webm(content):
    """Whether the header of a Matroska file says WebM, and its content follows."""
    if not content[4] & 0x80:
        # A longer header than there are fields for.
        return False
    header = 5 + (content[4] & 0x7F)
    is_webm = b"\x42\x82\x84webm" in content[:header]
    return is_webm and content[header : header + 4] == b"\x18\x53\x80\x67"


# -- pictures --------------------------------------------------------------------------


def _draw_anew(env, name, content, kind):
    """What can be seen of a picture, upright, at most `MAX_SIDE` pixels wide and high.

    :return: content and kind of the new picture
    """
    if kind.picture not in Image.OPEN:
        raise UserError(
            env._(
                "%(file)s is a picture in the format %(format)s, which we can't read. "
                "Please send it as JPEG. An iPhone takes such pictures after Settings "
                "> Camera > Formats > Most Compatible.",
                file=name,
                format=kind.extension[1:].upper(),
            )
        )
    try:
        picture = Image.open(io.BytesIO(content), formats=[kind.picture])
        # known from the header, before anything is unpacked
        if picture.width * picture.height <= IMAGE_MAX_RESOLUTION:
            return _draw(picture, kind), KEPT[kind.kept]
    except Image.DecompressionBombError:
        _logger.info("Upload refused: more pixels than any camera has")
    except Exception as error:
        # Decoders raise whatever they stumble upon in a damaged or forged file.
        _logger.info("Upload refused: unreadable %s: %s", kind.mimetype, error)
        raise UserError(
            env._(
                "%(file)s is damaged and can't be shown. Please send another picture.",
                file=name,
            )
        ) from error
    raise UserError(
        env._(
            "%(file)s has more than %(limit)d million pixels. Please send a smaller "
            "picture.",
            file=name,
            limit=int(IMAGE_MAX_RESOLUTION / 1e6),
        )
    )


def _draw(picture, kind):
    # JPEG is unpacked at half or less of its size, if that is enough
    picture.draft(None, (MAX_SIDE, MAX_SIDE))
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    drawn = _turn_upright(picture).convert("RGBA" if has_alpha else "RGB")
    if has_alpha and kind.kept == "JPEG":
        canvas = Image.new("RGB", drawn.size, "white")
        canvas.paste(drawn, mask=drawn.getchannel("A"))
        drawn = canvas
    drawn.thumbnail((MAX_SIDE, MAX_SIDE))
    # encoders copy comments, profiles and the like from here
    drawn.info = {}
    stream = io.BytesIO()
    options = {"quality": JPEG_QUALITY} if kind.kept == "JPEG" else {}
    drawn.save(stream, kind.kept, **options)
    return stream.getvalue()


def _turn_upright(picture):
    try:
        return ImageOps.exif_transpose(picture)
    except Exception as error:
        # Which way is up is read from what cameras write beside the picture, some of
        # them wrongly. Lying on its side it is still evidence.
        _logger.info("Upload: orientation can't be read: %s", error)
        return picture
