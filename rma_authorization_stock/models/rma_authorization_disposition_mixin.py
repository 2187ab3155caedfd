# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationDispositionMixin(models.AbstractModel):
    _inherit = "rma.authorization.disposition.mixin"

    disposition = fields.Selection(
        selection_add=[
            ("hold", "Hold in Quarantine"),
            ("restock", "Back to Stock"),
            ("regrade", "Regrade"),
            ("repair", "Repair for Stock"),
            ("harvest", "Take Apart for Parts"),
            ("scrap", "Scrap"),
            ("send_back", "Send Back to Customer"),
            ("vendor", "Return to Supplier"),
        ],
        ondelete={
            "hold": "set null",
            "restock": "set null",
            "regrade": "set null",
            "repair": "set null",
            "harvest": "set null",
            "scrap": "set null",
            "send_back": "set null",
            "vendor": "set null",
        },
    )
