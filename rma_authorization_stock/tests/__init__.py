# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    test_arrival,
    test_costs,
    test_dispositions,
    test_mails,
    test_numbers,
    test_ordinary_moves,
    test_policy,
    test_receipt,
    test_regrade,
    test_repair,
    test_repair_timers,
    test_returnable,
    test_sales_quantities,
    test_table,
    test_undo,
    test_warranty,
)
