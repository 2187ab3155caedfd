# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationResolutionSupplierRepair(models.AbstractModel):
    """The very goods come back repaired."""

    _name = "rma.authorization.resolution.supplier_repair"
    _description = "Resolution of a Supplier: Repaired, and Back"
    _inherit = ["rma.authorization.supplier.goods"]
