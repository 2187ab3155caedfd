# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .portal import PortalCommon


@tagged("post_install", "-at_install")
class TestPortalReturn(PortalCommon):
    """Customers see where their returns stand, and do what is theirs to do."""

    def setUp(self):
        super().setUp()
        self.authenticate("portal_ada", "portal_ada")

    def _get_url(self, authorization, suffix=""):
        return f"/my/returns/{authorization.id}{suffix}"

    def _show(self, authorization):
        return self._visit(self._get_url(authorization))

    # -- who sees what -----------------------------------------------------------------

    def test_the_list_has_the_returns_of_the_company_and_no_others(self):
        own = self._authorize(self.order)
        colleague = self.env["res.partner"].create(
            {"name": "Al", "parent_id": self.customer.id, "email": "al@example.com"}
        )
        colleagues = self._authorize(self._sell(partner=colleague))
        foreign = self._authorize(self._sell(partner=self.other_customer))
        draft = self._create_authorization(self.order)
        page = self._visit("/my/returns")
        self.assertIn(own.rma_number, page)
        self.assertIn(colleagues.rma_number, page)
        self.assertNotIn(foreign.rma_number, page)
        self.assertNotIn(draft.name, page, "it is ours until it is handed in")

    def test_filters_and_search(self):
        sent = self._authorize(self.order)
        closed = self._create_closed(self._sell(products=self.other_product))
        page = self._visit("/my/returns?filterby=done")
        self.assertIn(closed.rma_number, page)
        self.assertNotIn(sent.rma_number, page)
        page = self._visit("/my/returns?filterby=waiting")
        self.assertIn(sent.rma_number, page)
        self.assertNotIn(closed.rma_number, page)
        page = self._visit("/my/returns?search=Speaker&sortby=name")
        self.assertIn(closed.rma_number, page)
        self.assertNotIn(sent.rma_number, page)
        self._visit("/my/returns?filterby=nonsense&sortby=name;drop")

    def test_somebody_elses_return_looks_like_none(self):
        foreign = self._authorize(self._sell(partner=self.other_customer))
        for path in ("", "/edit", "/summary", "/form", "/label", "/attachment/1"):
            with self.subTest(path=path):
                self._visit(self._get_url(foreign, path), status=404)
        self._visit("/my/returns/999999999", status=404)

    def test_the_token_opens_the_page_to_who_was_invited(self):
        authorization = self._authorize(self.order)
        token = authorization.sudo()._portal_ensure_token()
        self.authenticate(None, None)
        self.assertIn(
            authorization.rma_number,
            self._visit(self._get_url(authorization, f"?access_token={token}")),
        )
        self._visit(self._get_url(authorization), status=404)
        self._visit(self._get_url(authorization, "?access_token=x"), status=404)

    def test_portal_users_have_no_rights_on_our_models(self):
        for name in self.env:
            if name.startswith("rma.authorization") and not self.env[name]._abstract:
                model = self.env[name].with_user(self.env.ref("base.public_user"))
                with self.subTest(model=name):
                    self.assertFalse(model.has_access("read"))

    def test_files_come_by_the_page_alone_which_looks_at_them(self):
        authorization = self._authorize(self.order)
        fields = {
            "thread_model": authorization._name,
            "thread_id": authorization.id,
            "token": authorization.sudo()._portal_ensure_token(),
            "is_pending": "false",
        }
        for login in ("portal_ada", None):
            self.authenticate(login, login)
            self._post(
                "/mail/attachment/upload",
                files=[("ufile", ("virus.exe", b"MZ", "image/png"))],
                status=404,
                **fields,
            )
        self.assertFalse(authorization.sudo()._get_uploads())

    def test_internal_notes_and_files_stay_with_us(self):
        authorization = self._authorize(self.order)
        authorization.message_post(
            body="Watch this customer", subtype_xmlid="mail.mt_note"
        )
        authorization.message_post(
            body="Good news", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        own = self.env["ir.attachment"].create(
            {
                "name": "calculation.txt",
                "raw": b"x",
                "res_model": authorization._name,
                "res_id": authorization.id,
            }
        )
        page = self._show(authorization)
        self.assertIn("Good news", page)
        self.assertNotIn("Watch this customer", page)
        self.assertNotIn("calculation.txt", page)
        self._visit(self._get_url(authorization, f"/attachment/{own.id}"), status=404)

    def test_the_home_page_counts_returns(self):
        self._authorize(self.order)
        counts = self.make_jsonrpc_request("/my/counters", {"counters": ["rma_count"]})
        self.assertEqual(counts["rma_count"], 1)

    # -- where it stands ---------------------------------------------------------------

    def _get_states(self, authorization):
        return [
            (step["label"], step["status"])
            for step in authorization.sudo()._get_timeline()
        ]

    def test_the_timeline_follows_the_return(self):
        authorization = self._create_authorization(
            self.order, resolution="exchange", disposition=self._get_disposition()
        )
        if self._get_disposition() == "keep":
            authorization.line_ids.disposition = False
        authorization.action_submit()
        names = [
            "Requested",
            "Authorized",
            "Received",
            "Inspected",
            "Exchange",
            "Finished",
        ]
        expected = ["done", "current", "open", "open", "open", "open"]
        self.assertEqual(
            self._get_states(authorization), list(zip(names, expected, strict=True))
        )
        self.assertEqual(authorization._get_customer_step()["who"], "us")
        authorization.action_authorize()
        self.assertEqual(self._get_states(authorization)[2], ("Received", "current"))
        step = authorization._get_customer_step()
        self.assertEqual(step["who"], "customer")
        self.assertIn(authorization.rma_number, step["text"])
        self._receive(authorization)
        self.assertEqual(self._get_states(authorization)[3], ("Inspected", "current"))
        self.assertEqual(authorization._get_customer_step()["who"], "us")

    def test_a_refused_return_shows_why_and_can_be_appealed_once(self):
        authorization = self._create_authorization(self.order)
        authorization.action_submit()
        authorization.action_refuse("The guarantee ended last year")
        self.assertIn("The guarantee ended last year", self._show(authorization))
        url = self._get_url(authorization, "/appeal")
        self._post(url, status=422, appeal=" ")
        page = self._post(url, appeal="I have the invoice here").text
        self.assertIn("once more", page)
        self.assertEqual(authorization.state, "submitted")
        self.assertIn("I have the invoice here", page)
        authorization.with_user(self.manager).action_refuse("No")
        self._post(url, status=422, appeal="Really!")
        self.assertEqual(authorization.state, "refused")

    # -- what customers do -------------------------------------------------------------

    def test_a_message_answers_our_question(self):
        authorization = self._create_authorization(self.order)
        authorization.action_submit()
        authorization.action_request_information("Which serial number is it?")
        self.assertIn("Which serial number is it?", self._show(authorization))
        page = self._post(
            self._get_url(authorization, "/message"), message="It is <i>PR-12</i>"
        ).text
        self.assertIn("It is &lt;i&gt;PR-12&lt;/i&gt;", page)
        self.assertFalse(authorization.awaiting_customer)
        message = authorization._get_customer_messages()[-1]
        self.assertEqual(message.author_id, self.customer)

    def test_an_empty_message_is_none(self):
        authorization = self._authorize(self.order)
        count = len(authorization.message_ids)
        self._post(self._get_url(authorization, "/message"), status=422, message=" \n ")
        self.assertEqual(len(authorization.message_ids), count)

    def test_a_request_can_be_withdrawn_until_something_happened(self):
        authorization = self._authorize(self.order)
        self._post(self._get_url(authorization, "/withdraw"))
        self.assertEqual(authorization.state, "cancelled")
        received = self._authorize(self._sell())
        self._receive(received)
        self.assertNotIn("I keep the goods", self._show(received))
        self._post(self._get_url(received, "/withdraw"), status=422)
        self.assertEqual(received.state, "authorized")

    def test_the_parcels_number_is_entered_by_the_customer(self):
        authorization = self._authorize(self.order)
        url = self._get_url(authorization, "/tracking")
        self._post(url, status=422, carrier_name="Post", tracking_ref="")
        self._post(url, status=422, carrier_name="Post", tracking_ref="1" * 65)
        page = self._post(url, carrier_name="Post", tracking_ref="1Z 999").text
        self.assertIn("on its way to us", page)
        self.assertRecordValues(
            authorization, [{"carrier_name": "Post", "tracking_ref": "1Z 999"}]
        )
        self._receive(authorization)
        self._post(url, status=422, carrier_name="Post", tracking_ref="2Z")

    def test_a_finished_return_is_rated_once(self):
        authorization = self._create_closed(self.order)
        self.assertIn("How was it?", self._show(authorization))
        url = self._get_url(authorization, "/rate")
        self._post(url, status=422, rate="4")
        self._post(url, rate="5", feedback="Quick!")
        rating = authorization.sudo().rating_ids
        self.assertRecordValues(
            rating, [{"rating": 5.0, "feedback": "Quick!", "consumed": True}]
        )
        self._post(url, status=422, rate="1", feedback="No")
        self.assertEqual(rating.rating, 5.0)

    def test_papers_are_there_once_there_is_a_number(self):
        authorization = self._create_authorization(self.order)
        authorization.action_submit()
        self._visit(self._get_url(authorization, "/label"), status=404)
        authorization.action_authorize()
        for paper in ("label", "form"):
            response = self.url_open(self._get_url(authorization, f"/{paper}"))
            self.assertEqual(response.status_code, 200)
            # while it is tested, Odoo prints no PDF
            self.assertEqual(response.headers["Content-Type"], "application/pdf")
            name = response.headers["Content-Disposition"]
            self.assertIn(authorization.rma_number, name)
            self.assertIn(authorization.rma_number, response.text)

    def test_a_replacement_order_is_linked(self):
        authorization = self._authorize(
            self.order, resolution="exchange", advance=True, inspection_required=False
        )
        authorization.action_settle()
        order = authorization.replacement_order_ids
        self.assertIn(order.name, self._show(authorization))
        self.assertIn(f"/my/orders/{order.id}?", self._show(authorization))

    def test_actions_need_the_token_of_the_form(self):
        authorization = self._authorize(self.order)
        response = self.url_open(
            self._get_url(authorization, "/withdraw"), data={"nothing": "1"}
        )
        self.assertEqual(response.status_code, 400)
        self.assertEqual(authorization.state, "authorized")
