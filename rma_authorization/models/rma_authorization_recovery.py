# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date as day
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import lock_rows
from .rma_authorization_warranty import get_warranty_end

RECOVERABLE = ("supplier", "carrier")


class ClaimOrigin(NamedTuple):
    """From whom goods came, when, and what one unit cost (company's currency, product's
    unit); what isn't known is empty."""

    vendor: models.BaseModel
    date: day | None = None
    price: float | None = None


class RmaAuthorizationRecovery(models.AbstractModel):
    """What of a finding a supplier or a carrier may be asked for: whom, how much, until
    when, and whether it was asked for. The recovery desk is a list of these."""

    _name = "rma.authorization.recovery"
    _description = "Recovery from Suppliers"

    vendor_id = fields.Many2one(
        comodel_name="res.partner",
        string="Claim Against",
        compute="_compute_vendor_id",
        compute_sudo=True,
        store=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        help="Who answers for it: the supplier of this very number, else the only "
        "supplier of the product; for damage in transit the carrier of the return.",
    )
    claim_value = fields.Monetary(
        compute="_compute_claim_terms",
        compute_sudo=True,
        store=True,
        help="What these goods cost us, in the company's currency.",
    )
    claim_deadline = fields.Date(
        string="Claim by",
        compute="_compute_claim_terms",
        compute_sudo=True,
        store=True,
        index="btree_not_null",
        help="The last day on which it may be claimed: the end of the supplier's "
        "warranty, or of the days in which they take claims, whichever is later.",
    )
    is_claim_waived = fields.Boolean(
        string="Not Claimed", readonly=True, copy=False, help="It isn't worth a claim."
    )
    claim_line_ids = fields.One2many(
        comodel_name="rma.authorization.line",
        inverse_name="source_inspection_id",
        string="Claims",
        readonly=True,
    )
    cut_from_id = fields.Many2one(
        comodel_name="rma.authorization.inspection",
        string="Part of",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The finding that this one was cut off, so that it could go another way. "
        "What was claimed of it counts for its parts, too.",
    )
    part_ids = fields.One2many(
        comodel_name="rma.authorization.inspection",
        inverse_name="cut_from_id",
        string="Parts Cut Off",
        readonly=True,
    )
    claim_state = fields.Selection(
        selection=[
            ("no", "Nobody Answers for It"),
            ("open", "To Claim"),
            ("claimed", "Claimed"),
            ("waived", "Not Claimed"),
        ],
        string="Recovery",
        compute="_compute_claim_state",
        compute_sudo=True,
        store=True,
        index=True,
    )
    currency_id = fields.Many2one(comodel_name="res.currency")

    # -- computes --------------------------------------------------------------------

    @api.depends("responsible", "product_id")
    def _compute_vendor_id(self):
        recoverable = self.filtered(lambda finding: finding._is_recoverable())
        origins = recoverable._find_claim_origins()
        for finding in self:
            origin = origins.get(finding)
            if finding not in recoverable:
                finding.vendor_id = False
            elif finding.responsible == "carrier":
                finding.vendor_id = finding.line_id.authorization_id.carrier_partner_id
            else:
                finding.vendor_id = origin.vendor if origin else finding.vendor_id

    @api.depends("vendor_id", "responsible", "product_id", "qty", "date")
    def _compute_claim_terms(self):
        recoverable = self.filtered(lambda finding: finding._is_recoverable())
        origins = recoverable._find_claim_origins()
        passports = recoverable._find_claim_passports()
        for finding in self:
            if finding not in recoverable:
                finding.claim_value = 0.0
                finding.claim_deadline = False
                continue
            origin = origins.get(finding)
            finding.claim_value = finding._get_claim_value(origin)
            finding.claim_deadline = finding._get_claim_deadline(
                origin, passports[finding]
            )

    @api.depends(
        "responsible",
        "fault_found",
        "is_claim_waived",
        "qty",
        "claim_line_ids.state",
        "claim_line_ids.qty_authorized",
        "claim_line_ids.qty_closed",
        "claim_line_ids.qty_received",
        "part_ids.qty",
        "part_ids.claim_line_ids.state",
        "part_ids.claim_line_ids.qty_authorized",
        "part_ids.claim_line_ids.qty_closed",
        "part_ids.claim_line_ids.qty_received",
        "cut_from_id.qty",
        "cut_from_id.claim_line_ids.state",
        "cut_from_id.claim_line_ids.qty_authorized",
        "cut_from_id.claim_line_ids.qty_closed",
        "cut_from_id.claim_line_ids.qty_received",
    )
    def _compute_claim_state(self):
        for finding in self:
            unclaimed = finding._get_unclaimed_qty()
            if not finding._is_recoverable():
                finding.claim_state = "no"
            elif finding.product_uom_id.compare(unclaimed, 0.0) <= 0:
                finding.claim_state = "claimed"
            elif finding.is_claim_waived:
                finding.claim_state = "waived"
            else:
                finding.claim_state = "open"

    def _is_recoverable(self):
        """Whether a supplier or a carrier answers for it, as something is wrong."""
        self.ensure_one()
        return (
            self.responsible in RECOVERABLE
            and self.fault_found != "none"
            and self.line_id.direction == "customer"
        )

    def _find_claim_origins(self):
        """From whom these goods came; the base knows the only supplier of a product.
        Override where numbers and receipts tell more.

        :return: {finding: ClaimOrigin}; findings of which nothing is known are left out
        """
        origins = {}
        for finding in self:
            company = finding.company_id
            # sudo: who inspects needs no rights on purchase prices
            offers = finding.sudo().product_id.seller_ids.filtered(
                lambda offer, company=company: (
                    offer.company_id in (company, company.browse())
                )
            )
            vendors = offers.partner_id.commercial_partner_id
            if len(vendors) == 1:
                origins[finding] = ClaimOrigin(vendors.sudo(False))
        return origins

    def _get_claim_value(self, origin):
        """What the goods cost us, in the company's currency."""
        self.ensure_one()
        product = self.sudo().product_id.with_company(self.company_id)
        price = product.standard_price
        if origin and origin.price is not None:
            price = origin.price
        return self.currency_id.round(
            self.qty * product.uom_id._compute_price(price, self.product_uom_id)
        )

    def _find_claim_passports(self):
        """The passports of these goods, which may tell when the supplier's warranty
        ends. Override where numbers tell more.

        :return: {finding: passports as superuser}
        """
        return {finding: finding.line_id.sudo().warranty_id for finding in self}

    def _get_claim_deadline(self, origin, passports):
        """The last day for the claim; False where no term is known."""
        self.ensure_one()
        vendor = self.sudo().vendor_id.commercial_partner_id
        window = vendor.rma_claim_days
        start = origin and origin.vendor.commercial_partner_id == vendor and origin.date
        ends = []
        if self.responsible == "carrier":
            # transit damage shows on arrival
            start = self.company_id._get_rma_day(self.date or fields.Datetime.now())
        else:
            ends += self._get_vendor_warranty_ends(vendor, start, passports)
        if start and window:
            ends.append(start + relativedelta(days=window))
        return max(ends, default=False)

    def _get_vendor_warranty_ends(self, vendor, start, passports):
        """When the supplier's warranty ends, by the passports, or by the months they
        grant from our receipt."""
        self.ensure_one()
        ends = [
            passport.vendor_date_end
            for passport in passports
            if passport.vendor_date_end and passport.vendor_id == vendor
        ]
        if ends:
            return ends
        months = [
            offer.rma_warranty_months
            for offer in self.sudo().product_id.seller_ids
            if offer.partner_id.commercial_partner_id == vendor
        ]
        if start and any(months):
            return [get_warranty_end(start, max(months))]
        return []

    def _get_unclaimed_qty(self):
        """What of this finding no claim is about, in the line's unit.

        Where a finding was cut into parts, what is claimed beyond one of them is about
        the others, oldest first; what is claimed beyond all of them is below zero.
        """
        self.ensure_one()
        # sudo: claims that the user may not see count all the same
        parts_sudo = self.sudo()._with_parts().sorted("id")
        unclaimed = {
            part: part.qty - part._get_own_claimed_qty() for part in parts_sudo
        }
        over = -sum(min(qty, 0.0) for qty in unclaimed.values())
        left = 0.0
        for part, qty in unclaimed.items():
            taken = min(over, max(qty, 0.0))
            over -= taken
            if part == self:
                left = max(qty, 0.0) - taken
        return self.product_uom_id.round(left or -over)

    def _with_parts(self):
        """These findings and all that are parts of the same ones."""
        # they are mostly asked for one by one, and read together
        prefetch_ids = self._prefetch_ids
        wholes = self.filtered(lambda finding: not finding.cut_from_id)
        wholes = (wholes | self.cut_from_id).with_prefetch(prefetch_ids)
        return (wholes | wholes.part_ids).with_prefetch(prefetch_ids)

    def _get_own_claimed_qty(self):
        """What is claimed under the name of this finding, in the line's unit."""
        self.ensure_one()
        return sum(
            line.product_uom_id._compute_quantity(
                line._get_claimed_qty(), self.product_uom_id, rounding_method="HALF-UP"
            )
            for line in self.claim_line_ids
        )

    # -- claim -------------------------------------------------------------------------

    def action_claim(self):
        """Ask for these findings: one draft return per supplier and company.

        :raise UserError: where nobody answers for one, it was claimed, or the supplier
            isn't known
        :return: the window with the returns to suppliers
        """
        authorizations = self.authorization_id
        authorizations._check_role(*authorizations._get_claimer_roles())
        self.check_access("read")
        # sudo: warehouse workers have no right to make returns by hand
        claims_sudo = self.sudo()._claim()
        return claims_sudo.sudo(self.env.su)._get_records_action(
            name=self.env._("Returns to Suppliers")
        )

    def _claim(self):
        lock_rows(self._with_parts())
        self._check_claimable()
        batches = self.grouped(lambda finding: (finding.vendor_id, finding.company_id))
        rows = dict(zip(self, self._prepare_claim_line_vals_list(), strict=True))
        claims = self.env["rma.authorization"].create(
            [
                self._prepare_claim_vals(
                    vendor, company, [rows[finding] for finding in findings]
                )
                for (vendor, company), findings in batches.items()
            ]
        )
        self.is_claim_waived = False
        claims.line_ids._check_returnable()
        return claims

    def action_waive_claim(self):
        """Ask nobody for these findings: it isn't worth it."""
        authorizations = self.authorization_id
        authorizations._check_role(*authorizations._get_claimer_roles())
        self.check_access("read")
        self.sudo().is_claim_waived = True

    def _check_claimable(self):
        for finding in self:
            if problem := finding._get_claim_problem():
                raise UserError(
                    self.env._(
                        "%(line)s can't be claimed. %(problem)s",
                        line=finding.line_id.display_name,
                        problem=problem,
                    )
                )

    def _get_claim_problem(self):
        """Why this finding can't be claimed, as a sentence that says what to do; empty
        if it can."""
        self.ensure_one()
        if not self._is_recoverable():
            return self.env._(
                "Neither a supplier nor a carrier answers for it: correct who is "
                "responsible on the finding, if that is wrong."
            )
        if self.product_uom_id.compare(self._get_unclaimed_qty(), 0.0) <= 0:
            return self.env._(
                "It was claimed by %(claims)s already.",
                claims=self._name_claims(),
            )
        if not self.vendor_id:
            return self.env._(
                "Nobody knows who supplied or carried it: choose whom to claim it "
                "against."
            )
        return ""

    def _prepare_claim_vals(self, vendor, company, rows):
        """The return to one supplier.

        :param list rows: the values of its lines
        """
        return {
            "direction": "supplier",
            "partner_id": vendor.id,
            "company_id": company.id,
            "inspection_required": False,
            "line_ids": [fields.Command.create(row) for row in rows],
        }

    def _prepare_claim_line_vals_list(self):
        """What is claimed of each of these findings. Override to add what takes a
        query."""
        return [finding._prepare_claim_line_vals() for finding in self]

    def _prepare_claim_line_vals(self):
        """What is claimed of one finding. The base sends nothing: it knows no goods."""
        self.ensure_one()
        wanted = self.env["rma.authorization.resolution.mixin"]._fields["resolution"]
        return {
            "source_inspection_id": self.id,
            "product_id": self.product_id.id,
            "product_uom_id": self.product_uom_id.id,
            "qty_requested": self._get_unclaimed_qty(),
            "reason_id": self.line_id.reason_id.id,
            "description": self._get_claim_text(),
            "resolution": "credit"
            if "credit" in wanted.get_values(self.env)
            else "none",
            "disposition": "keep",
        }

    def _get_claim_text(self):
        """What the supplier reads about the fault."""
        self.ensure_one()
        parts = [self.fault_id.display_name, self.cause_id.display_name, self.note]
        return "\n".join(part for part in parts if part) or self.line_id.description

    @api.constrains("qty")
    def _check_claimed_qty(self):
        """A finding isn't lowered below what is claimed of it. While it is cut the
        other part isn't there yet."""
        if not self.env.context.get("rma_cut"):
            self._check_claimed()

    @api.ondelete(at_uninstall=False)
    def _unlink_while_not_claimed(self):
        """What was claimed, though in vain, keeps its reason."""
        for finding in self:
            # sudo: as in _get_unclaimed_qty
            claims_sudo = finding.sudo().claim_line_ids.authorization_id
            if claims_sudo:
                raise UserError(
                    self.env._(
                        "The finding on %(line)s can't be deleted: %(claims)s is about "
                        "it. Correct the finding instead.",
                        line=finding.line_id.display_name,
                        claims=", ".join(claims_sudo.mapped("display_name")),
                    )
                )

    def _check_claimed(self):
        """No more is claimed of these findings than they are about."""
        for finding in self:
            over = -finding._get_unclaimed_qty()
            if finding.product_uom_id.compare(over, 0.0) > 0:
                raise UserError(
                    self.env._(
                        "%(line)s: %(over)s %(unit)s more would be claimed than was "
                        "found. Lower the quantity on %(claims)s.",
                        line=finding.line_id.display_name,
                        over=over,
                        unit=finding.product_uom_id.name,
                        claims=finding._name_claims(),
                    )
                )

    def _name_claims(self):
        claims = self._with_parts().claim_line_ids.authorization_id
        return ", ".join(claims.mapped("display_name"))

    def action_view_claims(self):
        """Open what was claimed of these findings."""
        return self._with_parts().claim_line_ids.authorization_id._get_records_action(
            name=self.env._("Returns to Suppliers")
        )
