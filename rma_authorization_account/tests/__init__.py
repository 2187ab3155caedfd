# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    test_access,
    test_charges,
    test_credit_amounts,
    test_credit_caps,
    test_credit_configurations,
    test_credit_documents,
    test_credit_posting,
    test_credit_quantities,
    test_credit_release,
    test_credit_supplier,
    test_credit_undo,
    test_invoice,
    test_locks,
    test_money_back,
    test_red_letter,
    test_resolution_resale,
)
