# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""docs/api.md is true: its examples run, in order, and its addresses exist."""

import json
import re
import threading
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from .common import RmaJourneyCommon

DOCUMENT = (Path(__file__).parents[1] / "docs" / "api.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CALL = re.compile(
    r"(?:(?P<target>\w+)=\$\()?"
    r"(?:KEY=\$(?P<key>\w+) )?"
    r"call (?P<path>[\w./]+) <<END\n(?P<body>.*?)^END\n\)?\s*",
    re.MULTILINE | re.DOTALL,
)


class Shell:
    """As much of a shell as the examples take."""

    def __init__(self, variables, post):
        self.variables = variables
        self._post = post

    def run(self, block):
        """Run the one call of a block; returns the response."""
        call = CALL.fullmatch(block)
        assert call, f"this example is no call: {block}"
        key = self.variables[call["key"] or "KEY"]
        response = self._post(call["path"], key, self._expand(call["body"]))
        if call["target"]:
            self.variables[call["target"]] = response.text
        return response

    def _expand(self, text):
        text = re.sub(
            r"\$\{(\w+):1:-1\}", lambda name: self.variables[name[1]][1:-1], text
        )
        return re.sub(r"\$(\w+)", lambda name: self.variables[name[1]], text)


@tagged("post_install", "-at_install")
class TestApi(RmaJourneyCommon, HttpCase):
    """Integrators can do what the document says, and no more than their role may."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.default_code = "RADIO-1"
        cls.order = cls._sell_from_stock(cls.product, 5)
        cls.order.name = "S00042"
        cls.env["sale.order"].search(
            [("name", "=", "S00042"), ("id", "!=", cls.order.id)]
        ).name = "another"

    def _create_key(self, user):
        expires = fields.Datetime.now() + timedelta(days=1)
        return (
            self.env(user=user)["res.users.apikeys"]
            .sudo()
            ._generate("rpc", "test", expires)
        )

    def _post(self, path, key, body):
        """What the shell function `call` of the document does."""
        [definition] = re.findall(r"^call\(\) \{\n.*?^\}$", DOCUMENT, re.M | re.S)
        [address] = re.findall(r'"\$ODOO(/\S+)\$1"', definition)
        headers = dict(re.findall(r'-H "([\w-]+): ([^"]+)"', definition))
        headers["Authorization"] = headers["Authorization"].replace("$KEY", key)
        return self.url_open(address + path, data=body.encode(), headers=headers)

    def assertAnswers(self, response, documented):  # noqa: N802
        """The answer is the documented one, but for ids and numbers of records."""
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(
            self._blur(response.json()), self._blur(json.loads(documented))
        )

    def _blur(self, value):
        if isinstance(value, dict):
            return {name: self._blur(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self._blur(part) for part in value]
        if isinstance(value, int) and not isinstance(value, bool):
            return "id"
        if isinstance(value, str) and re.search(r"\d", value):
            return "number"
        return value

    def test_examples_of_the_document_work_in_their_order(self):
        keys = {"KEY": self._create_key(self.agent)}
        keys["DOCK_KEY"] = self._create_key(self.worker)
        shell = Shell(keys, self._post)
        # the first block defines what the others call
        blocks = BLOCK.findall(DOCUMENT)[1:]
        response = None
        for kind, block in blocks:
            if kind == "json":
                self.assertAnswers(response, block)
            else:
                with self.subTest(block=block):
                    response = shell.run(block)
        # the last one shows how it looks when something isn't possible
        self.assertEqual(response.status_code, 422)
        self.assertIn("RMA", response.json()["message"])
        authorization = self.env["rma.authorization"].browse(
            json.loads(shell.variables["RMA"])
        )
        self.assertEqual(authorization.channel, "api")
        self.assertEqual(authorization.line_ids.qty_received, 2.0)
        self.assertEqual(
            authorization.replacement_order_ids.order_line.product_uom_qty, 2.0
        )

    def test_wrong_key_is_refused(self):
        body = '{"domain": []}'
        for key in ("wrong", "", "0" * 40):
            response = self._post("rma.authorization/search", key, body)
            self.assertEqual(response.status_code, 401)

    def test_user_without_a_role_is_refused(self):
        clerk = new_test_user(self.env, "rma_api_clerk", groups="base.group_user")
        key = self._create_key(clerk)
        authorization = self._create_authorization(self.order, 1)
        for path, body in (
            ("rma.authorization/search", {"domain": []}),
            ("rma.authorization/read", {"ids": authorization.ids, "fields": ["name"]}),
            ("rma.authorization/action_submit", {"ids": authorization.ids}),
            ("rma.authorization.line/search", {"domain": []}),
        ):
            response = self._post(path, key, json.dumps(body))
            self.assertEqual(response.status_code, 403, path)
        self.assertEqual(authorization.state, "draft")

    def test_private_methods_can_not_be_called(self):
        key = self._create_key(self.agent)
        authorization = self._create_authorization(self.order, 1)
        for method in ("_authorize", "_change_state"):
            response = self._post(
                f"rma.authorization/{method}",
                key,
                json.dumps({"ids": authorization.ids}),
            )
            self.assertEqual(response.status_code, 403)
        response = self._post(
            "rma.authorization/write",
            key,
            json.dumps({"ids": authorization.ids, "vals": {"state": "authorized"}}),
        )
        self.assertEqual(response.status_code, 422)

    def test_addresses_of_the_document_exist(self):
        documented = {
            (path.replace("<page>", "<id>").replace("<file>", "<id>"), method)
            for row in re.findall(r"^\| (`/.*)$", DOCUMENT, re.MULTILINE)
            for path in re.findall(r"`(/[^`]*)`", row.split(" | ")[0])
            for method in row.split(" | ")[1].split(", ")
        }
        routes = set()
        # whose routes are asked for is read from the thread
        with patch.object(
            threading.current_thread(), "dbname", self.env.cr.dbname, create=True
        ):
            rules = list(self.env["ir.http"].routing_map().iter_rules())
        for rule in rules:
            if not rule.rule.startswith(("/my/returns", "/returns")):
                continue
            paths = [re.sub(r"<int:\w+>", "<id>", rule.rule)]
            if choice := re.search(r"<any\(([\w,]+)\):\w+>", paths[0]):
                paths = [
                    paths[0].replace(choice[0], name) for name in choice[1].split(",")
                ]
            routes |= {
                (re.sub(r"<string:(\w+)>", r"<\1>", path), method)
                for path in paths
                for method in rule.methods & {"GET", "POST"}
            }
        self.assertEqual(documented, routes)
