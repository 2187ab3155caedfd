# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# Whoever finishes a delivery may commit it this much later than it says.
OVERLAP = timedelta(days=1)


class RmaAuthorizationWarrantyScan(models.Model):
    """New deliveries are found by their day, past ones by their id. Nothing is added to
    the path of a delivery for it."""

    _inherit = "rma.authorization.warranty.scan"

    move_cursor = fields.Integer(readonly=True)
    is_move_complete = fields.Boolean(string="Deliveries Complete", readonly=True)
    date_looked = fields.Datetime(
        string="New Deliveries until",
        default=fields.Datetime.now,
        readonly=True,
        help="Until when new deliveries were looked for.",
    )
    date_looking = fields.Datetime(readonly=True)
    look_cursor = fields.Integer(readonly=True)

    @api.model
    def _get_restart_vals(self):
        """Override of `rma_authorization` to start with the first delivery."""
        return {
            **super()._get_restart_vals(),
            "move_cursor": 0,
            "is_move_complete": False,
        }

    def _get_steps(self):
        """Override of `rma_authorization` to add deliveries, the new ones first."""
        return ["_scan_new_moves", "_scan_past_moves", *super()._get_steps()]

    def _scan_new_moves(self, batch):
        """Deliveries since the last look."""
        self.ensure_one()
        since = self.date_looked - OVERLAP
        looking = self.date_looking or fields.Datetime.now()
        made, cursor, is_done = self._scan_moves(
            SQL("m.date >= %s AND m.id > %s", since, self.look_cursor), batch
        )
        self.write(
            {
                "date_looked": looking if is_done else self.date_looked,
                "date_looking": False if is_done else looking,
                "look_cursor": 0 if is_done else cursor,
            }
        )
        return made, is_done

    def _scan_past_moves(self, batch):
        """Deliveries from before there was anything to promise."""
        self.ensure_one()
        if self.is_move_complete:
            return 0, True
        made, cursor, is_done = self._scan_moves(
            SQL("m.id > %s", self.move_cursor), batch
        )
        self.write(
            {
                "move_cursor": cursor or self.move_cursor,
                "is_move_complete": is_done,
            }
        )
        return made, is_done

    def _scan_moves(self, condition, batch):
        """Make the passports of the next deliveries; so many that a batch is about as
        many passports, whether they have one number or a thousand.

        :return: passports made, id of the last delivery, whether there are no more
        """
        maker = self.env["rma.authorization.warranty.maker"]
        found = maker._get_delivery_ids(
            SQL("m.company_id = %s AND %s", self.company_id.id, condition), batch
        )
        chosen, count = [], 0
        for move_id, size in found:
            if chosen and count + size > batch:
                break
            chosen.append(move_id)
            count += size
        made = maker._make(maker._get_deliveries(chosen))
        is_done = len(found) < batch and len(chosen) == len(found)
        return len(made), chosen[-1] if chosen else 0, is_done
