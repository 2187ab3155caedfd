# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    test_dispositions,
    test_receipt,
    test_repair,
    test_sales_quantities,
)
