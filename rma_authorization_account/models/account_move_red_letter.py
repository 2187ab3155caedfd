# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What the tax bureau's notice says about a red-letter credit note.
_RED_LETTER_FIELDS = {"rma_red_notice_number", "rma_red_reason"}


class AccountMove(models.Model):
    """Red-letter notices (F3)."""

    # a subject of its own, in a file of its own
    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    rma_red_notice_number = fields.Char(
        string="Red-Letter Notice",
        copy=False,
        tracking=True,
        help="The number of the tax bureau's red-letter notice or confirmation, of "
        "whatever length, that permits this credit note.",
    )
    rma_red_reason = fields.Selection(
        selection=[
            ("returned", "Goods returned"),
            ("allowance", "Sales allowance"),
            ("error", "Error on the invoice"),
            ("stopped", "Service stopped"),
        ],
        string="Red-Letter Reason",
        copy=False,
        tracking=True,
        help="The reason that the red-letter notice gives.",
    )
    rma_has_red_notice = fields.Boolean(
        string="Takes a Red-Letter Notice",
        compute="_compute_rma_has_red_notice",
        help="Whether red-letter notices are used where this credit note is issued.",
    )

    _rma_red_notice_uniq = models.UniqueIndex(
        "(company_id, rma_red_notice_number) "
        "WHERE rma_red_notice_number <> '' AND state <> 'cancel'",
        "Another credit note has this red-letter notice. Look its number up again.",
    )

    @api.depends("rma_id", "move_type", "company_id.rma_red_notice_required")
    def _compute_rma_has_red_notice(self):
        for move in self:
            move.rma_has_red_notice = (
                move.rma_id
                and move.move_type == "out_refund"
                and move.company_id._has_rma_red_notices()
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `account`: what returns bring about is credited as returned."""
        numbers, new_vals_list = [], []
        for vals in vals_list:
            numbers.append(vals.get("rma_red_notice_number"))
            if vals.get("rma_id"):
                vals = {"rma_red_reason": "returned", **vals}
            if numbers[-1]:
                vals = {**vals, "rma_red_notice_number": False}
            new_vals_list.append(vals)
        moves = super().create(new_vals_list)
        for move, number in zip(moves, numbers, strict=True):
            if number:
                # now that its company is known: see `write`
                move.rma_red_notice_number = number
        return moves

    def write(self, vals):
        """Override of `account`: a red-letter notice is for one credit note, and stays
        with it once that is posted."""
        if vals.get("rma_red_notice_number"):
            # copied from a form of the tax bureau, where they come in groups
            number = "".join(vals["rma_red_notice_number"].split())
            vals = {**vals, "rma_red_notice_number": number or False}
        if not _RED_LETTER_FIELDS.isdisjoint(vals):
            self._check_rma_red_letter_change(vals)
        if "rma_red_notice_number" in vals or "state" in vals:
            self._check_rma_red_notice_free(vals)
        return super().write(vals)

    def _lacks_rma_red_notice(self):
        """Whether this credit note waits for its red-letter notice."""
        self.ensure_one()
        return bool(
            self.rma_id
            and self.move_type == "out_refund"
            and self.company_id.sudo().rma_red_notice_required
            and not self.rma_red_notice_number
        )

    def _check_rma_red_notice(self):
        """Where red-letter notices are required, nothing is posted without one."""
        lacking = self.filtered(lambda note: note._lacks_rma_red_notice())
        if lacking:
            raise UserError(
                self.env._(
                    "These credit notes can't be posted without the number of their "
                    "red-letter notice: %(notes)s. Enter the numbers that the tax "
                    "bureau gave, or leave those notes out.",
                    notes=", ".join(lacking.mapped("display_name")),
                )
            )

    def _check_rma_red_letter_change(self, vals):
        """A posted credit note says what its notice says."""
        for move in self:
            if move.state == "posted" and any(
                (move[name] or False) != (vals[name] or False)
                for name in _RED_LETTER_FIELDS & vals.keys()
            ):
                raise UserError(
                    self.env._(
                        "%(note)s is posted, so its red-letter notice can't change any "
                        "more. Reset it to draft first, if that is still allowed.",
                        note=move.display_name,
                    )
                )

    def _check_rma_red_notice_free(self, vals):
        """No two notes of a company that count have the same number. The index on the
        table sees to it, but can't say which ones."""
        number = vals.get("rma_red_notice_number")
        state = vals.get("state")
        taken = {}
        for move in self:
            mine = number if "rma_red_notice_number" in vals else None
            if mine is None and move.state == "cancel":
                # on its way back to life
                mine = move.rma_red_notice_number
            if mine and (state or move.state) != "cancel":
                taken.setdefault((move.company_id.id, mine), []).append(move)
        if not taken:
            return
        # sudo: whoever may see them, they have the number
        others_sudo = self.sudo().search(
            [
                ("rma_red_notice_number", "in", [mine for _company, mine in taken]),
                ("company_id", "in", [company for company, _mine in taken]),
                ("state", "!=", "cancel"),
                ("id", "not in", self.ids),
            ]
        )
        for other in others_sudo:
            key = other.company_id.id, other.rma_red_notice_number
            if key in taken:
                taken[key].append(other)
        for (_company, mine), moves in taken.items():
            if len(moves) > 1:
                raise ValidationError(
                    self.env._(
                        "The red-letter notice %(number)s is for one credit note only, "
                        "not for several: %(notes)s. Look its number up again.",
                        number=mine,
                        notes=", ".join(move.display_name for move in moves),
                    )
                )
