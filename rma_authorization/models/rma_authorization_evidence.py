# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..tools import lock_rows
from ..uploads import read_uploads


class RmaAuthorizationEvidence(models.AbstractModel):
    """The files that customers send with a return: pictures, documents, videos.

    They are private attachments of the return: who may read the return may read them,
    and the pages for customers show a customer those of their own return.
    """

    _name = "rma.authorization.evidence"
    _description = "Files of Customers"

    def _attach_uploads(self, files):
        """Keep files that the customer sends: all of them, or none.

        Customers have no rights on returns: whoever calls this has found out that the
        return is theirs, and calls it with sudo.

        :param files: the ``werkzeug.datastructures.FileStorage`` of a form's field
        :rtype: ir.attachment recordset
        :raise UserError: naming each file that can't be taken, why, and what to do
        """
        self.ensure_one()
        files = [file for file in files if file]
        if not files:
            return self.env["ir.attachment"]
        # two forms sent at the same time share the number of files allowed
        lock_rows(self)
        uploads = read_uploads(self.env, files, existing=len(self._get_uploads()))
        # They have the size they should have: nothing is to be scaled once more.
        return (
            self.env["ir.attachment"]
            .with_context(image_no_postprocess=True)
            .create([self._prepare_upload_vals(upload) for upload in uploads])
        )

    def _prepare_upload_vals(self, upload):
        self.ensure_one()
        return {
            "name": upload.name,
            "raw": upload.content,
            "mimetype": upload.mimetype,
            "res_model": self._name,
            "res_id": self.id,
            "public": False,
        }

    def _get_uploads(self):
        """What customers sent on these pages, as against what we attached.

        :rtype: ir.attachment recordset
        """
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("create_uid.share", "=", True),
            ]
        )
