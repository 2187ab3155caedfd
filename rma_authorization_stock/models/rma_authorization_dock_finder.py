# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# One more than fits on the screen: so many can't be told apart by looking at them.
MAX_FOUND = 10
# What scanners send before a GS1 code, and between its parts.
GS1_MARKS = ("]C1", "]e0", "]d2", "]Q3", "]J1", "\x1d")


class Found(NamedTuple):
    """What a barcode means. One of the three is filled; all as superuser."""

    authorizations: models.BaseModel
    lots: models.BaseModel
    products: models.BaseModel
    # of the products, in their unit; what a packaging or a GS1 code says
    qty: float = 1.0
    # whether it is written on something that we know, if on no return
    is_known: bool = False


class RmaAuthorizationDockFinder(models.AbstractModel):
    """Finds out what was scanned: by equality on indexed columns and in a fixed number
    of queries, so that the answer takes as long with a hundred thousand open returns as
    with ten."""

    _name = "rma.authorization.dock.finder"
    _description = "Dock Check: What Was Scanned"

    @api.model
    def _find(self, barcode):
        """What this barcode means: a return's number, a parcel's, a transfer's, a
        serial's or lot's, a product's; GS1 codes are taken apart.

        :param str barcode: as the scanner sent it, not empty
        :return: Found
        """
        names = list(dict.fromkeys((barcode, barcode.upper())))
        return (
            self._find_returns(names)
            or self._find_transfers(names)
            or self._find_lots(names)
            or self._find_products(self._get_product_codes(barcode))
            or self._find_gs1(barcode)
            or self._prepare_found()
        )

    def _prepare_found(self, **values):
        empty = {
            "authorizations": self.env["rma.authorization"].sudo(),
            "lots": self.env["stock.lot"].sudo(),
            "products": self.env["product.product"].sudo(),
        }
        return Found(**{**empty, **values})

    # -- what we have numbered ---------------------------------------------------------

    def _find_returns(self, names):
        """By the RMA number, the number of the request, or that of the parcel."""
        # sudo: a return of another company is told apart from one that nobody knows
        returns_sudo = self.env["rma.authorization"].sudo()
        for domain in (
            ["|", ("rma_number", "in", names), ("name", "in", names)],
            [("tracking_ref", "in", names)],
        ):
            found_sudo = returns_sudo.search(domain, order="id desc", limit=MAX_FOUND)
            if found_sudo:
                return self._prepare_found(authorizations=found_sudo)
        return None

    def _find_transfers(self, names):
        """By a return's own transfer, or by the delivery that its goods came with."""
        # sudo: as above
        pickings_sudo = (
            self.env["stock.picking"]
            .sudo()
            .search([("name", "in", names)], limit=MAX_FOUND)
        )
        if not pickings_sudo:
            return None
        found_sudo = pickings_sudo.rma_id or self._find_lines_of(
            pickings_sudo.move_ids, Domain.TRUE
        )
        return self._prepare_found(authorizations=found_sudo, is_known=True)

    def _find_lines_of(self, moves_sudo, domain):
        """The newest returns of what these deliveries brought."""
        origins = Domain("move_id", "in", moves_sudo.ids)
        if moves_sudo.sale_line_id:
            origins |= Domain("sale_line_id", "in", moves_sudo.sale_line_id.ids)
        lines_sudo = self.env["rma.authorization.line"].sudo()
        return lines_sudo.search(
            origins & domain, order="id desc", limit=MAX_FOUND
        ).authorization_id

    # -- goods -------------------------------------------------------------------------

    def _find_lots(self, names, products_sudo=None):
        domain = Domain("name", "in", names) & self._get_company_domain()
        if products_sudo:
            domain &= Domain("product_id", "in", products_sudo.ids)
        # sudo: an agent may have no rights in the warehouse
        lots_sudo = self.env["stock.lot"].sudo().search(domain, limit=MAX_FOUND)
        if not lots_sudo:
            return None
        return self._prepare_found(lots=lots_sudo, is_known=True)

    def _find_products(self, codes):
        """By the barcode of a product or of a packaging, or by the internal
        reference."""
        company = self._get_company_domain()
        # sudo: as above; what isn't sold any more still comes back
        products_sudo = (
            self.env["product.product"].sudo().with_context(active_test=False)
        )
        for field in ("barcode", "default_code"):
            found_sudo = products_sudo.search(
                Domain(field, "in", codes) & company, limit=MAX_FOUND
            )
            if found_sudo:
                return self._prepare_found(products=found_sudo, is_known=True)
        packaging_sudo = (
            self.env["product.uom"].sudo().search([("barcode", "in", codes)], limit=1)
        )
        if not packaging_sudo:
            return None
        product_sudo = packaging_sudo.product_id
        return self._prepare_found(
            products=product_sudo,
            qty=packaging_sudo.uom_id._compute_quantity(1.0, product_sudo.uom_id),
            is_known=True,
        )

    def _get_company_domain(self):
        return Domain("company_id", "in", (False, *self.env.companies.ids))

    def _get_product_codes(self, barcode):
        """The same article number is written with 8, 12, 13 or 14 digits."""
        codes = {barcode}
        if barcode.isdigit() and 8 <= len(barcode) <= 14:
            number = barcode.zfill(14)
            codes |= {
                number[14 - length :]
                for length in (8, 12, 13, 14)
                if not number[: 14 - length].strip("0")
            }
        return sorted(codes)

    # -- GS1 ---------------------------------------------------------------------------

    def _find_gs1(self, barcode):
        """A GS1 code says product, number and quantity, or which parcel it is."""
        parts = self._parse_gs1(barcode)
        if "package" in parts:
            number = parts["package"]
            return self._find_returns([number, f"00{number}"])
        products_sudo = self.env["product.product"].sudo()
        if "product" in parts:
            found = self._find_products(self._get_product_codes(parts["product"]))
            if not found:
                return None
            products_sudo = found.products
        if "lot" in parts:
            found = self._find_lots([parts["lot"]], products_sudo)
            if found or not products_sudo:
                return found
        if not products_sudo:
            return None
        return self._prepare_found(
            products=products_sudo,
            qty=float(parts.get("quantity") or 1.0),
            is_known=True,
        )

    def _parse_gs1(self, barcode):
        """{kind: value} of the parts; empty where this is no GS1 code.

        Where the company uses another nomenclature, only what says by itself that it is
        GS1 is taken for it: any number might be.
        """
        nomenclature_sudo = self.env.company.sudo().nomenclature_id
        if not nomenclature_sudo.is_gs1_nomenclature:
            if not barcode.startswith(GS1_MARKS) and "\x1d" not in barcode:
                return {}
            # sudo: everybody scans, and few may see nomenclatures
            nomenclature_sudo = (
                self.env["barcode.nomenclature"]
                .sudo()
                .search([("is_gs1_nomenclature", "=", True)], limit=1)
            )
        if not nomenclature_sudo:
            return {}
        try:
            parts = nomenclature_sudo.gs1_decompose_extended(barcode)
        except (ValidationError, ValueError):
            # looks like GS1, with a date or a figure that is none
            parts = None
        return {part["type"]: part["value"] for part in parts or []}
