# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

MAX_REFERENCE = 64


class RmaAuthorizationTransport(models.AbstractModel):
    """How the goods come back to us, and the number under which the carrier knows
    them."""

    _name = "rma.authorization.transport"
    _description = "Return Transport"

    transport = fields.Selection(
        selection=[
            ("ship", "Sent by the Customer"),
            ("drop_off", "Brought by the Customer"),
            ("pickup", "Collected by Us"),
        ],
        default="ship",
        required=True,
        copy=False,
        index=True,
        help="How the goods come back.",
    )
    pickup_date = fields.Date(copy=False, help="The day on which we collect the goods.")
    carrier_name = fields.Char(string="Carrier", copy=False)
    tracking_ref = fields.Char(
        string="Tracking Number",
        copy=False,
        index="btree_not_null",
        help="The carrier's number of the parcel that comes back.",
    )

    def _enter_tracking(self, carrier, reference):
        """The customer says under which number the goods are on their way.

        :raise UserError: where no goods are awaited, or for a number of 65 characters
        """
        self.ensure_one()
        if self.state != "authorized" or self.next_step != "receive":
            raise UserError(
                self.env._(
                    "No goods are awaited for %(name)s, so it has no parcel.",
                    name=self.display_name,
                )
            )
        if not reference or max(len(carrier), len(reference)) > MAX_REFERENCE:
            raise UserError(
                self.env._(
                    "Please enter the number on the carrier's receipt, at most "
                    "%(length)s characters.",
                    length=MAX_REFERENCE,
                )
            )
        self.write({"carrier_name": carrier or False, "tracking_ref": reference})
