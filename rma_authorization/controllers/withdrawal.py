# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from urllib.parse import quote

from werkzeug.exceptions import NotFound

from odoo.fields import Domain
from odoo.http import request

from ..models.rma_authorization_withdrawal import Statement
from ..visitor import Visitor
from .common import route
from .public import PublicReturns


class ReturnWithdrawal(PublicReturns):
    """The withdrawal function: a statement, and the button that confirms it."""

    @route("/returns/withdraw", methods=["GET", "POST"])
    def find_contract(self, **post):
        """Who has no account finds the contract by its number."""
        return self._find_order(post, "withdraw")

    @route("/returns/withdraw/<string:token>", methods=["GET", "POST"])
    def withdraw_publicly(self, token, **post):
        return self._withdraw(
            self._get_visitor(token), f"/returns/withdraw/{token}", post
        )

    @route("/my/returns/withdraw", methods=["GET", "POST"])
    def withdraw(self, **post):
        """For who has signed in, or has the link to the order's page."""
        order_id = self._get_id(post, "order_id")
        token = self._get_text(post, "access_token")
        if request.env.user._is_public() and not token:
            back = quote(f"/my/returns/withdraw?order_id={order_id}")
            return request.redirect(f"/web/login?redirect={back}", code=303)
        return self._withdraw(
            self._find_contract_visitor(order_id, token), "/my/returns/withdraw", post
        )

    def _find_contract_visitor(self, order_id, token):
        """
        :raise NotFound: for an unknown order as for somebody else's
        """
        order_sudo = request.env["sale.order"].sudo().browse(order_id).exists()
        if not order_sudo or order_sudo.state != "sale":
            raise NotFound
        if token:
            if not self._has_token(order_sudo, token):
                raise NotFound
            return Visitor(order_sudo.partner_id, "public", order_sudo)
        partner_sudo = request.env.user.partner_id.sudo()
        company = partner_sudo.commercial_partner_id
        if not order_sudo.filtered_domain(Domain("partner_id", "child_of", company.id)):
            raise NotFound
        return Visitor(partner_sudo, "portal", order_sudo)

    # -- steps -------------------------------------------------------------------------

    def _withdraw(self, visitor, action, post):
        values = {
            "page_name": "withdrawal",
            "visitor": visitor,
            "order": visitor.order,
            "action": action,
            "order_token": post.get("access_token"),
        }
        if request.httprequest.method != "POST":
            return self._show_statement(values)
        if "statement" in post:
            return self._confirm(values, post)
        return self._preview(values, post)

    def _show_statement(self, values, errors=(), post=None, status=200):
        """The statement, filled in as far as the visitor is known."""
        withdrawals = request.env["rma.authorization"]
        order = values["order"]
        # who has a link needn't be who it was sent to
        known = values["visitor"].channel == "portal" and values["visitor"].partner
        return self._show(
            "rma_authorization.portal_withdrawal_statement",
            {
                **values,
                "post": post,
                "rows": withdrawals._get_withdrawable(order),
                "earlier": withdrawals._find_withdrawals(order),
                "format_qty": withdrawals._format_qty,
                "name": known and known.name or "",
                "email": known and known.email or "",
            },
            errors,
            status,
        )

    def _preview(self, values, post):
        """Show what was stated, with the button that confirms it."""
        errors = []
        statement = self._get_statement(values["order"], post, errors)
        withdrawals = request.env["rma.authorization"]
        if not errors:
            with self._collect_errors(errors):
                withdrawals._check_statement(statement)
        if errors:
            return self._show_statement(values, errors, post, status=422)
        return self._show(
            "rma_authorization.portal_withdrawal_confirm",
            {
                **values,
                "text": withdrawals._get_statement_text(statement),
                "statement": withdrawals._sign_statement(statement),
                "post": post,
            },
        )

    def _get_statement(self, order, post, errors):
        """What was stated; fields about lines of other orders are no fields.

        :raise NotFound: for these
        """
        goods = request.env["rma.authorization.request"]._get_goods(order)
        names = {f"qty_{line.id}": line for line in goods}
        if any(name.startswith("qty_") and name not in names for name in post):
            raise NotFound
        return Statement(
            order,
            {
                line: self._get_qty(post, name, errors, line.product_id.display_name)
                for name, line in names.items()
                if name in post
            },
            self._get_word(post, "name"),
            self._get_word(post, "email"),
        )

    def _confirm(self, values, post):
        withdrawals = request.env["rma.authorization"]
        visitor = values["visitor"]
        signed = self._get_text(post, "statement")
        statement = withdrawals._read_statement(signed, visitor.order)
        errors = []
        if not statement:
            errors.append(
                ("", request.env._("This page is too old. Please state it once more."))
            )
        else:
            with self._collect_errors(errors):
                rma_sudo = withdrawals._confirm_withdrawal(
                    statement, self._get_withdrawer(visitor), visitor.channel
                )
        if errors:
            return self._show_statement(values, errors, status=422)
        return self._redirect(
            rma_sudo, "/withdrawn", token=rma_sudo._portal_ensure_token()
        )

    def _get_withdrawer(self, visitor):
        """The contact whose contract it is: the one who has signed in, if of the same
        company."""
        customer = visitor.order.partner_id
        company = visitor.partner.commercial_partner_id
        return (
            visitor.partner if company == customer.commercial_partner_id else customer
        )

    @route("/my/returns/<int:rma_id>/withdrawn")
    def show_withdrawn(self, rma_id, access_token=None, **_query):
        """The acknowledgement, as it was mailed."""
        rma_sudo = self._find_return(rma_id, access_token)
        if not rma_sudo.date_withdrawal:
            raise NotFound
        return self._show(
            "rma_authorization.portal_withdrawn",
            {
                "page_name": "withdrawal",
                "rma": rma_sudo,
                "url": self._url(rma_sudo, token=access_token)
                if rma_sudo.state != "draft"
                else None,
            },
        )
