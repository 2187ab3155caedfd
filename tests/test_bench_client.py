# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What `setup/bench --screens` and the budgets of queries ask is what the web client
asks: the same pages are opened in a browser, and the calls compared."""

import sys
from unittest.mock import patch

from odoo import Command
from odoo.fields import Domain
from odoo.service.model import call_kw
from odoo.tests import HttpCase, new_test_user, tagged

from .databases import ROOT

sys.path.insert(0, str(ROOT / "setup" / "lib"))
try:
    from bench_client import Client
finally:
    sys.path.pop(0)

WINDOW = "rma_authorization.rma_authorization_action"
REVIEW = "rma_authorization.rma_authorization_action_review"
# Names of what is given by position.
POSITIONS = {
    "read_progress_bar": [],
    "web_read": ["ids"],
    "web_read_group": ["domain", "groupby", "aggregates"],
    "web_search_read": ["domain"],
}
DONE = "console.log('test successful')"


@tagged("post_install", "-at_install")
class TestBenchClient(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(
            cls.env, "bench_agent", groups="rma_authorization.group_rma_user"
        )
        product = cls.env["product.product"].create({"name": "Radio"})
        cls.authorization = cls.env["rma.authorization"].create(
            {
                "partner_id": cls.env["res.partner"].create({"name": "Ada"}).id,
                "line_ids": [Command.create({"product_id": product.id})],
                "user_id": cls.agent.id,
            }
        )
        cls.authorization.action_submit()

    def _listen(self, address, selector):
        """{method: arguments by name} of what the browser calls for this page."""
        calls = {}

        def record(model, method, args, kwargs):
            if model._name == "rma.authorization":
                calls[method] = {**kwargs, "args": args}
            return call_kw(model, method, args, kwargs)

        with patch("odoo.addons.web.controllers.dataset.call_kw", record):
            self.browser_js(
                address,
                DONE,
                ready=f"!!document.querySelector('{selector}')",
                login=self.agent.login,
            )
        return calls

    def _open_client(self, window=WINDOW):
        return Client(self.env(user=self.agent), window)

    def _answer(self, client, ask):
        """{method: arguments by name} of what the client of the bench calls."""
        calls = {}

        def record(model, method, args, kwargs):
            calls[method] = {**kwargs, "args": args}
            return call_kw(model, method, args, kwargs)

        with patch("bench_client.call_kw", record):
            ask(client.env)
        return calls

    def assertSame(self, address, selector, client, ask):  # noqa: N802
        """All that the bench asks is asked by the browser, of the same fields, in the
        same order and up to the same limit."""
        browser = self._listen(address, selector)
        for method, expected in self._answer(client, ask).items():
            called = browser[method]
            for one in (called, expected):
                one.update(zip(POSITIONS[method], one.pop("args"), strict=False))
            for name, value in expected.items():
                if name not in ("domain", "context"):
                    with self.subTest(method=method, name=name):
                        self.assertEqual(called.get(name), value)
            domains = [Domain(one.get("domain", [])) for one in (called, expected)]
            self.assertEqual(*(list(domain) for domain in domains))
            for name in ("bin_size", "read_group_expand"):
                self.assertEqual(
                    called["context"].get(name), expected["context"].get(name)
                )

    def test_the_list(self):
        client = self._open_client()
        self.assertSame(
            "/odoo/returns?view_type=list",
            ".o_list_view .o_data_row",
            client,
            lambda env: client.open_list(env, client.get_default_domain()),
        )

    def test_the_list_of_the_review_desk(self):
        client = self._open_client(REVIEW)
        self.assertSame(
            "/odoo/returns-to-review",
            ".o_list_view .o_data_row",
            client,
            lambda env: client.open_list(env, client.get_default_domain()),
        )

    def test_the_board(self):
        client = self._open_client()
        self.assertSame(
            "/odoo/returns?view_type=kanban",
            ".o_kanban_record",
            client,
            lambda env: client.open_kanban(env, client.get_default_domain()),
        )

    def test_the_form(self):
        client = self._open_client()
        self.assertSame(
            f"/odoo/returns/{self.authorization.id}",
            ".o_form_view .o_field_widget",
            client,
            lambda env: client.open_form(env, self.authorization.id),
        )
