# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestInvoice(RmaAccountCommon):
    def test_return_starts_from_the_invoice(self):
        order_line = self._sell()
        invoice = self._bill(order_line)
        action = invoice.with_user(self.chief).action_create_rma()
        window = (
            self.env[action["res_model"]].with_user(self.chief).browse(action["res_id"])
        )
        window.line_ids.qty = 2
        window.resolution = "credit"
        created = window.action_create_rma()
        line = self.env["rma.authorization"].browse(created["res_id"]).line_ids
        self.assertEqual(line.invoice_line_id, invoice.invoice_line_ids)
        self.assertEqual(invoice.rma_count, 1)

    def test_return_starts_from_posted_invoices_only(self):
        invoice = self._bill(self._sell(), post=False)
        with self.assertRaisesRegex(UserError, "no posted customer invoice"):
            invoice.action_create_rma()

    def test_invoice_and_note_lead_to_the_return_and_back(self):
        order_line = self._sell()
        invoice = self._bill(order_line)
        authorization = self._return(order_line)
        note = self._settle(authorization)
        for move in (invoice, note):
            action = move.with_user(self.chief).action_view_rma()
            self.assertEqual(action["res_id"], authorization.id)
        action = authorization.with_user(self.chief).action_view_credit_notes()
        self.assertEqual(action["res_id"], note.id)

    def test_invoice_of_another_customer_is_no_origin(self):
        order_line = self._sell()
        line = self._bill(order_line).invoice_line_ids
        line.move_id.button_draft()
        line.move_id.partner_id = self.partner_a
        line.move_id.action_post()
        with self.assertRaisesRegex(ValidationError, "no posted invoice"):
            self._request(order_line, invoice_line=line)

    def test_invoice_of_another_order_is_no_origin(self):
        line = self._bill(self._sell()).invoice_line_ids
        with self.assertRaisesRegex(ValidationError, "no posted invoice"):
            self._request(self._sell(), invoice_line=line)

    def test_draft_invoice_is_no_origin(self):
        order_line = self._sell()
        line = self._bill(order_line, post=False).invoice_line_ids
        with self.assertRaisesRegex(ValidationError, "no posted invoice"):
            self._request(order_line, invoice_line=line)

    def test_forms_open_for_the_accountant(self):
        order_line = self._sell()
        self._bill(order_line)
        authorization = self._return(order_line)
        note = self._settle(authorization)
        for record in (note, authorization, authorization.line_ids):
            Form(record.with_user(self.accountant))

    def test_forms_open_for_the_agent(self):
        order_line = self._sell()
        self._bill(order_line)
        authorization = self._return(order_line)
        self._settle(authorization)
        for record in (authorization, authorization.line_ids):
            Form(record.with_user(self.agent))
        Form(authorization.settlement_ids.with_user(self.agent))

    def test_credits_are_listed_by_return_team(self):
        order_line = self._sell()
        self._bill(order_line)
        note = self._credit(order_line)
        groups = self.env["account.move"].formatted_read_group(
            [("id", "=", note.id)], ["rma_team_id"], ["amount_total_signed:sum"]
        )
        self.assertEqual(groups[0]["rma_team_id"][0], note.rma_id.team_id.id)

    def test_delivery_policy_of_the_order_is_followed(self):
        order_line = self._sell(product=self.goods_by_delivery, delivered=4)
        self.assertEqual(order_line._get_rma_billable_qty(), 4)
