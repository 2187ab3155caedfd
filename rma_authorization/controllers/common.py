# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import contextlib
import datetime
import math
from urllib.parse import urlencode

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import consteq

from ..visitor import FormError, Visitor

MAX_QTY = 10**9


def route(path, auth="public", methods=("GET",)):
    """A page of returns: for browsers, in the visitor's language, with CSRF token."""
    return http.route(
        path, type="http", auth=auth, methods=list(methods), website=True, sitemap=False
    )


class ReturnController(http.Controller):
    """What all pages of returns share: who asks, what they may see, how errors are
    shown. Nobody but internal users has rights on returns: what a page shows or
    changes is found here, and nowhere else."""

    # -- who, and what they may see ----------------------------------------------------

    def _get_visitor(self, order_token=None):
        """Who asks for a return: by a signed link to an order, or signed in.

        :raise NotFound: for a link that is altered or has expired
        """
        if order_token is not None:
            order_sudo = request.env["sale.order"]._find_by_rma_link_token(order_token)
            if not order_sudo or order_sudo.state != "sale":
                raise NotFound
            return Visitor(order_sudo.partner_id, "public", order_sudo, order_token)
        return Visitor(request.env.user.partner_id.sudo(), "portal")

    def _find_return(self, rma_id, access_token=None):
        """The return with this id, if the visitor may see it: by its token, or as one
        of the customer's contacts. Internal users look at it by their own rights, and
        do nothing there in the customer's place.

        :raise NotFound: for an unknown one as for somebody else's
        :return: the return, with all rights
        """
        rma_sudo = request.env["rma.authorization"].sudo().browse(rma_id).exists()
        if not rma_sudo or rma_sudo.direction != "customer":
            raise NotFound
        if not (
            self._has_token(rma_sudo, access_token)
            or self._is_customer(rma_sudo)
            or self._may_look(rma_sudo)
        ):
            raise NotFound
        return rma_sudo.with_company(rma_sudo.company_id)

    def _has_token(self, record_sudo, access_token):
        """Whether this is the token of the record, be it a return or an order."""
        # what is compared is text of the alphabet of tokens, or an error
        return (
            isinstance(access_token, str)
            and access_token.isascii()
            and bool(record_sudo.access_token)
            and consteq(record_sudo.access_token, access_token)
        )

    def _is_customer(self, rma_sudo):
        user = request.env.user
        domain = rma_sudo._get_customer_domain(user.partner_id.sudo())
        return not user._is_public() and bool(rma_sudo.filtered_domain(domain))

    def _may_look(self, rma_sudo):
        return (
            request.httprequest.method in ("GET", "HEAD")
            and request.env.user._is_internal()
            and rma_sudo.sudo(False).has_access("read")
        )

    def _get_author(self, rma_sudo):
        """Who writes on the page of this return: the contact who has signed in, or the
        return's customer."""
        user = request.env.user
        return rma_sudo.partner_id if user._is_public() else user.partner_id.sudo()

    def _find_reasons(self, company):
        """Why goods of this company may come back, with all rights: customers choose
        among the reasons, and have none on them."""
        reasons_sudo = request.env["rma.authorization.reason"].sudo()
        return reasons_sudo.search([("company_id", "in", (False, company.id))])

    # -- addresses ---------------------------------------------------------------------

    def _url(self, rma_sudo, suffix="", token=None, **query):
        """The address of a page of this return; with its token for invited visitors."""
        if token:
            query["access_token"] = token
        path = f"/my/returns/{rma_sudo.id}{suffix}"
        return f"{path}?{urlencode(query)}" if query else path

    def _redirect(self, rma_sudo, suffix="", token=None, **query):
        return request.redirect(self._url(rma_sudo, suffix, token, **query), code=303)

    # -- pages -------------------------------------------------------------------------

    def _show(self, template, values, errors=(), status=200):
        """Render a page, with what is wrong on top of it.

        :param errors: pairs of a field's name, or nothing, and a sentence
        """
        errors = [
            {"field": field, "message": message} for field, message in errors or ()
        ]
        post = values.get("post")
        values = {
            "sales_user": False,
            "is_public_visitor": request.env.user._is_public(),
            "errors": errors,
            "field_errors": {error["field"]: error["message"] for error in errors},
            # what was entered stays, also where it was wrong
            "entered": lambda name, default="": (
                default if post is None else post.get(name, "")
            ),
            **values,
        }
        response = request.render(template, values, status=status)
        response.headers["X-Robots-Tag"] = "noindex"
        # the pages of invited visitors have their token in the address
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response

    @contextlib.contextmanager
    def _collect_errors(self, errors):
        """Do it all or nothing, and keep what can't be accepted in `errors`."""
        try:
            with request.env.cr.savepoint():
                yield
                request.env.flush_all()
        except FormError as error:
            request.env.invalidate_all(flush=False)
            errors += error.errors
        except UserError as error:
            request.env.invalidate_all(flush=False)
            errors.append(("", error.args[0]))

    def _keep_uploads(self, rma_sudo):
        """Keep the files that were posted as evidence of this return."""
        files = [
            file for file in request.httprequest.files.getlist("files") if file.filename
        ]
        return rma_sudo._attach_uploads(files) if files else None

    # -- what was posted ---------------------------------------------------------------

    def _get_text(self, post, name):
        """A text that was posted, without what no text has."""
        value = post.get(name) or ""
        if not isinstance(value, str):
            raise NotFound
        return value.replace("\x00", "").replace("\r\n", "\n").strip()

    def _get_id(self, post, name):
        """An id that was posted; 0 for none.

        :raise NotFound: for what is no id
        """
        value = self._get_text(post, name)
        if not value:
            return 0
        if not value.isascii() or not value.isdigit() or len(value) > 9:
            raise NotFound
        return int(value)

    def _get_qty(self, post, name, errors, label):
        """A quantity that was posted, with point or comma; 0 for none."""
        value = self._get_text(post, name).replace(" ", "").replace("\xa0", "")
        if not value:
            return 0.0
        try:
            qty = float(value.replace(",", "."))
        except ValueError:
            qty = math.nan
        # Python reads more as a number than people write
        is_plain = value.isascii() and not set(value) - set("0123456789.,")
        if not is_plain or not math.isfinite(qty) or qty > MAX_QTY:
            errors.append(
                (
                    name,
                    request.env._(
                        "%(product)s: “%(value)s” is no quantity. Enter a number, such "
                        "as 1.",
                        product=label,
                        value=value[:20],
                    ),
                )
            )
            return 0.0
        return qty

    def _get_date(self, post, name, errors):
        """A day that was posted; nothing for none."""
        value = self._get_text(post, name)
        if not value:
            return None
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            errors.append((name, request.env._("Enter a day as year-month-day.")))
            return None
