# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A customer, what belongs to her, and those who would like to get at it."""

import functools
import json
import re
import traceback
import urllib.parse
from typing import NamedTuple

from odoo.http import Request
from odoo.tests import HttpCase, new_test_user
from odoo.tools import SQL, mute_logger

from odoo.addons.http_routing.models.ir_http import IrHttp

from .common import RmaJourneyCommon

# Ada's name, and part of all that is hers: nobody else may ever read it.
SECRET = "Xyzzy"
# Odoo says why it refuses something.
LOGGERS = (
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
    "odoo.addons.rma_authorization.uploads",
    "werkzeug",
)
# Tables that an attack must leave as they are, besides our own.
TABLES = (
    "account_move",
    "account_move_line",
    "mail_activity",
    "mail_followers",
    "mail_mail",
    "mail_message",
    "rating_rating",
    "res_groups_users_rel",
    "res_partner",
    "sale_order",
    "sale_order_line",
    "stock_lot",
    "stock_move",
    "stock_move_line",
    "stock_picking",
)
# What pages may keep: who came how often, and what is to be answered.
COUNTERS = ("rma_authorization_attempt", "rma_authorization_link_request")


# a name in braces, and perhaps the field that is meant
NAME = re.compile(r"\{(\w+)(?:\.(\w+))?\}")


class Attack(NamedTuple):
    """A request that must not succeed.

    `url` and `fields` may name what is on the stage: ``{draft}`` is the id of Ada's
    draft, ``{bob_draft.access_token}`` the token of Bob's.
    """

    who: str
    method: str
    url: str
    fields: dict = {}
    status: tuple | int = 404
    files: list = []
    csrf: bool = True
    # Whether the attacker's own things may change by it; Ada's never do.
    own: bool = False
    headers: dict | None = None


