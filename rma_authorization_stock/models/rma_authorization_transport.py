# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationTransport(models.AbstractModel):
    _inherit = "rma.authorization.transport"

    def _get_tracking_link(self):
        """Override of `rma_authorization`: where carriers are installed, that of the
        transfer knows the page of its parcel."""
        link = super()._get_tracking_link()
        pickings = self.env["stock.picking"]
        if link or not self.tracking_ref or "carrier_id" not in pickings._fields:
            return link
        # sudo: customers follow their parcel without rights on transfers
        sent_sudo = self.sudo().picking_ids.filtered(
            lambda picking: picking.carrier_tracking_ref == self.tracking_ref
        )
        # of several parcels core knows a list, which is no address
        return next(
            (
                picking.carrier_tracking_url
                for picking in sent_sudo
                if (picking.carrier_tracking_url or "").startswith("http")
            ),
            False,
        )
