# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.sql import column_exists, create_column, table_exists

CERTIFICATE_FIELDS = {
    "certificate_number",
    "certificate_date",
    "certificate_file",
    "certificate_filename",
    "recycler_id",
}


class RmaAuthorizationInspectionCertificate(models.AbstractModel):
    """The proof that goods were destroyed or recycled: number, day and paper, and who
    did it. Company or product category demand it; the return stays open without it."""

    _name = "rma.authorization.inspection.certificate"
    _description = "Certificate for Scrapped Goods"

    scrap_method = fields.Selection(
        selection=[("scrap", "Destroyed"), ("recycle", "Recycled")],
        string="How",
        default="scrap",
        required=True,
        help="What happens to goods that are scrapped.",
    )
    recycler_id = fields.Many2one(
        comodel_name="res.partner",
        string="Done by",
        index="btree_not_null",
        copy=False,
        help="Who destroyed or recycled the goods.",
    )
    certificate_number = fields.Char(copy=False)
    certificate_date = fields.Date(copy=False)
    certificate_file = fields.Binary(string="Certificate", attachment=True, copy=False)
    certificate_filename = fields.Char(copy=False)
    certificate_state = fields.Selection(
        selection=[("missing", "Missing"), ("complete", "Complete")],
        compute="_compute_certificate_state",
        store=True,
        help="Whether there is number, date and file; empty where none is demanded.",
    )

    def _auto_init(self):
        """Nobody demanded certificates of what was scrapped before."""
        cr = self.env.cr
        if table_exists(cr, self._table) and not column_exists(
            cr, self._table, "certificate_state"
        ):
            create_column(cr, self._table, "certificate_state", "varchar")
        return super()._auto_init()

    # Not by settings: what was demanded when the goods were scrapped counts.
    @api.depends(
        "disposition",
        "scrap_method",
        "qty_disposed",
        "certificate_number",
        "certificate_date",
        "certificate_file",
    )
    def _compute_certificate_state(self):
        for finding in self:
            state = False
            if finding.disposition == "scrap":
                if finding._has_certificate():
                    state = "complete"
                elif (
                    finding.product_uom_id.compare(finding.qty_disposed, 0.0) > 0
                    and finding._needs_certificate()
                ):
                    state = "missing"
            finding.certificate_state = state

    @api.constrains("certificate_date")
    def _check_certificate_date(self):
        for finding in self:
            day = finding.certificate_date
            if day and day > fields.Date.context_today(finding):
                raise ValidationError(
                    self.env._(
                        "%(line)s: a certificate isn't of a day to come. Enter the "
                        "date that is on it.",
                        line=finding.line_id.display_name,
                    )
                )

    def _has_certificate(self):
        self.ensure_one()
        return bool(
            self.certificate_number and self.certificate_date and self.certificate_file
        )

    def _needs_certificate(self):
        """Whether company or category demand a certificate for these goods."""
        self.ensure_one()
        demanded = self.product_id.categ_id._get_rma_certificate_required(
            self.company_id
        )
        return demanded == "all" or (
            demanded == "recycle" and self.scrap_method == "recycle"
        )

    def _follow_certificates(self):
        """Attach what has come to the scrap orders, and close what waited for it only.

        :raise UserError: where a closed return would lose its certificate
        """
        for finding in self:
            if finding.certificate_state == "missing" and (
                finding.authorization_id.state == "closed"
            ):
                raise UserError(
                    self.env._(
                        "%(line)s: the return is closed, so its certificate stays. "
                        "Enter number, date and file of the one that replaces it.",
                        line=finding.line_id.display_name,
                    )
                )
        complete = self.filtered(lambda one: one.certificate_state == "complete")
        complete._post_certificates()
        # sudo: who enters a certificate needn't have the right to close
        complete.authorization_id.sudo()._update_closure()

    def _post_certificates(self):
        """Keep the certificate with the scrap orders of these findings."""
        # sudo: who inspects may read scrap orders only
        scraps = self.env["stock.scrap"].sudo()
        by_finding = scraps.search([("rma_inspection_id", "in", self.ids)]).grouped(
            "rma_inspection_id"
        )
        for finding, orders in by_finding.items():
            finding = finding.with_context(bin_size=False)
            name = finding.certificate_filename or finding.certificate_number
            content = base64.b64decode(finding.certificate_file)
            for order in orders:
                order.message_post(
                    body=self.env._(
                        "Certificate %(number)s of %(date)s",
                        number=finding.certificate_number,
                        date=finding.certificate_date,
                    ),
                    attachments=[(name, content)],
                )
