# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationRepairTest(models.Model):
    """One test of a repaired unit, and what came of it, as the test report lists it."""

    _name = "rma.authorization.repair.test"
    _description = "Test of a Repaired Unit"
    _order = "repair_id, sequence, id"

    repair_id = fields.Many2one(
        comodel_name="repair.order", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="repair_id.company_id", store=True, precompute=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Test", required=True)
    expected = fields.Char(help="What it should be, with its unit.")
    measured = fields.Char(help="What was measured, with its unit.")
    result = fields.Selection(
        selection=[("passed", "Passed"), ("failed", "Failed")],
        help="Empty while it wasn't made.",
    )
