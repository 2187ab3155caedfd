# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models

from odoo.addons.rma_authorization.tools import lock_rows


class RmaAuthorizationLine(models.Model):
    """Goods that customers owe us: invoiced when they don't come, and credited when
    they come after all."""

    # a subject of its own, in a file of its own
    _inherit = "rma.authorization.line"  # pylint: disable=consider-merging-classes-inherited

    owed_move_line_ids = fields.One2many(
        comodel_name="account.move.line",
        inverse_name="rma_owed_line_id",
        string="Invoices of Owed Goods",
        readonly=True,
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    qty_owed_invoiced = fields.Float(
        string="Invoiced as Owed",
        digits="Product Unit",
        compute="_compute_qty_owed_invoiced",
        store=True,
        help="Replaced in advance, not returned, and invoiced; less what was credited.",
    )

    @api.depends(
        "owed_move_line_ids.quantity",
        "owed_move_line_ids.product_uom_id",
        "owed_move_line_ids.parent_state",
    )
    def _compute_qty_owed_invoiced(self):
        for line in self:
            unit = line.product_uom_id
            qty = sum(
                move_line._get_rma_owed_qty(unit)
                for move_line in line.owed_move_line_ids
                if move_line.parent_state != "cancel"
            )
            line.qty_owed_invoiced = unit.round(qty) if unit else qty

    @api.depends("qty_owed_invoiced")
    def _compute_qty_owed(self):
        return super()._compute_qty_owed()

    def _get_owed_cleared_qty(self):
        """Extension: what was invoiced is paid, not owed."""
        return super()._get_owed_cleared_qty() + self.qty_owed_invoiced

    # -- invoice -------------------------------------------------------------------

    def action_invoice_owed(self):
        """Invoice what is owed for the returns of these lines."""
        return self.authorization_id.action_invoice_owed()

    def _filter_owed_due(self):
        """Those of which something was wholly delivered in advance, and is owed."""
        return self.filtered(
            lambda line: (
                line.product_uom_id
                and line.product_uom_id.compare(line._get_owed_qty(("done",)), 0.0) > 0
            )
        )

    def _invoice_owed(self):
        """Make the invoices of what is owed on these lines, under the lock on their
        returns; posted, where the company's credits are posted at once.

        :return: one invoice per return and way in which its goods were sold
        """
        lock_rows(self.authorization_id)
        due = self._filter_owed_due()
        invoices = self.env["account.move"]
        for company, lines in due.grouped("company_id").items():
            invoices |= invoices.with_company(company).create(
                [
                    batch._prepare_owed_invoice_vals(*key)
                    for key, batch in lines.grouped(
                        lambda line: line._get_owed_invoice_key()
                    ).items()
                ]
            )
        invoices.filtered(
            lambda invoice: invoice.company_id.rma_credit_posting == "posted"
        ).action_post()
        due.authorization_id._drop_owed_activities()
        return invoices

    def _prepare_owed_invoice_vals(
        self, authorization, customer, currency, fiscal_position
    ):
        vals = {
            "move_type": "out_invoice",
            "company_id": authorization.company_id.id,
            "partner_id": customer.id,
            "currency_id": currency.id,
            "invoice_user_id": authorization.user_id.id,
            "invoice_origin": authorization.display_name,
            "ref": authorization.display_name,
            "invoice_line_ids": [
                Command.create(
                    line._prepare_owed_move_line_vals(currency, customer.lang)
                )
                for line in self
            ],
        }
        if fiscal_position:
            vals["fiscal_position_id"] = fiscal_position.id
        return vals

    def _get_owed_invoice_key(self):
        """What lines of one invoice have in common: the return, and how its goods were
        sold."""
        self.ensure_one()
        authorization, order = self.authorization_id, self.sale_line_id.order_id
        customer = order.partner_invoice_id or (
            authorization.partner_id.browse(
                authorization.partner_id.address_get(["invoice"])["invoice"]
            )
        )
        currency = order.currency_id or self.company_id.currency_id
        return authorization, customer, currency, order.fiscal_position_id

    def _prepare_owed_move_line_vals(self, currency, lang):
        """Values of the invoice line for what was delivered in advance and isn't here,
        at the price that the company has chosen."""
        self.ensure_one()
        vals = {
            "product_id": self.product_id.id,
            "name": self.with_context(lang=lang)._get_owed_label(),
            "quantity": self._get_owed_qty(("done",)),
            "product_uom_id": self.product_uom_id.id,
            "rma_owed_line_id": self.id,
        }
        order_line = self.sale_line_id
        sold_for = order_line.price_unit * (100.0 - (order_line.discount or 0.0))
        if self.company_id.rma_advance_price == "sale" and sold_for:
            vals.update(
                price_unit=order_line.product_uom_id._compute_price(
                    order_line.price_unit, self.product_uom_id
                ),
                discount=order_line.discount,
                tax_ids=[Command.set(order_line.tax_ids.ids)],
            )
        else:
            vals["price_unit"] = self._get_owed_list_price(currency)
        return vals

    def _get_owed_label(self):
        return self.env._(
            "%(product)s: replaced in advance, not returned (%(name)s)",
            product=self.product_id.display_name,
            name=self.authorization_id.display_name,
        )

    def _get_owed_list_price(self, currency):
        """Today's list price of one unit of the line, in this currency."""
        product = self.product_id.with_company(self.company_id)
        price = product.uom_id._compute_price(product.lst_price, self.product_uom_id)
        return self.company_id.currency_id._convert(
            price, currency, self.company_id, fields.Date.context_today(self)
        )

    # -- credit --------------------------------------------------------------------

    def _get_owed_credit_qty(self):
        """What was invoiced as owed and is here after all, or was lost at our risk, in
        the line's unit."""
        self.ensure_one()
        still_owed = self._get_rest(
            self._get_unreturned_qty(("in_progress", "done")), self.qty_owed_waived
        )
        arrived = self.qty_received + self.qty_lost_due
        return min(self._get_rest(self.qty_owed_invoiced, still_owed), arrived)

    def _get_owed_credits(self):
        """What to credit on which invoice lines, the newest first.

        :return: {invoice line: quantity in its unit}
        """
        credits_by_line = {}
        for line in self:
            rest, unit = line._get_owed_credit_qty(), line.product_uom_id
            invoiced = line.owed_move_line_ids.filtered(
                lambda move_line: (
                    move_line.move_id.move_type == "out_invoice"
                    and move_line.parent_state != "cancel"
                )
            )
            # drafts before what customers have got
            for move_line in invoiced.sorted(
                lambda move_line: (move_line.parent_state == "draft", move_line.id),
                reverse=True,
            ):
                own_unit = move_line.product_uom_id
                open_qty = own_unit._compute_quantity(
                    move_line._get_rma_owed_open_qty(), unit, round=False
                )
                qty = min(rest, open_qty)
                if unit.compare(qty, 0.0) > 0:
                    rest -= qty
                    credits_by_line[move_line] = unit._compute_quantity(
                        qty, own_unit, round=False
                    )
        return credits_by_line
