# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from .rma_authorization_decision import ROLE_MANAGER


class RmaAuthorizationAdvance(models.AbstractModel):
    """May a replacement go out before the goods are here? By the company's setting
    nobody is asked, or the customer's account, or always a manager."""

    _name = "rma.authorization.advance"
    _description = "Condition of Advance Replacement"

    @api.model
    def _check(self, settlements):
        """Refuse what would be replaced before it has come back, and may not.

        :raise UserError: naming the first of them, and who can help
        """
        for company, batch in settlements.grouped("company_id").items():
            condition = company.sudo().rma_advance_condition
            early = batch.filtered(self._is_early)
            if condition == "none" or not early:
                continue
            # whoever settles works with all rights: the person counts
            if self.env.user.has_group(ROLE_MANAGER):
                continue
            if condition == "manager":
                raise self._get_manager_error(early[0])
            customers = early.authorization_id.commercial_partner_id
            today = company._get_rma_day(fields.Datetime.now())
            overdue = customers._get_rma_overdue(company, today)
            for settlement in early:
                customer = settlement.authorization_id.commercial_partner_id
                amount = overdue.get((customer, company), 0.0)
                if company.currency_id.compare_amounts(amount, 0.0) > 0:
                    raise self._get_overdue_error(settlement, customer, amount)

    def _is_early(self, settlement):
        """Whether goods would be owed to us, and no manager has said yes."""
        line = settlement.line_id
        return not settlement.authorization_id.advance_approved_by_id and (
            line.product_uom_id.compare(line._get_unreturned_qty(), 0.0) > 0
        )

    def _get_manager_error(self, settlement):
        return UserError(
            self.env._(
                "%(line)s can't be replaced before the goods are here: that takes a "
                "manager. Ask one to click “Approve Advance”, or wait for the goods.",
                line=settlement.line_id.display_name,
            )
        )

    def _get_overdue_error(self, settlement, customer, amount):
        currency = settlement.company_id.currency_id
        return UserError(
            self.env._(
                "%(line)s can't be replaced before the goods are here: invoices of "
                "%(amount)s to %(customer)s are overdue. Wait for the payment or the "
                "goods, or ask a manager to click “Approve Advance”.",
                line=settlement.line_id.display_name,
                amount=formatLang(self.env, amount, currency_obj=currency),
                customer=customer.display_name,
            )
        )
