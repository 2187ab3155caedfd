# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RmaAuthorizationCost(models.Model):
    _inherit = "rma.authorization.cost"

    # -- value lost --------------------------------------------------------------------

    @api.model
    def _follow_losses(self, lines):
        """Keep the value that goods of these lines lost: scrapped or regraded, less
        what was taken back of it. One row per line and document."""
        vals_by_document = {}
        for move in lines.move_ids:
            if not move._is_rma_loss():
                continue
            document = move.scrap_id or move.picking_id
            key = (move.rma_line_id, document)
            vals = vals_by_document.setdefault(
                key, self._prepare_document_vals(move.rma_line_id, document, move.date)
            )
            vals["kind"] = "value_loss"
            vals["amount"] += move._get_rma_value_lost()
        costs = self.search(
            [
                ("line_id", "in", lines.ids),
                ("kind", "=", "value_loss"),
                ("res_model", "in", ("stock.scrap", "stock.picking")),
            ]
        )
        self._follow_documents(costs, list(vals_by_document.values()))

    @api.model
    def _prepare_document_vals(self, line, document, date):
        return {
            "name": f"{document.display_name}: {line.product_id.display_name}",
            "authorization_id": line.authorization_id.id,
            "line_id": line.id,
            "date": fields.Date.context_today(self, timestamp=date),
            "amount": 0.0,
            "res_model": document._name,
            "res_id": document.id,
        }

    # -- repairs -----------------------------------------------------------------------

    @api.model
    def _follow_repairs(self, repairs):
        """Keep the parts and the labour of repairs that are done.

        Parts are what the repair took from our stock, at the value of its moves, less
        what it gave back to it. Labour is the services on the repair's quotation, at
        their cost (core's repair knows of no other); of a quotation for several
        repairs each bears an equal share.
        """
        vals_list = []
        for repair in repairs.filtered(lambda one: one.state == "done"):
            amounts = {
                "parts": repair._get_rma_parts_value(),
                "labour": repair._get_rma_labour_value(),
            }
            for kind, amount in amounts.items():
                vals_list.append(
                    {
                        **self._prepare_document_vals(
                            repair.rma_line_id,
                            repair,
                            max(repair.move_ids.mapped("date"), default=None),
                        ),
                        "authorization_id": repair.rma_id.id,
                        "kind": kind,
                        "amount": amount,
                    }
                )
        costs = self.search(
            [
                ("authorization_id", "in", repairs.rma_id.ids),
                ("kind", "in", ("parts", "labour")),
                ("res_model", "=", "repair.order"),
                ("res_id", "in", repairs.ids),
            ]
        )
        self._follow_documents(costs, vals_list)

    # -- vendors -----------------------------------------------------------------------

    @api.model
    def _follow_purchases(self, order_lines):
        """Keep what vendors ask for repairs, as ordered: in the company's currency, at
        the rate of the day of the order."""
        vals_list = []
        for order_line in order_lines:
            if order_line.state != "purchase":
                continue
            repair, order = order_line.rma_outsourcing_id.repair_id, order_line.order_id
            vals = self._prepare_document_vals(
                repair.rma_line_id, order_line, order.date_approve or order.date_order
            )
            vals.update(
                name=f"{order.name}: {repair.name}",
                kind="labour",
                amount=order.currency_id._convert(
                    order_line.price_subtotal,
                    repair.company_id.currency_id,
                    repair.company_id,
                    vals["date"],
                ),
            )
            vals_list.append(vals)
        costs = self.search(
            [
                ("kind", "=", "labour"),
                ("res_model", "=", "purchase.order.line"),
                ("res_id", "in", order_lines.ids),
            ]
        )
        self._follow_documents(costs, vals_list)

    # -- freight -----------------------------------------------------------------------

    @api.model
    def _follow_freight(self, pickings):
        """Keep what the carrier asks for transfers that are done (`carrier_price`,
        where there is such a field): in the currency of the order, as the carrier's
        message on the transfer says, at the rate of the day on which it was done."""
        vals_list = []
        for picking in pickings.filtered(lambda one: one.state == "done"):
            authorization = picking._get_rma_freight_payer()
            currency = picking.sale_id.currency_id or picking.company_id.currency_id
            vals = self._prepare_document_vals(
                picking.move_ids.rma_line_id[:1], picking, picking.date_done
            )
            is_in = picking.picking_type_code == "incoming"
            vals.update(
                name=picking.display_name,
                authorization_id=authorization.id,
                # a transfer carries the goods of several lines
                line_id=False,
                kind="freight_in" if is_in else "freight_out",
                amount=currency._convert(
                    picking.carrier_price,
                    authorization.company_id.currency_id,
                    authorization.company_id,
                    vals["date"],
                ),
            )
            vals_list.append(vals)
        costs = self.search(
            [
                ("kind", "in", ("freight_in", "freight_out")),
                ("res_model", "=", "stock.picking"),
                ("res_id", "in", pickings.ids),
            ]
        )
        self._follow_documents(costs, vals_list)
