# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re
from datetime import timedelta

from odoo import Command, fields, http
from odoo.exceptions import UserError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import html2plaintext

from ..models.rma_authorization_withdrawal import Statement
from ..visitor import FormError
from .common import RmaCommon


class WithdrawalCommon(RmaCommon):
    """A consumer in Belgium, and the seeded policy for consumers in Europe."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.withdrawals = cls.env["rma.authorization"].sudo()
        cls.policy = cls.env.ref("rma_authorization.rma_authorization_policy_eu")
        # databases from before the function have the policy without it
        cls.policy.withdrawal = True
        cls.policy.action_put_in_force()
        cls.customer.country_id = cls.env.ref("base.be")
        cls.order = cls._sell(3, products=cls.product | cls.other_product)
        cls.radio, cls.speaker = cls.order.order_line

    def _state(self, *quantities, order=None, **values):
        order = (order or self.order).sudo()
        quantities = quantities or [line.product_uom_qty for line in order.order_line]
        return Statement(
            order,
            dict(zip(order.order_line, quantities, strict=True)),
            **{"name": "Ada Customer", "email": "ada@example.com", **values},
        )

    def _confirm(self, statement):
        public = self.env.ref("base.public_user")
        return (
            self.env["rma.authorization"]
            .with_user(public)
            ._confirm_withdrawal(statement, statement.order.partner_id.sudo(), "public")
            .with_env(self.env)
        )

    def _get_left(self, order=None):
        left = self.withdrawals._get_withdrawable(order or self.order)
        return {line.product_id.name: qty for line, qty in left.items()}

    def _get_states(self, authorization):
        return {mail.template_id: mail.state for mail in authorization.sudo().mail_ids}


@tagged("post_install", "-at_install")
class TestWithdrawal(WithdrawalCommon):
    """Consumers withdraw from the contract by a function, without a reason."""

    def test_all_that_was_ordered_while_the_window_is_open(self):
        self.assertEqual(self._get_left(), {"Radio": 3.0, "Speaker": 3.0})

    def test_not_where_no_policy_has_the_function(self):
        company = self._sell(partner=self.other_customer)
        self.other_customer.write(
            {"is_company": True, "country_id": self.env.ref("base.be").id}
        )
        self.assertFalse(self._get_left(company))
        self.policy.action_draft()
        self.policy.withdrawal = False
        self.policy.action_put_in_force()
        self.assertFalse(self._get_left())

    def test_not_after_the_window(self):
        with freeze_time(fields.Datetime.now() + timedelta(days=14 + 4)):
            self.assertFalse(self._get_left())

    def test_the_window_ends_with_the_last_of_the_goods(self):
        order = self._sell(3, products=self.product | self.other_product, deliver=False)
        first = order.order_line[0]
        if first.qty_delivered_method == "manual":
            first.qty_delivered = 3
        with freeze_time(fields.Datetime.now() + timedelta(days=40)):
            self.assertEqual(self._get_left(order), {"Radio": 3.0, "Speaker": 3.0})

    def test_not_for_goods_that_the_policy_excludes(self):
        self.policy.action_draft()
        self.policy.excluded_product_tmpl_ids = self.product.product_tmpl_id
        self.policy.action_put_in_force()
        self.assertEqual(self._get_left(), {"Speaker": 3.0})

    def test_not_for_quotations_services_and_what_is_on_a_return(self):
        quotation = self.order.copy()
        self.assertFalse(self._get_left(quotation))
        self._authorize(self.order, 1)
        self.assertEqual(self._get_left(), {"Radio": 2.0, "Speaker": 2.0})
        service = self._create_product("Advice", type="service")
        self.assertFalse(self._get_left(self._sell(products=service)))

    def test_the_confirmation_makes_a_submitted_return(self):
        with freeze_time("2026-06-20 09:30:00"):
            order = self._sell(3, products=self.product | self.other_product)
            authorization = self._confirm(self._state(2, 0, order=order))
        self.assertRecordValues(
            authorization,
            [
                {
                    "state": "submitted",
                    "channel": "public",
                    "date_withdrawal": fields.Datetime.to_datetime(
                        "2026-06-20 09:30:00"
                    ),
                    "withdrawal_order_id": order.id,
                    "withdrawal_email": "ada@example.com",
                }
            ],
        )
        line = authorization.line_ids
        self.assertEqual(line.product_id, self.product)
        self.assertEqual(line.qty_requested, 2.0)
        self.assertEqual(line.reason_id.code, "no_longer_wanted")
        choices = line._get_choices()
        self.assertEqual(line.resolution, "credit" if "credit" in choices else "none")

    def test_the_statement_is_kept_word_for_word(self):
        with freeze_time("2026-06-20 09:30:00"):
            order = self._sell(3, products=self.product | self.other_product)
            authorization = self._confirm(self._state(2, 1, order=order))
        self.assertEqual(
            authorization.withdrawal_statement,
            "I withdraw from the contract about these goods:\n"
            "2 Units x Radio\n"
            "1 Units x Speaker\n"
            f"Order: {order.name} of 06/20/2026\n"
            "Name: Ada Customer\n"
            "Acknowledgement to: ada@example.com",
        )

    def test_neither_pictures_nor_a_condition_are_demanded_first(self):
        self.policy.action_draft()
        self.policy.write({"photo_required": True, "condition": "unopened"})
        self.policy.action_put_in_force()
        self.assertEqual(self._confirm(self._state()).state, "submitted")

    def test_confirming_twice_withdraws_once(self):
        statement = self._state(1, 1)
        first = self._confirm(statement)
        self.assertEqual(self._confirm(statement), first)
        self.assertEqual(self._get_left(), {"Radio": 2.0, "Speaker": 2.0})
        self.assertEqual(len(first.mail_ids), len(set(first.mail_ids.template_id)))

    def test_no_more_than_is_left(self):
        self._confirm(self._state(2, 0))
        with self.assertRaises(FormError) as caught:
            self._confirm(self._state(2, 0))
        self.assertEqual(
            caught.exception.errors,
            [
                (
                    f"qty_{self.radio.id}",
                    "Radio: you can withdraw from 1 Units at most.",
                )
            ],
        )

    def test_name_and_address_and_some_goods_are_needed_and_nothing_else(self):
        for statement, field in (
            (self._state(name=""), "name"),
            (self._state(email="nobody"), "email"),
            (self._state(0, 0), f"qty_{self.radio.id}"),
        ):
            with self.subTest(field=field), self.assertRaises(FormError) as caught:
                self.withdrawals._check_statement(statement)
            self.assertEqual([name for name, _ in caught.exception.errors], [field])

    def test_what_was_not_delivered_is_taken_off_the_order_by_somebody(self):
        order = self._sell(3, deliver=False)
        order.user_id = self.agent
        authorization = self._confirm(self._state(3, order=order))
        self.assertFalse(authorization.line_ids)
        self.assertEqual(authorization.state, "draft")
        self.assertTrue(authorization.date_withdrawal)
        activity = order.activity_ids
        self.assertEqual(activity.user_id, self.agent)
        self.assertIn("3 x Radio", html2plaintext(activity.note))
        self.assertFalse(self._get_left(order))

    def test_what_was_delivered_in_part_is_returned_in_part(self):
        order = self._sell(3, deliver=False)
        self._deliver(order, 2)
        authorization = self._confirm(self._state(3, order=order))
        self.assertEqual(authorization.line_ids.qty_requested, 2.0)
        self.assertEqual(
            authorization.withdrawal_undelivered, {str(order.order_line.id): 1.0}
        )
        self.assertFalse(self._get_left(order))

    def test_the_acknowledgement_waits_at_once_instead_of_the_usual_mail(self):
        authorization = self._confirm(self._state())
        template = self.env.ref("rma_authorization.mail_template_withdrawal")
        submitted = self.env.ref("rma_authorization.mail_template_submitted")
        states = self._get_states(authorization)
        self.assertEqual(states[template], "queued")
        self.assertNotEqual(states.get(submitted), "queued")

    def test_the_acknowledgement_has_words_date_time_and_time_zone(self):
        self.customer.tz = "Europe/Brussels"
        with freeze_time("2026-06-20 09:30:00"):
            order = self._sell(3)
            authorization = self._confirm(self._state(3, order=order))
        message = self._acknowledge(authorization)
        words = " ".join(html2plaintext(message.body).split())
        self.assertIn(
            "06/20/2026 11:30:00 AM (Europe/Brussels)", words.replace("*", "")
        )
        self.assertIn("3 Units x Radio", words)
        self.assertIn("Name: Ada Customer", words)
        self.assertEqual(message.notified_partner_ids, self.customer)
        self.assertFalse(message.outgoing_email_to)

    def _acknowledge(self, authorization):
        template = self.env.ref("rma_authorization.mail_template_withdrawal")
        return authorization.sudo()._post_mail(template)

    def test_the_acknowledgement_goes_to_the_address_that_was_named_as_well(self):
        authorization = self._confirm(self._state(email="Ada@Home.example.com"))
        message = self._acknowledge(authorization)
        self.assertEqual(message.notified_partner_ids, self.customer)
        self.assertEqual(message.outgoing_email_to, "ada@home.example.com")
        # other mails don't
        other = self.env.ref("rma_authorization.mail_template_submitted")
        self.assertFalse(authorization.sudo()._post_mail(other).outgoing_email_to)

    def test_customers_without_an_address_get_all_mails_where_they_say(self):
        authorization = self._confirm(self._state(email="ada@home.example.com"))
        self.customer.email = False
        other = self.env.ref("rma_authorization.mail_template_submitted")
        for message in (
            self._acknowledge(authorization),
            authorization.sudo()._post_mail(other),
        ):
            self.assertEqual(message.outgoing_email_to, "ada@home.example.com")

    def test_the_acknowledgement_is_in_the_customers_language(self):
        for language, words in (
            ("fr_FR", "nous avons reçu votre rétractation"),
            ("zh_CN", "我们已于"),
        ):
            with self.subTest(language=language):
                self.env["res.lang"]._activate_lang(language)
                self.env["ir.module.module"]._load_module_terms(
                    ["rma_authorization"], [language], overwrite=True
                )
                self.customer.lang = language
                authorization = self._confirm(self._state(order=self._sell(1)))
                message = self._acknowledge(authorization)
                self.assertIn(words, html2plaintext(message.body))

    def test_its_time_and_words_are_entered_by_nobody(self):
        authorization = self._confirm(self._state())
        for name, value in (
            ("date_withdrawal", "2020-01-01"),
            ("withdrawal_statement", "x"),
        ):
            with self.subTest(name=name), self.assertRaises(UserError):
                authorization.with_user(self.manager).write({name: value})

    def test_a_withdrawal_is_not_deleted(self):
        authorization = self._confirm(self._state())
        authorization.with_user(self.agent).action_cancel()
        with self.assertRefused("keeps the customer's withdrawal"):
            authorization.with_user(self.manager).unlink()

    def test_a_cancelled_withdrawal_frees_the_goods(self):
        authorization = self._confirm(self._state())
        self.assertFalse(self._get_left())
        authorization.with_user(self.agent).action_cancel()
        self.assertEqual(self._get_left(), {"Radio": 3.0, "Speaker": 3.0})

    def test_statements_are_signed_for_one_order_and_one_day(self):
        statement = self._state(2, 0)
        signed = self.withdrawals._sign_statement(statement)
        read = self.withdrawals._read_statement(signed, self.order.sudo())
        self.assertEqual(read.quantities, {self.radio: 2.0})
        self.assertEqual(read.key, statement.key)
        other = self._sell(1)
        self.assertIsNone(self.withdrawals._read_statement(signed, other))
        for wrong in (signed[:-3], "x", "", "ä"):
            self.assertIsNone(self.withdrawals._read_statement(wrong, self.order))
        with freeze_time("2099-01-01"):
            self.assertIsNone(self.withdrawals._read_statement(signed, self.order))


@tagged("post_install", "-at_install")
class TestWithdrawalPages(WithdrawalCommon, HttpCase):
    """From the order to the acknowledgement, on the pages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "rma_ada", groups="base.group_portal", partner_id=cls.customer.id
        )
        # creating the user has named its contact after the login
        cls.customer.write({"name": "Ada Customer", "email": "ada@example.com"})
        cls.stranger = new_test_user(cls.env, "rma_bob", groups="base.group_portal")
        cls.company.rma_public_link = "show"

    def _post(self, url, **values):
        token = http.Request.csrf_token(self)
        return self.url_open(
            url, data={"csrf_token": token, **values}, allow_redirects=False
        )

    def _state_on(self, url, **values):
        return self._post(
            url,
            **{
                "name": "Ada Customer",
                "email": "ada@example.com",
                f"qty_{self.radio.id}": "3",
                f"qty_{self.speaker.id}": "0",
                **values,
            },
        )

    def _get_statement(self, page):
        return re.search(r'name="statement" value="([^"]+)"', page.text)[1]

    def _find_made(self):
        return self.withdrawals.search([("withdrawal_order_id", "=", self.order.id)])

    def test_from_the_order_page_to_the_acknowledgement(self):
        self.authenticate("rma_ada", "rma_ada")
        page = self.url_open(f"/my/orders/{self.order.id}")
        self.assertIn("Withdraw from contract here", page.text)
        url = f"/my/returns/withdraw?order_id={self.order.id}"
        self.assertIn(url, page.text)
        statement = self.url_open(url)
        self.assertIn('value="Ada Customer"', statement.text)
        self.assertIn(f'name="qty_{self.radio.id}"', statement.text)
        action = "/my/returns/withdraw"
        preview = self._state_on(action, order_id=self.order.id)
        self.assertEqual(preview.status_code, 200)
        self.assertIn("Confirm withdrawal", preview.text)
        self.assertIn("3 Units x Radio", preview.text)
        self.assertFalse(self._find_made())
        signed = self._get_statement(preview)
        done = self._post(action, order_id=self.order.id, statement=signed)
        self.assertEqual(done.status_code, 303)
        again = self._post(action, order_id=self.order.id, statement=signed)
        self.assertEqual(again.headers["Location"], done.headers["Location"])
        made = self._find_made()
        self.assertEqual(len(made), 1)
        self.assertEqual(made.channel, "portal")
        shown = self.url_open(done.headers["Location"])
        self.assertIn(made._get_withdrawal_time(), shown.text)
        self.assertIn("3 Units x Radio", shown.text)
        # and whoever comes back sees that it was done
        self.assertIn("You withdrew", self.url_open(url).text)

    def test_without_an_account_by_number_and_address(self):
        self.authenticate(None, None)
        self.assertIn("/returns/withdraw", self.url_open("/returns").text)
        found = self._post(
            "/returns/withdraw", number=self.order.name, secret="ada@example.com"
        )
        self.assertEqual(found.status_code, 303)
        url = found.headers["Location"]
        self.assertIn("/returns/withdraw/", url)
        page = self.url_open(url)
        # who has the link needn't be Ada
        self.assertNotIn("Ada Customer", page.text)
        self.assertNotIn("ada@example.com", page.text)
        preview = self._state_on(url)
        done = self._post(url, statement=self._get_statement(preview))
        self.assertEqual(done.status_code, 303)
        self.assertEqual(self._find_made().channel, "public")
        self.assertIn("Radio", self.url_open(done.headers["Location"]).text)

    def test_with_the_link_to_the_page_of_the_order(self):
        self.authenticate(None, None)
        token = self.order._portal_ensure_token()
        url = f"/my/returns/withdraw?order_id={self.order.id}"
        self.assertEqual(self.url_open(f"{url}&access_token={token}").status_code, 200)
        for wrong in ("x", "ä", token[:-1]):
            page = self.url_open(f"{url}&access_token={wrong}")
            self.assertEqual(page.status_code, 404)
        signed_out = self.url_open(url, allow_redirects=False)
        self.assertEqual(signed_out.status_code, 303)
        self.assertIn("/web/login", signed_out.headers["Location"])

    def test_strangers_find_nothing(self):
        made = self._confirm(self._state())
        token = made._portal_ensure_token()
        self.authenticate("rma_bob", "rma_bob")
        for url in (
            f"/my/returns/withdraw?order_id={self.order.id}",
            "/my/returns/withdraw?order_id=x",
            "/my/returns/withdraw?order_id=999999999",
            "/returns/withdraw/x",
            f"/my/returns/{made.id}/withdrawn",
        ):
            with self.subTest(url=url):
                self.assertEqual(self.url_open(url).status_code, 404)
        shown = self.url_open(f"/my/returns/{made.id}/withdrawn?access_token={token}")
        self.assertEqual(shown.status_code, 200)

    def test_wrong_entries_are_named_and_nothing_is_made(self):
        self.authenticate("rma_ada", "rma_ada")
        page = self._state_on(
            "/my/returns/withdraw",
            order_id=self.order.id,
            email="nobody",
            **{f"qty_{self.radio.id}": "4"},
        )
        self.assertEqual(page.status_code, 422)
        self.assertIn('role="alert"', page.text)
        self.assertIn("3 Units at most", page.text)
        self.assertIn('aria-invalid="true"', page.text)
        self.assertIn('value="4"', page.text)
        altered = self._post(
            "/my/returns/withdraw", order_id=self.order.id, statement="x"
        )
        self.assertEqual(altered.status_code, 422)
        self.assertFalse(self._find_made())

    def test_lines_of_other_orders_are_no_fields(self):
        self.authenticate("rma_ada", "rma_ada")
        other = self._sell(1, partner=self.other_customer).order_line
        page = self._state_on(
            "/my/returns/withdraw",
            order_id=self.order.id,
            **{f"qty_{other.id}": "1"},
        )
        self.assertEqual(page.status_code, 404)

    def test_a_statement_of_one_order_confirms_no_other(self):
        self.authenticate("rma_ada", "rma_ada")
        other = self._sell(1)
        preview = self._state_on("/my/returns/withdraw", order_id=self.order.id)
        page = self._post(
            "/my/returns/withdraw",
            order_id=other.id,
            statement=self._get_statement(preview),
        )
        self.assertEqual(page.status_code, 422)

    def test_after_the_window_there_is_no_link(self):
        self.policy.action_end()
        self.order.date_order = fields.Datetime.now() + timedelta(days=1)
        self.authenticate("rma_ada", "rma_ada")
        page = self.url_open(f"/my/orders/{self.order.id}")
        self.assertNotIn("Withdraw from contract here", page.text)
        page = self.url_open(f"/my/returns/withdraw?order_id={self.order.id}")
        self.assertIn("There is nothing (more)", page.text)

    def test_goods_of_several_lines_and_no_service(self):
        service = self._create_product("Advice", type="service")
        self.order.order_line = [
            Command.create({"product_id": service.id, "product_uom_qty": 1})
        ]
        self.authenticate("rma_ada", "rma_ada")
        page = self.url_open(f"/my/returns/withdraw?order_id={self.order.id}")
        self.assertIn("Speaker", page.text)
        self.assertNotIn("Advice", page.text)
