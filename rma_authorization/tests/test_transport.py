# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import io
from datetime import date, datetime

from PIL import Image

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

from .common import RmaCommon

MONDAY = "2026-03-02 10:00:00"


def make_pdf(pages=1):
    writer, stream = PdfFileWriter(), io.BytesIO()
    for _number in range(pages):
        writer.addBlankPage(width=288, height=432)
    writer.write(stream)
    return stream.getvalue()


def make_png():
    stream = io.BytesIO()
    Image.new("RGBA", (400, 600), (0, 0, 0, 0)).save(stream, "PNG")
    return stream.getvalue()


class TransportCommon(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(MONDAY))
        cls.order = cls._sell(20)

    def _authorize_pickup(self, **vals):
        authorization = self._authorize(self.order)
        authorization.write({"transport": "pickup", **vals})
        authorization.sudo().mail_ids._withdraw()
        return authorization

    def _plan(self, day="2026-03-06", **vals):
        authorization = self._authorize_pickup(**vals)
        authorization.action_plan_pickup(day)
        return authorization

    def _get_activities(self, authorization):
        kind = self.env.ref("rma_authorization.mail_activity_type_pickup")
        return authorization.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind
        )

    def _get_mail_states(self, authorization, event):
        template = self.env.ref(f"rma_authorization.mail_template_{event}")
        mails = authorization.sudo().mail_ids.sorted("id")
        return mails.filtered(lambda mail: mail.template_id == template).mapped("state")


