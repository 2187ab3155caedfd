# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .portal import PortalCommon


@tagged("post_install", "-at_install")
class TestPortalTransport(PortalCommon):
    """Customers say when we may come, until it is planned, and see when we do."""

    def setUp(self):
        super().setUp()
        self.authenticate("portal_ada", "portal_ada")
        self.authorization = self._authorize(self.order)
        self.authorization.transport = "pickup"
        self.url = f"/my/returns/{self.authorization.id}"
        self.day = fields.Date.today() + timedelta(days=5)

    def _wish(self, status=200, **wish):
        wish.setdefault("pickup_date", self.day.isoformat())
        return self._post(f"{self.url}/pickup", status=status, **wish).text

    def test_a_wish_is_kept_with_who_is_there(self):
        page = self._wish(
            pickup_partner_id=self.customer.id,
            pickup_contact="Al",
            pickup_phone="+32 2 123",
            pickup_note="Ring twice",
        )
        self.assertIn("We tell you when we come", page)
        self.assertRecordValues(
            self.authorization,
            [
                {
                    "pickup_date": self.day,
                    "pickup_wish": self.day,
                    "is_pickup_planned": False,
                    "pickup_partner_id": self.customer.id,
                    "pickup_contact": "Al",
                    "pickup_phone": "+32 2 123",
                    "pickup_note": "Ring twice",
                }
            ],
        )
        self.assertIn('value="+32 2 123"', self._visit(self.url))

    def test_what_is_planned_is_shown_and_no_wish_any_more(self):
        self._wish()
        planned = self.day + timedelta(days=1)
        self.authorization.action_plan_pickup(planned)
        page = self._visit(self.url)
        self.assertIn("We come on", page)
        self.assertIn("12 Mill Lane", page)
        self.assertNotIn("When may we come?", page)
        refused = self._wish(status=422)
        self.assertIn("is planned, or over", self._get_errors(refused))
        self.assertEqual(self.authorization.pickup_date, planned)
        self.assertEqual(self.authorization.pickup_wish, self.day)

    def test_wrong_wishes_are_refused_by_their_fields(self):
        yesterday = fields.Date.today() - timedelta(days=2)
        for wish, sentence in (
            ({"pickup_date": yesterday.isoformat()}, "from today on"),
            ({"pickup_date": "soon"}, "year-month-day"),
            ({"pickup_contact": "x" * 65}, "64 characters"),
            ({"pickup_note": "x" * 5001}, "5000 characters"),
        ):
            with self.subTest(wish=wish):
                refused = self._wish(status=422, **wish)
                self.assertIn(sentence, self._get_errors(refused))
        self._wish(status=404, pickup_partner_id=self.other_customer.id)
        self.assertFalse(self.authorization.pickup_wish)

    def test_who_sends_the_goods_wishes_no_pickup(self):
        self.authorization.transport = "ship"
        self.assertNotIn("When may we come?", self._visit(self.url))
        self._wish(status=422)

    def test_who_has_proved_an_order_is_not_told_where_its_customer_lives(self):
        self.authorization.sudo().write(
            {"channel": "public", "pickup_contact": "Al", "pickup_phone": "0123"}
        )
        token = self.authorization.sudo()._portal_ensure_token()
        self.authenticate(None, None)
        page = self._visit(f"{self.url}?access_token={token}")
        self.assertIn("When may we come?", page)
        for secret in ("12 Mill Lane", "0123", 'value="Al"'):
            self.assertNotIn(secret, page)
        self.assertIn("1000 Brussels", page)

    def test_the_parcel_is_followed_at_the_carrier(self):
        self.authorization.transport = "ship"
        self.env["res.partner"].create(
            {
                "name": "Fast Post",
                "rma_tracking_url": "https://post.example/{tracking}",
            }
        )
        self._post(f"{self.url}/tracking", carrier_name="fast post", tracking_ref="1Z")
        self.assertIn('href="https://post.example/1Z"', self._visit(self.url))

    def test_what_is_brought_has_an_address_and_no_number(self):
        self.authorization.transport = "drop_off"
        page = self._visit(self.url)
        self.assertIn("Bring it to:", page)
        self.assertNotIn('name="tracking_ref"', page)
