# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import html
import re

from odoo.http import Request
from odoo.tests import HttpCase, new_test_user

from .common import RmaCommon


class PortalCommon(RmaCommon, HttpCase):
    """Customers in front of their browsers, without JavaScript: pages are asked for,
    and forms are posted as a browser would."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write(
            {"street": "12 Mill Lane", "zip": "1000", "city": "Brussels"}
        )
        for login, partner in (("ada", cls.customer), ("bob", cls.other_customer)):
            new_test_user(
                cls.env,
                f"portal_{login}",
                groups="base.group_portal",
                partner_id=partner.id,
            )
        cls.order = cls._sell(3)
        cls.order_line = cls.order.order_line

    def _visit(self, path, status=200):
        """The page, as text."""
        response = self.url_open(path)
        self.assertEqual(response.status_code, status, path)
        return response.text

    def _post(self, path, files=None, status=200, **fields):
        """What a form answers, after redirections."""
        fields["csrf_token"] = Request.csrf_token(self)
        response = self.url_open(path, data=fields, files=files)
        self.assertEqual(response.status_code, status, path)
        return response

    def _get_drafts(self, partner=None):
        return self.env["rma.authorization"].search(
            [
                ("partner_id", "=", (partner or self.customer).id),
                ("channel", "!=", "internal"),
                ("state", "=", "draft"),
            ]
        )

    def _begin(self, qty="1", order=None, reason=None):
        """Choose the first line of an order: the draft."""
        order = order or self.order
        line = order.order_line[:1]
        self._post(
            "/my/returns/new",
            order_id=order.id,
            **{
                f"qty_{line.id}": qty,
                f"reason_{line.id}": (reason or self.reason).id,
            },
        )
        return self._get_drafts()

    def _fill(self, draft, status=200, files=None, **fields):
        """Say what is wanted for each line, and go on."""
        for line in draft.line_ids:
            fields.setdefault(f"resolution_{line.id}", "exchange")
        return self._post(f"/my/returns/{draft.id}/edit", files, status, **fields)

    def _hand_in(self, qty="1", **fields):
        """The whole way: a request that was handed in."""
        draft = self._begin(qty)
        self._fill(draft, **fields)
        self._post(f"/my/returns/{draft.id}/submit")
        return draft

    def _get_errors(self, text):
        """The sentences of the summary of errors."""
        summary = re.search(r'id="rma_errors".*?</ul>', text, re.DOTALL)
        return html.unescape(re.sub(r"<[^>]+>|\s+", " ", summary[0])) if summary else ""
