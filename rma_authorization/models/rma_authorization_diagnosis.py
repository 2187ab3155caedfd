# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .rma_authorization_reason import RESPONSIBLES

_FAULT_DOMAIN = (
    "[('kind', '=', '%s'),"
    " '|', ('categ_ids', '=', False), ('categ_ids', 'parent_of', product_categ_id)]"
)


class RmaAuthorizationDiagnosis(models.AbstractModel):
    """What is wrong with inspected goods, why, and who is responsible.

    Inherited by the finding, and by the row of the window that records it.
    """

    _name = "rma.authorization.diagnosis"
    _description = "Diagnosis of Returned Goods"

    line_id = fields.Many2one(comodel_name="rma.authorization.line")
    company_id = fields.Many2one(related="line_id.company_id")
    product_categ_id = fields.Many2one(related="line_id.product_id.categ_id")
    fault_found = fields.Selection(
        selection=[
            ("unchecked", "Not Checked"),
            ("found", "Fault Found"),
            ("none", "No Fault Found"),
        ],
        string="Diagnosis",
        required=True,
        compute="_compute_fault_found",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        help="Whether the goods were checked for a fault, and had one.",
    )
    fault_id = fields.Many2one(
        comodel_name="rma.authorization.fault",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        domain=_FAULT_DOMAIN % "fault",
        help="What is wrong with the goods.",
    )
    cause_id = fields.Many2one(
        comodel_name="rma.authorization.fault",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        domain=_FAULT_DOMAIN % "cause",
        help="Where the fault comes from.",
    )
    responsible = fields.Selection(
        selection=RESPONSIBLES,
        compute="_compute_responsible",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        help="Who caused it: as the cause says, or else the reason of the return, "
        "unless the inspector finds otherwise.",
    )
    is_wrong_item = fields.Boolean(
        string="Wrong Item", help="Something else came back than was authorized."
    )
    is_incomplete = fields.Boolean(string="Incomplete", help="Parts are missing.")
    missing_parts = fields.Text(help="What is missing, for example the power supply.")

    # -- computes ------------------------------------------------------------------

    @api.depends("fault_id")
    def _compute_fault_found(self):
        """Who names a fault has found one."""
        for finding in self:
            known = finding.fault_found or "unchecked"
            is_found = finding.fault_id and known == "unchecked"
            finding.fault_found = "found" if is_found else known

    # Not by the line's reason: what the inspector recorded stands, also when the
    # service desk changes the reason later, and when somebody edits the catalogue.
    @api.depends("cause_id", "line_id")
    def _compute_responsible(self):
        for finding in self:
            finding.responsible = (
                finding.cause_id.responsible or finding.line_id.reason_id.responsible
            )

    # -- checks --------------------------------------------------------------------

    @api.constrains("fault_found", "fault_id", "cause_id")
    def _check_diagnosis(self):
        """A cause explains a fault, and a fault was found."""
        for finding in self:
            if finding.cause_id and not finding.fault_id:
                raise ValidationError(
                    self.env._(
                        "%(line)s: the cause %(cause)s needs a fault. Choose the fault "
                        "that it explains, or remove the cause.",
                        line=finding.line_id.display_name,
                        cause=finding.cause_id.name,
                    )
                )
            if finding.fault_id and finding.fault_found != "found":
                labels = dict(
                    self._fields["fault_found"]._description_selection(self.env)
                )
                raise ValidationError(
                    self.env._(
                        "%(line)s: the fault %(fault)s is named, and the diagnosis is "
                        '"%(diagnosis)s". Remove the fault, or choose "%(found)s".',
                        line=finding.line_id.display_name,
                        fault=finding.fault_id.name,
                        diagnosis=labels[finding.fault_found],
                        found=labels["found"],
                    )
                )

    @api.constrains("fault_id", "cause_id", "line_id")
    def _check_catalogue(self):
        """Faults and causes come from their part of the catalogue, and are for these
        goods."""
        for finding in self:
            finding._check_entry(finding.fault_id, "fault")
            finding._check_entry(finding.cause_id, "cause")

    def _check_entry(self, entry, kind):
        self.ensure_one()
        if not entry:
            return
        line = self.line_id
        if entry.kind != kind:
            kinds = dict(entry._fields["kind"]._description_selection(self.env))
            raise ValidationError(
                self.env._(
                    "%(line)s: %(entry)s is in the catalogue as %(kind)s. Choose a "
                    "%(expected)s.",
                    line=line.display_name,
                    entry=entry.name,
                    kind=kinds[entry.kind],
                    expected=kinds[kind],
                )
            )
        if not entry._is_for(line.product_id.categ_id):
            raise ValidationError(
                self.env._(
                    "%(line)s: %(entry)s isn't for goods of %(category)s. Choose "
                    "another one, or add the category to it.",
                    line=line.display_name,
                    entry=entry.name,
                    category=line.product_id.categ_id.display_name
                    or self.env._("no category"),
                )
            )
