# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    rma_authorization_answer,
    rma_authorization_ask,
    rma_authorization_create,
    rma_authorization_import,
    rma_authorization_inspect,
    rma_authorization_policy_try,
    rma_authorization_receive,
    rma_authorization_warranty_extend,
    rma_authorization_warranty_transfer,
)