class PortalAttacks(RmaJourneyCommon, HttpCase):
    """Ada buys and returns; nobody, Bob, and people without a role want to see it."""

    # The returns of Ada and of Bob, besides a draft.
    RETURNS = ("submitted", "authorized")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, no_reset_password=True))
        cls.customer.write(
            {"name": f"Ada {SECRET}", "email": "ada@example.com", "zip": "4711"}
        )
        cls.bob_partner = cls.env["res.partner"].create(
            {"name": "Bob Customer", "email": "bob@example.com"}
        )
        people = {"ada": cls.customer, "bob": cls.bob_partner}
        cls.users = {
            name: new_test_user(
                cls.env,
                f"portal_{name}",
                "base.group_portal",
                partner_id=partner.id,
                email=partner.email,
            )
            for name, partner in people.items()
        }
        cls.users |= {
            "clerk": new_test_user(cls.env, "portal_clerk", "base.group_user"),
            "technician": new_test_user(
                cls.env,
                "portal_technician",
                "rma_authorization.group_rma_technician",
            ),
            "nobody": cls.env.ref("base.public_user"),
        }
        cls.stage = {}
        for name, partner in people.items():
            cls._set_stage("" if name == "ada" else f"{name}_", partner)
        cls.stage["product"] = cls.product
        cls.stage["reason"] = cls.reason
        cls.env.flush_all()

    @classmethod
    def _set_stage(cls, prefix, partner):
        """An order, and returns in all states, of this customer."""
        secret = SECRET if partner == cls.customer else "Plugh"
        order = cls._sell_and_invoice(cls.product, 20, partner=partner)
        order.write({"client_order_ref": f"{secret} 1", "note": secret})
        order._portal_ensure_token()
        stage = {
            "order": order,
            "line": order.order_line,
            "invoice": order.invoice_ids,
            "picking": order.picking_ids,
            "partner": partner,
        }

        def create(**vals):
            rma = cls._create_authorization(order, 1, description=secret).sudo()
            rma.write({"note": secret, "user_id": False, **vals})
            rma._portal_ensure_token()
            return rma

        stage["draft"] = create(channel="portal")
        stage["internal"] = create()
        for name in cls.RETURNS:
            stage[name] = create(channel="portal").with_user(cls.manager)
            stage[name].action_submit()
            if name == "asked":
                stage[name].action_request_information(f"{secret}?")
            elif name == "refused":
                stage[name].action_refuse(secret)
            elif name == "authorized":
                stage[name].action_authorize()
            elif name == "collected":
                stage[name].transport = "pickup"
            elif name == "closed":
                stage[name].line_ids.resolution = "solved"
                stage[name].action_authorize()
                stage[name].action_settle()
            stage[name] = stage[name].sudo()
        author = cls.users["bob" if prefix else "ada"]
        for name in ("draft", "submitted"):
            stage[f"{name}_file"] = cls.env["ir.attachment"].create(
                {
                    "name": f"{secret}.pdf",
                    "raw": f"%PDF-1.4 {secret} %%EOF".encode(),
                    "res_model": "rma.authorization",
                    "res_id": stage[name].id,
                }
            )
        stage["submitted"].message_post(
            body=secret,
            author_id=author.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        stage["message"] = stage["submitted"].message_ids[:1]
        files = stage["draft_file"] | stage["submitted_file"]
        cls.env.flush_all()
        # as if they had sent them on the page
        cls.env.execute_query(
            SQL(
                "UPDATE ir_attachment SET create_uid = %s WHERE id IN %s RETURNING id",
                author.id,
                tuple(files.ids),
            )
        )
        files.invalidate_recordset()
        for name in ("draft", "submitted", "authorized"):
            stage[f"{name}_line"] = stage[name].line_ids
        stage["receipt"] = stage["authorized"].picking_ids
        cls.stage |= {f"{prefix}{name}": record for name, record in stage.items()}

    def setUp(self):
        super().setUp()
        # tests put things on the stage, and take them off
        self.stage = dict(type(self).stage)
        self.failures = []
        handle = IrHttp._handle_error.__func__

        def remember(cls, exception):
            self.failures += traceback.format_exception(exception)
            return handle(cls, exception)

        # what failed is said where it matters, and not among what is refused
        self.patch(IrHttp, "_handle_error", classmethod(remember))

    # -- requests ----------------------------------------------------------------------

    def _sign_in(self, who):
        """Open a session, unless it is open already."""
        if getattr(self, "_who", None) != who:
            login = None if who == "nobody" else self.users[who].login
            self.authenticate(login, login)
            self._who = who

    def _fill_in(self, value, *, numbers=False):
        """Names of what is on the stage, replaced; `numbers`: ids as numbers."""
        if isinstance(value, dict):
            return {
                self._fill_in(key): self._fill_in(one, numbers=numbers)
                for key, one in value.items()
            }
        if isinstance(value, list):
            return [self._fill_in(one, numbers=numbers) for one in value]
        if not isinstance(value, str):
            return value
        match = NAME.fullmatch(value)
        if numbers and match and match[1] in self.stage and not match[2]:
            return self.stage[match[1]].id
        return NAME.sub(self._look_up, value)

    def _look_up(self, match):
        name, field = match.groups()
        if name not in self.stage:
            return match[0]
        return str(self.stage[name][field or "id"])

    def _send(self, attack):
        """What the server answers to this request."""
        self._sign_in(attack.who)
        fields = self._fill_in(attack.fields, numbers=attack.method == "JSON")
        url = self.base_url() + self._fill_in(attack.url)
        if attack.method == "JSON":
            call = {"jsonrpc": "2.0", "method": "call", "params": fields, "id": 1}
            return self.opener.post(url, json=call, timeout=30)
        if attack.csrf and attack.method not in ("GET", "HEAD"):
            fields["csrf_token"] = Request.csrf_token(self)
        return self.opener.request(
            attack.method,
            url,
            params=fields if attack.method == "GET" else None,
            data=fields if attack.method != "GET" else None,
            files=attack.files or None,
            headers=attack.headers,
            allow_redirects=False,
            timeout=30,
        )

    def _attack(self, attacks):
        """Each of them fails: with this status, telling nothing, changing nothing."""
        self.assertTrue(attacks)
        # what was found before, as long as nothing was written
        known, writes = {}, None
        for number, attack in enumerate(attacks, 1):
            count = f"{number} of {len(attacks)}"
            with self.subTest(count, attack=attack), mute_logger(*LOGGERS):
                if self._count_writes() != writes:
                    known.clear()
                if attack.own not in known:
                    known[attack.own] = self._digest(attack.own)
                writes = self._count_writes()
                response = self._send(attack)
                self.assertAnswered(response, attack)
                if self._count_writes() != writes:
                    expected = known.pop(attack.own)
                    self.assertEqual(self._digest(attack.own), expected)

    def assertAnswered(self, response, attack):  # noqa: N802 - as unittest names them
        expected = attack.status
        expected = expected if isinstance(expected, tuple) else (expected,)
        failures, self.failures = self.failures, []
        self.assertIn(
            response.status_code, expected, "".join(failures) or response.text[-3000:]
        )
        if attack.who != "ada":
            for text in (response.text, urllib.parse.unquote(str(response.headers))):
                self.assertNotIn(SECRET, text)
        if "/call_kw/" in attack.url:
            answer = json.loads(response.text)
            self.assertTrue(
                "error" in answer or not self._tells(answer.get("result")),
                response.text[:3000],
            )

    def _tells(self, result):
        """Whether a result is more than that there is nothing."""
        return bool(result)

    # -- what is there -----------------------------------------------------------------

    def _count_writes(self):
        """How many rows of the tables that matter were written in this transaction,
        taken back or not. Most attacks write nothing, and so need no digest."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)
              FROM pg_stat_xact_user_tables
             WHERE relname = ANY(%s)
            """,
            [list(self._tables)],
        )
        return self.env.cr.fetchone()[0]

    def _digest(self, own):
        """What the tables hold, as one number for each; of Ada's things alone, if
        `own` things of others may change."""
        self.env.flush_all()
        if not hasattr(self, "_queries"):
            self._queries = {True: self._query(True), False: self._query(False)}
        self.env.cr.execute(self._queries[own])
        return {name: found for name, *found in self.env.cr.fetchall()}

    def _query(self, own):
        tables = self._get_adas() if own else self._tables
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s, count(*), sum(hashtextextended(row::text, 0)) "
                "FROM %s row WHERE %s",
                name,
                SQL.identifier(name),
                domain,
            )
            for name, domain in tables.items()
        )

    @functools.cached_property
    def _tables(self):
        """All of our tables and those in `TABLES`, with which rows of them."""
        self.env.cr.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_type = 'BASE TABLE' AND table_schema = 'public' "
            "AND table_name LIKE 'rma_authorization%%'"
        )
        names = {name for (name,) in self.env.cr.fetchall()} - set(COUNTERS)
        return {
            **{name: SQL("TRUE") for name in sorted(names | set(TABLES))},
            # pages make bundles of scripts and styles
            "ir_attachment": SQL("res_model IS DISTINCT FROM 'ir.ui.view'"),
        }

    def _get_adas(self):
        """The rows that are Ada's."""
        mine = [
            record for name, record in self.stage.items() if not name.startswith("bob_")
        ]
        ids = {}
        for record in mine:
            if record not in (self.product, self.reason):
                ids.setdefault(record._table, set()).update(record.ids)
        rmas = tuple(ids["rma_authorization"])
        return {
            **{name: SQL("id IN %s", tuple(found)) for name, found in ids.items()},
            "rma_authorization": SQL("commercial_partner_id = %s", self.customer.id),
            "rma_authorization_line": SQL("authorization_id IN %s", rmas),
            "rma_authorization_log": SQL("authorization_id IN %s", rmas),
            "ir_attachment": SQL(
                "res_model = 'rma.authorization' AND res_id IN %s", rmas
            ),
            "mail_message": SQL("model = 'rma.authorization' AND res_id IN %s", rmas),
            "mail_followers": SQL(
                "res_model = 'rma.authorization' AND res_id IN %s", rmas
            ),
            "sale_order": SQL("partner_id = %s", self.customer.id),
        }
