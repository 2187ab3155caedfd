# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import binascii
import io

from werkzeug.datastructures import FileStorage

from odoo import api, models
from odoo.exceptions import AccessError, UserError


class RmaAuthorizationDock(models.AbstractModel):
    """The dock check (L4): judges what is scanned at the dock, and receives it.

    The server keeps nothing between two scans: the screen sends which return is on it
    and what was counted. An answer is a dict:

    ``verdict``    ``accept``, ``refuse``, ``choose`` (which return, or what to do),
                   ``unknown`` (may be registered for review) or ``hold`` (put it aside)
    ``message``    why, in a sentence
    ``rma``        the return on the screen from now on, or False: see `_describe`
    ``count``      what this scan counted, or False: see `_prepare_count`
    ``exception``  what the worker may count nevertheless; receiving it opens the choice
                   to accept, hold or refuse it
    ``choices``    returns to choose from
    ``action``     a window that receiving has opened, or False
    """

    _name = "rma.authorization.dock"
    _description = "Dock Check"
    _inherit = ["rma.authorization.dock.count"]

    # -- public ------------------------------------------------------------------------

    @api.model
    def scan(self, barcode, parcel=None):
        """Judge one scan: the number of a return, parcel, transfer, serial, lot or
        product, in any order.

        :param str barcode: what the scanner sent; empty to judge the return anew
        :param dict parcel: `rma_id`, the return on the screen; `goods`, what was
            counted of it, as rows of `receive`
        :return: the answer
        :raise AccessError: for who receives no returns
        """
        self._check_dock_role()
        parcel = parcel or {}
        barcode = (barcode or "").strip()
        current_sudo = self._get_current(parcel.get("rma_id"))
        goods = parcel.get("goods") or []
        if not barcode:
            return self._judge(current_sudo)
        found = self.env["rma.authorization.dock.finder"]._find(barcode)
        if current_sudo and current_sudo in found.authorizations:
            return self._judge(current_sudo)
        is_another = found.authorizations and not goods
        if current_sudo and not is_another:
            return self._count(current_sudo, found, goods, barcode)
        return self._find_return(found, barcode)

    @api.model
    def receive(self, rma_id, goods, missing=None):
        """Validate the return's transfers with what was counted; the rest stays
        expected. What isn't as authorized opens the window with the choice.
        Accessories that are missing are kept for whoever inspects; nobody waits.

        :param int rma_id: the return
        :param list goods: a dict for each thing counted: `line_id`, `product_id`, `qty`
            in the product's unit, `lot_id` or `lot_name` of what is tracked, and
            `received`, what the screen showed as received before
        :param list missing: a dict for each accessory that isn't there: `line_id` of
            something counted, `accessory_id`
        :return: the answer
        :raise UserError: if the return permits no receipt (any more), nothing was
            counted, or somebody else has received of it in the meantime
        """
        self._check_dock_role()
        # not the one found by `_get_current`: what may not be read is refused aloud
        authorization = self.env["rma.authorization"].browse(int(rma_id))
        receipt = self.env["rma.authorization.dock.receipt"]
        result = receipt._receive(authorization, goods)
        authorization_sudo = authorization.sudo()
        receipt._report_missing(authorization_sudo, goods, missing or [])
        action = result if isinstance(result, dict) else False
        if action and action.get("res_model") == "rma.authorization.unexpected":
            return self._answer(
                "choose",
                self.env._("This is not what was authorized. Choose for each thing."),
                authorization_sudo,
                action=action,
            )
        return self._answer(
            "accept",
            self._get_received_message(authorization_sudo),
            authorization_sudo,
            action=action,
        )

    @api.model
    def register(self, barcodes):
        """Register a parcel that nobody expects: a draft return without lines, in
        review, where the company wants that. The same parcel is registered once.

        :param list barcodes: what was scanned of it, not empty
        :return: the answer
        :raise UserError: where such parcels are refused
        """
        self._check_dock_role()
        draft_sudo = self.env["rma.authorization.dock.parcel"]._register_parcel(
            barcodes
        )
        return self._answer(
            "hold",
            self.env._(
                "Registered as %(name)s. Write the number on the parcel and put it "
                "aside: the team looks into it.",
                name=draft_sudo.display_name,
            ),
            draft_sudo,
        )

    @api.model
    def attach_photo(self, rma_id, name, content):
        """Keep a photo of the parcel, or of its goods, with the other evidence of the
        return, in whatever state that is.

        :param int rma_id: the return on the screen
        :param str name: of the file
        :param str content: the file, in Base64
        :return: the name under which it is kept
        :raise UserError: without a return, or for what is no picture, see `uploads.py`
        """
        self._check_dock_role()
        current_sudo = self._get_current(rma_id)
        if not current_sudo:
            raise UserError(
                self.env._(
                    "A photo belongs to a return. Scan the label first, or register "
                    "the parcel."
                )
            )
        try:
            stream = io.BytesIO(base64.b64decode(content or "", validate=True))
        except (binascii.Error, ValueError) as error:
            raise UserError(
                self.env._("The photo has arrived damaged. Take it again.")
            ) from error
        file = FileStorage(stream, filename=name or self.env._("Photo"))
        return current_sudo._attach_uploads([file]).name

    # -- helpers -----------------------------------------------------------------------

    def _check_dock_role(self):
        roles = self.env["rma.authorization"]._get_receiver_roles()
        if self.env.su or any(self.env.user.has_group(role) for role in roles):
            return
        raise AccessError(
            self.env._(
                "The dock check is for those who receive returns: warehouse workers "
                "and service agents. Ask an administrator for one of these roles."
            )
        )

    def _get_current(self, rma_id):
        """The return on the screen, as superuser; none if it is gone, or may not be
        seen."""
        authorization = self.env["rma.authorization"].browse(int(rma_id or 0))
        return authorization.exists()._filtered_access("read").sudo()

    def _find_return(self, found, barcode):
        """The answer while no return is on the screen."""
        if found.authorizations:
            return self._judge(found.authorizations, barcode)
        if found.lots:
            returns_sudo = self._find_returns_of_lots(found.lots)
        else:
            returns_sudo = self._find_returns_of_products(found.products)
        if not returns_sudo:
            return self._answer_unknown(found, barcode)
        answer = self._judge(returns_sudo, barcode)
        if answer["verdict"] != "accept":
            return answer
        chosen_sudo = returns_sudo.browse(answer["rma"]["id"])
        return self._count(chosen_sudo, found, [], barcode)
