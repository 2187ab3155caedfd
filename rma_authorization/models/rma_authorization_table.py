# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import math
import re
from dataclasses import dataclass
from itertools import islice

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# Of what a row may mean, as many are named at most.
MAX_NAMED = 10


@dataclass
class Facts:
    """What the rows of a table are compared with, found once for all of them.

    :param lines: {(order, product): order lines of which something is left, the oldest
        first, or else one of which nothing is}; numbers in small letters, empty for any
    :param rest: {order line: what is left to return, less what earlier rows took}
    :param reasons: {simplified code or name: reason}
    :param default: the reason of rows that give none; may be empty
    :param serials: {serial number, small letters: what an addon knows of it}
    """

    lines: dict
    rest: dict
    reasons: dict
    default: object
    serials: dict


class RmaAuthorizationTable(models.AbstractModel):
    """Many returns at once: rows that somebody pasted or uploaded (I8).

    Each row is looked up among the customer's own deliveries and nowhere else, so what
    is somebody else's and what nobody has look the same. Good rows are kept; every
    other one is answered with its number, what is wrong and what to do.
    """

    _name = "rma.authorization.table"
    _description = "Table of Returns"

    # -- entry ---------------------------------------------------------------------

    @api.model
    def _resolve(self, rows, visitor, company=None, reason=None):
        """What the rows of a table mean.

        Rows of the same order line are added up. Nothing is written.

        :param list rows: as `rma.authorization.table.reader` reads them
        :param visitor: Visitor, whose own deliveries are looked at
        :param company: of the deliveries; one of the visitor's when empty
        :param reason: for rows that give none
        :return: `(found, errors)`: {order line: {"qty": in its unit, "reason": record,
            "description": text, "rows": [row numbers], …}} and
            [{"row": number, "message": sentence}], both in the order of the table
        """
        facts = self._get_facts(rows, visitor, company, reason)
        found, errors = {}, []
        for row in rows:
            try:
                self._take(row, facts, found)
            except UserError as error:
                errors.append({"row": row["row"], "message": str(error)})
        return found, errors

    @api.model
    def _start(self, visitor, found):
        """Put what was found on the visitor's unfinished request: a second table with
        the same rows changes nothing.

        :param dict found: as `_resolve` returns it, not empty
        :return: the draft, with all rights
        """
        front = self.env["rma.authorization.request"]
        company = next(iter(found)).company_id
        self._merge(found, front._get_draft(visitor, company).line_ids)
        return front._start(
            visitor,
            {
                order_line: {
                    "qty": values["qty"],
                    "reason": values["reason"],
                    "vals": self._prepare_extra_vals(values),
                }
                for order_line, values in found.items()
            },
        )

    @api.model
    def _add_to(self, authorization, found, **line_vals):
        """Put what was found on a draft that somebody of us makes: on the line with
        this origin and reason, whose quantity is replaced, or on a new one.

        :param dict found: as `_resolve` returns it
        :param line_vals: values of new lines, such as the wanted resolution
        :return: the lines
        """
        same = authorization.line_ids.filtered(
            lambda line: (
                line.sale_line_id in found
                and line.reason_id == found[line.sale_line_id]["reason"]
            )
        )
        self._merge(found, same)
        known = same.grouped("sale_line_id")
        lines, vals_list = self.env["rma.authorization.line"], []
        for order_line, values in found.items():
            vals = {"qty_requested": values["qty"], **self._prepare_extra_vals(values)}
            if line := known.get(order_line, lines)[:1]:
                line.write(vals)
                lines |= line
                continue
            vals_list.append(
                {
                    "authorization_id": authorization.id,
                    "product_id": order_line.product_id.id,
                    "product_uom_id": order_line.product_uom_id.id,
                    "sale_line_id": order_line.id,
                    "reason_id": values["reason"].id,
                    **line_vals,
                    **vals,
                }
            )
        return lines | lines.create(vals_list)

    @api.model
    def _merge(self, found, lines):
        """Let what was found go with what is on these lines of the draft already.
        Override where a second table can only add something, as with serial numbers.
        """

    @api.model
    def _prepare_extra_vals(self, values):
        """Values of a line besides quantity and reason. Override to add serials."""
        return {"description": values["description"]} if values["description"] else {}

    # -- facts ---------------------------------------------------------------------

    def _get_facts(self, rows, visitor, company, reason):
        domain = self._get_domain(visitor, company)
        serials = self._find_serials(rows, domain)
        named = self._find_lines(rows, domain)
        lines = named | self._get_serial_lines(serials)
        rest = lines._get_rma_returnable_qty()
        return Facts(
            lines=self._index(named, rest),
            rest=rest,
            reasons=self._get_reasons(company or lines.company_id),
            default=reason or self.env["rma.authorization.reason"],
            serials=serials,
        )

    def _index(self, lines, rest):
        """See Facts. Customers may have bought the same a thousand times, and name it
        in a thousand rows: a row looks only at lines that it can use."""
        index, used_up = {}, {}
        for line in lines.sorted(lambda line: (line.order_id.date_order, line.id)):
            order, product = line.order_id, line.product_id
            is_left = line.product_uom_id.compare(rest[line], 0.0) > 0
            for order_key in self._get_keys("", order.name, order.client_order_ref):
                for key in self._get_keys("", product.default_code, product.barcode):
                    if is_left:
                        index.setdefault((order_key, key), []).append(line.id)
                    else:
                        used_up.setdefault((order_key, key), [line.id])
        return {key: lines.browse(ids) for key, ids in (used_up | index).items()}

    def _get_keys(self, *names):
        return {name.casefold() for name in names if name or name == ""}

    def _get_domain(self, visitor, company):
        """The order lines that rows may mean: the visitor's right."""
        front = self.env["rma.authorization.request"]
        domain = (
            Domain("order_id", "any", front._get_order_domain(visitor))
            & Domain("display_type", "=", False)
            & Domain("is_downpayment", "=", False)
            & Domain("product_id.type", "=", "consu")
        )
        return domain & Domain("company_id", "in", company.ids) if company else domain

    def _find_lines(self, rows, domain):
        """Order lines with an order or a product of these rows."""
        orders = self._get_spellings(rows, "order")
        products = self._get_spellings(rows, "product")
        return self._search_lines(
            domain
            & (
                Domain("order_id.name", "in", orders)
                | Domain("order_id.client_order_ref", "in", orders)
                | Domain("product_id.default_code", "in", products)
                | Domain("product_id.barcode", "in", products)
            )
        )

    def _search_lines(self, domain):
        # sudo: the domain is the visitor's right
        lines_sudo = self.env["sale.order.line"].sudo()
        # products that aren't sold any more come back all the same
        return lines_sudo.with_context(active_test=False).search(domain)

    def _get_spellings(self, rows, name):
        """The different values of a column, as written and in capitals."""
        values = {str(row[name]) for row in rows if name in row}
        return sorted({*values, *(value.upper() for value in values)})

    def _get_reasons(self, companies):
        """{simplified code or name in any language of the shop: reason}."""
        # sudo: customers choose among the reasons, and have no rights on them
        reasons = (
            self.env["rma.authorization.reason"]
            .sudo()
            .search([("company_id", "in", [False, *companies.ids])])
        )
        simplify = self.env["rma.authorization.table.reader"]._simplify
        found = {}
        for lang, _name in self.env["res.lang"].get_installed():
            for reason in reasons.with_context(lang=lang):
                found.setdefault(simplify(reason.name), reason.with_env(reasons.env))
        # a code means its reason, whatever others are called
        return found | {simplify(reason.code): reason for reason in reasons}

    @api.model
    def _find_serials(self, rows, domain):
        """What is known of the serial numbers of the rows. Override where deliveries
        have serial numbers.

        :param domain: of the order lines that rows may mean
        :return: {number, small letters: anything}
        """
        return {}

    @api.model
    def _get_serial_lines(self, serials):
        """The order lines of what `_find_serials` found, with all rights."""
        return self.env["sale.order.line"].sudo()

    # -- one row -------------------------------------------------------------------

    def _take(self, row, facts, found):
        """Add what the row means to `found`.

        :raise UserError: saying what is wrong with the row
        """
        reason = self._get_reason(row, facts)
        shares = self._get_shares(row, facts)
        for line, _qty in shares:
            self._check_together(row, line, reason, found)
        for line, qty in shares:
            facts.rest[line] -= qty
            values = found.setdefault(
                line, {"qty": 0.0, "reason": reason, "description": "", "rows": []}
            )
            values["qty"] = line.product_uom_id.round(values["qty"] + qty)
            values["rows"].append(row["row"])
            texts = [*values["description"].split("\n"), *self._get_texts(row)]
            values["description"] = "\n".join(dict.fromkeys(filter(None, texts)))
            self._take_serial(row, line, qty, values)

    def _check_together(self, row, line, reason, found):
        """Rows that become one line of the return, agree."""
        first = next(iter(found), line)
        if first.company_id != line.company_id:
            raise UserError(
                self.env._(
                    "%(order)s is an order with another company of ours than the rows "
                    "above. Make a table of its own for it.",
                    order=line.order_id.name,
                )
            )
        if line in found and found[line]["reason"] != reason:
            raise UserError(
                self.env._(
                    "Row %(row)s gives another reason for %(product)s of %(order)s. "
                    "Give one reason in both, or ask for a second return.",
                    row=found[line]["rows"][0],
                    product=line.product_id.display_name,
                    order=line.order_id.name,
                )
            )

    def _take_serial(self, row, line, qty, values):
        """Keep the serial number of a row, for this much of an order line. Override
        where lines have a field for it."""

    def _get_texts(self, row):
        """What the row says in words."""
        texts = [str(row.get("description", ""))]
        if "serial" in row:
            texts.append(self.env._("Serial number: %(serial)s", serial=row["serial"]))
        return texts

    def _get_reason(self, row, facts):
        simplify = self.env["rma.authorization.table.reader"]._simplify
        reason = (
            facts.reasons.get(simplify(row["reason"]))
            if "reason" in row
            else facts.default
        )
        if reason:
            return reason
        names = {reason.id: reason.name for reason in facts.reasons.values()}
        raise UserError(
            self.env._(
                "“%(reason)s” is no reason for returns. Choose one of these: "
                "%(reasons)s.",
                reason=row.get("reason", ""),
                reasons=", ".join(names.values()),
            )
            if "reason" in row
            else self.env._("Say why it comes back, or choose a reason for all rows.")
        )

    def _get_shares(self, row, facts):
        """How much of which order lines the row means, as [(order line, quantity)]."""
        if "order" not in row and "product" not in row:
            raise UserError(
                self.env._(
                    "%(serial)s can't be looked up by its number. Name the order and "
                    "the product as well.",
                    serial=row["serial"],
                )
                if "serial" in row
                else self.env._("Name the order and the product.")
            )
        lines = self._get_named_lines(row, facts)
        self._check_one_meant(row, lines, facts)
        return self._share(self._get_qty(row, lines[0]), lines, facts)

    def _get_named_lines(self, row, facts):
        """The order lines with order and product of the row."""
        order = str(row.get("order", "")).casefold()
        product = str(row.get("product", "")).casefold()
        if lines := facts.lines.get((order, product)):
            return lines
        if order and (order, "") not in facts.lines:
            raise UserError(
                self.env._(
                    "You have no delivered order %(order)s. Check its number.",
                    order=row["order"],
                )
            )
        raise UserError(
            self.env._(
                "%(product)s isn't among your deliveries, or not on this order. Check "
                "both numbers.",
                product=row["product"],
            )
        )

    def _check_one_meant(self, row, lines, facts):
        """Of several products, or the same one on several orders, we don't choose."""
        left = (
            line.id
            for line in lines
            if line.product_uom_id.compare(facts.rest[line], 0.0) > 0
        )
        left = lines.browse(islice(left, MAX_NAMED))
        if len(left.product_id) > 1:
            raise UserError(
                self.env._(
                    "%(named)s means several products. Name one of them: %(products)s.",
                    named=row.get("order") or row.get("product"),
                    products=", ".join(left.product_id.mapped("display_name")),
                )
            )
        if len(left.order_id) > 1:
            raise UserError(
                self.env._(
                    "%(product)s was delivered on several orders. Name one of them: "
                    "%(orders)s.",
                    product=row.get("product") or row.get("order"),
                    orders=", ".join(left.order_id.mapped("name")),
                )
            )

    def _share(self, qty, lines, facts):
        """Share out a quantity to order lines of the same product, as far as each has
        some left.

        :param float qty: in the unit of the first line
        :raise UserError: if they have less together
        """
        uom = lines[0].product_uom_id
        shares, missing = [], qty
        for line in lines:
            share = uom.round(min(missing, facts.rest[line]))
            if line.product_uom_id == uom and uom.compare(share, 0.0) > 0:
                shares.append((line, share))
                missing -= share
            if uom.compare(missing, 0.0) <= 0:
                return shares
        raise UserError(
            self._get_too_much_message(lines[0], qty, max(qty - missing, 0.0))
        )

    def _get_too_much_message(self, line, qty, left):
        values = {
            "product": line.product_id.display_name,
            "order": line.order_id.name,
        }
        if line.product_uom_id.is_zero(left):
            return self.env._(
                "%(product)s of %(order)s: nothing is left to return. It wasn't "
                "delivered yet, has come back, or is on another row or return.",
                **values,
            )
        return self.env._(
            "%(product)s of %(order)s: %(qty)s can't be returned, %(left)s %(unit)s "
            "are left. Lower the quantity.",
            **values,
            qty=self._format_qty(qty),
            left=self._format_qty(left),
            unit=line.product_uom_id.name,
        )

    # -- quantities ----------------------------------------------------------------

    def _get_qty(self, row, line):
        """The quantity of a row, one when it gives none, in the order line's unit."""
        if "qty" not in row:
            return 1.0
        qty = self._parse_qty(row["qty"])
        uom = line.product_uom_id
        if qty is None or uom.compare(qty, 0.0) <= 0:
            raise UserError(
                self.env._(
                    "“%(qty)s” is no quantity. Enter a number above zero.",
                    qty=str(row["qty"])[:20],
                )
            )
        if not math.isclose(uom.round(qty), qty, rel_tol=0.0, abs_tol=1e-9):
            raise UserError(
                self.env._(
                    "%(qty)s is finer than %(unit)s are counted. Enter %(rounded)s, or "
                    "another number.",
                    qty=row["qty"],
                    unit=uom.name,
                    rounded=self._format_qty(uom.round(qty)),
                )
            )
        return qty

    def _parse_qty(self, value):
        """The number that is meant by `value`, None if it is none.

        Groups of three digits are thousands where the visitor's language separates them
        so; any other point or comma is the decimal one.
        """
        if isinstance(value, (int, float)):
            return float(value) if 0 <= value <= 10**12 else None
        digits = re.sub(r"[\s'’]", "", value)
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        mark = re.escape((lang.thousands_sep or "").strip())
        if mark and re.fullmatch(rf"[1-9]\d{{0,2}}({mark}\d{{3}})+([.,]\d+)?", digits):
            digits = re.sub(rf"{mark}(?=\d{{3}})", "", digits)
        digits = digits.replace(",", ".")
        # no exponents, signs or words, and no more digits than can be counted
        if not re.fullmatch(r"\d{1,12}(\.\d{1,12})?", digits):
            return None
        return float(digits)

    def _format_qty(self, qty):
        return self.env["rma.authorization"]._format_qty(qty)