@tagged("post_install", "-at_install")
class TestPickup(TransportCommon):
    """Goods that we collect: planned by the agent, in somebody's calendar, and told."""

    def test_a_planned_pickup_is_an_activity_of_the_responsible_on_that_day(self):
        authorization = self._plan()
        self.assertRecordValues(
            self._get_activities(authorization),
            [{"user_id": self.agent.id, "date_deadline": date(2026, 3, 6)}],
        )
        self.assertIn(
            authorization.rma_number, self._get_activities(authorization).summary
        )

    def test_the_customer_hears_of_it_once(self):
        authorization = self._plan()
        authorization.action_plan_pickup()
        authorization.action_plan_pickup("2026-03-06")
        self.assertEqual(self._get_mail_states(authorization, "pickup"), ["queued"])
        self.assertEqual(
            authorization._get_customer_step(),
            {
                "who": "us",
                "text": "We collect the goods on 03/06/2026. Please put the number "
                f"{authorization.rma_number} on the parcel.",
            },
        )

    def test_the_mail_says_when_and_where(self):
        self.customer.write({"street": "12 Mill Lane", "city": "Brussels"})
        authorization = self._plan()
        template = self.env.ref("rma_authorization.mail_template_pickup")
        body = template._render_field("body_html", authorization.ids)[authorization.id]
        self.assertIn("03/06/2026", body)
        self.assertIn("12 Mill Lane", body)
        authorization.pickup_address = "Gate 4\n \nHarbour"
        self.assertEqual(authorization._get_pickup_place(), "Gate 4, Harbour")

    def test_moving_the_day_moves_the_activity_and_tells_the_customer_again(self):
        authorization = self._plan()
        activity = self._get_activities(authorization)
        authorization.sudo().mail_ids.state = "sent"
        authorization.pickup_date = "2026-03-09"
        self.assertEqual(self._get_activities(authorization), activity)
        self.assertEqual(activity.date_deadline, date(2026, 3, 9))
        self.assertIn("queued", self._get_mail_states(authorization, "pickup"))

    def test_another_responsible_takes_it_over(self):
        authorization = self._plan()
        authorization.user_id = self.manager
        self.assertEqual(self._get_activities(authorization).user_id, self.manager)
        self.assertEqual(self._get_mail_states(authorization, "pickup"), ["queued"])

    def test_without_a_day_it_is_no_plan(self):
        authorization = self._plan()
        authorization.pickup_date = False
        self.assertFalse(authorization.is_pickup_planned)
        self.assertFalse(self._get_activities(authorization))
        self.assertEqual(self._get_mail_states(authorization, "pickup"), ["withdrawn"])

    def test_goods_that_come_otherwise_are_not_collected(self):
        authorization = self._plan()
        authorization.transport = "ship"
        self.assertFalse(authorization.is_pickup_planned)
        self.assertFalse(self._get_activities(authorization))

    def test_the_activity_is_done_once_the_goods_are_here(self):
        authorization = self._plan()
        activity = self._get_activities(authorization)
        self._receive(authorization)
        self.assertFalse(self._get_activities(authorization))
        self.assertTrue(
            not activity.exists() or not activity.active, "it was done, or is gone"
        )

    def test_nobody_goes_where_the_return_is_cancelled(self):
        authorization = self._plan()
        authorization.action_cancel("Changed their mind")
        self.assertFalse(authorization.is_pickup_planned)
        self.assertFalse(self._get_activities(authorization))
        self.assertEqual(self._get_mail_states(authorization, "pickup"), ["withdrawn"])

    def test_a_return_does_not_expire_before_we_come(self):
        """30 days from March 2nd are April 1st; the goods may be 14 days on the way."""
        self.company.rma_advance_transit_days = 14
        authorization = self._authorize_pickup()
        authorization.date_deadline = "2026-04-01"
        authorization.action_plan_pickup("2026-03-10")
        self.assertEqual(authorization.date_deadline, date(2026, 4, 1))
        authorization.action_plan_pickup("2026-03-30")
        self.assertEqual(authorization.date_deadline, date(2026, 4, 13))

    def test_the_wished_day_is_taken_where_no_other_is_given(self):
        authorization = self._authorize_pickup(pickup_date="2026-03-05")
        self.assertFalse(authorization.is_pickup_planned)
        authorization.action_plan_pickup()
        self.assertTrue(authorization.is_pickup_planned)
        self.assertEqual(authorization.pickup_date, date(2026, 3, 5))

    def test_refused_without_a_day_for_a_past_one_and_for_none(self):
        authorization = self._authorize_pickup()
        with self.assertRefusedNaming(authorization):
            authorization.action_plan_pickup()
        with self.assertRefused("2026-03-01, which is over"):
            authorization.action_plan_pickup("2026-03-01")
        with self.assertRefused("“soon” is no day"):
            authorization.action_plan_pickup("soon")

    def test_refused_where_nothing_is_awaited(self):
        for authorization in (
            self._create_authorization(self.order),
            self._create_closed(self.order),
        ):
            with self.assertRefusedNaming(authorization):
                authorization.action_plan_pickup("2026-03-06")

    def test_a_plan_is_not_entered_by_hand(self):
        authorization = self._authorize_pickup(pickup_date="2026-03-05")
        with self.assertRefused("can't be entered"):
            authorization.is_pickup_planned = True

    def test_many_are_planned_as_cheaply_as_few(self):
        def count(size):
            authorizations = self.env["rma.authorization"].concat(
                *(self._authorize_pickup() for _number in range(size))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            authorizations.action_plan_pickup("2026-03-06")
            self.env.flush_all()
            self.assertEqual(len(self._get_activities(authorizations)), size)
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertLessEqual(count(6) - count(2), 12)


@tagged("post_install", "-at_install")
class TestCarrier(TransportCommon):
    """Carrier, label, number, and what the carrier tells."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carrier = cls.env["res.partner"].create(
            {
                "name": "Fast_Post",
                "is_company": True,
                "rma_tracking_url": "https://post.example/?id={tracking}&lang=en",
            }
        )
        cls.authorization = cls._authorize(cls.order)

    def test_the_number_is_a_link_to_the_carriers_page(self):
        self.authorization.write(
            {"carrier_partner_id": self.carrier.id, "tracking_ref": "1Z 9/ä"}
        )
        self.assertEqual(self.authorization.carrier_name, "Fast_Post")
        self.assertEqual(
            self.authorization.tracking_url,
            "https://post.example/?id=1Z%209%2F%C3%A4&lang=en",
        )

    def test_a_carrier_that_the_customer_names_is_found_by_its_whole_name(self):
        self.authorization.sudo()._enter_tracking("fast_post", "1Z")
        self.assertEqual(self.authorization.carrier_partner_id, self.carrier)
        self.assertEqual(self.authorization.carrier_name, "fast_post")
        for name in ("Fast", "FastxPost", "%", ""):
            self.authorization.sudo()._enter_tracking(name, "2Z")
            self.assertFalse(self.authorization.carrier_partner_id, name)
            self.assertFalse(self.authorization.tracking_url)

    def test_a_tracking_page_is_an_address_with_a_place_for_the_number(self):
        for url in (
            "post.example/{tracking}",
            "javascript:alert('{tracking}')//",
            "https://post.example/",
            "https://post.example/{number}/{tracking}",
            "https://{tracking}/",
        ):
            with self.subTest(url), self.assertRaises(ValidationError):
                self.carrier.rma_tracking_url = url

    # -- scans -------------------------------------------------------------------------

    def test_carrier_has_it_stands_in_the_timeline(self):
        self.authorization.action_carrier_scan("2026-03-01 08:30:00")
        self.assertEqual(
            [
                (step["label"], step["status"], step["date"])
                for step in self.authorization.sudo()._get_timeline()
            ][1:4],
            [
                ("Authorized", "done", self.authorization.date_authorized),
                ("On Its Way", "done", datetime(2026, 3, 1, 8, 30)),
                ("Received", "current", None),
            ],
        )
        self.assertEqual(
            self.authorization._get_customer_step()["text"],
            "Your parcel is on its way to us.",
        )

    def test_the_first_scan_is_shown_and_the_last_one_waited_from(self):
        for day in ("2026-03-01", "2026-03-02", "2026-02-28", "2026-02-28"):
            self.authorization.action_carrier_scan(day)
        self.assertEqual(self.authorization.date_scanned, datetime(2026, 2, 28, 12))
        self.assertEqual(self.authorization.date_tracking, date(2026, 3, 2))

    def test_refused_for_what_no_carrier_brings_or_has_come_or_is_ahead(self):
        brought = self._authorize(self.order)
        brought.transport = "drop_off"
        closed = self._create_closed(self.order)
        for authorization in (brought, closed):
            with self.assertRefusedNaming(authorization):
                authorization.action_carrier_scan()
        with self.assertRefused("ahead"):
            self.authorization.action_carrier_scan("2026-03-09")
        with self.assertRefused("“tomorrow” is no time"):
            self.authorization.action_carrier_scan("tomorrow")
        self.assertFalse(self.authorization.date_scanned)

    def test_systems_of_carriers_tell_many_parcels_at_once_and_again(self):
        other = self._authorize(self.order)
        brought = self._authorize(self.order)
        brought.write({"transport": "drop_off", "tracking_ref": "4Z"})
        (self.authorization | other).tracking_ref = "1Z"
        scans = [
            {"tracking_ref": " 1Z ", "date": "2026-03-01T23:30:00+02:00"},
            {"tracking_ref": "3Z"},
            {"tracking_ref": "4Z"},
        ]
        expected = {
            "recorded": sorted((self.authorization | other).ids),
            "unknown": ["3Z", "4Z"],
        }
        returns = self.env["rma.authorization"].with_user(self.agent)
        for _number in range(2):
            self.assertEqual(returns.register_carrier_scans(scans), expected)
            self.assertEqual(
                (self.authorization | other).mapped("date_scanned"),
                [datetime(2026, 3, 1, 21, 30)] * 2,
            )

    def test_a_scan_that_can_not_be_read_is_refused_and_nothing_is_recorded(self):
        self.authorization.tracking_ref = "1Z"
        returns = self.env["rma.authorization"].with_user(self.agent)
        for scan in ({}, {"tracking_ref": " "}, {"tracking_ref": 1}, "1Z", None):
            with self.subTest(scan=scan), self.assertRefused("is no scan"):
                returns.register_carrier_scans([{"tracking_ref": "1Z"}, scan])
        self.assertFalse(self.authorization.date_scanned)

    def test_scans_take_the_role_of_an_agent_in_that_company(self):
        self.authorization.tracking_ref = "1Z"
        scans = [{"tracking_ref": "1Z"}]
        returns = self.env["rma.authorization"]
        with self.assertRaises(AccessError):
            returns.with_user(self.technician).register_carrier_scans(scans)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user(
            "stranger",
            "rma_authorization.group_rma_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.assertEqual(
            returns.with_user(stranger).register_carrier_scans(scans),
            {"recorded": [], "unknown": ["1Z"]},
        )
        self.assertFalse(self.authorization.date_scanned)

    # -- label -------------------------------------------------------------------------

    def _print_label(self, authorizations):
        content, kind = (
            self.env["ir.actions.report"]
            .with_user(self.agent)
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf(
                "rma_authorization.action_report_label", authorizations.ids
            )
        )
        self.assertEqual(kind, "pdf")
        return content

    def _upload(self, content, authorization=None):
        (authorization or self.authorization).write(
            {
                "carrier_label": base64.b64encode(content),
                "carrier_label_name": "label.pdf",
            }
        )

    def test_the_carriers_label_is_printed_instead_of_ours(self):
        label = make_pdf()
        self._upload(label)
        self.assertEqual(self._print_label(self.authorization), label)

    def test_labels_of_several_returns_are_one_document(self):
        other = self._authorize(self.order)
        self._upload(make_pdf(pages=2))
        self._upload(make_png(), other)
        content = self._print_label(self.authorization | other)
        self.assertEqual(PdfFileReader(io.BytesIO(content)).getNumPages(), 3)

    def test_a_label_is_mailed_with_the_number_or_after_it(self):
        self._upload(make_pdf())
        self.assertFalse(self._get_mail_states(self.authorization, "label"))
        self.authorization.sudo().mail_ids.state = "sent"
        self._upload(make_png())
        self.assertEqual(self._get_mail_states(self.authorization, "label"), ["queued"])

    def test_nothing_is_mailed_before_the_return_is_authorized(self):
        draft = self._create_authorization(self.order)
        self._upload(make_pdf(), draft)
        self.assertFalse(draft.sudo().mail_ids)

    def test_what_is_no_label_is_refused(self):
        for content in (b"<html>", b"%PDF-1.4 nothing", make_png()[:60], b"MZ"):
            with (
                self.subTest(content=content[:10]),
                self.assertRefused("can't be printed"),
            ):
                self._upload(content)
                self.env.flush_all()

    def test_a_technician_uploads_none(self):
        with self.assertRaises(AccessError):
            self._upload(make_pdf(), self.authorization.with_user(self.technician))


@tagged("post_install", "-at_install")
class TestFreight(TransportCommon):
    """Who pays for the way back, and what it costs us: estimated, then actual."""

    def setUp(self):
        super().setUp()
        self.authorization = self._authorize(self.order)

    def _get_rows(self):
        return [
            (cost.amount, cost.is_estimate, cost.res_model or "")
            for cost in self.authorization.cost_ids.sorted("id")
        ]

    def _enter(self, amount):
        return (
            self.env["rma.authorization.cost"]
            .with_user(self.agent)
            .create(
                {
                    "name": "Courier",
                    "authorization_id": self.authorization.id,
                    "kind": "freight_in",
                    "amount": amount,
                }
            )
        )

    def test_an_estimate_counts_until_the_actual_is_known(self):
        self.authorization.freight_estimate = 12.5
        self.assertEqual(self._get_rows(), [(12.5, True, "rma.authorization")])
        self.assertEqual(self.authorization.cost_total, 12.5)
        self.authorization.freight_estimate = 10.0
        self.assertEqual(self._get_rows(), [(10.0, True, "rma.authorization")])
        self.authorization.freight_actual = 11.2
        self.assertEqual(self._get_rows(), [(11.2, False, "rma.authorization")])
        self.assertEqual(self.authorization.cost_total, 11.2)
        self.authorization.freight_actual = 0.0
        self.assertEqual(self._get_rows(), [(10.0, True, "rma.authorization")])
        self.authorization.freight_estimate = 0.0
        self.assertFalse(self._get_rows())

    def test_a_cost_by_hand_replaces_the_estimate_and_gives_it_back(self):
        self.authorization.freight_estimate = 12.5
        courier = self._enter(9.0)
        self.assertEqual(self._get_rows(), [(9.0, False, "")])
        courier.kind = "other"
        self.assertEqual(self.authorization.cost_total, 21.5)
        courier.kind = "freight_in"
        self.assertEqual(self.authorization.cost_total, 9.0)
        courier.unlink()
        self.assertEqual(self._get_rows(), [(12.5, True, "rma.authorization")])

    def test_an_estimate_after_the_cost_doesnt_count(self):
        self._enter(9.0)
        self.authorization.freight_estimate = 12.5
        self.assertEqual(self.authorization.cost_total, 9.0)

    def test_the_row_is_not_changed_by_hand(self):
        self.authorization.freight_estimate = 12.5
        with self.assertRefused("comes from a document"):
            self.authorization.cost_ids.with_user(self.manager).amount = 1.0

    def test_freight_is_not_negative(self):
        for name in ("freight_estimate", "freight_actual"):
            with self.subTest(name), self.assertRaises(ValidationError):
                self.authorization[name] = -1.0

    def test_who_pays_follows_the_reason_until_it_is_overruled_with_a_reason(self):
        self.assertEqual(self.authorization.freight_payer, "us")
        with self.assertRefused("say why"):
            self.authorization.freight_payer_overruled = "customer"
        self.authorization.write(
            {
                "freight_payer_overruled": "customer",
                "freight_payer_reason": "Agreed by phone",
            }
        )
        self.assertEqual(self.authorization.freight_payer, "customer")
        self.assertEqual(
            self.authorization._get_customer_fees(),
            ["You pay for sending the goods back."],
        )
        self.authorization.freight_payer_overruled = False
        self.assertEqual(self.authorization.freight_payer, "us")

    def test_estimates_of_many_take_no_query_each(self):
        def count(size):
            authorizations = self.env["rma.authorization"].concat(
                *(self._authorize(self.order) for _number in range(size))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            authorizations.freight_estimate = 5.0
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertLessEqual(count(6) - count(2), 8)

    def test_goods_are_brought_to_an_address_of_ours(self):
        shop = self.env["res.partner"].create(
            {"name": "Our Shop", "parent_id": self.company.partner_id.id}
        )
        self.authorization.write(
            {"transport": "drop_off", "dropoff_partner_id": shop.id}
        )
        self.assertEqual(self.authorization._get_return_address(), shop)
        deadline = fields.Date.to_date("2026-04-01")
        self.authorization.date_deadline = deadline
        self.assertIn(
            "Please bring the goods by 04/01/2026",
            self.authorization._get_customer_step()["text"],
        )
