# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    rma_authorization_create,
    rma_authorization_inspect,
    rma_authorization_unexpected,
    stock_return_picking,
    stock_traceability_report,
)
