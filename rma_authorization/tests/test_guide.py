# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from ..visitor import Visitor
from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestGuide(RmaCommon):
    """Which self-help a customer reads for a product and a reason (I6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["rma.authorization.guide"].search([]).active = False
        cls.audio, cls.radios, cls.other = cls.env["product.category"].create(
            [{"name": "Audio"}, {"name": "Radios"}, {"name": "Furniture"}]
        )
        cls.radios.parent_id = cls.audio
        cls.product.categ_id = cls.radios
        cls.other_product.categ_id = cls.audio
        cls.other_reason = cls.env.ref(
            "rma_authorization.rma_authorization_reason_wrong_item"
        )
        cls.authorization = cls._create_authorization(
            cls._sell(products=cls.product + cls.other_product)
        )
        cls.line, cls.other_line = cls.authorization.line_ids

    def _write_guide(self, name, **vals):
        return (
            self.env["rma.authorization.guide"]
            .with_user(self.manager)
            .create({"name": name, **vals})
        )

    def _get_names(self, line):
        guides = self.env["rma.authorization.guide"]
        found = guides.with_user(self.agent)._get_for_line(self.authorization.line_ids)
        return found[line].mapped("name")

    def test_guide_without_conditions_is_for_every_product_and_reason(self):
        self._write_guide("Always")
        self.assertEqual(self._get_names(self.line), ["Always"])
        self.assertEqual(self._get_names(self.other_line), ["Always"])

    def test_guide_is_for_the_reasons_it_names(self):
        self._write_guide("Defective", reason_ids=self.reason.ids)
        self._write_guide("Wrong item", reason_ids=self.other_reason.ids)
        self.line.reason_id = self.other_reason
        self.assertEqual(self._get_names(self.line), ["Wrong item"])
        self.assertEqual(self._get_names(self.other_line), ["Defective"])

    def test_most_specific_guide_comes_first(self):
        self._write_guide("Always")
        self._write_guide("Defective", reason_ids=self.reason.ids)
        self._write_guide("Audio", categ_ids=self.audio.ids)
        self._write_guide("Radios", categ_ids=self.radios.ids)
        self._write_guide("Furniture", categ_ids=self.other.ids)
        self._write_guide("This radio", product_tmpl_ids=self.product.product_tmpl_id)
        self._write_guide(
            "This radio, defective",
            product_tmpl_ids=self.product.product_tmpl_id,
            reason_ids=self.reason.ids,
        )
        self.assertEqual(
            self._get_names(self.line),
            [
                "This radio, defective",
                "This radio",
                "Radios",
                "Audio",
                "Defective",
                "Always",
            ],
        )
        self.assertEqual(
            self._get_names(self.other_line), ["Audio", "Defective", "Always"]
        )

    def test_sequence_decides_among_equals(self):
        self._write_guide("Second", sequence=2)
        self._write_guide("First", sequence=1)
        self.assertEqual(self._get_names(self.line), ["First", "Second"])

    def test_guide_of_the_error_code_that_the_customer_wrote_comes_first(self):
        self._write_guide("This radio", product_tmpl_ids=self.product.product_tmpl_id)
        self._write_guide("Error 5", error_codes="E05, E06")
        self.line.description = "It shows e05."
        self.assertEqual(self._get_names(self.line), ["Error 5", "This radio"])
        self.line.description = "It shows E055."
        self.assertEqual(self._get_names(self.line), ["This radio", "Error 5"])

    def test_product_or_category_is_enough(self):
        self._write_guide(
            "Either",
            product_tmpl_ids=self.product.product_tmpl_id,
            categ_ids=self.other.ids,
        )
        self.assertEqual(self._get_names(self.line), ["Either"])
        self.assertEqual(self._get_names(self.other_line), [])

    def test_archived_guide_and_guide_of_another_company_are_not_shown(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self._write_guide("Old", active=False)
        self.env["rma.authorization.guide"].create(
            {"name": "Elsewhere", "company_id": company.id}
        )
        self._write_guide("Here", company_id=self.company.id)
        self.assertEqual(self._get_names(self.line), ["Here"])

    def test_lines_are_answered_together(self):
        """As many queries for two lines as for forty."""
        self._write_guide("Audio", categ_ids=self.audio.ids)
        self._write_guide("This", product_tmpl_ids=self.product.product_tmpl_id)
        many = self._create_authorization(
            self._sell(
                products=self.env["product.product"].concat(
                    *(self.product for _i in range(20)),
                    *(self.other_product for _i in range(20)),
                )
            )
        )
        counts = []
        for lines in (self.authorization.line_ids, many.line_ids):
            # what is prefetched with a one2many ends with its cache
            lines = lines.browse(lines.ids)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["rma.authorization.guide"]._get_for_line(lines)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(many.line_ids), 40)
        self.assertLessEqual(counts[1], counts[0])

    def test_link_must_lead_to_a_web_page(self):
        for url in ("https://example.com/help?a=1#b", "http://localhost:8069/x"):
            self.assertEqual(self._write_guide("Link", url=url).url, url)
        for url in (
            "javascript:alert(1)",
            "data:text/html,x",
            "//example.com",
            "example.com/help",
            "https://",
            "https:///path",
            "https://example.com:x/",
            "https://example.com/a b",
            "ftp://example.com",
        ):
            with (
                self.subTest(url=url),
                self.assertRaisesRegex(ValidationError, "isn't the address"),
                self.cr.savepoint(),
            ):
                self._write_guide("Link", url=url)

    def test_scripts_are_taken_out_of_the_text(self):
        guide = self._write_guide(
            "Text",
            body='<p onclick="x()">Try this</p><script>alert(1)</script>',
        )
        self.assertIn("Try this", guide.body)
        self.assertNotIn("script", guide.body)
        self.assertNotIn("onclick", guide.body)

    def test_reason_of_another_company_is_refused(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        reason = self.reason.copy({"code": "elsewhere", "company_id": company.id})
        with self.assertRefused("Elsewhere|company"):
            self.env["rma.authorization.guide"].create(
                {
                    "name": "Mixed",
                    "company_id": self.company.id,
                    "reason_ids": [Command.set(reason.ids)],
                }
            )

    def test_guide_counts_the_returns_it_prevented_and_opens_them(self):
        guide = self._write_guide("Always")
        self.assertEqual(guide.prevented_count, 0)
        self.authorization.guide_id = guide
        guide.invalidate_recordset()
        self.assertEqual(guide.prevented_count, 1)
        action = guide.action_view_prevented()
        found = self.env["rma.authorization"].search(action["domain"])
        self.assertEqual(found, self.authorization)

    def test_agents_read_guides_and_managers_write_them(self):
        guide = self._write_guide("Always")
        self.assertEqual(guide.with_user(self.agent).name, "Always")
        with self.assertRaises(AccessError):
            guide.with_user(self.agent).name = "Never"

    def test_seeded_guides_are_translated(self):
        seed = self.env.ref("rma_authorization.rma_authorization_guide_power")
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search(
            [("name", "=", "rma_authorization")]
        )._update_translations(["fr_FR", "zh_CN"])
        for lang, word in (("fr_FR", "piles"), ("zh_CN", "电池")):
            with self.subTest(lang=lang):
                text = seed.with_context(lang=lang)
                self.assertNotEqual(text.name, seed.with_context(lang="en_US").name)
                self.assertIn(word, text.body)
                self.assertNotIn("Check that", text.body)


@tagged("post_install", "-at_install")
class TestGuidePage(RmaCommon, HttpCase):
    """What a customer reads before handing in, and says about it (I6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        guides = cls.env["rma.authorization.guide"]
        guides.search([]).active = False
        cls.guide, cls.foreign = guides.create(
            [
                {"name": "Try this", "product_tmpl_ids": cls.product.product_tmpl_id}
                | {"url": "https://example.com/try", "error_codes": "E05"},
                {
                    "name": "Not this",
                    "product_tmpl_ids": cls.other_product.product_tmpl_id,
                },
            ]
        )
        cls.reason.help_text = "<p>Read the manual.</p>"
        cls.order = cls._sell(5, products=cls.product + cls.product)
        new_test_user(
            cls.env,
            "rma_guide_portal",
            groups="base.group_portal",
            partner_id=cls.customer.id,
        )

    def test_customer_says_which_guide_has_solved_it(self):
        front = self.env["rma.authorization.request"]
        draft = front._start(
            Visitor(self.customer, "portal"),
            {line: {"qty": 1, "reason": self.reason} for line in self.order.order_line},
        )
        self.authenticate("rma_guide_portal", "rma_guide_portal")
        page = self.url_open(f"/my/returns/{draft.id}/edit").text
        # for both lines, and shown once
        self.assertEqual(page.count(">Try this<"), 1)
        self.assertEqual(page.count("Read the manual."), 1)
        self.assertIn('href="https://example.com/try"', page)
        self.assertIn("E05", page)
        self.assertNotIn("Not this", page)
        post = {"csrf_token": Request.csrf_token(self), "guide_id": self.foreign.id}
        url = f"/my/returns/{draft.id}/solved"
        self.assertEqual(self.url_open(url, data=post).status_code, 404)
        self.assertEqual(draft.state, "draft")
        post["guide_id"] = self.guide.id
        self.assertEqual(self.url_open(url, data=post).status_code, 200)
        self.assertRecordValues(
            draft,
            [
                {
                    "state": "cancelled",
                    "is_prevented": True,
                    "guide_id": self.guide.id,
                }
            ],
        )
        self.assertEqual(self.guide.with_user(self.manager).prevented_count, 1)
