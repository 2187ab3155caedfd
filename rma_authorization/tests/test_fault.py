# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2.errors import UniqueViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RmaCommon


class FaultCommon(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.faults = cls.env["rma.authorization.fault"].with_user(cls.manager)
        cls.no_power = cls._get_seed("fault_no_power")
        cls.material = cls._get_seed("cause_material")
        cls.dropped = cls._get_seed("cause_dropped")

    @classmethod
    def _get_seed(cls, name):
        return cls.env.ref(f"rma_authorization.rma_authorization_{name}")

    def _add(self, name, **vals):
        return self.faults.create({"name": name, "code": name.lower(), **vals})


@tagged("post_install", "-at_install")
class TestCatalogue(FaultCommon):
    """Faults and causes are trees that managers keep, and everybody reads."""

    def test_a_new_database_has_faults_and_causes(self):
        for kind in ("fault", "cause"):
            self.assertGreaterEqual(
                self.faults.search_count([("kind", "=", kind)]), 12, kind
            )
        causes = self.faults.search([("kind", "=", "cause")])
        self.assertEqual(
            set(causes.mapped("responsible")), {"us", "supplier", "carrier", "customer"}
        )

    def test_names_are_in_the_language_of_the_reader(self):
        for language, name in (("fr_FR", "Ne s’allume pas"), ("zh_CN", "无法开机")):
            self.env["res.lang"]._activate_lang(language)
            self.env["ir.module.module"]._load_module_terms(
                ["rma_authorization"], [language]
            )
            self.assertEqual(self.no_power.with_context(lang=language).name, name)

    def test_a_name_shows_what_it_is_part_of(self):
        self.assertEqual(
            self.no_power.display_name, "Doesn't Work / Does Not Switch On"
        )

    def test_managers_change_it_and_others_only_read(self):
        self._add("Noise")
        for user in (self.technician, self.agent):
            faults = self.faults.with_user(user)
            self.assertIn(self.no_power, faults.search([]))
            with self.assertRaises(AccessError):
                faults.create({"name": "Noise", "code": "noise"})

    def test_nothing_is_part_of_itself(self):
        noise = self._add("Noise")
        hum = self._add("Hum", parent_id=noise.id)
        with self.assertRaisesRegex(ValidationError, "Noise can't be part of Hum"):
            noise.parent_id = hum

    def test_a_cause_is_not_part_of_a_fault(self):
        noise = self._add("Noise")
        with self.assertRaisesRegex(ValidationError, "two of the same kind"):
            self._add("Bearing", kind="cause", parent_id=noise.id)
        self._add("Hum", parent_id=noise.id)
        with self.assertRaisesRegex(ValidationError, "two of the same kind"):
            noise.kind = "cause"

    def test_codes_are_unique(self):
        self._add("Noise")
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self._add("Noise")


@tagged("post_install", "-at_install")
class TestDiagnosis(FaultCommon):
    """What is wrong, why, and who is responsible (Q1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authorization = cls._authorize(cls._sell(10), 10, resolution="exchange")
        cls._receive(cls.authorization)
        cls.line = cls.authorization.line_ids

    def _find(self, qty=1, **vals):
        return self._inspect(self.authorization, (qty, vals))

    def test_who_names_a_fault_has_found_one(self):
        finding = self._find()
        self.assertEqual(finding.fault_found, "unchecked")
        finding.fault_id = self.no_power
        self.assertEqual(finding.fault_found, "found")

    def test_where_no_fault_was_found_none_is_named(self):
        with self.assertRaisesRegex(ValidationError, "Does Not Switch On is named"):
            self._find(fault_found="none", fault_id=self.no_power.id)
        finding = self._find(fault_found="none")
        with self.assertRaisesRegex(ValidationError, '"No Fault Found"'):
            finding.fault_id = self.no_power
        finding = self._find(fault_id=self.no_power.id)
        with self.assertRaisesRegex(ValidationError, "Remove the fault"):
            finding.fault_found = "none"
        finding.write({"fault_found": "none", "fault_id": False})
        self.assertFalse(finding.fault_id)

    def test_a_cause_needs_a_fault(self):
        with self.assertRaisesRegex(ValidationError, "needs a fault"):
            self._find(cause_id=self.material.id)
        finding = self._find(fault_id=self.no_power.id, cause_id=self.material.id)
        with self.assertRaisesRegex(ValidationError, "needs a fault"):
            finding.fault_id = False

    def test_faults_and_causes_are_not_mixed_up(self):
        with self.assertRaisesRegex(ValidationError, "Choose a Fault"):
            self._find(fault_id=self.material.id)
        with self.assertRaisesRegex(ValidationError, "Choose a Cause"):
            self._find(fault_id=self.no_power.id, cause_id=self.no_power.id)

    def test_faults_of_other_categories_are_refused(self):
        categories = self.env["product.category"]
        electronics = categories.create({"name": "Electronics"})
        radios = categories.create({"name": "Radios", "parent_id": electronics.id})
        food = categories.create({"name": "Food"})
        mouldy = self._add("Mouldy", categ_ids=[Command.set(food.ids)])
        noise = self._add("Noise", categ_ids=[Command.set(electronics.ids)])
        self.product.categ_id = radios
        self._find(fault_id=noise.id)
        with self.assertRaisesRegex(ValidationError, "Mouldy isn't for goods of"):
            self._find(fault_id=mouldy.id)
        self.product.categ_id = False
        with self.assertRaisesRegex(ValidationError, "goods of no category"):
            self._find(fault_id=mouldy.id)

    def test_faults_of_another_company_are_neither_seen_nor_named(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self._add("Noise")
        foreign.sudo().company_id = company
        self.assertNotIn(foreign, self.faults.search([]))
        with self.assertRaises(UserError):
            self._find(fault_id=foreign.id)
        # nor can what all companies share be part of it
        with self.assertRaises(UserError):
            self.no_power.parent_id = foreign

    def test_what_was_found_keeps_its_kind(self):
        self._find(fault_id=self.no_power.id)
        with self.assertRaisesRegex(ValidationError, "Archive it"):
            self.no_power.with_user(self.manager).write(
                {"parent_id": False, "kind": "cause"}
            )

    def test_what_was_found_is_archived_and_not_deleted(self):
        noise = self._add("Noise")
        finding = self._find(fault_id=noise.id)
        with self.assertRefused("Noise was found on .* can't be deleted"):
            noise.unlink()
        noise.active = False
        self.assertEqual(finding.fault_id, noise)

    def test_the_cause_says_who_is_responsible_or_else_the_reason(self):
        finding = self._find()
        self.assertEqual(finding.responsible, "supplier")
        finding.write({"fault_id": self.no_power.id, "cause_id": self.dropped.id})
        self.assertEqual(finding.responsible, "customer")
        finding.cause_id = self._add("Lightning", kind="cause")
        self.assertEqual(finding.responsible, "supplier")

    def test_what_the_inspector_says_stands(self):
        finding = self._find(responsible="carrier")
        self.assertEqual(finding.responsible, "carrier")
        self.line.with_user(self.agent).reason_id = self._get_seed("reason_other")
        self.assertEqual(finding.responsible, "carrier")
        other = self._find(fault_id=self.no_power.id, cause_id=self.dropped.id)
        self.dropped.with_user(self.manager).responsible = "us"
        self.assertEqual(other.responsible, "customer")

    def test_findings_of_a_cause_are_found_below_what_it_is_part_of(self):
        finding = self._find(fault_id=self.no_power.id, cause_id=self.dropped.id)
        use = self._get_seed("cause_use")
        found = finding.search([("cause_id", "child_of", use.ids)])
        self.assertEqual(found, finding)

    def test_the_rate_of_no_fault_found(self):
        self._find(fault_found="none")
        self._find(fault_found="none")
        self._find(fault_found="none")
        self._find(fault_id=self.no_power.id)
        self._find()
        ((checked, rate),) = (
            self.env["rma.authorization.inspection"]
            .with_user(self.agent)
            ._read_group(
                [
                    ("line_id", "=", self.line.id),
                    ("fault_found", "!=", "unchecked"),
                ],
                [],
                ["__count", "nff_share:avg"],
            )
        )
        self.assertEqual((checked, rate), (4, 75.0))

    def test_pictures_belong_to_the_finding(self):
        pictures = self.env["ir.attachment"]
        own = pictures.with_user(self.technician).create({"name": "own", "raw": b"1"})
        foreign = pictures.with_user(self.agent).create({"name": "other", "raw": b"2"})
        finding = self._find(photo_ids=[Command.set(own.ids)])
        self.assertEqual((own.res_model, own.res_id), (finding._name, finding.id))
        # now the colleagues see it
        self.assertEqual(own.with_user(self.agent).raw, b"1")
        with self.assertRaises(AccessError):
            finding.photo_ids = [Command.link(foreign.id)]
            foreign.with_user(self.technician).check_access("read")

    def test_the_desk_finds_the_same_in_all_rows(self):
        self.authorization = self._authorize(
            self._sell(2, products=self.product | self.other_product), 2
        )
        self._receive(self.authorization)
        action = self.authorization.with_user(self.technician).action_open_inspect()
        desk = self.env[action["res_model"]].with_user(self.technician)
        form = Form(desk.with_context(**action["context"]))
        form.all_verdict = "rejected"
        form.all_grade = "damaged"
        form.all_fault_id = self.no_power
        form.all_cause_id = self.dropped
        form.save().action_apply()
        self.assertRecordValues(
            self.authorization.inspection_ids,
            [
                {
                    "verdict": "rejected",
                    "grade": "damaged",
                    "resolution": "none",
                    "fault_found": "found",
                    "fault_id": self.no_power.id,
                    "cause_id": self.dropped.id,
                    "responsible": "customer",
                }
            ]
            * 2,
        )

    def test_the_desk_refuses_a_cause_without_a_fault(self):
        desk = (
            self.env["rma.authorization.inspect"]
            .with_user(self.technician)
            .create({"authorization_ids": self.authorization.ids})
        )
        with self.assertRaisesRegex(ValidationError, "needs a fault"):
            desk.row_ids.cause_id = self.material


@tagged("post_install", "-at_install")
class TestProposal(FaultCommon):
    """The finding proposes what the customer gets; a person may decide otherwise (Q3).
    What is proposed for the goods is tested where there is a stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authorization = cls._receive_exchange()
        cls.line = cls.authorization.line_ids

    @classmethod
    def _receive_exchange(cls, **vals):
        authorization = cls._authorize(
            cls._sell(10), 10, **{"resolution": "exchange", **vals}
        )
        cls._receive(authorization)
        return authorization

    def _find(self, **vals):
        return self._inspect(self.authorization, (1, vals))

    def _get_paid(self):
        """A repair may be paid for, where there are repairs."""
        known = self.line._fields["resolution"].get_values(self.env)
        return "repair" if "repair" in known else "none"

    def assertProposed(self, finding, resolution, reason):
        self.assertEqual(finding.proposed_resolution, resolution)
        self.assertRegex(finding.proposal_reason, reason)

    def test_what_follows_from_a_finding(self):
        for vals, resolution, reason in (
            ({}, "exchange", "As the customer wishes"),
            ({"verdict": "rejected"}, "none", "rejected"),
            ({"is_wrong_item": True}, "none", "Something else came back"),
            ({"fault_found": "none"}, "none", "No fault was found"),
            ({"fault_found": "found"}, "exchange", "As the customer wishes"),
            (
                {"fault_found": "found", "responsible": "customer"},
                self._get_paid(),
                "The customer is responsible",
            ),
            # nobody is charged for what was not found
            ({"responsible": "customer"}, "exchange", "As the customer wishes"),
        ):
            with self.subTest(vals):
                self.assertProposed(self._find(**vals), resolution, reason)

    def test_goods_without_a_fault_may_come_back_where_none_was_claimed(self):
        self.authorization = self._receive_exchange(
            reason_id=self._get_seed("reason_no_longer_wanted").id
        )
        finding = self._find(fault_found="none")
        self.assertProposed(finding, "exchange", "As the customer wishes")

    def test_a_fault_after_the_warranty_is_to_be_paid(self):
        order = self._sell(10)
        warranty = self.env["rma.authorization.warranty"].create(
            {
                "product_id": self.product.id,
                "partner_id": self.customer.id,
                "sale_line_id": order.order_line.id,
                "quantity": 10,
                "date_start": fields.Date.today(),
                "months": 12,
            }
        )
        self.authorization = self._authorize(order, 2, resolution="exchange")
        self._receive(self.authorization)
        line = self.authorization.line_ids
        self.assertTrue(line.under_warranty)
        finding = self._find(fault_id=self.no_power.id)
        self.assertProposed(finding, "exchange", "As the customer wishes")
        line.with_user(self.agent).under_warranty = False
        self.assertProposed(finding, "exchange", "As the customer wishes")
        warranty.date_start = "2020-03-15"
        finding.invalidate_recordset()
        self.assertProposed(
            finding, self._get_paid(), "The warranty ended on 03/15/2021"
        )
        # goodwill
        line.with_user(self.agent).under_warranty = True
        self.assertProposed(finding, "exchange", "As the customer wishes")

    def _put_in_force(self, *resolutions):
        policy = (
            self.env["rma.authorization.policy"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Ada's Policy",
                    "partner_ids": [Command.set(self.customer.ids)],
                    "returnable": "always",
                    "resolution_ids": [
                        Command.create({"resolution": code}) for code in resolutions
                    ],
                }
            )
        )
        policy.action_put_in_force()

    def test_what_the_policy_does_not_allow_is_not_proposed(self):
        self._put_in_force("solved")
        self.authorization = self._receive_exchange(resolution="none")
        finding = self._find()
        self.assertProposed(finding, "none", "As the customer wishes")
        self.authorization.line_ids.resolution = "exchange"
        self.assertProposed(finding, "solved", "isn't allowed by the policy")

    def test_what_a_manager_permitted_stands(self):
        self._put_in_force("solved")
        authorization = self._create_authorization(
            self._sell(10), 10, resolution="exchange"
        )
        authorization.action_submit()
        self.assertEqual(authorization.line_ids.eligibility, "ineligible")
        authorization.with_user(self.manager).action_authorize()
        self._receive(authorization)
        self.authorization = authorization
        self.assertProposed(self._find(), "exchange", "As the customer wishes")

    def test_deciding_otherwise_is_seen_and_needs_nothing(self):
        followed = self._find()
        finding = self._find(fault_found="none", resolution="exchange")
        self.assertTrue(finding.is_overruled)
        found = finding.search(
            [("line_id", "=", self.line.id), ("is_overruled", "=", True)]
        )
        self.assertEqual(found, finding)
        self.assertFalse(followed.is_overruled)

    def test_deciding_as_proposed(self):
        findings = self._inspect(
            self.authorization,
            (2, {"fault_found": "none", "resolution": "exchange"}),
            (3, {"resolution": "solved"}),
        )
        self.assertEqual(findings.mapped("is_overruled"), [True, True])
        findings.action_follow_proposal()
        self.assertEqual(findings.mapped("resolution"), ["none", "exchange"])
        self.assertFalse(any(findings.mapped("is_overruled")))

    def test_what_was_settled_is_not_decided_anew(self):
        finding = self._find(fault_found="none", resolution="exchange")
        self.authorization.action_settle()
        with self.assertRefused("can't be changed"):
            finding.action_follow_proposal()

    def test_what_the_line_says_later_overrules_nothing(self):
        finding = self._find()
        self.assertFalse(finding.is_overruled)
        self.line.resolution = "solved"
        self.assertEqual(finding.proposed_resolution, "solved")
        self.assertFalse(finding.is_overruled)

    def test_the_desk_decides_as_proposed_unless_told_otherwise(self):
        desk = (
            self.env["rma.authorization.inspect"]
            .with_user(self.technician)
            .create({"authorization_ids": self.authorization.ids})
        )
        row = desk.row_ids
        self.assertEqual(row.resolution, "exchange")
        row.fault_found = "none"
        self.assertProposed(row, "none", "No fault was found")
        self.assertEqual(row.resolution, "none")
        row.resolution = "solved"
        desk.action_apply()
        self.assertRecordValues(
            self.authorization.inspection_ids,
            [{"resolution": "solved", "is_overruled": True}],
        )
