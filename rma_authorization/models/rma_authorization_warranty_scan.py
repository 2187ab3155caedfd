# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

BATCH = 2000


class RmaAuthorizationWarrantyScan(models.Model):
    """How far the deliveries of a company were looked through for warranties.

    A scheduled action makes the passports of new deliveries, and of those that were
    there before somebody said that they have a warranty. It keeps its place here with
    every batch, so that it goes on there, whatever stops it.
    """

    _name = "rma.authorization.warranty.scan"
    _description = "Warranty Scan"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade"
    )
    order_line_cursor = fields.Integer(readonly=True)
    is_complete = fields.Boolean(
        readonly=True, help="All past deliveries were looked through."
    )
    made = fields.Integer(string="Warranties Made", readonly=True)
    date_restart = fields.Datetime(
        string="Started", default=fields.Datetime.now, readonly=True
    )

    _company_uniq = models.Constraint("UNIQUE(company_id)", "A company has one scan.")

    @api.model
    def _get_scans(self):
        """One for each company that promises a warranty on anything."""
        promising = self.env["res.company"].search([("active", "=", True)])
        promising = promising.filtered(lambda one: one._has_rma_warranties())
        scans = self.search([("company_id", "in", promising.ids)])
        missing = promising - scans.company_id
        return scans | self.create([{"company_id": company.id} for company in missing])

    @api.model
    def _restart(self, companies):
        """Look through all past deliveries again: the terms have changed."""
        # sudo: who sets terms needs no rights on the scan
        scans = self.sudo().search([("company_id", "in", companies.ids)])
        scans.write(self._get_restart_vals())

    @api.model
    def _get_restart_vals(self):
        return {
            "order_line_cursor": 0,
            "is_complete": False,
            "date_restart": fields.Datetime.now(),
        }

    def action_restart(self):
        """Look through all past deliveries again, and make what is missing."""
        self._restart(self.company_id)
        self.env.ref("rma_authorization.ir_cron_warranty").sudo()._trigger()

    @api.model
    def _cron_make_warranties(self, batch=BATCH):
        """Make the missing passports, batch by batch, as long as there is time."""
        cron = self.env["ir.cron"]
        for count in self._scan_batches(batch):
            seconds = cron._commit_progress(count, remaining=1)
            # a million of passports needn't stay in memory
            self.env.invalidate_all()
            if not seconds:
                return
        cron._commit_progress(remaining=0)

    @api.model
    def _scan_all(self, batch=BATCH):
        """The same at once, within the transaction."""
        for _count in self._scan_batches(batch):
            pass

    @api.model
    def _scan_batches(self, batch):
        """Do one batch after the other, and yield how many passports each has made."""
        for scan in self._get_scans():
            for step in scan._get_steps():
                is_done = False
                while not is_done:
                    count, is_done = getattr(scan, step)(batch)
                    scan.made += count
                    yield count

    def _get_steps(self):
        """Names of the methods that each do a batch and return how many passports it
        made, and whether it was the last. Override to add some."""
        return ["_scan_order_lines", "_scan_starts"]

    def _scan_order_lines(self, batch):
        """Order lines whose delivered quantity was entered by hand."""
        self.ensure_one()
        if self.is_complete:
            return 0, True
        order_lines = self.env["sale.order.line"].search(
            [
                ("id", ">", self.order_line_cursor),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "sale"),
                ("qty_delivered_method", "=", "manual"),
                ("qty_delivered", ">", 0.0),
                ("product_id.type", "=", "consu"),
            ],
            order="id",
            limit=batch,
        )
        made = self.env["rma.authorization.warranty.maker"]._make_by_hand(order_lines)
        is_done = len(order_lines) < batch
        self.write(
            {
                "order_line_cursor": max(
                    order_lines.ids, default=self.order_line_cursor
                ),
                "is_complete": is_done,
            }
        )
        return len(made), is_done

    def _scan_starts(self, batch):
        """Passports that wait for their invoice."""
        self.ensure_one()
        if self.company_id.rma_warranty_start == "invoice":
            self.env["rma.authorization.warranty"].search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("is_start_provisional", "=", True),
                    ("sale_line_id.invoice_lines.parent_state", "=", "posted"),
                ]
            )._update_starts()
        return 0, True
