# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    test_access,
    test_credit_amounts,
    test_credit_documents,
    test_credit_posting,
    test_credit_quantities,
    test_credit_release,
    test_credit_undo,
    test_invoice,
    test_money_back,
)
