# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import ipaddress
from math import ceil

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.constants import GC_UNLINK_LIMIT
from odoo.tools.misc import hmac

# Tries within an hour, where no system parameter says otherwise.
LIMITS = {"address": 30, "number": 10}


class RmaAuthorizationAttempt(models.Model):
    """How often somebody tried to open a return or an order from the public pages.

    The counters are rows, so they hold for all workers together. They know neither
    addresses nor numbers, only what these hash to with the secret of the database.
    """

    _name = "rma.authorization.attempt"
    _description = "Attempts on Public Pages"
    _order = "hour desc, id desc"
    _log_access = False

    kind = fields.Selection(
        selection=[
            ("address", "Network Address"),
            ("number", "Order or Return"),
        ],
        required=True,
        readonly=True,
    )
    key = fields.Char(required=True, readonly=True)
    hour = fields.Datetime(required=True, readonly=True, index=True)
    count = fields.Integer(required=True, readonly=True, default=0)

    _counter_unique = models.UniqueIndex(
        "(kind, key, hour)", "Attempts of an hour are counted in one place."
    )

    @api.model
    def _take(self, kind, value):
        """Count one more try.

        :param str kind: `address` or `number`
        :param str value: what is counted: where the visitor is, or what they entered
        :return: whole minutes until another try is possible; 0 if this one is
        """
        now = fields.Datetime.now()
        hour = now.replace(minute=0, second=0, microsecond=0)
        if self._count(kind, value, hour) <= self._get_limit(kind):
            return 0
        rest = hour + relativedelta(hours=1) - now
        return ceil(rest.total_seconds() / 60)

    @api.model
    def _count(self, kind, value, hour):
        """The number of tries within this hour, this one included."""
        query = SQL(
            """
            INSERT INTO rma_authorization_attempt AS attempt (kind, key, hour, count)
            VALUES (%(kind)s, %(key)s, %(hour)s, 1)
            ON CONFLICT (kind, key, hour) DO UPDATE SET count = attempt.count + 1
            RETURNING count
            """,
            kind=kind,
            key=self._get_key(kind, value),
            hour=hour,
        )
        # of requests at the same time all but one are repeated: that is no error
        self.env.cr.execute(query, log_exceptions=False)
        [count] = self.env.cr.fetchone()
        return count

    @api.model
    def _get_key(self, kind, value):
        simple = self._simplify_address(value) if kind == "address" else value
        # sudo: the secret of the database is nobody's to read
        return hmac(self.sudo().env, f"{self._name}.{kind}", simple)

    @api.model
    def _simplify_address(self, address):
        """One customer of a provider has 2^64 addresses of IPv6: they count as one."""
        try:
            parsed = ipaddress.ip_address(address or "")
        except ValueError:
            return address or ""
        if parsed.version == 4:
            return str(parsed)
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))

    @api.model
    def _get_limit(self, kind):
        # sudo: a visitor reads no parameters
        parameter = (
            self.env["ir.config_parameter"]
            .sudo()
            .get_param(f"rma_authorization.attempts_per_{kind}", "")
        )
        return int(parameter) if parameter.isdecimal() else LIMITS[kind]

    @api.autovacuum
    def _gc_attempts(self):
        """Forget yesterday."""
        old = self.search(
            [("hour", "<", fields.Datetime.now() - relativedelta(days=1))],
            limit=GC_UNLINK_LIMIT,
        )
        old.unlink()
        return len(old), len(old) == GC_UNLINK_LIMIT
