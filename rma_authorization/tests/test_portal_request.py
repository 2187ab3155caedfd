# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io

from PIL import Image

from odoo import fields
from odoo.tests import freeze_time, tagged

from .portal import PortalCommon


def draw_picture(name="radio.png"):
    stream = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(stream, "PNG")
    return ("files", (name, stream.getvalue(), "image/png"))


@tagged("post_install", "-at_install")
class TestPortalRequest(PortalCommon):
    """Customers build their request themselves, and can't ask for what isn't theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls._sell(2, partner=cls.other_customer)

    def setUp(self):
        super().setUp()
        self.authenticate("portal_ada", "portal_ada")

    # -- the whole way -----------------------------------------------------------------

    def test_a_request_is_made_in_three_steps(self):
        draft = self._begin("2")
        self.assertRecordValues(
            draft,
            [
                {
                    "channel": "portal",
                    "state": "draft",
                    "next_step": "none",
                    "user_id": False,
                    "company_id": self.company.id,
                }
            ],
        )
        line = draft.line_ids
        page = self._fill(
            draft,
            **{
                f"description_{line.id}": "It hums <b>loudly</b>.",
                f"condition_{line.id}": "opened",
                "note": "Please call before noon.",
                "transport": "drop_off",
            },
        ).text
        self.assertIn("It hums &lt;b&gt;loudly&lt;/b&gt;.", page)
        self.assertIn("I bring it", page)
        page = self._post(f"/my/returns/{draft.id}/submit").text
        self.assertIn("We have received your request", page)
        self.assertRecordValues(
            draft,
            [{"state": "submitted", "next_step": "review", "transport": "drop_off"}],
        )
        self.assertRecordValues(
            line,
            [
                {
                    "qty_requested": 2.0,
                    "resolution": "exchange",
                    "condition": "opened",
                    "sale_line_id": self.order_line.id,
                }
            ],
        )
        self.assertIn("Please call before noon.", draft.note)
        self.assertEqual(
            draft.mail_ids.template_id,
            self.env.ref("rma_authorization.mail_template_submitted"),
        )

    def test_policies_say_what_the_answer_will_be_before_it_is_handed_in(self):
        reason = self.env.ref(
            "rma_authorization.rma_authorization_reason_no_longer_wanted"
        )
        draft = self._begin("1", reason=reason)
        line = draft.line_ids
        page = self._fill(draft, **{f"condition_{line.id}": "used"}).text
        self.assertIn("Unused products can be returned for 30 days", page)
        self.assertIn("You pay for sending the goods back.", page)
        self.assertFalse(line.eligibility, "it is only a preview")

    def test_what_policies_let_through_is_authorized_at_once(self):
        policy = self.env["rma.authorization.policy"].create(
            {
                "name": "Trusted",
                "partner_ids": self.customer.ids,
                "returnable": "always",
                "auto_authorize": True,
            }
        )
        policy.action_put_in_force()
        draft = self._hand_in()
        self.assertEqual(draft.state, "authorized")
        page = self._visit(f"/my/returns/{draft.id}")
        self.assertIn(draft.rma_number, page)
        self.assertIn("Print the label", page)

    # -- what can be returned ----------------------------------------------------------

    def test_only_own_orders_with_delivered_goods_are_offered(self):
        waiting = self._sell(1, deliver=False)
        page = self._visit("/my/returns/new")
        self.assertIn(self.order.name, page)
        self.assertNotIn(waiting.name, page)
        self.assertNotIn(self.foreign.name, page)
        page = self._visit(f"/my/returns/new?search={self.foreign.name}")
        self.assertIn("No order with delivered goods fits", page)

    def test_what_cannot_be_returned_says_why(self):
        taken = self._create_authorization(self.order, 3)
        taken.action_submit()
        page = self._visit(f"/my/returns/new?order_id={self.order.id}")
        self.assertIn(f"On your return {taken.name}.", page)
        self.assertNotIn(f"qty_{self.order_line.id}", page)

    def test_no_more_than_is_left_can_be_asked_for(self):
        self._create_authorization(self.order, 2).action_submit()
        response = self._post(
            "/my/returns/new",
            status=422,
            order_id=self.order.id,
            **{
                f"qty_{self.order_line.id}": "2",
                f"reason_{self.order_line.id}": self.reason.id,
            },
        )
        self.assertIn("2 can't be returned, at most 1", self._get_errors(response.text))
        self.assertFalse(self._get_drafts())

    def test_who_was_quicker_is_named_when_it_is_handed_in(self):
        draft = self._begin("3")
        self._fill(draft)
        other = self._create_authorization(self.order, 1)
        other.action_submit()
        response = self._post(f"/my/returns/{draft.id}/submit", status=422)
        self.assertIn(other.name, self._get_errors(response.text))
        self.assertEqual(draft.state, "draft")

    def test_quantities_are_numbers(self):
        for qty in ("-1", "nan", "inf", "1e3", "0x10", "1_0", "a", "99999999999"):
            with self.subTest(qty=qty):
                self._post(
                    "/my/returns/new",
                    status=422,
                    order_id=self.order.id,
                    **{
                        f"qty_{self.order_line.id}": qty,
                        f"reason_{self.order_line.id}": self.reason.id,
                    },
                )
                self.assertFalse(self._get_drafts())

    def test_a_comma_is_a_point(self):
        self.assertEqual(self._begin("1,0").line_ids.qty_requested, 1.0)

    # -- steps -------------------------------------------------------------------------

    def test_choosing_again_changes_the_same_request(self):
        draft = self._begin("2")
        second = self._sell(1, products=self.other_product)
        self._begin("1", order=second)
        self.assertEqual(self._begin("1"), draft)
        self.assertRecordValues(
            draft.line_ids.sorted("product_id"),
            [
                {"product_id": self.product.id, "qty_requested": 1.0},
                {"product_id": self.other_product.id, "qty_requested": 1.0},
            ],
        )
        self.assertEqual(self._begin("0"), draft)
        self.assertEqual(draft.line_ids.product_id, self.other_product)

    def test_only_what_the_policy_allows_can_be_wanted(self):
        draft = self._begin()
        line = draft.line_ids
        for resolution in ("none", "solved", "resale", "", "nonsense"):
            with self.subTest(resolution=resolution):
                response = self._fill(
                    draft, status=422, **{f"resolution_{line.id}": resolution}
                )
                self.assertIn("Choose what you want", self._get_errors(response.text))
        self.assertEqual(line.resolution, "none")

    def test_what_was_entered_stays_where_something_is_wrong(self):
        draft = self._begin()
        line = draft.line_ids
        page = self._fill(
            draft,
            status=422,
            **{
                f"resolution_{line.id}": "",
                f"description_{line.id}": "It hums.",
                "note": "Call me",
            },
        ).text
        self.assertIn("It hums.", page)
        self.assertIn("Call me", page)
        self.assertFalse(line.description)

    def test_a_pick_up_is_on_a_day_to_come_at_an_own_address(self):
        draft = self._begin()
        with freeze_time("2030-03-10 12:00:00"):
            response = self._fill(
                draft, status=422, transport="pickup", pickup_date="2030-03-09"
            )
            self.assertIn("within 90 days", self._get_errors(response.text))
            self._fill(
                draft,
                transport="pickup",
                pickup_date="2030-03-12",
                pickup_partner_id=self.customer.id,
            )
        self.assertEqual(draft.pickup_date, fields.Date.to_date("2030-03-12"))
        self._fill(draft, status=404, pickup_partner_id=self.other_customer.id)

    def test_files_are_kept_and_can_be_removed_again(self):
        draft = self._begin()
        self._fill(draft, files=[draw_picture(), draw_picture("back.png")])
        page = self._visit(f"/my/returns/{draft.id}/edit")
        files = draft._get_uploads()
        self.assertEqual(len(files), 2)
        self.assertFalse(any(files.mapped("public")))
        self.assertIn("radio", page)
        first = files[0]
        self.assertEqual(
            self.url_open(f"/my/returns/{draft.id}/attachment/{first.id}").headers[
                "X-Content-Type-Options"
            ],
            "nosniff",
        )
        self._post(f"/my/returns/{draft.id}/attachment/{first.id}/remove")
        self.assertEqual(draft._get_uploads(), files - first)

    def test_a_file_that_is_none_of_the_kinds_is_refused_and_nothing_is_written(self):
        draft = self._begin()
        line = draft.line_ids
        response = self._fill(
            draft,
            status=422,
            files=[("files", ("radio.png", b"<html><script>", "image/png"))],
            **{f"description_{line.id}": "It hums."},
        )
        self.assertIn("radio.png", self._get_errors(response.text))
        self.assertFalse(line.description)
        self.assertFalse(draft._get_uploads())

    def test_handing_in_twice_is_handing_in_once(self):
        draft = self._hand_in()
        self._post(f"/my/returns/{draft.id}/submit")
        self.assertEqual(len(draft.mail_ids), 1)
        self.assertEqual(len(draft.log_ids), 1)

    def test_a_request_that_was_handed_in_is_not_edited_any_more(self):
        draft = self._hand_in()
        line = draft.line_ids
        self._fill(draft, **{f"description_{line.id}": "Something else"})
        self.assertFalse(line.description)
        self._post(f"/my/returns/{draft.id}/discard")
        self.assertTrue(draft.exists())

    def test_an_unfinished_request_can_be_discarded(self):
        draft = self._begin()
        self._post(f"/my/returns/{draft.id}/discard")
        self.assertFalse(draft.exists())

    def test_self_help_that_solved_it_is_a_return_prevented(self):
        draft = self._begin()
        page = self._post(f"/my/returns/{draft.id}/solved").text
        self.assertIn("Good to hear", page)
        self.assertRecordValues(draft, [{"state": "cancelled", "is_prevented": True}])
        self.assertFalse(draft.mail_ids)
        self.assertNotIn(draft.name, self._visit("/my/returns"))

    def test_abandoned_requests_are_forgotten(self):
        draft = self._begin()
        self.env["rma.authorization"]._forget_abandoned()
        self.assertTrue(draft.exists())
        self.env.cr.execute(
            "UPDATE rma_authorization SET write_date = now() - interval '31 days' "
            "WHERE id = %s",
            [draft.id],
        )
        draft.invalidate_recordset()
        self.env["rma.authorization"]._forget_abandoned()
        self.assertFalse(draft.exists())

    # -- doors -------------------------------------------------------------------------

    def test_the_invoice_leads_to_its_orders(self):
        invoice = self.order._create_invoices()
        invoice.action_post()
        page = self._visit(f"/my/returns/new?invoice_id={invoice.id}")
        self.assertIn(f"qty_{self.order_line.id}", page)
        self.assertIn(
            f"/my/returns/new?invoice_id={invoice.id}",
            self._visit(f"/my/invoices/{invoice.id}"),
        )

    def test_the_order_leads_to_a_request(self):
        self.assertIn(
            f"/my/returns/new?order_id={self.order.id}",
            self._visit(f"/my/orders/{self.order.id}"),
        )

    def test_who_opens_an_order_by_its_link_can_ask_as_well(self):
        self.authenticate(None, None)
        page = self._visit(self.order.get_portal_url())
        self.assertIn("/returns/new/", page)
        token = self.order._get_rma_link_token()
        self._post(
            f"/returns/new/{token}",
            **{
                f"qty_{self.order_line.id}": "1",
                f"reason_{self.order_line.id}": self.reason.id,
            },
        )
        draft = self._get_drafts()
        self.assertRecordValues(
            draft, [{"channel": "public", "partner_id": self.customer.id}]
        )
        line = draft.line_ids
        fields_ = {"access_token": draft.access_token}
        self._visit(f"/my/returns/{draft.id}/edit", status=404)
        page = self._fill(draft, **fields_).text
        self.assertIn("A last look", page)
        page = self._post(f"/my/returns/{draft.id}/submit", **fields_).text
        self.assertIn("We have received your request", page)
        self.assertEqual(line.state, "submitted")

    def test_links_to_orders_expire(self):
        token = self.order._get_rma_link_token()
        self.authenticate(None, None)
        self._visit(f"/returns/new/{token}")
        # not the last letter: some of its bits are of no byte
        other = token[:-4] + ("B" if token[-4] != "B" else "C") + token[-3:]
        for altered in (token[:-2], other, "AQ", "é", token + "AAAA"):
            with self.subTest(token=altered):
                self._visit(f"/returns/new/{altered}", status=404)
        self.env["ir.config_parameter"].set_param("rma_authorization.link_hours", "-1")
        self._visit(f"/returns/new/{self.order._get_rma_link_token()}", status=404)
