# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import dataclasses
import secrets

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import email_normalize
from odoo.tools.misc import format_date, format_datetime, hash_sign, verify_hash_signed

from ..tools import lock_rows
from ..visitor import FormError

SCOPE = "rma_authorization.withdrawal"
# Hours for which a statement can be confirmed after it was made.
STATEMENT_HOURS = 24
TEMPLATE = "rma_authorization.mail_template_withdrawal"
# The reason under which a withdrawal is judged and filed; nobody is asked for one.
REASON = "no_longer_wanted"


@dataclasses.dataclass(frozen=True)
class Statement:
    """What a consumer states when withdrawing from a contract.

    :param order: the contract (`sale.order`, with all rights)
    :param quantities: {order line: quantity in its unit}
    :param name: who withdraws
    :param email: where the acknowledgement goes
    :param key: tells this statement from any other
    """

    order: object
    quantities: dict
    name: str
    email: str
    key: str = dataclasses.field(default_factory=secrets.token_urlsafe)


class RmaAuthorizationWithdrawal(models.AbstractModel):
    """The consumer's withdrawal from a contract, by the function that Directive (EU)
    2023/2673 demands: a statement, its confirmation, and an acknowledgement at once.

    It counts from the moment of the confirmation, whatever else is missing. What was
    delivered becomes a return; what wasn't, somebody takes off the order.
    """

    _name = "rma.authorization.withdrawal"
    _description = "Withdrawal from a Contract"
    _inherit = ["rma.authorization.mailing", "mail.thread"]

    date_withdrawal = fields.Datetime(
        index="btree_not_null",
        string="Withdrawn on",
        readonly=True,
        copy=False,
        help="When the customer confirmed the withdrawal from the contract.",
    )
    withdrawal_order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Withdrawn from",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    withdrawal_statement = fields.Text(
        readonly=True, copy=False, help="What the customer has stated, word for word."
    )
    withdrawal_email = fields.Char(
        string="Acknowledgement to", readonly=True, copy=False
    )
    withdrawal_undelivered = fields.Json(readonly=True, copy=False)
    withdrawal_key = fields.Char(readonly=True, copy=False)

    _withdrawal_key_unique = models.UniqueIndex(
        "(withdrawal_key) WHERE withdrawal_key IS NOT NULL",
        "This withdrawal was confirmed before.",
    )

    # -- from what a customer may withdraw ---------------------------------------------

    @api.model
    def _get_withdrawable(self, order):
        """The goods of an order that its customer may withdraw from now, delivered or
        not: those whose policy has the function, until the window of the last of them
        is over.

        :return: {order line, with all rights: quantity in its unit}
        """
        # sudo: the same for whoever asks
        order = order.sudo()
        goods = self._get_withdrawal_goods(order)
        promised = self._find_promised(goods)
        if not promised:
            return {}
        undelivered = self._get_undelivered(goods)
        is_open = any(undelivered.values()) or any(
            "window_over" not in codes for codes in promised.values()
        )
        if not is_open:
            return {}
        returnable = goods._get_rma_returnable_qty()
        quantities = {
            line: max(returnable[line], 0.0) + undelivered[line] for line in promised
        }
        return {
            line: qty
            for line, qty in quantities.items()
            if line.product_uom_id.compare(qty, 0.0) > 0
        }

    @api.model
    def _get_withdrawal_goods(self, order):
        if order.state != "sale" or not self._has_withdrawal_policies():
            return order.order_line.browse()
        return self.env["rma.authorization.request"]._get_goods(order)

    @api.model
    def _has_withdrawal_policies(self):
        """Whether any policy has the function: most companies ask no further."""
        domain = [("withdrawal", "=", True), ("state", "!=", "draft")]
        policies_sudo = self.env["rma.authorization.policy"].sudo()
        return bool(policies_sudo.search_count(domain, limit=1))

    @api.model
    def _find_promised(self, goods):
        """The order lines whose policy has the function and doesn't exclude them.

        :return: {order line: codes of the policy's checks}
        """
        lines = self._get_imagined_lines(goods)
        verdicts = self.env["rma.authorization.policy.judge"]._judge(lines)
        promised = {
            line.sale_line_id: {check["code"] for check in verdict.checks}
            for line, verdict in verdicts.items()
            if verdict.policy.withdrawal
        }
        return {
            order_line: codes
            for order_line, codes in promised.items()
            if "excluded" not in codes
        }

    @api.model
    def _get_imagined_lines(self, goods):
        """Return lines as a withdrawal would make them; they are never saved."""
        lines = self.env["rma.authorization.line"].sudo()
        reason = goods and self._get_withdrawal_reason(goods.company_id)
        if not reason:
            return lines
        order = goods.order_id
        authorization = (
            self.env["rma.authorization"]
            .sudo()
            .new({"partner_id": order.partner_id.id, "company_id": order.company_id.id})
        )
        return lines.concat(
            *[
                lines.new(
                    {
                        "authorization_id": authorization.id,
                        "product_id": order_line.product_id.id,
                        "sale_line_id": order_line.id,
                        "qty_requested": order_line.product_uom_qty,
                        "reason_id": reason.id,
                        "resolution": "none",
                    }
                )
                for order_line in goods
            ]
        )

    @api.model
    def _get_withdrawal_reason(self, company):
        """The reason that stands for giving none, also where nobody may choose it."""
        reasons_sudo = self.env["rma.authorization.reason"].sudo()
        return reasons_sudo.with_context(active_test=False).search(
            [("code", "=", REASON), ("company_id", "in", (False, company.id))],
            order="company_id",
            limit=1,
        )

    @api.model
    def _get_undelivered(self, goods):
        """What was ordered, hasn't arrived, and nobody has withdrawn from yet.

        :return: {order line: quantity in its unit}
        """
        delivered = goods._get_rma_delivered_qty()
        withdrawn = dict.fromkeys(goods, 0.0)
        for earlier in self._find_withdrawals(goods.order_id):
            for line_id, qty in (earlier.withdrawal_undelivered or {}).items():
                order_line = goods.browse(int(line_id))
                if order_line in withdrawn:
                    withdrawn[order_line] += qty
        return {
            line: line.product_uom_id.round(
                max(line.product_uom_qty - delivered[line] - withdrawn[line], 0.0)
            )
            for line in goods
        }

    @api.model
    def _find_withdrawals(self, order):
        """The withdrawals from a contract, with all rights, the newest first."""
        return (
            self.env["rma.authorization"]
            .sudo()
            .search(
                [
                    ("withdrawal_order_id", "in", order.ids),
                    ("state", "!=", "cancelled"),
                ],
                order="id desc",
            )
        )

    # -- the statement -----------------------------------------------------------------

    @api.model
    def _check_statement(self, statement):
        """Who withdraws from what, and where the acknowledgement goes: no more is
        asked.

        :raise FormError: with a sentence for each field
        """
        errors = []
        if not statement.name:
            errors.append(("name", self.env._("Enter your name.")))
        if not email_normalize(statement.email):
            errors.append(
                (
                    "email",
                    self.env._(
                        "Enter the e-mail address to which we send the acknowledgement."
                    ),
                )
            )
        left = self._get_withdrawable(statement.order)
        errors += [
            (
                f"qty_{line.id}",
                self.env._(
                    "%(product)s: you can withdraw from %(left)s %(unit)s at most.",
                    product=line.product_id.display_name,
                    left=self._format_qty(left.get(line, 0.0)),
                    unit=line.product_uom_id.name,
                ),
            )
            for line, qty in statement.quantities.items()
            if line.product_uom_id.compare(qty, left.get(line, 0.0)) > 0
        ]
        if not errors and not self._get_wanted(statement):
            first = next(iter(left), None)
            errors.append(
                (
                    f"qty_{first.id}" if first else "",
                    self.env._("Enter a quantity on at least one line."),
                )
            )
        if errors:
            raise FormError(errors)

    @api.model
    def _get_wanted(self, statement):
        return {
            line: qty
            for line, qty in statement.quantities.items()
            if line.product_uom_id.compare(qty, 0.0) > 0
        }

    @api.model
    def _sign_statement(self, statement):
        """The statement as text that only we can have written, to be confirmed."""
        quantities = {line.id: qty for line, qty in self._get_wanted(statement).items()}
        return hash_sign(
            self.sudo().env,
            SCOPE,
            [
                statement.order.id,
                quantities,
                statement.name,
                statement.email,
                statement.key,
            ],
            expiration_hours=STATEMENT_HOURS,
        )

    @api.model
    def _read_statement(self, signed, order):
        """The statement about this order that was signed; None for an altered one, one
        of another order, or after a day."""
        try:
            values = verify_hash_signed(self.sudo().env, SCOPE, signed)
        except ValueError:
            values = None
        if not values or values[0] != order.id:
            return None
        _order_id, quantities, name, email, key = values
        order_lines = order.order_line.browse(map(int, quantities)).exists()
        return Statement(
            order,
            {line: quantities[str(line.id)] for line in order_lines},
            name,
            email,
            key,
        )

    @api.model
    def _get_statement_text(self, statement):
        """The statement in words, in the language of who makes it."""
        order = statement.order
        date = order.company_id._get_rma_day(order.date_order)
        rows = [
            f"{self._format_qty(qty)} {line.product_uom_id.name} x "
            f"{line.product_id.display_name}"
            for line, qty in self._get_wanted(statement).items()
        ]
        return "\n".join(
            [
                self.env._("I withdraw from the contract about these goods:"),
                *rows,
                self.env._(
                    "Order: %(order)s of %(date)s",
                    order=order.name,
                    date=format_date(self.env, date),
                ),
                self.env._("Name: %(name)s", name=statement.name),
                self.env._("Acknowledgement to: %(email)s", email=statement.email),
            ]
        )

    # -- the confirmation --------------------------------------------------------------

    @api.model
    def _confirm_withdrawal(self, statement, partner, channel):
        """Withdraw from the contract. Doing it twice is doing it once.

        :param Statement statement:
        :param partner: the contact who withdraws
        :param str channel: ``portal`` or ``public``
        :raise FormError: where somebody has taken up these goods meanwhile
        :return: the return, with all rights
        """
        lock_rows(statement.order)
        known = self._find_withdrawals(statement.order).filtered(
            lambda one: one.withdrawal_key == statement.key
        )
        if known:
            return known
        self._check_statement(statement)
        undelivered = self._split_undelivered(statement)
        authorization = (
            self.env["rma.authorization"]
            .sudo()
            .with_company(statement.order.company_id)
            .create(
                self._prepare_withdrawal_vals(statement, partner, channel, undelivered)
            )
        )
        if authorization.line_ids:
            authorization._submit()
        if undelivered:
            authorization._ask_to_cancel(undelivered)
        authorization._queue_mail(TEMPLATE)
        return authorization

    @api.model
    def _split_undelivered(self, statement):
        """What of a statement is about goods that haven't arrived: those that can't
        be returned.

        :return: {order line: quantity in its unit}
        """
        wanted = self._get_wanted(statement)
        order_lines = statement.order.order_line.browse(line.id for line in wanted)
        returnable = order_lines._get_rma_returnable_qty()
        rest = {
            line: line.product_uom_id.round(qty - max(returnable[line], 0.0))
            for line, qty in wanted.items()
        }
        return {
            line: qty
            for line, qty in rest.items()
            if line.product_uom_id.compare(qty, 0.0) > 0
        }

    @api.model
    def _prepare_withdrawal_vals(self, statement, partner, channel, undelivered):
        order = statement.order
        reason = self._get_withdrawal_reason(order.company_id)
        choices = self.env["rma.authorization.resolution.mixin"]._get_choices()
        delivered = {
            line: line.product_uom_id.round(qty - undelivered.get(line, 0.0))
            for line, qty in self._get_wanted(statement).items()
        }
        line_vals_list = [
            {
                "product_id": line.product_id.id,
                "product_uom_id": line.product_uom_id.id,
                "sale_line_id": line.id,
                "qty_requested": qty,
                "reason_id": reason.id,
                "resolution": "credit" if "credit" in choices else "none",
            }
            for line, qty in delivered.items()
            if line.product_uom_id.compare(qty, 0.0) > 0
        ]
        return {
            "partner_id": partner.id,
            "company_id": order.company_id.id,
            "user_id": False,
            # without goods to return it stays a draft, which isn't the customer's to
            # continue or to discard
            "channel": channel if line_vals_list else "internal",
            "line_ids": [Command.create(vals) for vals in line_vals_list],
            "date_withdrawal": fields.Datetime.now(),
            "withdrawal_order_id": order.id,
            "withdrawal_statement": self._get_statement_text(statement),
            "withdrawal_email": email_normalize(statement.email),
            "withdrawal_undelivered": {
                line.id: qty for line, qty in undelivered.items()
            },
            "withdrawal_key": statement.key,
        }

    def _ask_to_cancel(self, undelivered):
        """Ask who sold it to take off the order what won't be delivered."""
        self.ensure_one()
        order = self.withdrawal_order_id
        user = order.user_id.filtered("active") or self._get_assignee()
        env = self.with_context(lang=user.lang or self.env.lang).env
        rows = Markup("").join(
            Markup("<li>%s x %s</li>")
            % (self._format_qty(qty), line.product_id.display_name)
            for line, qty in undelivered.items()
        )
        note = Markup("<p>%s</p><ul>%s</ul>") % (
            env._(
                "The customer has withdrawn from the contract (%(name)s) before these "
                "goods were delivered. Stop their delivery, and take them off the "
                "order.",
                name=self.display_name,
            ),
            rows,
        )
        if user:
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=env._("Withdrawn before delivery"),
                note=note,
                user_id=user.id,
            )
        else:
            order._message_log(body=note)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_withdrawn(self):
        for authorization in self:
            if authorization.date_withdrawal:
                raise UserError(
                    self.env._(
                        "%(name)s can't be deleted: it keeps the customer's withdrawal "
                        "from the contract. Cancel it instead, the history stays.",
                        name=authorization.display_name,
                    )
                )

    # -- the acknowledgement -----------------------------------------------------------

    def _get_withdrawal_time(self):
        """Date and time of the withdrawal, with the time zone that they are in."""
        self.ensure_one()
        company_sudo = self.sudo().company_id
        timezone = (
            self.partner_id.tz
            or company_sudo.resource_calendar_id.tz
            or company_sudo.partner_id.tz
            or "UTC"
        )
        time = format_datetime(self.env, self.date_withdrawal, tz=timezone)
        return f"{time} ({timezone})"

    def _get_other_address(self, template):
        """Where a mail goes besides the customer's usual address: the acknowledgement
        to the one that was named, and all mails, where we know no other."""
        self.ensure_one()
        usual = email_normalize(self.partner_id.email)
        if usual and template != self._get_templates([TEMPLATE]):
            return False
        return self.withdrawal_email != usual and self.withdrawal_email

    def _has_address(self):
        """Extension: the customer may have named an address where we know none."""
        return super()._has_address() or bool(self.withdrawal_email)

    def _post_mail(self, template, **vals):
        """Extension: mails go to the address that was named, too."""
        also = self._get_other_address(template)
        authorization = self.with_context(rma_also_to=also) if also else self
        return super(RmaAuthorizationWithdrawal, authorization)._post_mail(
            template, **vals
        )

    def message_post(self, **kwargs):
        """Override of `mail` for the composer, which knows contacts only."""
        also = self.env.context.get("rma_also_to")
        if also:
            kwargs.setdefault("outgoing_email_to", also)
        return super().message_post(**kwargs)
