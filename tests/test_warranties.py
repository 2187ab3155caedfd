# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo.tests import freeze_time, tagged

from .common import RmaJourneyCommon


@tagged("post_install", "-at_install")
class TestWarranties(RmaJourneyCommon):
    """What credits of all three addons together mean for a warranty."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.rma_warranty_months = 24
        cls.company.resource_calendar_id.tz = "UTC"

    def test_credited_units_have_no_warranty_until_the_credit_is_taken_back(self):
        with freeze_time("2025-03-15 10:00:00"):
            order = self._sell_and_invoice(self.product, 5)
        authorization = self._receive_and_accept(order, 2, resolution="credit")
        warranty = authorization.line_ids.warranty_id
        self.assertEqual(warranty.date_end, date(2027, 3, 15))
        self.assertEqual(warranty.covered_qty, 5)
        self._settle(authorization)
        # a draft promises nothing yet
        self.assertEqual(warranty.covered_qty, 5)
        credit_note = self._release(authorization)
        self.assertEqual(warranty.covered_qty, 3)
        credit_note.with_user(self.accountant).button_draft()
        self.assertEqual(warranty.covered_qty, 5)

    def test_what_is_credited_and_put_on_the_shelf_counts_once(self):
        order = self._sell_and_invoice(self.product, 5)
        authorization = self._receive_and_accept(order, 2, resolution="credit")
        self._settle(authorization)
        self._release(authorization)
        self._dispose(authorization)
        warranty = authorization.line_ids.warranty_id
        self.assertEqual((warranty.returned_qty, warranty.covered_qty), (2, 3))

    def test_the_customer_keeps_what_is_credited(self):
        order = self._sell_and_invoice(self.product, 1)
        authorization = self._authorize(
            order, 1, resolution="credit", disposition="keep"
        )
        self._settle(authorization)
        self._release(authorization)
        self.assertEqual(authorization.line_ids.warranty_id.state, "void")
