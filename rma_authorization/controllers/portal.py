# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from werkzeug.exceptions import NotFound

from odoo.fields import Domain
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..visitor import FormError
from .common import ReturnController, route

RETURNS_PER_PAGE = 20


class ReturnPortal(ReturnController):
    """The list of a customer's returns, and the page of each."""

    # -- list --------------------------------------------------------------------------

    @route(
        ["/my/returns", "/my/returns/page/<int:page>"],
        auth="user",
    )
    def list_returns(self, page=1, sortby=None, filterby=None, search="", **_query):
        visitor = self._get_visitor()
        sortings, filters = self._get_sortings(), self._get_filters()
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
        search = self._get_text({"search": search}, "search")[:100]
        returns_sudo = request.env["rma.authorization"].sudo()
        domain = returns_sudo._get_customer_domain(visitor.partner)
        domain &= Domain(filters[filterby]["domain"])
        if search:
            domain &= Domain.OR(
                Domain(name, "ilike", search)
                for name in (
                    "name",
                    "rma_number",
                    "customer_reference",
                    "line_ids.product_id",
                    "line_ids.sale_line_id.order_id.name",
                )
            )
        pager = portal_pager(
            url="/my/returns",
            total=returns_sudo.search_count(domain),
            page=page,
            step=RETURNS_PER_PAGE,
            url_args={"sortby": sortby, "filterby": filterby, "search": search},
        )
        return self._show(
            "rma_authorization.portal_my_returns",
            {
                "page_name": "returns",
                "returns": returns_sudo.search(
                    domain,
                    order=sortings[sortby]["order"],
                    offset=pager["offset"],
                    limit=RETURNS_PER_PAGE,
                ),
                "pager": pager,
                "default_url": "/my/returns",
                "sortings": sortings,
                "sortby": sortby,
                "filters": filters,
                "filterby": filterby,
                "search": search,
            },
        )

    def _get_sortings(self):
        return {
            "date": {
                "label": request.env._("Newest"),
                "order": "date_request desc, id desc",
            },
            "name": {"label": request.env._("Number"), "order": "name desc"},
            "state": {"label": request.env._("Status"), "order": "state, id desc"},
        }

    def _get_filters(self):
        states = {
            "all": (request.env._("All"), []),
            "waiting": (
                request.env._("Waiting for you"),
                [
                    "|",
                    ("awaiting_customer", "=", True),
                    "|",
                    ("state", "in", ("draft", "expired")),
                    "&",
                    ("state", "=", "authorized"),
                    ("next_step", "=", "receive"),
                ],
            ),
            "open": (
                request.env._("Open"),
                [("state", "in", ("draft", "submitted", "authorized"))],
            ),
            "done": (
                request.env._("Finished"),
                [("state", "in", ("closed", "refused", "cancelled", "expired"))],
            ),
        }
        return {
            name: {"label": label, "domain": domain}
            for name, (label, domain) in states.items()
        }

    # -- page --------------------------------------------------------------------------

    @route(
        "/my/returns/<int:rma_id>",
    )
    def show_return(self, rma_id, access_token=None, done=None, **_query):
        rma_sudo = self._find_return(rma_id, access_token)
        if rma_sudo._is_unfinished():
            return self._redirect(rma_sudo, "/edit", access_token)
        return self._show_return(rma_sudo, access_token, done=done)

    def _show_return(self, rma_sudo, token, errors=(), post=None, done="", status=200):
        return self._show(
            "rma_authorization.portal_return",
            {
                "page_name": "return",
                "rma": rma_sudo,
                "token": token,
                "post": post or {},
                "done": self._get_done_texts().get(done, ""),
                "transports": request.env[
                    "rma.authorization.request"
                ]._get_transports(),
                "addresses": rma_sudo._may_wish_pickup()
                and request.env["rma.authorization.request"]._get_address_choices(
                    rma_sudo
                ),
                "timeline": rma_sudo._get_timeline(),
                "step": rma_sudo._get_customer_step(),
                "documents": rma_sudo._get_customer_documents(),
                "messages": rma_sudo._get_customer_messages(),
                "evidence": rma_sudo._get_customer_evidence(),
                "url": lambda suffix="", **query: self._url(
                    rma_sudo, suffix, token, **query
                ),
            },
            errors,
            status,
        )

    def _get_done_texts(self):
        """What is said after a step, by its name in the address."""
        return {
            "submitted": request.env._(
                "We have received your request. A confirmation is on its way by mail."
            ),
            "withdrawn": request.env._("Your request is withdrawn."),
            "appealed": request.env._("Thank you. Somebody looks at it once more."),
            "tracking": request.env._("Thank you. We look out for your parcel."),
            "pickup": request.env._("Thank you. We tell you when we come."),
            "message": request.env._("Your message was sent."),
            "rated": request.env._("Thank you for telling us."),
        }

    def _act(self, rma_id, access_token, post, done, act):
        """Do what was posted on the page of a return, and show it again.

        :param done: name of the text that is shown then
        :param act: function of the return; raises `UserError`
        """
        rma_sudo = self._find_return(rma_id, access_token)
        if rma_sudo._is_unfinished():
            raise NotFound
        errors = []
        with self._collect_errors(errors):
            act(rma_sudo)
        if errors:
            return self._show_return(rma_sudo, access_token, errors, post, status=422)
        return self._redirect(rma_sudo, token=access_token, done=done)

    @route("/my/returns/<int:rma_id>/withdraw", methods=["POST"])
    def take_back(self, rma_id, access_token=None, **post):
        return self._act(
            rma_id,
            access_token,
            post,
            "withdrawn",
            lambda rma_sudo: rma_sudo._withdraw(),
        )

    @route("/my/returns/<int:rma_id>/appeal", methods=["POST"])
    def appeal(self, rma_id, access_token=None, **post):
        def act(rma_sudo):
            text = self._get_text(post, "appeal")
            rma_sudo._appeal(text)
            files = self._keep_uploads(rma_sudo)
            rma_sudo._write_message(self._get_author(rma_sudo), text, files)

        return self._act(rma_id, access_token, post, "appealed", act)

    @route("/my/returns/<int:rma_id>/tracking", methods=["POST"])
    def enter_tracking(self, rma_id, access_token=None, **post):
        return self._act(
            rma_id,
            access_token,
            post,
            "tracking",
            lambda rma_sudo: rma_sudo._enter_tracking(
                self._get_text(post, "carrier_name"),
                self._get_text(post, "tracking_ref"),
            ),
        )

    @route("/my/returns/<int:rma_id>/pickup", methods=["POST"])
    def wish_pickup(self, rma_id, access_token=None, **post):
        def act(rma_sudo):
            rma_sudo._wish_pickup(self._read_pickup(rma_sudo, post))

        return self._act(rma_id, access_token, post, "pickup", act)

    def _read_pickup(self, rma_sudo, post):
        errors = []
        front = request.env["rma.authorization.request"]
        addresses = front._get_addresses(rma_sudo)
        address_id = self._get_id(post, "pickup_partner_id")
        if address_id and address_id not in addresses.ids:
            raise NotFound
        wish = {
            name: self._get_text(post, name)
            for name in ("pickup_contact", "pickup_phone", "pickup_note")
        }
        wish["pickup_date"] = self._get_date(post, "pickup_date", errors)
        wish["pickup_partner"] = addresses.browse(address_id)
        if errors:
            raise FormError(errors)
        return wish

    @route("/my/returns/<int:rma_id>/message", methods=["POST"])
    def write_message(self, rma_id, access_token=None, **post):
        def act(rma_sudo):
            text = self._get_text(post, "message")
            files = self._keep_uploads(rma_sudo)
            rma_sudo._write_message(self._get_author(rma_sudo), text, files)

        return self._act(rma_id, access_token, post, "message", act)

    @route("/my/returns/<int:rma_id>/rate", methods=["POST"])
    def rate(self, rma_id, access_token=None, **post):
        return self._act(
            rma_id,
            access_token,
            post,
            "rated",
            lambda rma_sudo: rma_sudo._rate(
                self._get_id(post, "rate"), self._get_text(post, "feedback")
            ),
        )

    # -- files -------------------------------------------------------------------------

    @route(
        "/my/returns/<int:rma_id>/attachment/<int:attachment_id>",
    )
    def download(self, rma_id, attachment_id, access_token=None, **_query):
        rma_sudo = self._find_return(rma_id, access_token)
        attachment = self._find_evidence(rma_sudo, attachment_id)
        is_picture = (attachment.mimetype or "").startswith("image/")
        response = (
            request.env["ir.binary"]
            ._get_stream_from(attachment)
            .get_response(as_attachment=not is_picture)
        )
        # what others have uploaded is shown, and never run
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response.headers["Cache-Control"] = "private, no-store"
        return response

    @route(
        "/my/returns/<int:rma_id>/attachment/<int:attachment_id>/remove",
        methods=["POST"],
    )
    def remove_file(self, rma_id, attachment_id, access_token=None, **_post):
        """Take a file off a request that isn't handed in yet."""
        rma_sudo = self._find_return(rma_id, access_token)
        if not rma_sudo._is_unfinished():
            raise NotFound
        self._find_evidence(rma_sudo, attachment_id).unlink()
        return self._redirect(rma_sudo, "/edit", access_token)

    def _find_evidence(self, rma_sudo, attachment_id):
        found = rma_sudo._get_customer_evidence().filtered(
            lambda attachment: attachment.id == attachment_id
        )
        if not found:
            raise NotFound
        return found

    # -- papers ------------------------------------------------------------------------

    @route(
        "/my/returns/<int:rma_id>/<any(form,label):paper>",
    )
    def print_paper(self, rma_id, paper, access_token=None, **_query):
        """Form and label, once there is a number to put on them."""
        rma_sudo = self._find_return(rma_id, access_token)
        if not rma_sudo.rma_number:
            raise NotFound
        report = f"rma_authorization.action_report_{paper}"
        content, _type = (
            request.env["ir.actions.report"]
            .sudo()
            .with_company(rma_sudo.company_id)
            ._render_qweb_pdf(report, rma_sudo.ids)
        )
        name = f"{paper}-{rma_sudo.rma_number}.pdf".replace("/", "-")
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "private, no-store"),
            ],
        )
