# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, fields, models
from odoo.tools import clean_context

from odoo.addons.rma_authorization.tools import fetch_people, read_rows

from .account_move_line import REFUND_OF

# What the core's reversal copies and then computes anew from the credit note itself.
_COMPUTED_MOVE_FIELDS = {"partner_bank_id", "preferred_payment_method_line_id"}
# What other entries adjust on the invoice isn't adjusted on the credit note.
_LEFT_OUT = {"adjusting_entries_move_ids", "adjusting_entry_origin_move_ids"}
_COMPUTED_LINE_FIELDS = {
    "amount_currency",
    "balance",
    "currency_id",
    "date_maturity",
    "discount_amount_currency",
    "discount_balance",
    "discount_date",
    "group_tax_id",
    "is_storno",
    "move_id",
    "partner_id",
    "tax_base_amount",
    "tax_repartition_line_id",
    "tax_tag_ids",
}


class RmaAuthorizationCreditBuilder(models.AbstractModel):
    """Makes the credit notes of a batch of settlements, in one `create`.

    `_reverse_moves` copies whole invoices, one by one, and is many times dearer. The
    values are those that its copy would have: every copied field of the invoice and
    of its line, also of other addons, is on the credit note.
    """

    _name = "rma.authorization.credit.builder"
    _description = "Builder of Credit Notes"

    def _create_notes(self, settlements):
        """One draft per original invoice, and one per return without an original.

        :return: the credit notes, linked to settlements, returns and originals
        """
        reversals = settlements.filtered("invoice_line_id")
        unpriced = settlements.filtered(
            lambda settlement: (
                not settlement.invoice_line_id and not settlement.is_uninvoiced
            )
        )
        # defaults meant for the user's form must not land on journal items
        self._read_together(settlements)
        items = self.env["rma.authorization.credit.items"]
        notes = (
            self.env["account.move"]
            .with_context(
                # who settles a return follows that
                clean_context(self.env.context),
                mail_create_nosubscribe=True,
            )
            .create(
                items._add_items(self._prepare_reversal_vals_list(reversals))
                + self._prepare_unpriced_vals_list(unpriced)
            )
            .with_env(self.env)
        )
        items._follow_core(notes.filtered("reversed_entry_id"))
        self.env["rma.authorization.credit.rounding"]._complete(notes)
        self._log_unpriced(notes.filtered("rma_is_unpriced"))
        return notes

    def _read_together(self, settlements):
        """Read in one query each what core will ask for one by one."""
        invoices = settlements.invoice_line_id.move_id
        fetch_people(settlements.partner_id | invoices.partner_id)
        read_rows(invoices, "line_ids")
        taxes = settlements.invoice_line_id.tax_ids
        read_rows(
            taxes, "invoice_repartition_line_ids", "refund_repartition_line_ids"
        ).mapped("tag_ids")

    # -- reversals ---------------------------------------------------------------------

    def _prepare_reversal_vals_list(self, settlements):
        """Values of one credit note per original invoice."""
        invoice_lines = settlements.invoice_line_id
        copies = invoice_lines.with_context(include_business_fields=True).copy_data()
        line_vals = dict(zip(invoice_lines, copies, strict=True))
        by_invoice = settlements.grouped(
            lambda settlement: settlement.invoice_line_id.move_id
        )
        return [
            {
                **self._prepare_reversal_vals(invoice, batch),
                "invoice_line_ids": [
                    Command.create(
                        self._prepare_reversal_line_vals(
                            settlement, line_vals[settlement.invoice_line_id]
                        )
                    )
                    for settlement in batch
                ],
            }
            for invoice, batch in by_invoice.items()
        ]

    def _prepare_reversal_vals(self, invoice, settlements):
        """Values of the credit note itself; what is not said here is copied."""
        authorizations = settlements.authorization_id
        company = invoice.company_id
        today = fields.Date.context_today(self)
        is_sale = invoice.is_sale_document()
        journal = is_sale and company.rma_credit_journal_id
        term = invoice.invoice_payment_term_id
        is_mixed = term.early_pay_discount_computation == "mixed"
        vals = invoice.copy_data(
            {
                "line_ids": [],
                **dict.fromkeys(_LEFT_OUT, False),
                "move_type": REFUND_OF[invoice.move_type],
                "reversed_entry_id": invoice.id,
                "rma_id": authorizations[:1].id,
                "journal_id": (journal or invoice.journal_id).id,
                "date": today,
                # a draft gets its date from the day it is released, or from the
                # supplier's credit note
                "invoice_date": today
                if is_sale and company._posts_rma_credits_at_once(authorizations)
                else False,
                "invoice_payment_term_id": term.id if is_mixed else False,
                "invoice_user_id": invoice.invoice_user_id.id,
                "invoice_origin": invoice.invoice_origin,
                "ref": self._get_reference(invoice, authorizations),
                "quick_edit_total_amount": 0.0,
            }
        )[0]
        # a copy of a move escapes lock dates, into the future where today is locked
        vals["date"] = today
        return {
            name: value
            for name, value in vals.items()
            if name not in {"line_ids", *_COMPUTED_MOVE_FIELDS, *_LEFT_OUT}
        }

    def _get_reference(self, invoice, authorizations):
        """What the customer reads: original and RMA numbers, in their language."""
        lang = invoice.partner_id.lang or self.env.lang
        return self.with_context(lang=lang).env._(
            "Reversal of: %(invoice)s, %(returns)s",
            invoice=invoice.name,
            returns=", ".join(authorizations.mapped("display_name")),
        )

    def _prepare_reversal_line_vals(self, settlement, copied_vals):
        """Values of one line: the invoice line's price, discount, taxes, account."""
        invoice_line = settlement.invoice_line_id
        vals = {
            name: value
            for name, value in copied_vals.items()
            if name not in _COMPUTED_LINE_FIELDS
        }
        if not vals.get("no_followup"):
            # core says so of its own accord; each line would write it on the note
            vals.pop("no_followup", None)
        vals.update(self._prepare_quantity_vals(settlement))
        if vals["quantity"] != invoice_line.quantity:
            # amounts fixed by hand or by a down payment belong to the whole line
            vals.pop("extra_tax_data", None)
        return {**vals, **self._prepare_link_vals(settlement)}

    def _prepare_quantity_vals(self, settlement):
        """The quantity in the invoice's unit; in the return's own where that is not
        exact (one piece of a dozen), with the price of that unit."""
        invoice_line = settlement.invoice_line_id
        unit, line_unit = settlement.product_uom_id, invoice_line.product_uom_id
        qty = line_unit.round(
            unit._compute_quantity(settlement.qty, line_unit, round=False)
        )
        back = line_unit._compute_quantity(qty, unit, round=False)
        if unit.compare(back, settlement.qty) == 0:
            return {"quantity": qty}
        return {
            "quantity": settlement.qty,
            "product_uom_id": unit.id,
            "price_unit": line_unit._compute_price(invoice_line.price_unit, unit),
        }

    def _prepare_link_vals(self, settlement):
        return {
            "rma_line_id": settlement.line_id.id,
            "rma_settlement_id": settlement.id,
        }

    # -- without an original -----------------------------------------------------------

    def _prepare_unpriced_vals_list(self, settlements):
        """Values of one credit note per return whose goods were on no known invoice."""
        return [
            self._prepare_unpriced_vals(authorization, batch)
            for authorization, batch in settlements.grouped("authorization_id").items()
        ]

    def _prepare_unpriced_vals(self, authorization, settlements):
        company = authorization.company_id
        partner = authorization.partner_id.with_company(company)
        invoice_partner = partner.browse(partner.address_get(["invoice"])["invoice"])
        is_sale = authorization.direction == "customer"
        position = (
            self.env["account.fiscal.position"]
            .with_company(company)
            ._get_fiscal_position(invoice_partner)
        )
        prepare_line = (
            self._prepare_list_price_vals if is_sale else self._prepare_cost_vals
        )
        vals = {
            "move_type": "out_refund" if is_sale else "in_refund",
            "company_id": company.id,
            "partner_id": invoice_partner.id,
            "currency_id": self._get_unpriced_currency(authorization).id,
            "fiscal_position_id": position.id,
            "invoice_user_id": authorization.user_id.id,
            "invoice_origin": authorization.display_name,
            "ref": authorization.display_name,
            "rma_id": authorization.id,
            "rma_is_unpriced": True,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": settlement.product_id.id,
                        "quantity": settlement.qty,
                        "product_uom_id": settlement.product_uom_id.id,
                        **prepare_line(settlement, position),
                        **self._prepare_link_vals(settlement),
                    }
                )
                for settlement in settlements
            ],
        }
        if is_sale and company.rma_credit_journal_id:
            vals["journal_id"] = company.rma_credit_journal_id.id
        return vals

    def _get_unpriced_currency(self, authorization):
        """That of the customer's pricelist; suppliers' prices are in ours."""
        company = authorization.company_id
        if authorization.direction != "customer":
            return company.currency_id
        partner = authorization.partner_id.with_company(company)
        return partner.property_product_pricelist.currency_id or company.currency_id

    def _prepare_list_price_vals(self, settlement, position):
        """The price the customer would pay today; taxes and account by the product."""
        company = settlement.company_id
        product = settlement.product_id.with_company(company)
        partner = settlement.authorization_id.partner_id.with_company(company)
        price = partner.property_product_pricelist._get_product_price(
            product,
            settlement.qty,
            uom=settlement.product_uom_id,
            currency=self._get_unpriced_currency(settlement.authorization_id),
        )
        return {
            "price_unit": product._get_tax_included_unit_price_from_price(
                price,
                product_taxes=product.taxes_id._filter_taxes_by_company(company),
                fiscal_position=position,
            )
        }

    def _prepare_cost_vals(self, settlement, position):
        """What the supplier's goods cost us; taxes and account by the product."""
        product = settlement.product_id.with_company(settlement.company_id)
        return {
            "price_unit": product.uom_id._compute_price(
                product.standard_price, settlement.product_uom_id
            )
        }

    def _log_unpriced(self, notes):
        """Tell the accountant why these wait for a look at their prices."""
        body = self.env._(
            "No original invoice is known: these are today's list prices, or costs. "
            "Check them before you post."
        )
        notes._message_log_batch(bodies=dict.fromkeys(notes.ids, body))
