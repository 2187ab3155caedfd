# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from odoo.addons.rma_authorization.models.rma_authorization_transport import (
    MAX_REFERENCE,
)
from odoo.addons.rma_authorization.tools import lock_rows


class RmaAuthorizationDockParcel(models.AbstractModel):
    """Parcels that nobody expects (R15): refused, or registered for review, by the
    company's choice."""

    _name = "rma.authorization.dock.parcel"
    _description = "Dock Check: Unexpected Parcels"

    def _register_parcel(self, barcodes):
        """Make a draft without lines of what was scanned of a parcel.

        Its first number is kept as the parcel's: who scans it again finds the draft.

        :return: the draft, as superuser
        """
        barcodes = [str(barcode).strip() for barcode in barcodes or []]
        barcodes = [barcode[:MAX_REFERENCE] for barcode in barcodes if barcode]
        company = self.env.company
        self._check_can_register(company, barcodes)
        # sudo: a worker has no right to make returns, but to say what has arrived; who
        # registers at the same time does it again, and finds the draft of the other
        lock_rows(company.sudo())
        returns_sudo = self.env["rma.authorization"].sudo()
        known_sudo = returns_sudo.search(
            [
                ("tracking_ref", "=", barcodes[0]),
                ("company_id", "=", company.id),
                ("state", "in", ("draft", "submitted")),
            ],
            limit=1,
        )
        if known_sudo:
            return known_sudo
        draft_sudo = returns_sudo.create(self._prepare_vals(company, barcodes))
        self._ask_team(draft_sudo)
        return draft_sudo

    def _check_can_register(self, company, barcodes):
        if company.rma_unknown_parcel != "register":
            raise UserError(
                self.env._(
                    "%(company)s takes no parcels without a return. Refuse the parcel, "
                    "or have the setting changed.",
                    company=company.name,
                )
            )
        if not barcodes:
            raise UserError(
                self.env._("Scan or type a number of the parcel, then register it.")
            )

    def _prepare_vals(self, company, barcodes):
        note = self.env._(
            "Arrived without a return. Scanned: %(barcodes)s",
            barcodes=", ".join(barcodes),
        )
        return {
            "company_id": company.id,
            "partner_id": self._get_sender(company, barcodes).id,
            "channel": "internal",
            "user_id": False,
            "tracking_ref": barcodes[0],
            "note": plaintext2html(note),
        }

    def _get_sender(self, company, barcodes):
        """Who got what was scanned; else the contact that stands for all others."""
        finder = self.env["rma.authorization.dock.finder"]
        for barcode in barcodes:
            lots_sudo = finder._find(barcode).lots
            # sudo: as above
            delivery_sudo = lots_sudo._get_rma_deliveries(limit=1)
            partner_sudo = delivery_sudo.picking_id.partner_id
            if partner_sudo.company_id in (company, company.browse()) and partner_sudo:
                return partner_sudo.commercial_partner_id
        unknown = "rma_authorization_stock.res_partner_unknown_sender"
        return self.env.ref(unknown, raise_if_not_found=False) or self.env[
            "res.partner"
        ].sudo().create({"name": self.env._("Unknown Sender")})

    def _ask_team(self, draft_sudo):
        """Tell the leader of the team, or one of its members."""
        team_sudo = draft_sudo.team_id
        user = team_sudo.user_id or team_sudo.member_ids[:1]
        if user:
            # by the system: see `rma.authorization.exception`
            draft_sudo.with_user(SUPERUSER_ID).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("A parcel came without a return"),
                note=draft_sudo.note,
                user_id=user.id,
            )
