# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class RmaAuthorizationLineProof(models.AbstractModel):
    """Goods that the customer keeps are destroyed there, where the company wants that:
    a picture proves it before anything is paid for them (R6)."""

    _name = "rma.authorization.line.proof"
    _description = "Proof of Goods Destroyed by the Customer"

    keep_proof_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="rma_authorization_line_keep_proof_rel",
        column1="line_id",
        column2="attachment_id",
        string="Proof of Destruction",
        copy=False,
        help="Pictures of the goods that the customer destroyed instead of sending "
        "them back. What customers add to their return counts, too.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._own_keep_proofs()
        return lines

    def write(self, vals):
        res = super().write(vals)
        if "keep_proof_ids" in vals:
            self._own_keep_proofs()
        return res

    def _own_keep_proofs(self):
        """Pictures uploaded before the line was saved belong to nothing that others may
        read: they become the line's. Only the uploader's own, as ids come from the
        client."""
        for line in self:
            line.keep_proof_ids.filtered(
                lambda proof: proof.create_uid == self.env.user and not proof.res_id
            ).write({"res_model": self._name, "res_id": line.id})

    def _check_keep_proof(self):
        """Refuse to pay for goods of which nobody has shown that they are destroyed.

        :raise UserError: naming the lines without a picture
        """
        unproved = self.filtered(
            lambda line: (
                line.disposition == "keep"
                and line.direction == "customer"
                and line.company_id.rma_keep_proof
                and not line.keep_proof_ids
                and not line.authorization_id._get_uploads()
            )
        )
        if unproved:
            raise UserError(
                self.env._(
                    "%(lines)s: the customer keeps the goods, and nobody has shown yet "
                    "that they are destroyed. Add a picture to the line.",
                    lines=", ".join(unproved.mapped("display_name")),
                )
            )
