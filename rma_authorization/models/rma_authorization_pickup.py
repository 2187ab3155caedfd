# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..tools import lock_rows
from ..visitor import FormError
from .rma_authorization_mailing import ROLE_USER

_ACTIVITY = "rma_authorization.mail_activity_type_pickup"
_MAIL = "rma_authorization.mail_template_pickup"
# What a plan depends on, and who goes.
_TRIGGERS = {"transport", "pickup_date", "is_pickup_planned", "user_id"}
MAX_CONTACT = 64


class RmaAuthorizationPickup(models.AbstractModel):
    """Goods that we collect: what the customer wishes, and what we have planned.

    `pickup_date` is a wish until somebody plans it. A planned pick-up is in the
    calendar of one of us (one activity, due that day), and the customer is told.
    """

    _name = "rma.authorization.pickup"
    _description = "Pick-up of Returned Goods"

    pickup_date = fields.Date(
        index="btree_not_null",
        string="Pick-up on",
        copy=False,
        tracking=True,
        help="The day on which we collect the goods: a wish until it is planned.",
    )
    pickup_wish = fields.Date(
        string="Wished Pick-up",
        readonly=True,
        copy=False,
        tracking=True,
        help="The day that the customer has asked for.",
    )
    is_pickup_planned = fields.Boolean(
        string="Pick-up Planned",
        compute="_compute_is_pickup_planned",
        store=True,
        copy=False,
        help="We go on that day, and the customer was told.",
    )
    pickup_address = fields.Text(
        string="Other Pick-up Address",
        copy=False,
        help="Where the goods are, if that is no address of the customer's contacts.",
    )
    pickup_contact = fields.Char(
        string="Contact on Site",
        copy=False,
        help="Who hands the goods over; the contact of the address when empty.",
    )
    pickup_phone = fields.Char(string="Phone on Site", copy=False)
    pickup_note = fields.Text(
        string="Pick-up Notes",
        copy=False,
        help="When somebody is there, where to ring, what the goods weigh.",
    )

    @api.depends("transport", "pickup_date")
    def _compute_is_pickup_planned(self):
        """A plan without a day, or of goods that come otherwise, is none."""
        for authorization in self:
            authorization.is_pickup_planned = (
                authorization.is_pickup_planned
                and authorization.transport == "pickup"
                and bool(authorization.pickup_date)
            )

    # -- plan --------------------------------------------------------------------------

    def action_plan_pickup(self, date=None):
        """Collect the goods on this day, and tell the customer so.

        The responsible gets an activity for the day. A return that would expire before
        the goods can be here gets as much more time.

        :param date: the day; the one that stands on the return by default
        :raise UserError: where no goods are awaited, without a day, or for a past one
        """
        self._check_role(ROLE_USER)
        day = self._read_day(date)
        lock_rows(self)
        self._check_awaited()
        for authorization in self:
            if not day and not authorization.pickup_date:
                raise UserError(
                    self.env._(
                        "%(name)s has no day for its pick-up. Enter one first.",
                        name=authorization.display_name,
                    )
                )
        groups = {day: self} if day else self.grouped("pickup_date")
        for planned, authorizations in groups.items():
            authorizations._record(
                {
                    "transport": "pickup",
                    "pickup_date": planned,
                    "is_pickup_planned": True,
                }
            )

    def write(self, vals):
        """Extension: activity and customer follow what is planned."""
        if not _TRIGGERS & set(vals):
            return super().write(vals)
        days = {
            authorization: authorization._get_planned_day() for authorization in self
        }
        res = super().write(vals)
        moved = self.filtered(
            lambda authorization: (
                authorization._get_planned_day() != days[authorization]
            )
        )
        moved._announce_pickup()
        if any(days.values()) or moved:
            self._follow_pickup()
        return res

    def _change_state(self, target, reason=None):
        """Extension: nobody goes where the permission has ended."""
        moved = super()._change_state(target, reason)
        planned = moved.filtered("is_pickup_planned")
        if planned and target not in ("authorized", "closed"):
            planned._record({"is_pickup_planned": False})
        elif planned:
            planned._follow_pickup()
        return moved

    def _update_closure(self, reason=None):
        """Extension: what has arrived needn't be collected."""
        res = super()._update_closure(reason)
        self.filtered("is_pickup_planned")._follow_pickup()
        return res

    def _get_planned_day(self):
        self.ensure_one()
        return self.is_pickup_planned and self.pickup_date

    def _is_awaited(self):
        """Whether the customer still has goods that may come back."""
        self.ensure_one()
        return self.state == "authorized" and self.line_ids._has_open("qty_to_receive")

    def _check_awaited(self):
        for authorization in self:
            if not authorization._is_awaited():
                raise UserError(
                    self.env._(
                        "No goods are awaited for %(name)s. Authorize it first, or see "
                        "what has arrived.",
                        name=authorization.display_name,
                    )
                )

    def _announce_pickup(self):
        """The plan is new, or another one: the customer hears of it, and the return is
        valid until the goods can be here."""
        planned = self.filtered("is_pickup_planned")
        for authorization in planned:
            authorization._check_pickup_day()
            days = authorization.company_id.rma_advance_transit_days
            arrival = authorization.pickup_date + relativedelta(days=days)
            if (authorization.date_deadline or arrival) < arrival:
                authorization.date_deadline = arrival
        planned._queue_mail(_MAIL)
        (self - planned)._withdraw_mail(_MAIL)

    def _check_pickup_day(self):
        self.ensure_one()
        if self.pickup_date < fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "%(name)s can't be collected on %(date)s, which is over. Choose "
                    "today or a later day.",
                    name=self.display_name,
                    date=self.pickup_date,
                )
            )

    @api.model
    def _read_day(self, value):
        """A day that came from a caller: a date, a text (year-month-day), or nothing.

        :raise UserError: for any other text
        """
        try:
            return fields.Date.to_date(value) or None
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._(
                    "“%(value)s” is no day. Give it as year-month-day, such as "
                    "2026-12-31.",
                    value=value,
                )
            ) from error

    # -- activity ----------------------------------------------------------------------

    def _follow_pickup(self):
        """One activity per planned pick-up, on its day, of whoever is responsible; done
        once goods have arrived, gone when nobody has to go."""
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            _ACTIVITY, raise_if_not_found=False
        )
        if not type_id:
            return
        # sudo: whoever receives or plans may see no activities of others
        activities_sudo = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", type_id),
                ]
            )
        )
        by_return = activities_sudo.grouped("res_id")
        vals_list = []
        for authorization in self:
            activities = by_return.get(authorization.id, activities_sudo.browse())
            if not authorization.is_pickup_planned or not authorization._is_awaited():
                authorization._end_pickup(activities)
                continue
            vals = authorization._prepare_pickup_vals()
            if not activities and vals["user_id"]:
                vals_list.append({"activity_type_id": type_id, **vals})
            for activity in activities:
                if (
                    activity.date_deadline != vals["date_deadline"]
                    or activity.user_id.id != vals["user_id"]
                ):
                    activity.write(vals)
        if vals_list:
            activities_sudo.with_context(mail_activity_quick_update=True).create(
                vals_list
            )

    def _end_pickup(self, activities):
        self.ensure_one()
        if not activities:
            return
        if self.receipt_status in ("partial", "done"):
            activities.action_feedback()
        else:
            activities.unlink()

    def _prepare_pickup_vals(self):
        self.ensure_one()
        # who is asked for what is owed is who goes for what is to be collected
        user = self._get_assignee()
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "user_id": user.id,
            "automated": True,
            "date_deadline": self.pickup_date,
            "summary": self.with_context(lang=user.lang).env._(
                "Collect the goods of %(name)s", name=self.display_name
            ),
        }

    # -- what customers see and do -----------------------------------------------------

    def _get_pickup_place(self):
        """Where we collect, in one line. Who has merely proved an order by its number
        need not be told where its customer lives."""
        self.ensure_one()
        partner = self.pickup_partner_id
        if self.channel == "public":
            return " ".join(filter(None, [partner.zip, partner.city]))
        lines = (self.pickup_address or "").splitlines()
        typed = ", ".join(line.strip() for line in lines if line.strip())
        return typed or (partner._get_rma_address_line() if partner else "")

    def _get_step_pickup(self):
        """The goods are awaited, and we collect them."""
        self.ensure_one()
        date = self.pickup_date and format_date(self.env, self.pickup_date)
        if self.is_pickup_planned:
            return "us", self.env._(
                "We collect the goods on %(date)s. Please put the number %(number)s on "
                "the parcel.",
                date=date,
                number=self.rma_number,
            )
        if date:
            return "us", self.env._(
                "You would like us to collect the goods on %(date)s. We tell you when "
                "we come.",
                date=date,
            )
        return "us", self.env._("We tell you when we collect the goods.")

    def _may_wish_pickup(self):
        """Whether the customer may still say when and where we collect."""
        self.ensure_one()
        return (
            self.transport == "pickup"
            and not self.is_pickup_planned
            and (self.state == "submitted" or self._is_awaited())
        )

    def _wish_pickup(self, wish):
        """The customer says when and where we may collect, as long as it isn't planned.

        :param dict wish: ``pickup_date`` (date or None), ``pickup_partner`` (contact or
            nothing), ``pickup_contact``, ``pickup_phone``, ``pickup_note`` (texts)
        :raise UserError: once it is planned
        :raise FormError: for what can't be accepted
        """
        self.ensure_one()
        lock_rows(self)
        if not self._may_wish_pickup():
            raise UserError(
                self.env._(
                    "The pick-up of %(name)s is planned, or over. Please write us a "
                    "message instead.",
                    name=self.display_name,
                )
            )
        self._check_wish(wish)
        vals = {
            name: wish[name] or False
            for name in ("pickup_contact", "pickup_phone", "pickup_note")
        }
        vals["pickup_date"] = vals["pickup_wish"] = wish["pickup_date"] or False
        if wish["pickup_partner"]:
            vals["pickup_partner_id"] = wish["pickup_partner"].id
        self.write(vals)

    def _check_wish(self, wish):
        front = self.env["rma.authorization.request"]
        errors = front._get_header_errors(
            self,
            {
                "note": "",
                "transport": "pickup",
                "pickup_partner": wish["pickup_partner"],
                "pickup_date": wish["pickup_date"],
            },
        )
        errors += front._get_text_errors("pickup_note", wish["pickup_note"])
        for name in ("pickup_contact", "pickup_phone"):
            if len(wish[name]) > MAX_CONTACT:
                errors.append(
                    (
                        name,
                        self.env._(
                            "This text is too long: %(length)s characters at most.",
                            length=MAX_CONTACT,
                        ),
                    )
                )
        if errors:
            raise FormError(errors)
