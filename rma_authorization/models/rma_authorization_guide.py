# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class RmaAuthorizationGuide(models.Model):
    """What customers try before they ask for a return: a text, or a link to one.

    Shown for the products and reasons it names, and for all where it names none.
    """

    _name = "rma.authorization.guide"
    _description = "Self-help Guide"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Every company when empty."
    )
    reason_ids = fields.Many2many(
        comodel_name="rma.authorization.reason",
        string="Reasons",
        check_company=True,
        help="Every reason when empty.",
    )
    product_tmpl_ids = fields.Many2many(
        comodel_name="product.template",
        string="Products",
        check_company=True,
        help="Every product when both products and categories are empty.",
    )
    categ_ids = fields.Many2many(
        comodel_name="product.category",
        string="Product Categories",
        help="With the categories below them.",
    )
    body = fields.Html(
        string="Text",
        translate=True,
        help="What the customer can check, step by step.",
    )
    url = fields.Char(
        string="Link",
        translate=True,
        help="Address of a longer guide, for example https://example.com/help/reset.",
    )
    error_codes = fields.Char(
        help="Codes that the product shows and this guide explains, for example "
        '"E05, E12". Shown to the customer; a guide whose code the customer writes '
        "comes first.",
    )
    authorization_ids = fields.One2many(
        comodel_name="rma.authorization", inverse_name="guide_id", string="Solved"
    )
    prevented_count = fields.Integer(
        string="Returns Prevented",
        compute="_compute_prevented_count",
        groups="rma_authorization.group_rma_technician",
        help="How often customers said that this guide solved it.",
    )

    # -- computes ------------------------------------------------------------------

    @api.depends("authorization_ids")
    def _compute_prevented_count(self):
        counts = {
            guide.id: count
            for guide, count in self.env["rma.authorization"]._read_group(
                [("guide_id", "in", self.ids)], ["guide_id"], ["__count"]
            )
        }
        for guide in self:
            guide.prevented_count = counts.get(guide.id, 0)

    # -- checks --------------------------------------------------------------------

    @api.constrains("url")
    def _check_url(self):
        """A link leads to a web page: nothing that a browser would run."""
        for guide in self:
            if guide.url and not self._is_web_address(guide.url):
                raise ValidationError(
                    self.env._(
                        "%(guide)s: %(url)s isn't the address of a web page. Enter one "
                        "that begins with https:// or http://.",
                        guide=guide.name,
                        url=guide.url,
                    )
                )

    @api.model
    def _is_web_address(self, url):
        try:
            parts = urlsplit(url)
            # an impossible port raises only when it is read
            has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError:
            return False
        return (
            parts.scheme in ("http", "https")
            and has_host
            and not re.search(r"[\s\x00-\x1f\x7f\\]", url)
        )

    # -- what is shown -------------------------------------------------------------

    @api.model
    def _get_for_line(self, lines):
        """The guides for these return lines, the most specific first.

        A guide that explains an error code in the description comes before one for the
        product, that before one for its category (the nearest first), and that before
        one for everything; among equals, one for the reason before one for all reasons.
        What the reason itself says (`help_text`) is on the reason, and is read after
        the guides.

        :param lines: return lines of any state and company
        :return: {line: guides}
        """
        # sudo: customers read the guides, and have no rights on them
        guides = self.sudo().search(self._get_domain(lines))
        found = {}
        for line in lines:
            ranks = {guide.id: guide._get_rank(line) for guide in guides}
            found[line] = guides.filtered(
                lambda guide, ranks=ranks: ranks[guide.id] is not None
            ).sorted(lambda guide, ranks=ranks: ranks[guide.id], reverse=True)
        return found

    def _get_self_help(self):
        """What the page of a request shows of this guide."""
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "error_codes": self.error_codes,
            "body": self.body,
            "url": self.url,
        }

    @api.model
    def _get_domain(self, lines):
        """Guides that are for one of these lines, perhaps."""
        # sudo: whoever sees the line, sees its product and reason
        lines_sudo = lines.sudo()
        products = lines_sudo.product_id
        return (
            Domain("company_id", "in", [False, *lines_sudo.company_id.ids])
            & (
                Domain("reason_ids", "=", False)
                | Domain("reason_ids", "in", lines_sudo.reason_id.ids)
            )
            & (
                (
                    Domain("product_tmpl_ids", "=", False)
                    & Domain("categ_ids", "=", False)
                )
                | Domain("product_tmpl_ids", "in", products.product_tmpl_id.ids)
                | Domain("categ_ids", "parent_of", products.categ_id.ids)
            )
        )

    def _get_rank(self, line):
        """How well this guide fits the line: greater is better, None not at all."""
        self.ensure_one()
        # sudo: as in _get_domain
        line_sudo = line.sudo()
        if self.company_id and self.company_id != line_sudo.company_id:
            return None
        if self.reason_ids and line_sudo.reason_id not in self.reason_ids:
            return None
        product_rank = self._get_product_rank(line_sudo.product_id)
        if product_rank is None:
            return None
        return (
            self._explains(line_sudo.description),
            product_rank,
            bool(self.reason_ids),
        )

    def _get_product_rank(self, product):
        """Depth of the nearest category that the guide names, more for the product
        itself, less for every product, None for other products."""
        if product.product_tmpl_id in self.product_tmpl_ids:
            return float("inf")
        if not self.product_tmpl_ids and not self.categ_ids:
            return 0
        above = [
            int(part) for part in (product.categ_id.parent_path or "").split("/")[:-1]
        ]
        depths = [
            depth
            for depth, category in enumerate(above, start=1)
            if category in self.categ_ids.ids
        ]
        return max(depths, default=None)

    def _explains(self, description):
        """Whether the customer wrote one of this guide's error codes."""
        words = set(re.findall(r"\w+", (description or "").casefold()))
        return not words.isdisjoint(
            re.findall(r"\w+", (self.error_codes or "").casefold())
        )

    # -- windows -------------------------------------------------------------------

    def action_view_prevented(self):
        """Open the returns that these guides made needless."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "rma_authorization.rma_authorization_action"
            ),
            "domain": [("guide_id", "in", self.ids)],
            "context": {},
        }
