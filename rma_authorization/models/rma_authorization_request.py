# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import plaintext2html

from ..tools import lock_rows
from ..visitor import FormError
from .rma_authorization_policy_wording import CONDITIONS

MAX_TEXT = 5000


class RmaAuthorizationRequest(models.AbstractModel):
    """The front door: how customers build a request themselves, step by step.

    A request is a draft from its first step, one per visitor and company, so that
    nothing is lost on the way. Whatever page, table or function it comes from, it is
    started, filled and handed in here: what is posted is looked up among the visitor's
    own documents, and everything else is refused (R79).
    """

    _name = "rma.authorization.request"
    _description = "Return Requests of Customers"

    # -- what can be returned ----------------------------------------------------------

    @api.model
    def _get_order_domain(self, visitor):
        """The orders of this visitor of which something was delivered."""
        domain = fields.Domain("state", "=", "sale")
        domain &= fields.Domain("order_line.qty_delivered", ">", 0.0)
        if visitor.order:
            return domain & fields.Domain("id", "=", visitor.order.id)
        company = visitor.partner.commercial_partner_id
        return domain & fields.Domain("partner_id", "child_of", company.id)

    @api.model
    def _find_orders(self, visitor, search="", offset=0, limit=None):
        """The visitor's orders, the newest first.

        :param str search: words in the number, the customer's reference or a product
        :return: sale.order recordset, with all rights
        """
        # sudo: the domain is the visitor's right
        return (
            self.env["sale.order"]
            .sudo()
            .search(
                self._get_search_domain(visitor, search),
                offset=offset,
                limit=limit,
                order="date_order desc, id desc",
            )
        )

    @api.model
    def _count_orders(self, visitor, search=""):
        # sudo: as in _find_orders
        domain = self._get_search_domain(visitor, search)
        return self.env["sale.order"].sudo().search_count(domain)

    @api.model
    def _get_search_domain(self, visitor, search):
        domain = self._get_order_domain(visitor)
        if search:
            domain &= fields.Domain.OR(
                fields.Domain(name, "ilike", search)
                for name in ("name", "client_order_ref", "order_line.product_id")
            )
        return domain

    @api.model
    def _get_goods(self, orders):
        """The lines of these orders that are goods."""
        return orders.order_line.filtered(
            lambda line: (
                not line.display_type
                and not line.is_downpayment
                and line.product_id.type == "consu"
            )
        )

    @api.model
    def _get_rows(self, orders, draft=None):
        """What of these orders can be returned, and why the rest can't.

        :param draft: an unfinished request, for what was entered before
        :return: list of dicts: ``order_line``, ``returnable`` (its unit), ``problem``
            (a sentence, empty where something is returnable), ``line`` (of the draft)
        """
        goods = self._get_goods(orders)
        delivered = goods._get_rma_delivered_qty()
        returnable = goods._get_rma_returnable_qty()
        lines = draft.line_ids.grouped("sale_line_id") if draft else {}
        none = self.env["rma.authorization.line"]
        return [
            {
                "order_line": order_line,
                "returnable": max(returnable[order_line], 0.0),
                "problem": self._get_problem(
                    order_line, delivered[order_line], returnable[order_line]
                ),
                "line": lines.get(order_line, none)[:1],
            }
            for order_line in goods
        ]

    @api.model
    def _get_problem(self, order_line, delivered, returnable):
        unit = order_line.product_uom_id
        if unit.compare(returnable, 0.0) > 0:
            return ""
        if unit.compare(delivered, 0.0) <= 0:
            return self.env._("Not delivered yet.")
        returns = order_line.rma_line_ids.authorization_id.filtered(
            lambda rma: rma.state in ("submitted", "authorized", "closed")
        )
        if returns:
            return self.env._(
                "On your return %(names)s.",
                names=", ".join(returns.mapped("display_name")),
            )
        return self.env._("Returned or credited already.")

    # -- start -------------------------------------------------------------------------

    @api.model
    def _get_draft(self, visitor, company):
        """The unfinished request of this visitor in this company, if there is one."""
        domain = fields.Domain(
            [
                ("state", "=", "draft"),
                ("channel", "=", visitor.channel),
                ("partner_id", "=", visitor.partner.id),
                ("company_id", "=", company.id),
            ]
        )
        if visitor.order:
            domain &= fields.Domain(
                "line_ids.sale_line_id.order_id", "=", visitor.order.id
            )
        # sudo: the domain is the visitor's right
        return self.env["rma.authorization"].sudo().search(domain, limit=1)

    @api.model
    def _start(self, visitor, rows):
        """Put order lines on the visitor's unfinished request, or take them off it.

        :param visitor: Visitor
        :param dict rows: {order line of the visitor: dict of ``qty`` (its unit, 0 takes
            it off), ``reason`` (rma.authorization.reason) and perhaps ``vals``, more
            values of the line}
        :raise FormError: where nothing or too much is asked for
        :return: the draft, with all rights
        """
        order_lines = self.env["sale.order.line"].sudo().concat(*rows)
        company = order_lines.company_id[:1]
        # who clicks twice finds what the first click has begun
        lock_rows(visitor.partner)
        draft = self._get_draft(visitor, company)
        self._check_rows(rows, draft)
        if not draft:
            draft = (
                self.env["rma.authorization"]
                .sudo()
                .with_company(company)
                .create(
                    {
                        "partner_id": visitor.partner.id,
                        "company_id": company.id,
                        "channel": visitor.channel,
                        "user_id": False,
                    }
                )
            )
        known = draft.line_ids.grouped("sale_line_id")
        commands = []
        for order_line, row in rows.items():
            line = known.get(order_line)
            is_wanted = order_line.product_uom_id.compare(row["qty"], 0.0) > 0
            if line and not is_wanted:
                commands += [Command.delete(one.id) for one in line]
            elif line:
                commands.append(Command.update(line[0].id, self._prepare_row_vals(row)))
            elif is_wanted:
                commands.append(
                    Command.create(
                        {
                            "product_id": order_line.product_id.id,
                            "product_uom_id": order_line.product_uom_id.id,
                            "sale_line_id": order_line.id,
                            **self._prepare_row_vals(row),
                        }
                    )
                )
        draft.write({"line_ids": commands})
        return draft

    @api.model
    def _prepare_row_vals(self, row):
        return {
            "qty_requested": row["qty"],
            "reason_id": row["reason"].id,
            **row.get("vals", {}),
        }

    @api.model
    def _check_rows(self, rows, draft):
        """Something is asked for, of one company, and no more than can be returned."""
        errors = []
        order_lines = self.env["sale.order.line"].sudo().concat(*rows)
        returnable = order_lines._get_rma_returnable_qty()
        for order_line, row in rows.items():
            unit, rest = order_line.product_uom_id, max(returnable[order_line], 0.0)
            if unit.compare(row["qty"], rest) > 0:
                errors.append(
                    (
                        f"qty_{order_line.id}",
                        self.env._(
                            "%(product)s: %(qty)s can't be returned, at most %(rest)s "
                            "%(unit)s.",
                            product=order_line.product_id.display_name,
                            qty=draft._format_qty(row["qty"]),
                            rest=draft._format_qty(rest),
                            unit=unit.name,
                        ),
                    )
                )
        others = draft.line_ids.filtered(lambda line: line.sale_line_id not in rows)
        is_wanted = any(
            line.product_uom_id.compare(row["qty"], 0.0) > 0
            for line, row in rows.items()
        )
        if not errors and not is_wanted and not others:
            first = next(iter(rows), None)
            errors.append(
                (
                    f"qty_{first.id}" if first else "",
                    self.env._("Enter how much you return on at least one line."),
                )
            )
        if len(order_lines.company_id) > 1:
            errors.append(
                (
                    "",
                    self.env._(
                        "These goods were sold by different companies. Make one "
                        "request for each."
                    ),
                )
            )
        if errors:
            raise FormError(errors)

    # -- fill --------------------------------------------------------------------------

    @api.model
    def _fill(self, draft, header, lines):
        """Keep what the customer says about an unfinished request.

        :param draft: the request, with all rights
        :param dict header: ``note``, ``transport``, ``pickup_partner`` (contact or
            nothing), ``pickup_date`` (date or None)
        :param dict lines: {line: dict of ``resolution``, ``condition``,
            ``description``, ``serials`` (list of str)}
        :raise FormError: for what can't be accepted
        """
        errors = self._get_header_errors(draft, header)
        offered = self.env["rma.authorization.policy.judge"]._get_offered(
            draft.line_ids
        )
        for line, values in lines.items():
            errors += self._get_line_errors(line, values, offered[line])
        if errors:
            raise FormError(errors)
        draft.write(self._prepare_header_vals(header))
        for line, values in lines.items():
            line.write(self._prepare_line_vals(line, values))

    @api.model
    def _get_header_errors(self, draft, header):
        errors = self._get_text_errors("note", header["note"])
        if header["transport"] not in dict(draft._fields["transport"].selection):
            errors.append(("transport", self.env._("Choose how the goods come to us.")))
        partner = header["pickup_partner"]
        if partner and partner not in self._get_addresses(draft):
            errors.append(
                ("pickup_partner_id", self.env._("Choose one of your addresses."))
            )
        day = header["pickup_date"]
        if header["transport"] == "pickup" and day:
            today = draft.company_id._get_rma_day(fields.Datetime.now())
            if not today <= day <= today + datetime.timedelta(days=90):
                errors.append(
                    (
                        "pickup_date",
                        self.env._("Choose a day from today on, within 90 days."),
                    )
                )
        return errors

    @api.model
    def _get_line_errors(self, line, values, offered):
        errors = self._get_text_errors(f"description_{line.id}", values["description"])
        if values["resolution"] not in offered:
            errors.append(
                (
                    f"resolution_{line.id}",
                    self.env._(
                        "Choose what you want for %(product)s.",
                        product=line.product_id.display_name,
                    ),
                )
            )
        if values["condition"] and values["condition"] not in dict(CONDITIONS):
            errors.append(
                (f"condition_{line.id}", self.env._("Choose one of the conditions."))
            )
        return errors + self._get_serial_errors(line, values["serials"])

    @api.model
    def _get_serial_errors(self, line, serials):
        """What is wrong with the serial numbers entered. Override in an addon that
        knows serial numbers."""
        return []

    @api.model
    def _get_text_errors(self, field, text):
        if len(text) <= MAX_TEXT:
            return []
        return [
            (
                field,
                self.env._(
                    "This text is too long: %(length)s characters at most.",
                    length=MAX_TEXT,
                ),
            )
        ]

    @api.model
    def _prepare_header_vals(self, header):
        is_pickup = header["transport"] == "pickup"
        wish = is_pickup and header["pickup_date"]
        vals = {
            "note": header["note"] and plaintext2html(header["note"]),
            "transport": header["transport"],
            "pickup_date": wish,
            "pickup_wish": wish,
        }
        if header["pickup_partner"]:
            vals["pickup_partner_id"] = header["pickup_partner"].id
        return vals

    @api.model
    def _prepare_line_vals(self, line, values):
        """Override to add what another addon knows about lines."""
        return {
            "resolution": values["resolution"],
            "condition": values["condition"] or False,
            "description": values["description"].strip() or False,
        }

    @api.model
    def _get_addresses(self, draft):
        """Where we may collect the goods: the customer's own addresses.

        :return: res.partner recordset, with all rights
        """
        company = draft.commercial_partner_id
        if draft.channel == "public":
            # who has proved an order knows the addresses on it, and no others
            orders = draft.line_ids.sale_line_id.order_id
            return draft.partner_id | orders.partner_shipping_id
        return company | company.search(
            [
                ("id", "child_of", company.id),
                ("type", "in", ("contact", "delivery", "other")),
            ],
            limit=100,
        )

    @api.model
    def _get_address_choices(self, draft):
        """The same, as texts to choose from. Who has proved an order by its number need
        not be told where its customer lives: town and postcode tell addresses apart.

        :return: {contact: text}
        """
        is_public = draft.channel == "public"
        return {
            address: " ".join(filter(None, [address.zip, address.city]))
            or self.env._("The address of the order")
            if is_public
            else address._get_rma_address_line()
            for address in self._get_addresses(draft)
        }

    @api.model
    def _get_transports(self):
        """How the goods may come back, in the customer's words: {code: label}"""
        return {
            "ship": self.env._("I send it"),
            "drop_off": self.env._("I bring it"),
            "pickup": self.env._("You collect it"),
        }

    # -- hand in -----------------------------------------------------------------------

    @api.model
    def _get_previews(self, draft):
        """What the policies would say, in words, before the request is handed in.

        :return: {line: text}
        """
        judge = self.env["rma.authorization.policy.judge"]
        return {
            line: judge._get_note(verdict)
            for line, verdict in judge._judge(draft.line_ids).items()
        }

    @api.model
    def _hand_in(self, draft):
        """Hand in an unfinished request. Doing it twice is doing it once.

        :raise UserError: where somebody else has taken up the same units meanwhile
        """
        if draft.state != "draft":
            return
        draft.write({"date_request": fields.Datetime.now()})
        draft._submit()
