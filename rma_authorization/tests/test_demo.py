# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """Odoo forgives demo data that doesn't load, and goes on without it."""

    def test_the_demo_data_loads(self):
        before = self.env["rma.authorization"].search([])
        self.env["rma.authorization.demo"]._load("rma_authorization")
        made = self.env["rma.authorization"].search([]) - before
        self.assertGreater(len(made), 100)
        self.assertEqual(
            set(made.mapped("state")),
            set(made._fields["state"].get_values(self.env)),
        )
