# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class RmaAuthorizationFee(models.AbstractModel):
    """What customers pay for our work on a return, whoever has done it.

    The addon that does the work asks here, the addon that bills answers: they needn't
    know of each other.
    """

    _name = "rma.authorization.fee"
    _description = "Fees of Returns"

    @api.model
    def _charge_fees(self, fees):
        """Charge customers for our work. Override in an addon that bills.

        :param list fees: dicts with ``authorization`` (a return), ``kind``
            (diagnosis), ``name`` (what the customer reads) and ``amount`` (without
            taxes, in the currency of the return's company)
        :return: whether it was charged; otherwise somebody has to do it by hand
        """
        return False
