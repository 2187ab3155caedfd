# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .bench import BenchCommon

REPORT = "rma_authorization_stock.action_report_repair"


class ReportCommon(BenchCommon):
    def _receive_phone(self):
        return self._receive_for_repair(
            product=self.serial_product,
            under_warranty=True,
            description="It stays dark.",
        )

    def _work(self, repair):
        repair.write(
            {
                "rma_fault_id": self.blown.id,
                "rma_diagnosis": "The fuse is blown.",
                "rma_work": "Replaced the fuse.",
                "rma_test_ids": [
                    Command.create(
                        {
                            "name": "Standby",
                            "expected": "below 5 mA",
                            "measured": "2 mA",
                            "result": "passed",
                        }
                    )
                ],
            }
        )
        self._add_fuses(repair, 1)
        self._finish(repair)


@tagged("post_install", "-at_install")
class TestRepairReport(ReportCommon):
    """The test report says what was wrong, what was done, and that it works."""

    def _read(self, report, records, user):
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(user)
            ._render_qweb_pdf(report, records.ids)
        )
        return html.decode()

    def test_it_says_what_the_customer_wants_to_know(self):
        authorization, repair = self._receive_phone()
        self._work(repair)
        words = (
            "Phone-001",
            authorization.rma_number,
            "It stays dark.",
            "Blown Fuse",
            "The fuse is blown.",
            "Replaced the fuse.",
            "Fuse",
            "below 5 mA",
            "2 mA",
            "Passed",
            self.technician.name,
        )
        repairer = new_test_user(
            self.env, "rma_repairer", groups="stock.group_stock_user"
        )
        texts = (
            self._read(REPORT, repair, self.technician),
            # who repairs without rights on returns prints it, too
            self._read(REPORT, repair, repairer),
            self._read(
                "rma_authorization_stock.action_report_return_repairs",
                authorization,
                self.agent,
            ),
        )
        for number, text in enumerate(texts):
            for word in words:
                with self.subTest(number=number, word=word):
                    self.assertIn(word, text)

    def test_what_was_not_measured_has_no_value(self):
        _authorization, repair = self._receive_phone()
        repair.rma_test_ids = [Command.create({"name": "Sound"})]
        self._finish(repair)
        text = self._read(REPORT, repair, self.technician)
        self.assertIn("Sound", text)
        self.assertIn("Not made", text)
        self.assertNotIn(" mA", text)

    def test_tests_add_up_to_a_result(self):
        _authorization, repair = self._receive_phone()
        self.assertFalse(repair.rma_test_result)
        for results, expected in (
            (["passed", "passed"], "passed"),
            (["passed", False], False),
            (["passed", "failed", False], "failed"),
        ):
            repair.rma_test_ids = [
                Command.clear(),
                *(
                    Command.create({"name": "Standby", "result": result})
                    for result in results
                ),
            ]
            self.assertEqual(repair.rma_test_result, expected)

    def test_tests_are_entered_on_the_bench_alone(self):
        _authorization, repair = self._receive_phone()
        self._work(repair)
        tests = repair.rma_test_ids
        self.assertEqual(tests.with_user(self.agent).measured, "2 mA")
        with self.assertRaises(AccessError):
            tests.with_user(self.agent).measured = "3 mA"

    def test_it_goes_along_with_the_mail_once_and_stays_on_the_repair(self):
        authorization, repair = self._receive_phone()
        self._work(repair)
        template = self.env.ref("rma_authorization_stock.mail_template_repaired")
        customer = authorization.sudo()
        [sent] = customer._get_mail_attachments(template)
        self.assertIn(repair.name.replace("/", "-"), sent.name)
        kept = self.env["ir.attachment"].search(
            [("res_model", "=", "repair.order"), ("res_id", "=", repair.id)]
        )
        self.assertEqual(len(kept), 1)
        self.assertNotEqual(kept, sent)
        [again] = repair._get_rma_test_reports().values()
        self.assertEqual(again, kept)
        customer._post_mail(template)
        self.assertFalse(customer._get_mail_attachments(template))

    def test_what_is_not_done_has_none(self):
        _authorization, repair = self._receive_phone()
        self.assertFalse(repair._get_rma_test_reports())


@tagged("post_install", "-at_install")
class TestRepairReportPage(ReportCommon, HttpCase):
    """The customer has it on the page of the return, and nobody else has."""

    def test_the_customer_downloads_it(self):
        authorization, repair = self._receive_phone()
        path = f"/my/returns/{authorization.id}/repair/{repair.id}"
        token = authorization.sudo()._portal_ensure_token()
        self.assertEqual(self.url_open(f"{path}?access_token={token}").status_code, 404)
        self._work(repair)
        [document] = authorization.sudo()._get_customer_documents()
        self.assertEqual(document["label"], "Test Report")
        self.assertEqual(document["note"], "Phone-001")
        response = self.url_open(document["url"])
        self.assertEqual(response.status_code, 200)
        self.assertIn(b"Replaced the fuse.", response.content)
        self.assertIn("attachment", response.headers["Content-Disposition"])

    def test_others_find_nothing(self):
        authorization, repair = self._receive_phone()
        self._work(repair)
        other, _repair = self._receive_for_repair(under_warranty=True)
        token = other.sudo()._portal_ensure_token()
        for path in (
            f"/my/returns/{authorization.id}/repair/{repair.id}",
            f"/my/returns/{authorization.id}/repair/{repair.id}?access_token={token}",
            f"/my/returns/{other.id}/repair/{repair.id}?access_token={token}",
        ):
            with self.subTest(path=path):
                self.assertEqual(self.url_open(path).status_code, 404)
