# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from werkzeug.exceptions import NotFound

from odoo.fields import Domain
from odoo.http import request
from odoo.tools import html2plaintext

from odoo.addons.portal.controllers.portal import pager as portal_pager

from .common import ReturnController, route

ORDERS_PER_PAGE = 20


class ReturnRequest(ReturnController):
    """A new request, in three steps: what, why and how, and a last look."""

    # -- what: orders and their lines --------------------------------------------------

    @route("/my/returns/new", auth="user")
    def new_return(self, page=1, search="", **query):
        """Choose an order, or what of the order, invoice or delivery comes back."""
        visitor = self._get_visitor()
        orders = self._find_origin(visitor, query)
        if orders is not None:
            return self._show_lines(visitor, orders)
        front = request.env["rma.authorization.request"]
        search = self._get_text({"search": search}, "search")[:100]
        pager = portal_pager(
            url="/my/returns/new",
            total=front._count_orders(visitor, search),
            page=self._get_id({"page": str(page)}, "page") or 1,
            step=ORDERS_PER_PAGE,
            url_args={"search": search},
        )
        orders = front._find_orders(visitor, search, pager["offset"], ORDERS_PER_PAGE)
        return self._show(
            "rma_authorization.portal_choose_order",
            {
                "page_name": "new_return",
                "orders": orders,
                "search": search,
                "pager": pager,
                "drafts": self._find_drafts(visitor),
            },
        )

    @route("/my/returns/new", auth="user", methods=["POST"])
    def start_return(self, **post):
        visitor = self._get_visitor()
        orders = self._find_origin(visitor, post)
        if orders is None:
            raise NotFound
        return self._start(visitor, orders, post)

    @route("/returns/new/<string:token>", methods=["GET", "POST"])
    def new_public_return(self, token, **post):
        """The same for who has proved an order."""
        visitor = self._get_visitor(token)
        if request.httprequest.method == "POST":
            return self._start(visitor, visitor.order, post)
        return self._show_lines(visitor, visitor.order)

    def _find_drafts(self, visitor):
        """The unfinished requests of a visitor who has signed in."""
        domain = [
            ("state", "=", "draft"),
            ("channel", "=", visitor.channel),
            ("partner_id", "=", visitor.partner.id),
        ]
        return request.env["rma.authorization"].sudo().search(domain)

    def _find_origin(self, visitor, query):
        """The visitor's orders that an order, invoice or delivery is about.

        :return: None where nothing was chosen
        :raise NotFound: for what isn't the visitor's
        """
        for name in ("order_id", "invoice_id", "delivery_id"):
            if record_id := self._get_id(query, name):
                orders = self._find_orders_of(visitor, name, record_id)
                if not orders:
                    raise NotFound
                return orders
        return None

    def _find_orders_of(self, visitor, name, record_id):
        """Override to find the orders of another document."""
        domain = request.env["rma.authorization.request"]._get_order_domain(visitor)
        paths = {
            "order_id": "id",
            "invoice_id": "order_line.invoice_lines.move_id",
        }
        orders_sudo = request.env["sale.order"].sudo()
        if name not in paths:
            return orders_sudo
        return orders_sudo.search(domain & Domain(paths[name], "=", record_id))

    def _show_lines(self, visitor, orders, errors=(), post=None, status=200):
        front = request.env["rma.authorization.request"]
        company = orders.company_id[:1]
        draft = front._get_draft(visitor, company)
        return self._show(
            "rma_authorization.portal_choose_lines",
            {
                "page_name": "new_return",
                "visitor": visitor,
                "orders": orders,
                "rows": front._get_rows(orders, draft),
                "reasons": self._find_reasons(company),
                "draft": draft,
                "post": post,
                "action": f"/returns/new/{visitor.token}"
                if visitor.token
                else "/my/returns/new",
            },
            errors,
            status,
        )

    def _start(self, visitor, orders, post):
        front = request.env["rma.authorization.request"]
        errors, rows = [], {}
        reasons = self._find_reasons(orders.company_id[:1])
        goods = front._get_goods(orders)
        self._refuse_others(post, goods)
        for order_line in goods:
            name = f"qty_{order_line.id}"
            if name not in post:
                continue
            label = order_line.product_id.display_name
            reason_id = self._get_id(post, f"reason_{order_line.id}")
            reason = reasons.filtered(lambda one, id_=reason_id: one.id == id_)
            qty = self._get_qty(post, name, errors, label)
            if reason_id and not reason:
                raise NotFound
            if qty and not reason:
                errors.append(
                    (
                        f"reason_{order_line.id}",
                        request.env._("%(product)s: choose why.", product=label),
                    )
                )
            rows[order_line] = {"qty": qty, "reason": reason or reasons[:1]}
        if not errors:
            with self._collect_errors(errors):
                draft = front._start(visitor, rows)
        if errors:
            return self._show_lines(visitor, orders, errors, post, status=422)
        token = draft._portal_ensure_token() if visitor.token else None
        return self._redirect(draft, "/edit", token)

    def _refuse_others(self, post, records):
        """Fields about records that are not in the form were not posted by it.

        :raise NotFound:
        """
        for name in post:
            prefix, _underscore, number = name.rpartition("_")
            if prefix in ("qty", "reason") and number not in map(str, records.ids):
                raise NotFound

    # -- why and how -------------------------------------------------------------------

    @route(
        "/my/returns/<int:rma_id>/edit",
    )
    def edit_return(self, rma_id, access_token=None, **_query):
        rma_sudo = self._find_return(rma_id, access_token)
        if not rma_sudo._is_unfinished():
            return self._redirect(rma_sudo, token=access_token)
        return self._show_edit(rma_sudo, access_token)

    @route("/my/returns/<int:rma_id>/edit", methods=["POST"])
    def fill_return(self, rma_id, access_token=None, **post):
        rma_sudo = self._find_return(rma_id, access_token)
        if not rma_sudo._is_unfinished():
            return self._redirect(rma_sudo, token=access_token)
        errors = []
        header = self._read_header(rma_sudo, post, errors)
        lines = {line: self._read_line(line, post) for line in rma_sudo.line_ids}
        if not errors:
            with self._collect_errors(errors):
                request.env["rma.authorization.request"]._fill(rma_sudo, header, lines)
                self._keep_uploads(rma_sudo)
        if errors:
            return self._show_edit(rma_sudo, access_token, errors, post, status=422)
        if post.get("then") == "upload":
            return self._redirect(rma_sudo, "/edit", access_token)
        return self._redirect(rma_sudo, "/summary", access_token)

    def _read_header(self, rma_sudo, post, errors):
        address_id = self._get_id(post, "pickup_partner_id")
        addresses = request.env["rma.authorization.request"]._get_addresses(rma_sudo)
        if address_id and address_id not in addresses.ids:
            raise NotFound
        return {
            "note": self._get_text(post, "note"),
            "transport": self._get_text(post, "transport") or "ship",
            "pickup_partner": addresses.browse(address_id),
            "pickup_date": self._get_date(post, "pickup_date", errors),
        }

    def _read_line(self, line, post):
        def read(name):
            return self._get_text(post, f"{name}_{line.id}")

        serials = request.httprequest.form.getlist(f"serials_{line.id}")
        return {
            "resolution": read("resolution"),
            "condition": read("condition"),
            "description": read("description"),
            "serials": [
                serial.replace("\x00", "").strip()
                for text in serials
                for serial in text.replace(",", "\n").splitlines()
                if serial.strip()
            ],
        }

    def _show_edit(self, rma_sudo, token, errors=(), post=None, status=200):
        front = request.env["rma.authorization.request"]
        judge = request.env["rma.authorization.policy.judge"]
        guides = self._get_guides(rma_sudo.line_ids)
        return self._show(
            "rma_authorization.portal_edit_return",
            {
                "page_name": "edit_return",
                "rma": rma_sudo,
                "token": token,
                "post": post,
                "guides": guides,
                "offered": judge._get_offered(rma_sudo.line_ids),
                "resolutions": dict(
                    rma_sudo.line_ids._fields["resolution"]._description_selection(
                        request.env
                    )
                ),
                "conditions": rma_sudo.line_ids._fields[
                    "condition"
                ]._description_selection(request.env),
                "transports": list(front._get_transports().items()),
                "addresses": front._get_address_choices(rma_sudo),
                "evidence": rma_sudo._get_customer_evidence(),
                "note_text": html2plaintext(rma_sudo.note or ""),
                "url": lambda suffix="", **query: self._url(
                    rma_sudo, suffix, token, **query
                ),
            },
            errors,
            status,
        )

    def _get_guides(self, lines):
        """What customers may try first: guides, and what the reasons say; what is for
        several lines, once."""
        shown, guides = set(), {}
        found = request.env["rma.authorization.guide"]._get_for_line(lines)
        for line in lines:
            helps = [*found[line], *line.reason_id.filtered("help_text")]
            guides[line] = [
                help._get_self_help() for help in helps if help not in shown
            ]
            shown |= set(helps)
        return guides

    def _find_guide(self, rma_sudo, post):
        """The guide that solved it, of those that the page shows.

        :raise NotFound: for any other
        """
        guides_sudo = request.env["rma.authorization.guide"].sudo()
        guide_id = self._get_id(post, "guide_id")
        found = guides_sudo._get_for_line(rma_sudo.line_ids).values()
        shown = guides_sudo.concat(*found)
        if guide_id and guide_id not in shown.ids:
            raise NotFound
        return guides_sudo.browse(guide_id)

    # -- a last look -------------------------------------------------------------------

    @route(
        "/my/returns/<int:rma_id>/summary",
    )
    def preview_return(self, rma_id, access_token=None, **_query):
        rma_sudo = self._find_return(rma_id, access_token)
        if not rma_sudo._is_unfinished():
            return self._redirect(rma_sudo, token=access_token)
        return self._show_summary(rma_sudo, access_token)

    def _show_summary(self, rma_sudo, token, errors=(), status=200):
        front = request.env["rma.authorization.request"]
        return self._show(
            "rma_authorization.portal_return_summary",
            {
                "page_name": "edit_return",
                "rma": rma_sudo,
                "token": token,
                "previews": front._get_previews(rma_sudo),
                "transports": front._get_transports(),
                "fees": rma_sudo._get_customer_fees(),
                "url": lambda suffix="", **query: self._url(
                    rma_sudo, suffix, token, **query
                ),
            },
            errors,
            status,
        )

    @route("/my/returns/<int:rma_id>/submit", methods=["POST"])
    def hand_in_return(self, rma_id, access_token=None, **_post):
        rma_sudo = self._find_return(rma_id, access_token)
        if rma_sudo.channel not in ("portal", "public"):
            raise NotFound
        errors = []
        with self._collect_errors(errors):
            request.env["rma.authorization.request"]._hand_in(rma_sudo)
        if errors:
            return self._show_summary(rma_sudo, access_token, errors, status=422)
        return self._redirect(rma_sudo, token=access_token, done="submitted")

    @route(
        [
            "/my/returns/<int:rma_id>/solved",
            "/my/returns/<int:rma_id>/discard",
        ],
        methods=["POST"],
    )
    def drop_return(self, rma_id, access_token=None, **post):
        """What the customer read has solved it, or the request isn't wanted."""
        rma_sudo = self._find_return(rma_id, access_token)
        if rma_sudo._is_unfinished():
            if request.httprequest.path.endswith("/solved"):
                rma_sudo._solve_by_self_help(self._find_guide(rma_sudo, post))
                return self._show(
                    "rma_authorization.portal_solved", {"page_name": "edit_return"}
                )
            rma_sudo.unlink()
        return request.redirect(
            "/returns" if request.env.user._is_public() else "/my/returns", code=303
        )
