# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, models

from odoo.addons.rma_authorization.models.rma_authorization_recovery import ClaimOrigin


class RmaAuthorizationInspection(models.Model):
    """Numbers and receipts tell who supplied what was found faulty; what still waits in
    quarantine goes back with its claim."""

    _inherit = "rma.authorization.inspection"

    # -- from whom ---------------------------------------------------------------------

    @api.depends("lot_id")
    def _compute_vendor_id(self):
        """Extension: the supplier of this very number."""
        return super()._compute_vendor_id()

    @api.depends("lot_id")
    def _compute_claim_terms(self):
        """Extension: from the receipt of this very number."""
        return super()._compute_claim_terms()

    def _find_claim_origins(self):
        """Override of `rma_authorization`: by the last receipt of the number."""
        origins = super()._find_claim_origins()
        partners = self.env["res.partner"]
        for finding, (move, vendor_id, moment) in self._find_supplies().items():
            order_line = move.purchase_line_id
            origins[finding] = ClaimOrigin(
                partners.browse(vendor_id).commercial_partner_id,
                finding.company_id._get_rma_day(moment),
                order_line._get_stock_move_price_unit() if order_line else None,
            )
        return origins

    def _find_supplies(self):
        """The last receipts of the findings' numbers, in one query.

        :return: {finding: (move as superuser, vendor's id, datetime)}
        """
        # sudo: who inspects needs no rights on receipts
        move_lines_sudo = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("lot_id", "in", self.lot_id.ids),
                    ("state", "=", "done"),
                    ("location_id.usage", "=", "supplier"),
                    ("move_id.rma_answer_id", "=", False),
                ],
                order="date desc, id desc",
            )
        )
        found = {}
        for move_line_sudo in move_lines_sudo:
            move_sudo = move_line_sudo.move_id
            vendor_sudo = (
                move_sudo.purchase_line_id.order_id.partner_id
                or move_sudo.picking_id.partner_id
            )
            if vendor_sudo:
                key = (move_line_sudo.lot_id.id, move_line_sudo.company_id.id)
                moment = move_sudo._get_rma_moment()
                found.setdefault(key, (move_sudo, vendor_sudo.id, moment))
        supplies = {
            finding: found.get((finding.lot_id.id, finding.company_id.id))
            for finding in self
        }
        return {finding: supply for finding, supply in supplies.items() if supply}

    def _find_claim_passports(self):
        """Override of `rma_authorization`: those of this very number come first."""
        found = super()._find_claim_passports()
        # sudo: who inspects needs no rights on suppliers' terms
        passports_sudo = (
            self.env["rma.authorization.warranty"]
            .sudo()
            .search(
                [
                    ("lot_id", "in", self.lot_id.ids),
                    ("vendor_date_end", "!=", False),
                ]
            )
        )
        by_number = passports_sudo.grouped(
            lambda passport: (passport.lot_id, passport.vendor_id)
        )
        for finding in self:
            vendor = finding.vendor_id.commercial_partner_id
            found[finding] = by_number.get((finding.lot_id, vendor), found[finding])
        return found

    # -- claim with goods --------------------------------------------------------------

    def _claim(self):
        """Override of `rma_authorization`: goods that nobody has decided on go back to
        the supplier with their claim."""
        sendable = self.filtered(lambda finding: finding._is_sendable())
        decided = sendable.filtered(lambda finding: finding.disposition != "vendor")
        if decided:
            decided.disposition = "vendor"
        handler = self.env["rma.authorization.disposition.vendor"]
        handler._check_inspections(sendable)
        claims = super()._claim()
        sendable.is_disposition_started = True
        return claims

    def _is_sendable(self):
        """Whether these goods wait for a decision, or for the supplier, and are ours;
        a carrier is paid for damage, and gets no goods."""
        self.ensure_one()
        return (
            self.responsible == "supplier"
            and self.disposition in (False, "hold", "vendor")
            and not self.is_customers_property
            and self.product_uom_id.compare(self._get_undisposed_qty(), 0.0) > 0
        )

    def _prepare_claim_line_vals_list(self):
        """Override of `rma_authorization` to add the purchase."""
        rows = super()._prepare_claim_line_vals_list()
        supplies = self._find_supplies()
        for finding, vals in zip(self, rows, strict=True):
            if finding not in supplies:
                continue
            order_line = supplies[finding][0].purchase_line_id
            partner = order_line.order_id.partner_id.commercial_partner_id
            if (
                partner == finding.vendor_id.commercial_partner_id
                and order_line.product_id == finding.product_id
            ):
                vals["purchase_line_id"] = order_line.id
        return rows

    def _prepare_claim_line_vals(self):
        """Override of `rma_authorization` to add the number, and to send the goods."""
        vals = super()._prepare_claim_line_vals()
        if self.lot_id:
            vals["lot_ids"] = [Command.set(self.lot_id.ids)]
        if self.disposition == "vendor" and self._is_sendable():
            vals["disposition"] = False
            vals["qty_requested"] = min(
                vals["qty_requested"], self._get_undisposed_qty()
            )
        return vals

    def _get_shipping_claims(self):
        """The claims with which these goods go back, or went."""
        return self.claim_line_ids.filtered(
            lambda line: (
                line._expects_goods()
                and line.state not in ("refused", "cancelled", "expired")
            )
        )

    def _is_shipping_claimed(self):
        """Whether nothing of these goods is left to claim."""
        self.ensure_one()
        return (
            bool(self._get_shipping_claims())
            and self.product_uom_id.compare(self._get_unclaimed_qty(), 0.0) <= 0
        )

    @api.depends(
        "claim_line_ids.state",
        "claim_line_ids.disposition",
        "claim_line_ids.qty_authorized",
        "claim_line_ids.qty_closed",
        "claim_line_ids.qty_received",
    )
    def _compute_qty_disposing(self):
        """Extension: what is claimed is about to leave."""
        return super()._compute_qty_disposing()
