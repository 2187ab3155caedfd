# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import RmaCommon


class DeskCommon(RmaCommon):
    """A technician at the desk, and goods that wait."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk = cls._get_desk(cls.technician)

    @classmethod
    def _get_desk(cls, user):
        companies = user.company_ids.ids
        return (
            cls.env["rma.authorization.desk"]
            .with_user(user)
            .with_context(allowed_company_ids=companies)
        )

    @classmethod
    def _arrive(cls, qty=1, *, days=0, **kwargs):
        """A line of which so much has arrived so many days ago."""
        partner = kwargs.pop("partner", cls.customer)
        authorization = cls._authorize(cls._sell(qty, partner=partner), qty, **kwargs)
        cls._receive(authorization)
        line = authorization.line_ids
        if days:
            line.sudo().date_to_inspect -= timedelta(days=days)
        return line

    def _get_rows(self, lines, **filters):
        """The rows of these lines, in the order of the queue."""
        rows = self.desk.get_queue(filters)["rows"]
        return [row for row in rows if row["id"] in lines.ids]

    def _get_ids(self, lines, **filters):
        return [row["id"] for row in self._get_rows(lines, **filters)]

    def _get_findings(self, line):
        return line.inspection_ids.sorted("id")


@tagged("post_install", "-at_install")
class TestDeskQueue(DeskCommon):
    """What waits, the oldest first; what is judged leaves. Of the goods at hand the
    inspector reads what is known, and what follows from what is found."""

    def test_the_oldest_receipt_comes_first(self):
        lines = (self._arrive(days=1), self._arrive(3, days=9), self._arrive(days=4))
        lines = self.env["rma.authorization.line"].concat(*lines)
        rows = self._get_rows(lines)
        self.assertEqual(
            [row["id"] for row in rows], [lines[1].id, lines[2].id, lines[0].id]
        )
        self.assertEqual([row["days"] for row in rows], [9, 4, 1])
        first = rows[0]
        self.assertEqual((first["qty"], first["unit"]), (3, "Units"))
        self.assertEqual(
            (first["product"], first["customer"]), ("Radio", "Ada Customer")
        )
        self.assertEqual(first["name"], lines[1].authorization_id.rma_number)

    def test_it_is_filtered_and_paged(self):
        ours = self._arrive(days=900) | self._arrive(days=800)
        theirs = self._arrive(days=700, partner=self.other_customer)
        self.assertEqual(self._get_ids(ours | theirs, text="bob"), theirs.ids)
        number = ours[0].authorization_id.rma_number
        self.assertEqual(self._get_ids(ours | theirs, text=number), ours[0].ids)
        self.assertEqual(
            self._get_ids(ours | theirs, product_id=self.other_product.id), []
        )
        page = self.desk.get_queue(
            {"product_id": self.product.id, "limit": 1, "offset": 1}
        )
        self.assertEqual([row["id"] for row in page["rows"]], ours[1].ids)
        self.assertEqual(page["total"], 3)

    def test_late_ones_by_the_clock_of_the_inspection(self):
        late, other = self._arrive(), self._arrive()
        # timers follow at the end of a transaction
        self.env.cr.flush()
        timer = late.sudo().authorization_id.timer_ids.filtered(
            lambda timer: timer.milestone == "inspection"
        )
        timer.date_start -= timedelta(days=30)
        self.assertEqual(self._get_ids(late | other, is_late=True), late.ids)
        rows = {row["id"]: row for row in self._get_rows(late | other)}
        self.assertTrue(rows[late.id]["is_late"])
        self.assertTrue(rows[late.id]["due"])
        self.assertFalse(rows[other.id]["is_late"])

    def test_a_clock_that_stands_still_is_not_late(self):
        line = self._arrive()
        self.env.cr.flush()
        timer = line.sudo().authorization_id.timer_ids.filtered(
            lambda timer: timer.milestone == "inspection"
        )
        timer.date_start -= timedelta(days=30)
        timer._pause()
        self.assertEqual(self._get_ids(line, is_late=True), [])
        self.assertFalse(self._get_rows(line)[0]["is_late"])

    def test_what_is_judged_leaves_and_what_comes_later_waits_from_then_on(self):
        authorization = self._authorize(self._sell(5), 5)
        self._receive(authorization, 3)
        line = authorization.line_ids
        line.sudo().date_to_inspect -= timedelta(days=8)
        self._inspect(authorization, (2, {}))
        self.assertEqual(self._get_rows(line)[0]["days"], 8)
        self._inspect(authorization, (1, {}))
        self.assertFalse(line.date_to_inspect)
        self.assertEqual(self._get_rows(line), [])
        self._receive(authorization)
        row = self._get_rows(line)[0]
        self.assertEqual((row["qty"], row["days"]), (2, 0))

    def test_what_needs_no_inspection_does_not_wait(self):
        line = self._arrive(inspection_required=False)
        self.assertEqual(self._get_rows(line), [])

    def test_numbers_lead_to_their_lines(self):
        line = self._arrive()
        authorization = line.authorization_id
        authorization.sudo().tracking_ref = "1Z 999"
        self.other_product.default_code = "SPK-9"
        for number in (
            authorization.rma_number,
            f" {authorization.rma_number.lower()} ",
            authorization.name,
            "1Z 999",
        ):
            with self.subTest(number):
                found = self.desk.find(number)
                self.assertEqual([row["id"] for row in found["rows"]], line.ids)
        for number in ("Nobody-9", "SPK-9", ""):
            found = self.desk.find(number)
            self.assertFalse(found["rows"])
            self.assertRegex(found["message"], f"Nothing waits .*{number}")

    def test_a_product_leads_to_the_oldest_of_its_lines(self):
        self.product.default_code = "RAD-1"
        newer, older = self._arrive(days=1), self._arrive(days=3)
        rows = self.desk.find("RAD-1")["rows"]
        self.assertEqual([row["id"] for row in rows], [older.id, newer.id])

    def test_more_rows_take_no_more_queries(self):
        lines = self.env["rma.authorization.line"].concat(
            *(self._arrive(days=900 - number) for number in range(3))
        )
        counts = [self._count_queries(limit) for limit in (1, 3)]
        self.assertEqual(len(self._get_rows(lines)), 3)
        # what is counted is the same, and nothing else is asked for each row
        self.assertLessEqual(counts[1], counts[0])

    def _count_queries(self, limit):
        filters = {"product_id": self.product.id, "limit": limit}
        self.desk.get_queue(filters)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.desk.get_queue(filters)
        return self.env.cr.sql_log_count - before

    def test_what_waited_before_the_update_keeps_its_place(self):
        line = self._arrive()
        self.env.cr.flush()
        timer = line.sudo().authorization_id.timer_ids.filtered(
            lambda timer: timer.milestone == "inspection"
        )
        timer.date_start = fields.Datetime.to_datetime("2026-01-02 03:04:05")
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE rma_authorization_line DROP COLUMN date_to_inspect"
        )
        self.env["rma.authorization.line"]._fill_date_to_inspect()
        self.env.invalidate_all()
        self.assertEqual(
            fields.Datetime.to_string(line.date_to_inspect), "2026-01-02 03:04:05"
        )

    # -- the goods at hand -------------------------------------------------------------

    def _get_seed(self, name):
        return self.env.ref(f"rma_authorization.rma_authorization_{name}")

    def test_the_unit_says_why_it_came_back_and_what_is_known(self):
        line = self._arrive(2, resolution="exchange", description="It hums.")
        line.authorization_id.note = "<p>Since <b>Monday</b></p>"
        portal = new_test_user(self.env, "rma_visitor", groups="base.group_portal")
        picture = (
            self.env["ir.attachment"]
            .with_user(portal)
            .sudo()
            .create(
                {
                    "name": "hum.jpg",
                    "raw": b"\xff\xd8\xff",
                    "mimetype": "image/jpeg",
                    "res_model": "rma.authorization",
                    "res_id": line.authorization_id.id,
                }
            )
        )
        unit = self.desk.get_unit(line.id)
        self.assertEqual(unit["row"]["qty"], 2)
        self.assertEqual(unit["reason"], self.reason.name)
        self.assertEqual(
            (unit["words"], unit["comments"]), ("It hums.", "Since *Monday*")
        )
        self.assertEqual(unit["wanted"], "Exchange")
        self.assertEqual(
            unit["photos"], [{"id": picture.id, "name": "hum.jpg", "is_image": True}]
        )
        self.assertEqual(unit["warranty"]["text"], "No warranty is known.")
        self.assertEqual(
            [one["code"] for one in unit["choices"]["grade"]][:2], ["new", "good"]
        )
        self.assertIn(
            "Doesn't Work / Does Not Switch On", [one["name"] for one in unit["faults"]]
        )
        self.assertTrue(unit["causes"])

    def test_the_catalogue_is_that_of_the_goods(self):
        food = self.env["product.category"].create({"name": "Food"})
        mouldy = self.env["rma.authorization.fault"].create(
            {"name": "Mouldy", "code": "mouldy", "categ_ids": [(6, 0, food.ids)]}
        )
        line = self._arrive()
        ids = [fault["id"] for fault in self.desk.get_unit(line.id)["faults"]]
        self.assertNotIn(mouldy.id, ids)
        self.product.categ_id = food
        ids = [fault["id"] for fault in self.desk.get_unit(line.id)["faults"]]
        self.assertIn(mouldy.id, ids)

    def test_warranty_and_earlier_findings(self):
        line = self._arrive(2)
        line.sudo().under_warranty = True
        self._inspect(
            line.authorization_id, (1, {"grade": "worn", "note": "Scratched"})
        )
        unit = self.desk.get_unit(line.id)
        self.assertEqual(
            unit["warranty"],
            {"is_covered": True, "text": "Under warranty, as decided."},
        )
        [earlier] = unit["earlier"]
        self.assertRegex(earlier["words"], "^Worn, Accepted")
        self.assertEqual((earlier["qty"], earlier["note"]), (1, "Scratched"))

    def test_the_proposal_follows_the_finding_and_says_why(self):
        line = self._arrive(resolution="exchange")
        base = {"line_id": line.id, "qty": 1, "verdict": "accepted"}
        proposal = self.desk.propose({**base, "grade": "new"})
        self.assertEqual(
            proposal["resolution"], {"code": "exchange", "label": "Exchange"}
        )
        self.assertRegex(proposal["reason"], "^As the customer wishes")
        proposal = self.desk.propose({**base, "verdict": "rejected"})
        self.assertEqual(proposal["resolution"]["code"], "none")
        self.assertEqual(
            self.desk.propose({**base, "fault_found": "none"})["reason"],
            "No fault was found, as against what the customer says.",
        )
        proposal = self.desk.propose(
            {
                **base,
                "fault_id": self._get_seed("fault_no_power").id,
                "cause_id": self._get_seed("cause_dropped").id,
            }
        )
        self.assertEqual(proposal["fault_found"], "found")
        self.assertEqual(proposal["responsible"]["code"], "customer")
        self.assertRegex(proposal["reason"], "The customer is responsible")
        self.assertFalse(line.inspection_ids)

    def test_the_proposal_shows_what_the_goods_are_worth(self):
        self.env["rma.authorization.worth"].search([]).unlink()
        self.env["rma.authorization.worth"].create({"percent_good": 70})
        line = self._arrive(2)
        values = {"line_id": line.id, "qty": 2, "grade": "good"}
        self.assertRegex(self.desk.propose(values)["worth"], r"70% = .*140\.00")

    def test_what_is_gone_is_said(self):
        with self.assertRefused("is gone. Update the queue"):
            self.desk.get_unit(0)


@tagged("post_install", "-at_install")
class TestDeskFinding(DeskCommon):
    """Findings are recorded whole, or not at all, by the limits of the finding, and by
    who inspects returns, for the returns of their companies."""

    def _judge(self, line, *findings, **kwargs):
        findings = [{"verdict": "accepted", **finding} for finding in findings]
        return self.desk.judge(line.id, findings, **kwargs)

    def test_a_line_of_ten_is_split(self):
        line = self._arrive(10, resolution="exchange")
        answer = self._judge(
            line,
            {"qty": 3, "grade": "new", "as_proposed": True},
            {"qty": 5, "fault_found": "found", "as_proposed": True},
            {"qty": 1, "grade": "damaged", "note": "Dented", "as_proposed": True},
            {"qty": 1, "verdict": "rejected", "as_proposed": True},
            seen=10,
        )
        self.assertRecordValues(
            self._get_findings(line),
            [
                {"qty": 3, "grade": "new", "resolution": "exchange"},
                {"qty": 5, "grade": False, "resolution": "exchange"},
                {"qty": 1, "grade": "damaged", "resolution": "exchange"},
                {"qty": 1, "grade": False, "resolution": "none"},
            ],
        )
        self.assertEqual(line.inspection_ids.inspector_id, self.technician)
        self.assertFalse(any(line.inspection_ids.mapped("is_overruled")))
        self.assertEqual((line.qty_accepted, line.qty_rejected), (9, 1))
        self.assertFalse(answer["left"])
        self.assertRegex(answer["message"], "Radio: recorded")

    def test_what_is_left_still_waits(self):
        line = self._arrive(5)
        answer = self._judge(line, {"qty": 2})
        self.assertEqual(answer["left"]["qty"], 3)
        self.assertRegex(answer["message"], "3 Units still to be judged")

    def test_more_than_arrived_is_refused_whole(self):
        line = self._arrive(3)
        with self.assertRefused("exceed the 3.0 received"):
            self._judge(line, {"qty": 2}, {"qty": 2})
        self.assertFalse(line.inspection_ids)

    def test_the_same_call_twice_judges_once(self):
        line = self._arrive(3)
        self._judge(line, {"qty": 1}, seen=3)
        with self.assertRefused("2 Units wait, and not 3 any more"):
            self._judge(line, {"qty": 1}, seen=3)
        self.assertEqual(line.qty_inspected, 1)

    def test_incomplete_findings_are_refused(self):
        line = self._arrive(3)
        for finding, problem in (
            ({"qty": 1, "verdict": ""}, "accept it, or reject it"),
            ({"qty": 0}, "Enter a quantity"),
            ({"qty": -1}, "Enter a quantity"),
            ({"qty": 1, "grade": "superb"}, "no superb of Grade.*As New, Good"),
        ):
            with self.subTest(finding), self.assertRefused(problem):
                self._judge(line, finding)
        with self.assertRefused("Nothing was judged"):
            self._judge(line)
        self.assertFalse(line.inspection_ids)

    def test_deciding_otherwise_takes_a_reason(self):
        line = self._arrive(2, resolution="exchange")
        otherwise = {"qty": 1, "grade": "new", "resolution": "none"}
        with self.assertRefused("decided otherwise than proposed: As the customer"):
            self._judge(line, otherwise)
        self._judge(line, {**otherwise, "overrule_reason": "Tried to cheat"})
        self.assertRecordValues(
            line.inspection_ids,
            [
                {
                    "resolution": "none",
                    "is_overruled": True,
                    "overrule_reason": "Tried to cheat",
                }
            ],
        )

    def test_a_reason_where_nothing_is_overruled_is_not_kept(self):
        line = self._arrive(resolution="exchange")
        self._judge(line, {"qty": 1, "grade": "new", "overrule_reason": "No"})
        self.assertFalse(line.inspection_ids.overrule_reason)

    def test_several_lines_are_judged_alike(self):
        lines = self._arrive(4, resolution="exchange") | self._arrive(
            2, resolution="none", partner=self.other_customer
        )
        self._judge(lines[0], {"qty": 1})
        answer = self.desk.judge_alike(
            lines.ids, {"verdict": "accepted", "grade": "good", "as_proposed": True}
        )
        self.assertRecordValues(
            lines.inspection_ids.filtered("grade").sorted("id"),
            [
                {"qty": 3, "grade": "good", "resolution": "exchange"},
                {"qty": 2, "grade": "good", "resolution": "none"},
            ],
        )
        self.assertEqual(answer["left"], [])
        self.assertRegex(answer["message"], "2 findings on 2 lines")

    def test_alike_is_all_or_nothing(self):
        lines = self._arrive() | self._arrive()
        self._judge(lines[1], {"qty": 1})
        with self.assertRefused("nothing of it is judged"):
            self.desk.judge_alike(lines.ids, {"verdict": "accepted"})
        self.assertFalse(lines[0].inspection_ids)

    def test_a_return_that_is_not_authorized_any_more_is_refused(self):
        line = self._arrive()
        line.authorization_id.sudo()._change_state("closed")
        with self.assertRefused("only while it is authorized"):
            self._judge(line, {"qty": 1})

    def test_pictures_become_the_findings(self):
        line = self._arrive()
        photo = self._upload(self.technician)
        self._judge(line, {"qty": 1, "photo_ids": photo.ids})
        self.assertEqual(line.inspection_ids.photo_ids, photo)
        self.assertEqual(photo.sudo().res_id, line.inspection_ids.id)

    def test_pictures_of_others_are_refused(self):
        line = self._arrive()
        for photo in (
            self._upload(self.agent),
            self._upload(self.technician, res_model="res.partner"),
        ):
            with self.assertRefused("Upload it once more"):
                self._judge(line, {"qty": 1, "photo_ids": photo.ids})
        self.assertFalse(line.inspection_ids)

    def _upload(self, user, **vals):
        return (
            self.env["ir.attachment"]
            .with_user(user)
            .create(
                {
                    "name": "hum.png",
                    "raw": b"hum",
                    "res_model": "rma.authorization.inspection",
                    **vals,
                }
            )
        )

    # -- who may -----------------------------------------------------------------------

    def _call_all(self, desk, line):
        finding = {"verdict": "accepted", "qty": 1}
        yield "get_queue", lambda: desk.get_queue({})
        yield "find", lambda: desk.find("RMA")
        yield "get_unit", lambda: desk.get_unit(line.id)
        yield "propose", lambda: desk.propose({"line_id": line.id})
        yield "judge_alike", lambda: desk.judge_alike(line.ids, finding)
        yield "judge", lambda: desk.judge(line.id, [finding])

    def test_without_the_role_nobody_does_anything(self):
        line = self._arrive()
        for name, groups in (
            ("clerk", "sales_team.group_sale_salesman_all_leads"),
            ("visitor", "base.group_portal"),
        ):
            user = new_test_user(self.env, f"rma_desk_{name}", groups=groups)
            for method, call in self._call_all(self._get_desk(user), line):
                with self.subTest(name, method=method), self.assertRaises(AccessError):
                    call()

    def test_agents_may(self):
        line = self._arrive(2)
        for method, call in self._call_all(self._get_desk(self.agent), line):
            if method != "judge":
                with self.subTest(method):
                    call()
        self.assertEqual(line.inspection_ids.inspector_id, self.agent)

    def test_another_companys_goods_are_out_of_reach(self):
        line = self._arrive()
        company = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user(
            "stranger",
            "rma_authorization.group_rma_technician",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        desk = self._get_desk(stranger)
        self.assertEqual(desk.get_queue({})["rows"], [])
        number = line.authorization_id.rma_number
        self.assertFalse(desk.find(number)["rows"])
        for method, call in self._call_all(desk, line):
            if method not in ("get_queue", "find"):
                with self.subTest(method), self.assertRaises(UserError):
                    call()
        self.assertFalse(line.inspection_ids)
