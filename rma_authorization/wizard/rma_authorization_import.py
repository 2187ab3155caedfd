# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64

from odoo import fields, models
from odoo.exceptions import UserError

from ..models.rma_authorization_mailing import ROLE_USER
from ..visitor import Visitor


class RmaAuthorizationImport(models.TransientModel):
    """Rows of a table for a draft return, pasted or from a file: what the customer
    sent by mail, or could have entered on the portal."""

    _name = "rma.authorization.import"
    _description = "Import Rows of a Return"

    authorization_id = fields.Many2one(
        comodel_name="rma.authorization",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="authorization_id.company_id")
    text = fields.Text(
        string="Rows",
        help="Copied from a spreadsheet, or separated by semicolons or commas.",
    )
    file = fields.Binary(attachment=False, help="XLSX or CSV, instead of pasted rows.")
    filename = fields.Char()
    reason_id = fields.Many2one(
        comodel_name="rma.authorization.reason",
        domain="[('company_id', 'in', (False, company_id))]",
        help="For rows that give none.",
    )
    resolution = fields.Selection(
        selection=lambda self: self._selection_resolution(),
        string="Wanted Resolution",
        required=True,
        default="none",
        help="For all rows.",
    )
    problems = fields.Text(string="Rows That Could Not Be Taken", readonly=True)
    taken_count = fields.Integer(string="Lines Filled", readonly=True)

    def _selection_resolution(self):
        field = self.env["rma.authorization.resolution.mixin"]._fields["resolution"]
        return field._description_selection(self.env)

    def action_import(self):
        """Put the good rows on the return; the window stays open while there are
        others.

        :raise UserError: for what is no table, or if the return is no draft any more
        """
        self.ensure_one()
        authorization = self.authorization_id
        authorization._check_role(ROLE_USER)
        if authorization.state != "draft":
            raise UserError(
                self.env._(
                    "%(name)s is no draft any more, so no lines are added to it.",
                    name=authorization.display_name,
                )
            )
        rows = self.env["rma.authorization.table.reader"]._read(
            self.text or "", base64.b64decode(self.file or b"")
        )
        table = self.env["rma.authorization.table"]
        found, problems = table._resolve(
            rows,
            # sudo: as every visitor's contact
            Visitor(authorization.partner_id.sudo(), "internal"),
            authorization.company_id,
            self.reason_id,
        )
        table._add_to(authorization, found, resolution=self.resolution)
        if not problems:
            return {"type": "ir.actions.act_window_close"}
        self.write(
            {
                "taken_count": len(found),
                "problems": "\n".join(
                    self.env._(
                        "Row %(row)s: %(message)s",
                        row=problem["row"],
                        message=problem["message"],
                    )
                    for problem in problems
                ),
            }
        )
        return self._get_records_action(name=self.env._("Import Rows"), target="new")
