# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, fields, models


class RmaAuthorizationException(models.Model):
    """Goods that arrived otherwise than authorized, and what was decided about them at
    the dock (L3): a record for ever, made by the decision and by nothing else."""

    _name = "rma.authorization.exception"
    _description = "Receipt Exception"
    _order = "id desc"
    _rec_name = "product_id"

    authorization_id = fields.Many2one(
        comodel_name="rma.authorization",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="authorization_id.company_id", store=True, index=True
    )
    partner_id = fields.Many2one(related="authorization_id.partner_id")
    line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        string="Expected Line",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="The line that the goods arrived for; none where nothing of the kind was "
        "authorized.",
    )
    extra_line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="The line that was added for the goods.",
    )
    picking_id = fields.Many2one(
        comodel_name="stock.picking",
        string="Transfer",
        readonly=True,
        index="btree_not_null",
    )
    kind = fields.Selection(
        selection=[
            ("over", "More than Authorized"),
            ("number", "Another Number"),
            ("product", "Another Product"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    problem = fields.Text(readonly=True)
    product_id = fields.Many2one(
        comodel_name="product.product", required=True, readonly=True, index=True
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Lot/Serial Number",
        readonly=True,
        index="btree_not_null",
    )
    lot_name = fields.Char(string="Number", readonly=True)
    qty = fields.Float(string="Quantity", digits="Product Unit", readonly=True)
    decision = fields.Selection(
        selection=[
            ("accept", "Accept"),
            ("hold", "Hold"),
            ("refuse", "Refuse"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    reason = fields.Text(readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        readonly=True,
        default=lambda self: self.env.user,
    )

    def _is_accepted_number(self):
        """Whether this number may arrive in place of the authorized one."""
        self.ensure_one()
        return self.kind == "number" and self.decision == "accept"

    def _tell(self):
        """Write what was decided into the history of return and transfer, and ask the
        responsible about what is held."""
        labels = dict(self._fields["decision"]._description_selection(self.env))
        for exception in self:
            text = self.env._(
                "%(problem)s %(product)s %(number)s, %(qty)s %(unit)s. %(decision)s: "
                "%(reason)s",
                problem=exception.problem,
                product=exception.product_id.display_name,
                number=exception.lot_name or "",
                qty=exception.qty,
                unit=exception.product_uom_id.name,
                decision=labels[exception.decision],
                reason=exception.reason or "-",
            )
            authorization = exception.authorization_id
            authorization._message_log(body=text)
            exception.picking_id._message_log(body=text)
            if exception.decision == "hold" and authorization.user_id:
                # by the system: an activity subscribes its user, which takes rights on
                # the return that a worker lacks
                authorization.with_user(SUPERUSER_ID).activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Goods on hold: decide"),
                    note=text,
                    user_id=authorization.user_id.id,
                )
