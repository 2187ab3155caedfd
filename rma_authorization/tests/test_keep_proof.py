# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestKeepProof(RmaCommon):
    """Where the company wants it, goods that the customer keeps are paid for once a
    picture shows that they are destroyed (R6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.rma_keep_proof = True

    def _authorize_kept(self, **line):
        order = self._sell(2)
        vals = {"disposition": "keep", "resolution": "exchange", **line}
        return self._authorize(order, **vals)

    def _create_picture(self, user, **vals):
        return (
            self.env["ir.attachment"]
            .with_user(user)
            .sudo()
            .create({"name": "broken.png", "raw": b"\x89PNG", **vals})
        )

    def test_nothing_is_paid_for_goods_that_nobody_has_seen_destroyed(self):
        authorization = self._authorize_kept()
        with (
            self.assertRaisesRegex(UserError, "Add a picture to the line"),
            self.env.cr.savepoint(),
        ):
            authorization.action_settle()
        self.assertFalse(authorization.settlement_ids)
        self.assertEqual(authorization.next_step, "settle")

    def test_a_picture_on_the_line_is_the_proof(self):
        authorization = self._authorize_kept()
        picture = self._create_picture(self.agent)
        line = authorization.line_ids.with_user(self.agent)
        line.keep_proof_ids = [Command.link(picture.id)]
        self.assertEqual(picture.res_id, line.id)
        authorization.action_settle()
        self.assertEqual(len(authorization.settlement_ids), 1)

    def test_a_picture_that_the_customer_sends_is_the_proof(self):
        authorization = self._authorize_kept()
        portal = new_test_user(self.env, "rma_keeper", groups="base.group_portal")
        self._create_picture(
            portal, res_model="rma.authorization", res_id=authorization.id
        )
        authorization.action_settle()
        self.assertEqual(len(authorization.settlement_ids), 1)

    def test_what_costs_nothing_needs_no_proof(self):
        authorization = self._authorize_kept(resolution="none")
        authorization.action_settle()
        self.assertEqual(len(authorization.settlement_ids), 1)

    def test_no_proof_is_asked_for_by_default(self):
        self.company.rma_keep_proof = False
        authorization = self._authorize_kept()
        authorization.action_settle()
        self.assertEqual(len(authorization.settlement_ids), 1)
