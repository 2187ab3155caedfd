# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    account_move,
    account_move_line,
    ir_ui_menu,
    res_company,
    res_config_settings,
    rma_authorization,
    rma_authorization_credit_allocation,
    rma_authorization_credit_builder,
    rma_authorization_credit_rounding,
    rma_authorization_demo,
    rma_authorization_line,
    rma_authorization_resolution_credit,
    rma_authorization_resolution_mixin,
    rma_authorization_settlement,
    sale_order_line,
)
