# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
import random
import struct
import zipfile
import zlib

from PIL import Image, PngImagePlugin
from werkzeug.datastructures import FileStorage

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.rma_authorization import uploads
from odoo.addons.rma_authorization.uploads import clean_name, read_uploads

from .common import RmaCommon

LOGGER = "odoo.addons.rma_authorization.uploads"
PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
DOCUMENT = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def make_picture(kind="JPEG", size=(40, 20), mode="RGB", color="red", **options):
    stream = io.BytesIO()
    Image.new(mode, size, color).save(stream, kind, **options)
    return stream.getvalue()


def make_box(name, content=b""):
    return struct.pack(">I4s", 8 + len(content), name) + content


def make_archive():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    return stream.getvalue()


def make_chunk(name, content):
    checksum = zlib.crc32(name + content)
    return (
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)
    )


def make_bomb(side):
    """A PNG of a few hundred bytes that says it is `side` pixels wide and high."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + make_chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        + make_chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + make_chunk(b"IEND", b"")
    )


MP4 = make_box(b"ftyp", b"isom\0\0\0\0") + make_box(b"moov") + make_box(b"mdat", b"x")
MOV = make_box(b"ftyp", b"qt  \0\0\0\0") + make_box(b"wide") + MP4[16:]
WEBM = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67\x80"
HEIC = make_box(b"ftyp", b"heic\0\0\0\0mif1") + make_box(b"mdat", b"x")


class UploadCommon(RmaCommon):
    def _file(self, content, name="picture.jpg", declared="image/jpeg"):
        return FileStorage(io.BytesIO(content), filename=name, content_type=declared)

    def _read(self, content, name="picture.jpg", declared="image/jpeg"):
        return read_uploads(self.env, [self._file(content, name, declared)])[0]

    def assertRefused(self, content, sentence, name="picture.jpg"):
        with self.assertRaisesRegex(UserError, sentence), mute_logger(LOGGER):
            self._read(content, name)


@tagged("post_install", "-at_install")
class TestUploads(UploadCommon):
    """What customers send is what it claims to be, or isn't taken."""

    # -- kinds -------------------------------------------------------------------------

    def test_every_kind_that_is_taken(self):
        for content, mimetype, extension in (
            (make_picture("JPEG"), "image/jpeg", ".jpg"),
            (make_picture("PNG"), "image/png", ".png"),
            (make_picture("WEBP"), "image/jpeg", ".jpg"),
            (make_picture("GIF"), "image/png", ".png"),
            (DOCUMENT, "application/pdf", ".pdf"),
            (MP4, "video/mp4", ".mp4"),
            (MOV, "video/quicktime", ".mov"),
            (WEBM, "video/webm", ".webm"),
        ):
            with self.subTest(mimetype=mimetype):
                upload = self._read(content, "evidence")
                self.assertEqual(upload.mimetype, mimetype)
                self.assertEqual(upload.name, f"evidence{extension}")

    def test_the_type_follows_from_the_content(self):
        """Neither name nor declared type is believed."""
        upload = self._read(make_picture("PNG"), "invoice.html", "text/html")
        self.assertEqual(upload.mimetype, "image/png")
        self.assertEqual(upload.name, "invoice.png")

    def test_anything_else_is_refused(self):
        for name, content in {
            "page": PAGE,
            "drawing": SVG,
            "xml": b'<?xml version="1.0"?><svg/>',
            "archive": make_archive(),
            "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            "program": b"MZ\x90\0" + b"\0" * 100,
            "script": b"#!/bin/sh\nrm -rf /\n",
            "text": b"It doesn't work.",
            "bitmap": make_picture("BMP"),
            "TIFF": b"II*\0\x08\0\0\0" + b"\0" * 40,
            "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n",
            "icon": b"\0\0\1\0" + b"\0" * 40,
            "sound": b"RIFF\x24\0\0\0WAVEfmt ",
            "zeros": b"\0" * 100,
            "one byte": b"\xff",
        }.items():
            with self.subTest(name):
                self.assertRefused(content, r"^picture\.jpg can't be taken\. Please")

    def test_two_in_one_are_refused(self):
        for name, content in {
            "a picture that is a document too": b"GIF89a" + DOCUMENT,
            "something before a document": b"\n" + DOCUMENT,
            "a page before a document": PAGE + DOCUMENT,
            "a page in the head of a document": b"%PDF-1.4\n" + PAGE + DOCUMENT,
            "an archive behind a document": DOCUMENT + make_archive() + b"%%EOF",
            "a document without an end": DOCUMENT.replace(b"%%EOF", b"") + PAGE,
            "a page behind a video": MP4 + PAGE,
            "a video without pictures": MP4[:16] + PAGE,
            "Matroska that isn't WebM": WEBM.replace(b"webm", b"WebM"),
            "no video behind the header": WEBM[:12] + PAGE,
        }.items():
            with self.subTest(name):
                self.assertRefused(
                    content, r"^picture\.jpg (can't be taken|is damaged)"
                )

    def test_pictures_of_phones_that_cannot_be_read(self):
        self.assertRefused(HEIC, r"^IMG_1\.HEIC is a picture .* HEIC", "IMG_1.HEIC")

    # -- pictures ----------------------------------------------------------------------

    def test_nothing_but_the_picture_is_kept(self):
        """No place, camera, comment, text, profile or page behind it."""
        exif = Image.Exif()
        exif[0x010F] = "SECRET camera"
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", "SECRET text")
        for content in (
            make_picture("JPEG", exif=exif, comment="SECRET", icc_profile=b"SECRET")
            + PAGE
            + b"SECRET",
            make_picture("PNG", exif=exif, pnginfo=text, icc_profile=b"SECRET"),
            make_picture("WEBP", exif=exif, xmp=b"SECRET", icc_profile=b"SECRET"),
            make_picture("GIF", comment="SECRET") + make_archive() + b"SECRET",
        ):
            self.assertIn(b"SECRET", content)
            upload = self._read(content)
            for hidden in (b"SECRET", b"<html", b"PK\x03\x04", b"Exif"):
                self.assertNotIn(hidden, upload.content)
            kept = Image.open(io.BytesIO(upload.content))
            self.assertFalse(kept.getexif())
            self.assertEqual(kept.size, (40, 20))

    def test_pictures_are_turned_upright(self):
        exif = Image.Exif()
        exif[0x0112] = 6
        upload = self._read(make_picture("JPEG", exif=exif))
        self.assertEqual(Image.open(io.BytesIO(upload.content)).size, (20, 40))

    def test_orientation_that_cannot_be_read(self):
        content = make_picture("JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff")
        with mute_logger(LOGGER):
            upload = self._read(content)
        self.assertEqual(Image.open(io.BytesIO(upload.content)).size, (40, 20))

    def test_large_pictures_are_scaled(self):
        for kind in ("JPEG", "PNG"):
            upload = self._read(make_picture(kind, (6000, 3000)))
            self.assertEqual(Image.open(io.BytesIO(upload.content)).size, (2560, 1280))

    def test_all_modes_of_pictures(self):
        for kind, mode, color in (
            ("JPEG", "L", 128),
            ("JPEG", "CMYK", (0, 0, 0, 0)),
            ("PNG", "1", 1),
            ("PNG", "P", 3),
            ("PNG", "LA", (128, 10)),
            ("PNG", "RGBA", (255, 0, 0, 10)),
            ("PNG", "I;16", 4000),
            ("WEBP", "RGBA", (255, 0, 0, 0)),
        ):
            with self.subTest(kind=kind, mode=mode):
                upload = self._read(make_picture(kind, mode=mode, color=color))
                kept = Image.open(io.BytesIO(upload.content))
                self.assertEqual(kept.size, (40, 20))
        # what was transparent is white
        self.assertEqual(kept.getpixel((5, 5)), (255, 255, 255))

    def test_of_moving_pictures_the_first_is_kept(self):
        frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
        for kind in ("GIF", "WEBP", "PNG"):
            stream = io.BytesIO()
            frames[0].save(stream, kind, save_all=True, append_images=frames[1:])
            upload = self._read(stream.getvalue())
            kept = Image.open(io.BytesIO(upload.content))
            self.assertEqual(getattr(kept, "n_frames", 1), 1)
            red, _green, blue = kept.convert("RGB").getpixel((4, 4))[:3]
            self.assertGreater(red, 200)
            self.assertLess(blue, 60)

    def test_bombs_are_refused_before_they_are_unpacked(self):
        for side in (8000, 12000, 60000, 2**31 - 1):
            with self.subTest(side=side):
                self.assertRefused(
                    make_bomb(side), r"picture\.jpg has more than 50 million pixels"
                )

    def test_damaged_pictures(self):
        for content in (
            make_picture("JPEG")[:100],
            make_picture("PNG")[:30],
            b"\xff\xd8\xff" + PAGE,
            b"\x89PNG\r\n\x1a\n" + PAGE,
            b"GIF89a" + PAGE,
            b"RIFF\0\0\0\0WEBP" + PAGE,
        ):
            with self.subTest(content=content[:30]):
                self.assertRefused(content, r"picture\.jpg is damaged")

    def test_garbled_files_are_refused_or_read(self):
        """Nothing but a sentence for the customer comes of them."""
        dice = random.Random(19)
        for kind in ("JPEG", "PNG", "GIF", "WEBP"):
            whole = make_picture(kind)
            for _turn in range(40):
                content = bytearray(whole)
                for _byte in range(dice.randint(1, 8)):
                    content[dice.randrange(len(content))] = dice.randrange(256)
                with self.subTest(kind=kind), mute_logger(LOGGER):
                    try:
                        self._read(bytes(content))
                    except UserError as error:
                        self.assertRegex(str(error), r"^picture\.jpg ")

    def test_file_fields_offer_what_is_taken(self):
        """And so phones convert pictures of their own format."""
        for name in ("portal_edit_return", "portal_return"):
            page = self.env.ref(f"rma_authorization.{name}").arch_db
            self.assertIn(f'accept="{uploads.ACCEPT}"', page)
            self.assertNotIn("image/*", page)

    # -- limits ------------------------------------------------------------------------

    def test_number(self):
        files = [self._file(make_picture()) for _number in range(4)]
        self.assertEqual(len(read_uploads(self.env, files, existing=6)), 4)
        with self.assertRaisesRegex(UserError, "can have 10 files, .* make it 11"):
            read_uploads(self.env, files, existing=7)

    def test_a_hundred_files_are_refused_unread(self):
        files = [self._file(b"") for _number in range(100)]
        for file in files:
            file.stream.close()
        with self.assertRaisesRegex(UserError, "can have 10 files, .* make it 100"):
            read_uploads(self.env, files)

    def test_size(self):
        megabyte = 1024 * 1024
        padding = b"\0" * (15 * megabyte - len(DOCUMENT))
        largest = DOCUMENT[:9] + padding + DOCUMENT[9:]
        self.assertEqual(len(self._read(largest).content), 15 * megabyte)
        self.assertRefused(largest + b"\n", r"picture\.jpg is larger than 15 MB")
        self.assertRefused(make_picture() + padding, "is larger than 15 MB")
        # a video may have more
        video = MP4[:-9] + make_box(b"mdat", b"\0" * 15 * megabyte)
        self.assertEqual(self._read(video).mimetype, "video/mp4")
        self.patch(uploads, "MAX_VIDEO_MEGABYTES", 15)
        self.assertRefused(video, r"picture\.jpg is larger than 15 MB")

    def test_fields_left_empty(self):
        self.assertEqual(read_uploads(self.env, []), [])
        self.assertEqual(read_uploads(self.env, [self._file(b"", "")]), [])

    def test_empty_files(self):
        self.assertRefused(b"", r"^picture\.jpg is empty")

    def test_all_or_nothing(self):
        """Each file that can't be taken is named."""
        files = [
            self._file(make_picture(), "good.jpg"),
            self._file(PAGE, "page.jpg"),
            self._file(b"", "empty.jpg"),
        ]
        with self.assertRaises(UserError) as caught:
            read_uploads(self.env, files)
        self.assertEqual(
            str(caught.exception),
            "page.jpg can't be taken. Please send pictures (JPEG, PNG, WebP or GIF), "
            "PDF documents or videos (MP4, MOV or WebM).\n"
            "empty.jpg is empty. Please choose it once more.",
        )

    def test_files_can_be_read_twice(self):
        """A request that met another one is run again."""
        file = self._file(make_picture())
        first = read_uploads(self.env, [file])
        self.assertEqual(read_uploads(self.env, [file]), first)

    # -- names -------------------------------------------------------------------------

    def test_names_are_made_safe(self):
        for name, clean in {
            "radio.jpeg": "radio.jpg",
            "Ça marche pas.png": "Ça marche pas.jpg",
            "收音机.jpg": "收音机.jpg",
            "../../etc/passwd": "passwd.jpg",
            "C:\\Users\\ada\\radio.jpg": "radio.jpg",
            ".htaccess": "htaccess.jpg",
            "...jpg": "jpg.jpg",
            "..": "file.jpg",
            "": "file.jpg",
            "a\r\nSet-Cookie: b=c.jpg": "a Set-Cookie_ b=c.jpg",
            "a\x00b\x1b[31m.jpg": "ab[31m.jpg",
            "radio\u202egpj.exe": "radiogpj.jpg",
            "radio\u200b\ufeff.jpg": "radio.jpg",
            "radio\ud800.jpg": "radio.jpg",
            'a"b<script>.jpg': "a_b_script_.jpg",
            "radio.php.jpg": "radio.php.jpg",
            "x" * 300 + ".jpg": "x" * 96 + ".jpg",
            "  radio  .jpg": "radio.jpg",
        }.items():
            with self.subTest(name=name):
                self.assertEqual(clean_name(name, ".jpg"), clean)

    def test_sentences_name_files_safely(self):
        self.assertRefused(PAGE, r"^x \.html can't be taken", "/tmp/x\u202e\n.html")


