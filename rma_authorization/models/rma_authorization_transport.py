# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime, time, timedelta, timezone
from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..tools import lock_rows
from .rma_authorization_mailing import ROLE_USER

MAX_REFERENCE = 64


class RmaAuthorizationTransport(models.AbstractModel):
    """How the goods come back to us, and the number under which the carrier knows
    them."""

    _name = "rma.authorization.transport"
    _description = "Return Transport"
    _inherit = [
        "rma.authorization.pickup",
        "rma.authorization.freight",
        "rma.authorization.carrier.label",
    ]

    transport = fields.Selection(
        selection=[
            ("ship", "Sent by the Customer"),
            ("drop_off", "Brought by the Customer"),
            ("pickup", "Collected by Us"),
        ],
        default="ship",
        required=True,
        copy=False,
        help="How the goods come back.",
    )
    dropoff_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Drop-off Address",
        copy=False,
        index="btree_not_null",
        check_company=True,
        help="Where the customer brings the goods; the company's address for returns "
        "when empty.",
    )
    carrier_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Carrier's Contact",
        copy=False,
        index="btree_not_null",
        check_company=True,
        help="A contact with a tracking page: the number becomes a link.",
    )
    carrier_name = fields.Char(
        string="Carrier",
        compute="_compute_carrier_name",
        store=True,
        readonly=False,
        copy=False,
    )
    tracking_ref = fields.Char(
        string="Tracking Number",
        copy=False,
        index="trigram",
        help="The carrier's number of the parcel that comes back.",
    )
    tracking_url = fields.Char(string="Tracking Page", compute="_compute_tracking_url")
    date_scanned = fields.Datetime(
        string="Carrier Has It since",
        readonly=True,
        copy=False,
        tracking=True,
        help="When the carrier has first scanned the parcel.",
    )

    @api.depends("carrier_partner_id")
    def _compute_carrier_name(self):
        for authorization in self:
            authorization.carrier_name = (
                authorization.carrier_partner_id.name or authorization.carrier_name
            )

    @api.depends("tracking_ref", "carrier_partner_id.rma_tracking_url")
    def _compute_tracking_url(self):
        for authorization in self:
            authorization.tracking_url = authorization._get_tracking_link()

    def _get_tracking_link(self):
        """The carrier's page of the parcel, or nothing. Override in an addon that knows
        carriers."""
        self.ensure_one()
        # sudo: customers and the warehouse follow the parcel, whoever may read carriers
        pattern = self.sudo().carrier_partner_id.rma_tracking_url
        if not pattern or not self.tracking_ref:
            return False
        return pattern.replace("{tracking}", quote(self.tracking_ref, safe=""))

    def _enter_tracking(self, carrier, reference):
        """The customer says under which number the goods are on their way.

        :raise UserError: where no goods are awaited, or for a number of 65 characters
        """
        self.ensure_one()
        if self.state != "authorized" or self.next_step != "receive":
            raise UserError(
                self.env._(
                    "No goods are awaited for %(name)s, so it has no parcel.",
                    name=self.display_name,
                )
            )
        if not reference or max(len(carrier), len(reference)) > MAX_REFERENCE:
            raise UserError(
                self.env._(
                    "Please enter the number on the carrier's receipt, at most "
                    "%(length)s characters.",
                    length=MAX_REFERENCE,
                )
            )
        self.write(
            {
                "carrier_name": carrier or False,
                "carrier_partner_id": self._find_carrier(carrier).id,
                "tracking_ref": reference,
            }
        )

    def _find_carrier(self, name):
        """The carrier with a tracking page that has exactly this name, if any."""
        self.ensure_one()
        carriers = self.env["res.partner"]
        if not name:
            return carriers
        pattern = name.translate(str.maketrans({mark: f"\\{mark}" for mark in "\\%_"}))
        return carriers.search(
            [
                ("rma_tracking_url", "!=", False),
                ("name", "=ilike", pattern),
                ("company_id", "in", (False, self.company_id.id)),
            ],
            limit=1,
        )

    # -- the carrier has it ------------------------------------------------------------

    def action_carrier_scan(self, date=None):
        """The carrier has the parcels: the customer sees it, and is reminded of nothing
        while they are on their way.

        :param date: when: a day, or a time in UTC; now by default
        :raise UserError: where no goods are awaited, for goods that no carrier brings,
            or for a time ahead
        """
        self._check_role(ROLE_USER)
        lock_rows(self)
        self._check_awaited()
        for authorization in self:
            if authorization.transport == "drop_off":
                raise UserError(
                    self.env._(
                        "%(name)s is brought by the customer, and not by a carrier. "
                        "Change its way back first.",
                        name=authorization.display_name,
                    )
                )
        self._record_carrier_scan(self._read_moment(date))

    @api.model
    def register_carrier_scans(self, scans):
        """Parcels that carriers have, as their systems tell it: any number at once, and
        the same ones again.

        :param list scans: dicts of ``tracking_ref`` and ``date`` (ISO 8601, UTC where
            it says no offset; now by default)
        :return: dict: ``recorded``, ids of the returns that are on their way, and
            ``unknown``, numbers under which nothing is awaited
        :raise UserError: for a scan without a number, or with a time that is none
        """
        self._check_role(ROLE_USER)
        moments = self._read_scans(scans)
        found = self.search(
            Domain("tracking_ref", "in", list(moments))
            & Domain("state", "=", "authorized")
            & Domain("direction", "=", "customer")
            & Domain("transport", "!=", "drop_off"),
            order="id",
        )
        lock_rows(found)
        awaited = found.filtered(lambda authorization: authorization._is_awaited())
        by_reference = awaited.grouped("tracking_ref")
        for reference, authorizations in by_reference.items():
            authorizations._record_carrier_scan(moments[reference])
        return {
            "recorded": awaited.ids,
            "unknown": [
                reference for reference in moments if reference not in by_reference
            ],
        }

    @api.model
    def _read_scans(self, scans):
        """{number: time}, as far as a list of scans can be read."""
        moments = {}
        for scan in scans or []:
            reference = scan.get("tracking_ref") if isinstance(scan, dict) else None
            if not isinstance(reference, str) or not reference.strip():
                raise UserError(
                    self.env._(
                        "“%(scan)s” is no scan. Give a tracking_ref, and a date.",
                        scan=str(scan)[:100],
                    )
                )
            moments[reference.strip()] = self._read_moment(scan.get("date"))
        return moments

    @api.model
    def _read_moment(self, value):
        """When something was, as a caller gives it; a day alone is its noon.

        :return: datetime in UTC
        """
        now = fields.Datetime.now()
        if not value:
            return now
        try:
            moment = (
                datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
                if isinstance(value, str)
                else value
            )
            if not isinstance(moment, datetime) or len(str(value).strip()) == 10:
                moment = datetime.combine(date.fromisoformat(str(value)[:10]), time(12))
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._(
                    "“%(value)s” is no time. Give it as year-month-day, such as "
                    "2026-12-31, or as 2026-12-31 14:30:00.",
                    value=value,
                )
            ) from error
        if moment.tzinfo:
            moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
        # where the carrier is, it may be tomorrow already
        if moment > now + timedelta(days=1):
            raise UserError(
                self.env._(
                    "A carrier can't have scanned a parcel on %(date)s: that is ahead.",
                    date=moment,
                )
            )
        return moment

    def _record_carrier_scan(self, date=None):
        """Extension: the first scan stands in the timeline, and an old one doesn't
        shorten the time of a parcel on its way.

        :param date: of the scan: datetime in UTC, now by default
        """
        moment = date or fields.Datetime.now()
        day = fields.Date.context_today(self, timestamp=moment)
        newer = self.filtered(
            lambda authorization: (authorization.date_tracking or day) <= day
        )
        first = self.filtered(
            lambda authorization: (authorization.date_scanned or datetime.max) > moment
        )
        if first:
            first._record({"date_scanned": moment})
        return super(RmaAuthorizationTransport, newer)._record_carrier_scan(day)

    # -- what customers see ------------------------------------------------------------

    def _get_transport_steps(self):
        """The step of the timeline between permission and receipt, once a carrier has
        the parcel: ``(label, date, is it done)``."""
        self.ensure_one()
        if not self.date_scanned:
            return []
        return [(self.env._("On Its Way"), self.date_scanned, True)]

    def _get_step_receive(self):
        """The goods are awaited."""
        if self.transport == "pickup":
            return self._get_step_pickup()
        if self.tracking_ref or self.date_scanned:
            return "nobody", self.env._("Your parcel is on its way to us.")
        values = {
            "date": format_date(self.env, self.date_deadline),
            "number": self.rma_number,
        }
        if self.transport == "drop_off":
            return "customer", self.env._(
                "Please bring the goods by %(date)s, with the number %(number)s on "
                "the parcel.",
                **values,
            )
        return "customer", self.env._(
            "Please send the goods so that they arrive by %(date)s, with the number "
            "%(number)s on the parcel.",
            **values,
        )
