# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

REPORT = "rma_authorization_stock.action_report_repair"


class RepairOrder(models.Model):
    """The test report: what was wrong, what was done, and that it works."""

    # a subject of its own, in a file of its own
    _inherit = "repair.order"  # pylint: disable=consider-merging-classes-inherited

    rma_work = fields.Text(
        string="Work Done", copy=False, help="As the customer reads it."
    )
    rma_test_ids = fields.One2many(
        comodel_name="rma.authorization.repair.test",
        inverse_name="repair_id",
        string="Tests",
        copy=True,
    )
    rma_test_result = fields.Selection(
        selection=[("passed", "Passed"), ("failed", "Failed")],
        string="Test Result",
        compute="_compute_rma_test_result",
        store=True,
        help="Passed when every test was; empty while one is open, or there is none.",
    )
    rma_technician_id = fields.Many2one(
        comodel_name="res.users",
        string="Technician",
        readonly=True,
        copy=False,
        help="Who has finished the repair.",
    )

    @api.depends("rma_test_ids.result")
    def _compute_rma_test_result(self):
        for repair in self:
            results = set(repair.rma_test_ids.mapped("result"))
            if "failed" in results:
                repair.rma_test_result = "failed"
            else:
                repair.rma_test_result = "passed" if results == {"passed"} else False

    def action_repair_done(self):
        """Override of `repair` to keep who signs the test report."""
        res = super().action_repair_done()
        self.sudo().rma_technician_id = self.env.user
        return res

    def _get_rma_complaint(self):
        """What the customer says is wrong."""
        self.ensure_one()
        # sudo: a technician of the repair app has no rights on returns
        line = self.sudo().rma_line_id
        return line.description or line.reason_id.name or self.repair_request

    def _get_rma_test_reports(self):
        """The test reports of finished repairs, as PDF in the customers' languages.
        They are attached to the repair when they are first asked for, and stand.

        :return: {repair: ir.attachment record}
        """
        # sudo: who may see the repair has been found out; attachments are its own
        repairs_sudo = self.sudo().filtered(lambda repair: repair.state == "done")
        found = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", repairs_sudo.ids),
                    ("description", "=", REPORT),
                ]
            )
        )
        reports = {repair.id: found.browse() for repair in repairs_sudo}
        for attachment in found:
            reports[attachment.res_id] = attachment
        return {
            repair: reports[repair.id] or repair._make_rma_test_report()
            for repair in repairs_sudo
        }

    def _make_rma_test_report(self):
        self.ensure_one()
        content, kind = (
            self.env["ir.actions.report"]
            .with_company(self.company_id)
            ._render_qweb_pdf(REPORT, self.ids)
        )
        report = self.with_context(lang=self.partner_id.lang or self.env.lang)
        name = report.env._("Test Report %(repair)s", repair=self.name)
        return self.env["ir.attachment"].create(
            {
                "name": f"{name.replace('/', '-')}.{kind}",
                "raw": content,
                "res_model": self._name,
                "res_id": self.id,
                # tells ours from what people attach
                "description": REPORT,
            }
        )