@tagged("post_install", "-at_install")
class TestEvidence(UploadCommon):
    """Files that are kept with a return."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ada = new_test_user(
            cls.env, "rma_ada", "base.group_portal", partner_id=cls.customer.id
        )
        cls.bob = new_test_user(
            cls.env, "rma_bob", "base.group_portal", partner_id=cls.other_customer.id
        )
        cls.rma = cls._create_authorization(cls._sell()).sudo()

    def _as_customer(self):
        return self.rma.with_user(self.ada).sudo()

    def test_files_are_kept_with_the_return(self):
        files = [
            self._file(make_picture(), "front.jpg"),
            self._file(DOCUMENT, "receipt.pdf"),
        ]
        kept = self._as_customer()._attach_uploads(files)
        self.assertRecordValues(
            kept,
            [
                {
                    "name": name,
                    "mimetype": mimetype,
                    "res_model": "rma.authorization",
                    "res_id": self.rma.id,
                    "public": False,
                    "access_token": False,
                }
                for name, mimetype in (
                    ("front.jpg", "image/jpeg"),
                    ("receipt.pdf", "application/pdf"),
                )
            ],
        )
        self.assertEqual(self.rma.with_user(self.agent).evidence_ids, kept)
        self.assertEqual(self._as_customer()._get_uploads(), kept)

    def test_nothing_to_keep(self):
        self.assertFalse(self._as_customer()._attach_uploads([self._file(b"", "")]))
        self.assertFalse(self._as_customer()._attach_uploads([]))

    def test_nothing_is_kept_if_one_file_is_refused(self):
        files = [self._file(make_picture()), self._file(PAGE)]
        with self.assertRaises(UserError):
            self._as_customer()._attach_uploads(files)
        self.assertFalse(self._as_customer()._get_uploads())

    def test_what_is_there_counts(self):
        """But not what we attached."""
        self.env["ir.attachment"].with_user(self.agent).create(
            [
                {
                    "name": f"ours {number}",
                    "res_model": "rma.authorization",
                    "res_id": self.rma.id,
                }
                for number in range(3)
            ]
        )
        for _turn in range(2):
            self._as_customer()._attach_uploads(
                [self._file(make_picture()) for _number in range(5)]
            )
        with self.assertRaisesRegex(UserError, "can have 10 files, .* make it 11"):
            self._as_customer()._attach_uploads([self._file(make_picture())])

    def test_customers_have_no_rights_on_them(self):
        """They come by the pages of their return, not by other ways."""
        kept = self._as_customer()._attach_uploads([self._file(make_picture())])
        for user in (self.ada, self.bob, self.env.ref("base.public_user")):
            if user != self.ada:
                with self.assertRaises(AccessError):
                    kept.with_user(user).read(["raw"])
            with self.assertRaises(AccessError):
                kept.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.rma.with_user(user)._attach_uploads([self._file(make_picture())])
