# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.fields import Domain

from .rma_authorization_dock_finder import MAX_FOUND


class RmaAuthorizationDockJudge(models.AbstractModel):
    """Which return is meant, and whether it may come in."""

    _name = "rma.authorization.dock.judge"
    _description = "Dock Check: Verdict on Returns"
    _inherit = ["rma.authorization.dock.answer"]

    # -- which return is it ------------------------------------------------------------

    def _find_returns_of_lots(self, lots_sudo):
        """Open returns that name these numbers, else open returns of what delivered
        them, else finished ones that name them."""
        named_sudo = lots_sudo._get_rma_lines()
        open_sudo = named_sudo.filtered(lambda line: line.state == "authorized")
        if open_sudo:
            return open_sudo.authorization_id
        moves_sudo = lots_sudo._get_rma_deliveries(limit=MAX_FOUND).move_id
        delivered_sudo = self.env["rma.authorization.dock.finder"]._find_lines_of(
            moves_sudo,
            Domain("state", "=", "authorized")
            & Domain("product_id", "in", lots_sudo.product_id.ids)
            & Domain("lot_ids", "=", False),
        )
        return delivered_sudo or named_sudo.authorization_id.sorted("id", True)

    def _find_returns_of_products(self, products_sudo):
        """Returns that still expect one of these products, the oldest first."""
        if not products_sudo:
            return self.env["rma.authorization"].sudo()
        # sudo: as in the finder
        lines_sudo = self.env["rma.authorization.line"].sudo()
        return lines_sudo.search(
            [
                ("product_id", "in", products_sudo.ids),
                ("state", "=", "authorized"),
                ("qty_to_receive", ">", 0),
                ("company_id", "in", self.env.companies.ids),
            ],
            # not by the order of returns, which would be a join of them all
            order="authorization_id.id",
            limit=MAX_FOUND,
        ).authorization_id

    # -- may it come in ----------------------------------------------------------------

    def _judge(self, returns_sudo, barcode=""):
        """Accept the one of these returns that may come in, or say why none may."""
        if not returns_sudo:
            return self._answer(
                "choose", self.env._("Scan a number on the parcel or on the goods.")
            )
        own_sudo = returns_sudo.sudo(self.env.su)._filtered_access("read").sudo()
        if not own_sudo:
            return self._answer("refuse", self._get_foreign_message(returns_sudo))
        refusals = {one: self._get_refusal(one) for one in own_sudo[:MAX_FOUND]}
        fit_sudo = own_sudo.browse().union(
            *(one for one, refusal in refusals.items() if not refusal)
        )
        if len(fit_sudo) == 1:
            return self._answer("accept", self._get_message(fit_sudo), fit_sudo)
        if fit_sudo:
            return self._answer_choices(fit_sudo, barcode)
        return self._answer("refuse", refusals[own_sudo[0]], own_sudo[0])

    def _get_foreign_message(self, returns_sudo):
        """A colleague of the other company may know it; a stranger learns nothing."""
        known_sudo = returns_sudo.filtered(
            lambda one: one.company_id in self.env.user.company_ids
        )
        if known_sudo:
            return self.env._(
                "%(name)s belongs to %(company)s. Switch to that company, or pass the "
                "parcel on.",
                name=known_sudo[0].display_name,
                company=known_sudo[0].company_id.name,
            )
        return self.env._("This return belongs to another company. Refuse the parcel.")

    def _get_refusal(self, authorization_sudo):
        """Why nothing of this return may come in now, as a sentence; else empty."""
        name, state = authorization_sudo.display_name, authorization_sudo.state
        if authorization_sudo.direction == "supplier":
            return self.env._(
                "%(name)s goes to a supplier: nothing comes in on it.", name=name
            )
        if state != "authorized":
            return self._get_state_refusal(name, state)
        if authorization_sudo.filtered_domain(authorization_sudo._get_expired_domain()):
            return self.env._(
                "%(name)s has expired: it had to be back by %(day)s. Refuse the "
                "parcel, or have the return extended.",
                name=name,
                day=authorization_sudo.date_deadline,
            )
        if authorization_sudo.line_ids._has_open("qty_to_receive"):
            return ""
        if authorization_sudo.line_ids._has_open("qty_received"):
            return self.env._(
                "Everything of %(name)s has been received already.", name=name
            )
        return self.env._("%(name)s expects no goods.", name=name)

    def _get_state_refusal(self, name, state):
        in_review = self.env._(
            "%(name)s isn't authorized: it waits for review. Put the parcel aside and "
            "ask the team, or refuse it.",
            name=name,
        )
        sentences = {
            "draft": in_review,
            "submitted": in_review,
            "refused": self.env._("The request %(name)s was refused.", name=name),
            "cancelled": self.env._("%(name)s was cancelled.", name=name),
            "closed": self.env._("%(name)s is closed: nothing is expected.", name=name),
            "expired": self.env._(
                "%(name)s has expired. Refuse the parcel, or have the return extended.",
                name=name,
            ),
        }
        return sentences[state]
