# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import io

from PIL import Image

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.pdf import PdfFileReader

_MAIL = "rma_authorization.mail_template_label"
_PNG = b"\x89PNG\r\n\x1a\n"
MAX_MEGABYTES = 5


class RmaAuthorizationCarrierLabel(models.AbstractModel):
    """The label that a carrier has made for the parcel: it is printed, shown and mailed
    instead of ours."""

    _name = "rma.authorization.carrier.label"
    _description = "Carrier's Return Label"

    carrier_label = fields.Binary(
        string="Carrier's Label",
        copy=False,
        help="The label for the parcel, paid for at the carrier (PDF or PNG). The "
        "customer gets it instead of our own.",
    )
    carrier_label_name = fields.Char(copy=False)

    @api.constrains("carrier_label")
    def _check_carrier_label(self):
        for authorization in self.with_context(bin_size=False):
            if not authorization.carrier_label:
                continue
            content = base64.b64decode(authorization.carrier_label)
            if len(content) > MAX_MEGABYTES * 1024 * 1024:
                raise ValidationError(
                    self.env._(
                        "The label of %(name)s is larger than %(limit)s MB. Ask the "
                        "carrier for a smaller one.",
                        name=authorization.display_name,
                        limit=MAX_MEGABYTES,
                    )
                )
            if not self._is_printable(content):
                raise ValidationError(
                    self.env._(
                        "The label of %(name)s can't be printed. Upload a PDF without "
                        "a password, or a PNG picture.",
                        name=authorization.display_name,
                    )
                )

    @api.model
    def _is_printable(self, content):
        """Whether the content of a file is a whole PDF or PNG."""
        try:
            if content.startswith(_PNG):
                Image.open(io.BytesIO(content)).verify()
                return True
            if content.startswith(b"%PDF-"):
                reader = PdfFileReader(io.BytesIO(content), strict=False)
                return not reader.isEncrypted and reader.getNumPages() > 0
        except Exception:
            # readers raise whatever they stumble upon in a damaged file
            return False
        return False

    def write(self, vals):
        """Extension: who waits for a label gets it."""
        res = super().write(vals)
        if vals.get("carrier_label"):
            self._mail_carrier_label()
        return res

    def _mail_carrier_label(self):
        """Mail the label to those who have to send something; the mail with the number
        has it by itself, where it still waits."""
        awaited = self.filtered(lambda authorization: authorization._is_awaited())
        templates = self._get_templates(["rma_authorization.mail_template_authorized"])
        untold = awaited._filter_waiting([("template_id", "in", templates.ids)])
        (awaited - untold)._queue_mail(_MAIL)

    def _get_carrier_labels(self):
        """The carriers' labels of these returns, as PDF.

        :return: {id of the return: bytes}; returns without one are left out
        """
        self.check_access("read")
        # sudo: who may read the return may read its label
        attachments_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "carrier_label"),
                    ("res_id", "in", self.ids),
                ]
            )
        )
        return {
            attachment.res_id: self._draw_label(attachment.raw)
            for attachment in attachments_sudo
            if attachment.raw
        }

    @api.model
    def _draw_label(self, content):
        """A label as PDF; a picture on white, four inches wide as labels are."""
        if not content.startswith(_PNG):
            return content
        picture = Image.open(io.BytesIO(content)).convert("RGBA")
        canvas = Image.new("RGB", picture.size, "white")
        canvas.paste(picture, mask=picture)
        stream = io.BytesIO()
        canvas.save(stream, "PDF", resolution=max(picture.width / 4.0, 1.0))
        return stream.getvalue()
