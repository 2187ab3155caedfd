# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestCertificates(RmaStockCommon):
    """Where company or category demand it, a return stays open until the certificate
    for what was scrapped or recycled is here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.recycler = cls.env["res.partner"].create({"name": "Green Recycling"})
        cls.certificate = {
            "certificate_number": "G-17",
            "certificate_date": "2026-01-31",
            "certificate_file": base64.b64encode(b"2 radios recycled"),
            "certificate_filename": "g17.pdf",
            "recycler_id": cls.recycler.id,
        }

    def _receive_for_scrap(self, **finding):
        order = self._sell_from_stock(self.product, 2)
        authorization = self._authorize(order, 2)
        self._receive(authorization)
        self._inspect(authorization, [(2, {"disposition": "scrap", **finding})])
        authorization.action_settle()
        return authorization

    def _scrap(self, **finding):
        authorization = self._receive_for_scrap(**finding)
        authorization.with_user(self.worker).action_dispose()
        return authorization

    def _get_scrap(self, authorization):
        return authorization.sudo().inspection_ids.move_ids.scrap_id

    def _get_files(self, scrap):
        return scrap.message_ids.attachment_ids.mapped("raw")

    # -- demanded ----------------------------------------------------------------------

    def test_nothing_is_demanded_by_default(self):
        authorization = self._scrap(scrap_method="recycle")
        self.assertFalse(authorization.inspection_ids.certificate_state)
        self.assertEqual(authorization.state, "closed")

    def test_a_return_waits_for_the_certificate_and_closes_with_it(self):
        self.company.rma_certificate_required = "all"
        authorization = self._scrap()
        finding = authorization.inspection_ids.with_user(self.technician)
        self.assertEqual(finding.certificate_state, "missing")
        self.assertRecordValues(
            authorization, [{"state": "authorized", "next_step": "close"}]
        )
        finding.write(self.certificate)
        self.assertEqual(finding.certificate_state, "complete")
        self.assertEqual(authorization.state, "closed")

    def test_nobody_closes_a_return_without_it(self):
        self.company.rma_certificate_required = "all"
        authorization = self._scrap()
        with self.assertRefused("the certificate for .*Radio.* is missing"):
            authorization.action_close("We forgot it")

    def test_a_certificate_has_number_date_and_file(self):
        self.company.rma_certificate_required = "all"
        authorization = self._scrap()
        finding = authorization.inspection_ids.with_user(self.technician)
        for name in ("certificate_number", "certificate_date", "certificate_file"):
            with self.subTest(without=name):
                finding.write({**self.certificate, name: False})
                self.assertEqual(finding.certificate_state, "missing")

    def test_a_certificate_that_was_taken_off_can_be_entered_again(self):
        self.company.rma_certificate_required = "all"
        authorization = self._receive_for_scrap(**self.certificate)
        finding = authorization.inspection_ids.with_user(self.technician)
        finding.certificate_file = False
        self.assertFalse(finding.certificate_state)
        finding.certificate_file = self.certificate["certificate_file"]
        self.assertEqual(finding.certificate_state, "complete")

    def test_recycled_goods_need_it_where_only_those_do(self):
        self.company.rma_certificate_required = "recycle"
        self.assertEqual(self._scrap().state, "closed")
        authorization = self._scrap(scrap_method="recycle")
        self.assertEqual(authorization.state, "authorized")

    def test_the_nearest_category_decides_before_the_company(self):
        parent = self.env["product.category"].create(
            {"name": "Batteries", "rma_certificate_required": "all"}
        )
        self.product.categ_id = self.env["product.category"].create(
            {"name": "Small Batteries", "parent_id": parent.id}
        )
        self.assertEqual(self._scrap().state, "authorized")
        self.product.categ_id.rma_certificate_required = "no"
        self.company.rma_certificate_required = "all"
        self.assertEqual(self._scrap().state, "closed")

    def test_a_setting_of_today_demands_nothing_of_yesterday(self):
        authorization = self._scrap()
        self.env.flush_all()
        self.company.rma_certificate_required = "all"
        self.assertFalse(authorization.inspection_ids.certificate_state)
        self.assertEqual(authorization.state, "closed")

    def test_other_dispositions_need_none(self):
        self.company.rma_certificate_required = "all"
        authorization = self._scrap(disposition="restock")
        self.assertEqual(authorization.state, "closed")

    def test_missing_certificates_are_a_list(self):
        self.company.rma_certificate_required = "all"
        authorization = self._scrap()
        findings = self.env["rma.authorization.inspection"].with_user(self.technician)
        self.assertIn(
            authorization.inspection_ids,
            findings.search([("certificate_state", "=", "missing")]),
        )

    # -- kept --------------------------------------------------------------------------

    def test_the_scrap_order_keeps_the_certificate(self):
        authorization = self._scrap()
        scrap = self._get_scrap(authorization)
        self.assertFalse(self._get_files(scrap))
        authorization.inspection_ids.with_user(self.technician).write(self.certificate)
        self.assertEqual(self._get_files(scrap), [b"2 radios recycled"])

    def test_a_certificate_that_came_first_is_kept_with_the_scrap_order(self):
        self.company.rma_certificate_required = "all"
        authorization = self._scrap(**self.certificate)
        self.assertEqual(authorization.state, "closed")
        self.assertEqual(
            self._get_files(self._get_scrap(authorization)), [b"2 radios recycled"]
        )

    def test_a_closed_return_keeps_its_certificate(self):
        self.company.rma_certificate_required = "all"
        authorization = self._scrap(**self.certificate)
        finding = authorization.inspection_ids.with_user(self.technician)
        with self.assertRefused("its certificate stays"):
            finding.certificate_file = False
        finding.certificate_number = "G-18"
        self.assertEqual(authorization.state, "closed")

    def test_a_certificate_is_not_of_a_day_to_come(self):
        authorization = self._scrap()
        with self.assertRaisesRegex(ValidationError, "of a day to come"):
            authorization.inspection_ids.with_user(self.technician).certificate_date = (
                fields.Date.today() + timedelta(days=2)
            )

    def test_how_goods_were_scrapped_stands(self):
        authorization = self._scrap(scrap_method="recycle")
        with self.assertRefused("its goods have moved"):
            authorization.inspection_ids.with_user(
                self.technician
            ).scrap_method = "scrap"
