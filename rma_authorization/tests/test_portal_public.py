# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo import http
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import html2plaintext

from .common import RmaCommon

CRON = "rma_authorization.ir_cron_send_links"
MODEL = "rma.authorization.link.request"


class PublicCommon(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.zip = "SW1A 1AA"
        cls.delivery_address = cls.env["res.partner"].create(
            {
                "name": "Dora at the Door",
                "type": "delivery",
                "parent_id": cls.customer.id,
                "email": "Dora <Dora@Example.com>",
                "zip": "80331",
            }
        )
        cls.order = cls._sell()
        cls.order.name = "S90001"
        cls.order.partner_shipping_id = cls.delivery_address

    def _match(self, number, secret, *links):
        """The order that is found, as somebody without any rights."""
        public = self.env.ref("base.public_user")
        order, _partner = (
            self.env[MODEL]
            .with_user(public)
            .sudo()
            ._match(number, secret, links or ("mail",))
        )
        return order.with_env(self.env)

    def _ask(self, number, secret):
        """Ask for a link, and let the background answer.

        :return: the mails that were written
        """
        before = self.env["mail.mail"].search([])
        self.env[MODEL].with_user(self.env.ref("base.public_user"))._ask(number, secret)
        with self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()
        return self.env["mail.mail"].search([]) - before


@tagged("post_install", "-at_install")
class TestPublicLink(PublicCommon):
    """The link to an order goes to whom we know, and to nobody else."""

    def test_number_and_address_or_postcode_prove_an_order(self):
        for number, secret in (
            ("S90001", "ada@example.com"),
            ("s90001", " ADA@example.COM "),
            (" S 90001", "Ada <ada@example.com>"),
            ("S90001", "SW1A 1AA"),
            ("S90001", "sw1a1aa"),
            ("S90001", "sw1a-1aa"),
            ("S90001", "dora@example.com"),
            ("S90001", "80331"),
        ):
            with self.subTest(number=number, secret=secret):
                self.assertEqual(self._match(number, secret), self.order)

    def test_anything_else_proves_nothing(self):
        for number, secret in (
            ("S90001", "bob@example.com"),
            ("S90001", "SW1A"),
            ("S90001", "8033_"),
            ("S90001", ""),
            ("S90001", " - "),
            ("S90001", "%"),
            ("S9000", "ada@example.com"),
            ("S9000%", "ada@example.com"),
            ("", "ada@example.com"),
            ("S90001\x00", "x\x00"),
            ("S90001' OR true --", "ada@example.com"),
        ):
            with self.subTest(number=number, secret=secret):
                self.assertFalse(self._match(number, secret))

    def test_only_confirmed_orders(self):
        quotation = self.order.copy()
        quotation.name = "S90002"
        self.assertFalse(self._match("S90002", "ada@example.com"))
        self.order._action_cancel()
        self.assertFalse(self._match("S90001", "ada@example.com"))

    def test_the_same_number_in_two_companies(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        theirs = (
            self.env["sale.order"]
            .with_company(other)
            .create(
                {
                    "name": "S90001",
                    "company_id": other.id,
                    "partner_id": self.other_customer.id,
                    "state": "sale",
                }
            )
        )
        self.assertEqual(self._match("S90001", "ada@example.com"), self.order)
        self.assertEqual(self._match("S90001", "bob@example.com"), theirs)
        other.rma_public_link = "off"
        self.assertFalse(self._match("S90001", "bob@example.com"))

    def test_a_wrong_address_takes_as_many_queries_as_an_unknown_order(self):
        requests = self.env[MODEL]
        for number, secret in (
            ("S90001", "bob@example.com"),
            ("S99999", "bob@example.com"),
        ):
            with self.assertQueryCount(1):
                requests._match(number, secret, ("show",))

    def test_the_mail_has_a_link_that_opens_the_order(self):
        mail = self._ask("S90001", "SW1A1AA")
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertFalse(mail.email_to)
        self.assertIn("S90001", mail.subject)
        [token] = re.findall(r"/returns/new/([\w-]+)", mail.body_html)
        self.assertEqual(
            self.env["sale.order"]._find_by_rma_link_token(token).id, self.order.id
        )

    def test_the_contact_who_proves_an_order_gets_the_link(self):
        mail = self._ask("S90001", "dora@example.com")
        self.assertEqual(mail.recipient_ids, self.delivery_address)

    def test_without_an_address_of_their_own_the_customer_gets_it(self):
        self.delivery_address.email = False
        mail = self._ask("S90001", "80331")
        self.assertEqual(mail.recipient_ids, self.customer)

    def test_nobody_gets_a_mail_at_an_address_that_was_typed(self):
        self.assertFalse(self._ask("S90001", "mallory@example.com"))
        self.assertFalse(self._ask("S99999", "ada@example.com"))
        self.customer.email = self.delivery_address.email = False
        self.assertFalse(self._ask("S90001", "SW1A1AA"))

    def test_what_was_typed_is_forgotten(self):
        self._ask("S90001", "mallory@example.com")
        asked = self.env[MODEL].search([], limit=1)
        self.assertRecordValues(
            asked, [{"number": False, "secret": False, "state": "unknown"}]
        )

    def test_who_asks_again_at_once_gets_no_second_mail(self):
        self.assertEqual(len(self._ask("S90001", "ada@example.com")), 1)
        self.assertFalse(self._ask("S90001", "ada@example.com"))
        with freeze_time("2099-01-01"):
            self.assertEqual(len(self._ask("S90001", "ada@example.com")), 1)

    def test_an_archived_template_switches_the_mails_off(self):
        self.env.ref("rma_authorization.mail_template_link").action_archive()
        with self.assertLogs("odoo.addons.rma_authorization", "WARNING"):
            self.assertFalse(self._ask("S90001", "ada@example.com"))

    def test_the_mail_is_in_the_customers_language(self):
        for language, words in (
            ("fr_FR", "Le lien est valable jusqu’au"),
            ("zh_CN", "链接有效期至"),
        ):
            with self.subTest(language=language):
                self.env["res.lang"]._activate_lang(language)
                self.env["ir.module.module"]._load_module_terms(
                    ["rma_authorization"], [language], overwrite=True
                )
                self.env[MODEL].search([]).unlink()
                self.customer.lang = language
                mail = self._ask("S90001", "ada@example.com")
                self.assertIn(words, html2plaintext(mail.body_html))

    def test_an_altered_or_old_link_opens_nothing(self):
        orders = self.env["sale.order"]
        token = self.order._get_rma_link_token()
        self.assertEqual(orders._find_by_rma_link_token(token).id, self.order.id)
        altered = ("A" if token[0] != "A" else "B") + token[1:]
        for wrong in (altered, token[:-4], token + "AA", "x", "", "ä", "\x00"):
            with self.subTest(token=wrong):
                self.assertFalse(orders._find_by_rma_link_token(wrong))
        with freeze_time("2099-01-01"):
            self.assertFalse(orders._find_by_rma_link_token(token))


@tagged("post_install", "-at_install")
class TestAttempts(PublicCommon):
    """Attempts are counted in the database, for all workers, and by the hour."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.attempts = cls.env["rma.authorization.attempt"]

    def _take(self, kind, value, times):
        return [bool(self.attempts._take(kind, value)) for _number in range(times)]

    def test_thirty_an_hour_from_one_address(self):
        self.assertEqual(self._take("address", "192.0.2.1", 31), [False] * 30 + [True])
        self.assertFalse(self.attempts._take("address", "192.0.2.2"))

    def test_ten_an_hour_for_one_number(self):
        self.assertEqual(self._take("number", "S90001", 11), [False] * 10 + [True])
        self.assertFalse(self.attempts._take("number", "S90002"))

    def test_parameters_change_the_limits(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("rma_authorization.attempts_per_number", "2")
        parameters.set_param("rma_authorization.attempts_per_address", "many")
        self.assertEqual(self._take("number", "S90001", 3), [False, False, True])
        self.assertEqual(self._take("address", "192.0.2.1", 31), [False] * 30 + [True])

    @freeze_time("2026-06-19 10:40:00")
    def test_it_says_how_many_minutes_are_left_of_the_hour(self):
        self.env["ir.config_parameter"].set_param(
            "rma_authorization.attempts_per_number", "1"
        )
        self.attempts._take("number", "S90001")
        self.assertEqual(self.attempts._take("number", "S90001"), 20)
        with freeze_time("2026-06-19 11:00:00"):
            self.assertEqual(self.attempts._take("number", "S90001"), 0)

    def test_addresses_and_numbers_are_not_kept(self):
        self.attempts._take("address", "192.0.2.1")
        self.attempts._take("number", "S90001")
        rows = self.attempts.search([])
        for row in rows:
            self.assertRegex(row.key, "^[0-9a-f]{64}$")

    def test_one_network_of_ipv6_counts_as_one_address(self):
        key = self.attempts._get_key
        one = key("address", "2001:db8:1:2::3")
        self.assertEqual(one, key("address", "2001:db8:1:2:ffff::9"))
        self.assertNotEqual(one, key("address", "2001:db8:1:3::3"))
        self.assertEqual(
            key("address", "::ffff:192.0.2.1"), key("address", "192.0.2.1")
        )

    def test_yesterdays_counters_are_removed(self):
        self.attempts._take("number", "S90001")
        self.attempts._gc_attempts()
        self.assertTrue(self.attempts.search([]))
        with freeze_time("2099-01-01"):
            self.attempts._gc_attempts()
        self.assertFalse(self.attempts.search([]))

    def test_nobody_but_administrators_reads_them(self):
        for user in (self.manager, self.env.ref("base.public_user")):
            for model in ("rma.authorization.attempt", MODEL):
                with self.subTest(user=user.login, model=model):
                    self.assertFalse(self.env[model].with_user(user).has_access("read"))


@tagged("post_install", "-at_install")
class TestPublicPages(PublicCommon, HttpCase):
    """What a browser without a session gets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authorization = cls._authorize(cls._sell(2), 2)
        cls.company.write({"phone": "+32 2 290 34 90", "rma_public_link": "mail"})

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def _post(self, url, **fields):
        token = http.Request.csrf_token(self)
        return self.url_open(
            url, data={"csrf_token": token, **fields}, allow_redirects=False
        )

    def _start(self, number="S90001", secret="ada@example.com"):
        return self._post("/returns", number=number, secret=secret)

    def _track(self, number=None, email="ada@example.com", **fields):
        return self._post(
            "/returns/track",
            number=number or self.authorization.rma_number,
            email=email,
            **fields,
        )

    def _get_words(self, response):
        """The words of the page, without what was typed and what is drawn for each."""
        text = re.sub(r'(value|content)="[^"]*"', "", response.text)
        main = re.search(r"<main>.*</main>", text, re.DOTALL)
        return " ".join(html2plaintext(main.group(0) if main else text).split())

    # -- link --------------------------------------------------------------------------

    def test_mail_answers_the_same_for_right_wrong_and_unknown(self):
        pages = [
            self._start(),
            self._start(secret="bob@example.com"),
            self._start(number="S99999"),
        ]
        self.assertEqual({page.status_code for page in pages}, {200})
        self.assertEqual(len({self._get_words(page) for page in pages}), 1)
        self.assertIn("If we know this order", pages[0].text)
        self.assertEqual(self.env[MODEL].search_count([("state", "=", "waiting")]), 3)

    def test_show_leads_to_the_order(self):
        self.company.rma_public_link = "show"
        response = self._start()
        self.assertEqual(response.status_code, 303)
        token = response.headers["Location"].rpartition("/returns/new/")[2]
        self.assertEqual(
            self.env["sale.order"]._find_by_rma_link_token(token).id, self.order.id
        )

    def test_show_answers_the_same_for_wrong_and_unknown(self):
        self.env["res.company"].search([]).rma_public_link = "show"
        wrong = self._start(secret="bob@example.com")
        unknown = self._start(number="S99999", secret="bob@example.com")
        self.assertEqual([wrong.status_code, unknown.status_code], [422, 422])
        self.assertEqual(self._get_words(wrong), self._get_words(unknown))
        self.assertIn('role="alert"', wrong.text)
        self.assertIn('aria-invalid="true"', wrong.text)
        self.assertFalse(self.env[MODEL].search([]))

    def test_show_mails_the_link_to_orders_of_a_company_that_mails(self):
        self.env["res.company"].create({"name": "Mails"})
        self.company.rma_public_link = "show"
        response = self._start(number="S77777")
        self.assertIn("answer by mail", response.text)
        self.assertEqual(self.env[MODEL].search([]).number, "S77777")

    def test_empty_fields_are_named(self):
        response = self._start(number=" ", secret="")
        self.assertEqual(response.status_code, 422)
        self.assertIn("Enter the number of the order.", response.text)
        self.assertIn('href="#secret"', response.text)

    def test_switched_off_there_are_no_pages(self):
        self.company.rma_public_link = "off"
        for url in ("/returns", "/returns/track"):
            self.assertEqual(self.url_open(url).status_code, 404)
        self.assertEqual(self._start().status_code, 404)
        self.assertEqual(self._track().status_code, 404)
        self.assertNotIn('href="/returns"', self.url_open("/web/login").text)

    def test_pages_lead_to_each_other_and_no_search_engine_keeps_them(self):
        start, track = self.url_open("/returns"), self.url_open("/returns/track")
        self.assertIn('href="/returns/track"', start.text)
        self.assertIn('href="/returns"', track.text)
        self.assertIn('href="/returns"', self.url_open("/web/login").text)
        for page in (start, track):
            self.assertEqual(page.headers["X-Robots-Tag"], "noindex")
            self.assertEqual(len(re.findall("<h1", page.text)), 1)

    def test_without_a_token_of_the_form_nothing_is_asked(self):
        response = self.url_open("/returns", data={"number": "S90001", "secret": "x"})
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.env[MODEL].search([]))

    def test_what_is_typed_gets_into_no_header_and_no_markup(self):
        self.company.rma_public_link = "show"
        evil = "S1\r\nSet-Cookie: evil=1\r\n\r\n<script>alert(1)</script>"
        for response in (self._start(evil, evil), self._track(evil, evil)):
            self.assertNotIn("evil", response.headers.get("Set-Cookie", ""))
            self.assertNotIn("<script>alert(1)", response.text)

    def test_a_file_is_no_number(self):
        token = http.Request.csrf_token(self)
        response = self.url_open(
            "/returns",
            data={"csrf_token": token, "secret": "x"},
            files={"number": ("S90001", b"S90001")},
        )
        self.assertEqual(response.status_code, 404)

    # -- limits ------------------------------------------------------------------------

    def test_too_many_from_one_address_are_told_when_to_try_again(self):
        # as another worker would have counted them
        attempts = self.env["rma.authorization.attempt"]
        for _number in range(30):
            attempts._take("address", "127.0.0.1")
        response = self._start()
        self.assertEqual(response.status_code, 429)
        self.assertGreater(int(response.headers["Retry-After"]), 0)
        self.assertIn("minutes", response.text)
        self.assertIn("+32 2 290 34 90", response.text)
        self.assertEqual(self._track().status_code, 429)
        self.assertFalse(self.env[MODEL].search([]))

    def test_too_many_for_one_number_however_it_is_typed(self):
        self.env["ir.config_parameter"].set_param(
            "rma_authorization.attempts_per_number", "2"
        )
        statuses = [
            self._start(number=number).status_code
            for number in ("S90001", "s90001", " S 90001 ", "S90002")
        ]
        self.assertEqual(statuses, [200, 200, 429, 200])

    # -- tracking ----------------------------------------------------------------------

    def test_tracking_by_number_or_reference_and_any_address_of_the_customer(self):
        parent = self.env["res.partner"].create(
            {"name": "Lovelace Ltd", "is_company": True, "email": "office@example.com"}
        )
        self.customer.parent_id = parent
        self.authorization.email = "Ada at Home <Ada@Home.example.com>"
        for number, email in (
            (self.authorization.rma_number, "ADA@example.com"),
            (self.authorization.name.lower(), "ada@example.com"),
            (self.authorization.name, "ada@home.example.com"),
            (self.authorization.name, "office@example.com"),
        ):
            with self.subTest(number=number, email=email):
                response = self._track(number, email)
                self.assertEqual(response.status_code, 200)
                self.assertIn(self.authorization.rma_number, response.text)

    def test_tracking_answers_the_same_for_wrong_and_unknown(self):
        wrong = self._track(email="bob@example.com")
        unknown = self._track("RMA00000000", "bob@example.com")
        self.assertEqual([wrong.status_code, unknown.status_code], [422, 422])
        self.assertEqual(self._get_words(wrong), self._get_words(unknown))

    def test_tracking_shows_neither_names_nor_goods(self):
        response = self._track()
        self.assertIn("What happens next", response.text)
        for word in ("Ada Customer", "Radio", "SW1A", self.order.name):
            self.assertNotIn(word, response.text)
        self.assertNotIn(self.authorization.access_token or "no token", response.text)

    def test_tracking_does_not_show_what_we_have_asked(self):
        self.authorization.action_request_information("Where do you live, Ada?")
        response = self._track()
        self.assertIn("We have asked a question", response.text)
        self.assertNotIn("Where do you live", response.text)

    def test_drafts_are_not_tracked(self):
        draft = self._create_authorization(self._sell())
        self.assertEqual(self._track(draft.name).status_code, 422)

    def test_the_full_link_is_mailed_to_the_customer(self):
        self.authorization.sudo().mail_ids._withdraw()
        response = self._track(send="1")
        self.assertIn("on its way", response.text)
        self.assertNotIn("access_token", response.text)
        mail = self.authorization.sudo().mail_ids.filtered(
            lambda one: one.state == "queued"
        )
        self.assertEqual(
            mail.template_id,
            self.env.ref("rma_authorization.mail_template_track_link"),
        )
        message = self.authorization.sudo()._post_mail(mail.template_id)
        self.assertEqual(message.partner_ids, self.customer)
        self.assertIn(
            f"/my/returns/{self.authorization.id}?access_token=", message.body
        )

    def test_returns_to_suppliers_are_tracked_by_nobody(self):
        authorization = self._create_authorization(self._sell())
        authorization.line_ids.unlink()
        authorization.direction = "supplier"
        self.assertEqual(self._track(authorization.name).status_code, 422)
