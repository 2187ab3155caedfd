# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
# A model comes after the abstract models it inherits; the rest is alphabetical.
from . import (
    rma_authorization_resolution_mixin,
    rma_authorization_disposition_mixin,
    rma_authorization_receipt,
    rma_authorization_transfer,
    repair_order,
    rma_authorization,
    rma_authorization_disposition_hold,
    rma_authorization_disposition_restock,
    rma_authorization_disposition_scrap,
    rma_authorization_disposition_send_back,
    rma_authorization_inspection,
    rma_authorization_line,
    rma_authorization_resolution_repair,
    rma_authorization_settlement,
    sale_order_line,
    stock_lot,
    stock_move,
    stock_picking,
    stock_scrap,
    stock_warehouse,
)
