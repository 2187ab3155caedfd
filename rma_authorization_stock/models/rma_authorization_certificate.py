# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import UserError


class RmaAuthorization(models.Model):
    """A return isn't closed before the certificates that it needs are here."""

    _inherit = "rma.authorization"

    @api.depends("inspection_ids.certificate_state")
    def _compute_progress(self):
        """Override of `rma_authorization` to wait for certificates."""
        return super()._compute_progress()

    def _get_next_step(self):
        """Override of `rma_authorization`: only the certificate lacks."""
        step = super()._get_next_step()
        if (
            step == "none"
            and self.state == "authorized"
            and self._get_missing_certificates()
        ):
            return "close"
        return step

    def _get_missing_certificates(self):
        """The findings whose goods were scrapped without a certificate."""
        return self.inspection_ids.filtered(
            lambda finding: finding.certificate_state == "missing"
        )

    def _check_can_close(self):
        """Override of `rma_authorization` to demand the certificates."""
        res = super()._check_can_close()
        for authorization in self:
            if missing := authorization._get_missing_certificates():
                raise UserError(
                    self.env._(
                        "%(name)s can't be closed: the certificate for %(lines)s is "
                        "missing. Enter its number, date and file on the finding.",
                        name=authorization.display_name,
                        lines=", ".join(missing.line_id.mapped("display_name")),
                    )
                )
        return res
