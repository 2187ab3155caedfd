# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from werkzeug.exceptions import NotFound

from odoo.http import request

from .common import ReturnController, route

# Longer than any number or address: the rest is noise.
MAX_WORD = 100


class PublicReturns(ReturnController):
    """What somebody without an account can do: ask for the link to an order, and see
    how far a return is. Wrong and unknown answer the same."""

    # -- the link to an order ----------------------------------------------------------

    @route("/returns", methods=["GET", "POST"])
    def find_order(self, **post):
        """The order's number and its e-mail address or postcode lead to the request."""
        return self._find_order(post, "return")

    def _find_order(self, post, purpose):
        """
        :param str purpose: what the order is looked for, see
            `rma.authorization.link.request`
        """
        link = self._get_public_link()
        values = {
            "purpose": purpose,
            "action": request.httprequest.path,
            "number": self._get_word(post, "number"),
            "secret": self._get_word(post, "secret"),
        }
        template = "rma_authorization.portal_public_start"
        if request.httprequest.method != "POST":
            return self._show_public(template, values)
        errors = self._get_missing(
            values,
            number=request.env._("Enter the number of the order."),
            secret=request.env._("Enter the e-mail address or postcode of the order."),
        )
        if errors:
            return self._show_public(template, values, errors, status=422)
        wait = self._count_attempt(values["number"])
        if wait:
            return self._show_wait(wait)
        if link == "show":
            return self._open_order(template, values)
        self._ask_for_link(values)
        return self._show_public("rma_authorization.portal_public_sent", values)

    def _open_order(self, template, values):
        """Lead to the order at once, if it is one that may be."""
        requests_sudo = request.env["rma.authorization.link.request"].sudo()
        order_sudo, _partner = requests_sudo._match(
            values["number"], values["secret"], ("show",)
        )
        if order_sudo:
            path = requests_sudo._get_path(order_sudo, values["purpose"])
            return request.redirect(path, code=303)
        message = request.env._(
            "We can't open an order with this number, and this e-mail address or "
            "postcode. Check both: they are on your order confirmation."
        )
        if requests_sudo._has_mailing_companies():
            # an order of theirs is answered by mail only
            self._ask_for_link(values)
            message = request.env._(
                "%(message)s If the order is one that we answer by mail, its link is "
                "on its way.",
                message=message,
            )
        return self._show_public(template, values, [("number", message)], status=422)

    def _ask_for_link(self, values):
        request.env["rma.authorization.link.request"]._ask(
            values["number"], values["secret"], values["purpose"]
        )

    # -- how far a return is -----------------------------------------------------------

    @route("/returns/track", methods=["GET", "POST"])
    def track_return(self, **post):
        """The status of a return, and nothing that says whose it is."""
        self._get_public_link()
        values = {
            "number": self._get_word(post, "number"),
            "email": self._get_word(post, "email"),
        }
        template = "rma_authorization.portal_public_track"
        if request.httprequest.method != "POST":
            return self._show_public(template, values)
        errors = self._get_missing(
            values,
            number=request.env._("Enter the number of the return."),
            email=request.env._("Enter the e-mail address of the return."),
        )
        if errors:
            return self._show_public(template, values, errors, status=422)
        wait = self._count_attempt(values["number"])
        if wait:
            return self._show_wait(wait)
        tracking = request.env["rma.authorization.tracking"]
        rma_sudo = tracking._find(values["number"], values["email"])
        if not rma_sudo:
            message = request.env._(
                "We know no return with this number and this e-mail address. Check "
                "both: they are in our mails about the return."
            )
            return self._show_public(
                template, values, [("number", message)], status=422
            )
        is_link_wanted = "send" in post
        if is_link_wanted:
            tracking._mail_link(rma_sudo)
        return self._show_public(
            "rma_authorization.portal_public_status",
            {**values, "is_link_sent": is_link_wanted} | tracking._get_status(rma_sudo),
        )

    # -- common ------------------------------------------------------------------------

    def _show_public(self, template, values, errors=(), status=200):
        """A page that leads to the others, to the withdrawal function where there is
        one."""
        withdrawals = request.env["rma.authorization"]
        values = {
            "page_name": "public_return",
            "has_withdrawal": withdrawals._has_withdrawal_policies(),
            **values,
        }
        return self._show(template, values, errors, status)

    def _get_public_link(self):
        """How the company of this site answers.

        :raise NotFound: where it has switched its public pages off
        """
        link = request.env.company.sudo().rma_public_link
        if link == "off":
            raise NotFound
        return link

    def _get_word(self, post, name):
        """What was typed into a field of one line."""
        return " ".join(self._get_text(post, name).split())[:MAX_WORD]

    def _get_missing(self, values, **messages):
        return [
            (name, message) for name, message in messages.items() if not values[name]
        ]

    def _count_attempt(self, number):
        """Minutes to wait; 0 if this attempt is one of those that are allowed.

        Who is shut out for too many attempts shuts out nobody else from an order.
        """
        attempts_sudo = request.env["rma.authorization.attempt"].sudo()
        requests = request.env["rma.authorization.link.request"]
        return attempts_sudo._take(
            "address", request.httprequest.remote_addr
        ) or attempts_sudo._take("number", requests._simplify(number))

    def _show_wait(self, minutes):
        company_sudo = request.env.company.sudo()
        message = request.env._(
            "Too many attempts were made from here, or with this number. Try again in "
            "%(minutes)s minutes.",
            minutes=minutes,
        )
        response = self._show_public(
            "rma_authorization.portal_public_wait",
            {
                "phone": company_sudo.phone,
                "contact_email": company_sudo.email,
            },
            [("", message)],
            status=429,
        )
        response.headers["Retry-After"] = str(minutes * 60)
        return response
