# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """Override of `base`: red-letter notices are nothing most countries know."""
        hidden = super()._load_menus_blacklist()
        companies = self.env.user.company_ids
        menu = self.env.ref(
            "rma_authorization_account.rma_red_notice_menu", raise_if_not_found=False
        )
        if menu and not any(company._has_rma_red_notices() for company in companies):
            hidden.append(menu.id)
        return hidden
