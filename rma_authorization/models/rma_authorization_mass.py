# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

# Up to so many are done while the user waits.
MANY = 50

# What can be done to many returns: {step: (label, method)}
STEPS = {
    "authorize": ("Authorize", "action_authorize"),
    "receive": ("Receive", "_receive_announced"),
    "inspect": ("Accept", "action_inspect"),
    "settle": ("Settle", "action_settle"),
    "dispose": ("Dispose", "action_dispose"),
}


class RmaAuthorizationMass(models.Model):
    """One step of many returns, done in the background."""

    _name = "rma.authorization.mass"
    _description = "Step of Many Returns"
    _inherit = ["rma.authorization.background"]

    step = fields.Selection(
        selection=[(step, label) for step, (label, _method) in STEPS.items()],
        required=True,
        readonly=True,
    )
    line_ids = fields.One2many(
        comodel_name="rma.authorization.mass.line",
        inverse_name="mass_id",
        string="Returns",
        readonly=True,
    )

    @api.depends("step", "user_id")
    def _compute_display_name(self):
        for mass in self:
            mass.display_name = self.env._(
                "%(step)s %(number)s of %(user)s",
                step=mass._get_label(mass.step),
                number=mass.id or "",
                user=mass.user_id.name or "",
            )

    @api.model
    def _get_label(self, step):
        return dict(self._fields["step"]._description_selection(self.env)).get(step, "")

    # -- contract ----------------------------------------------------------------------

    @api.model
    def _get_line_model(self):
        return self.env["rma.authorization.mass.line"]

    @api.model
    def _get_cron_xmlid(self):
        return "rma_authorization.ir_cron_mass"

    def _check_may_steer(self):
        """Whoever works on returns stops and resumes; the steps check their own
        roles."""
        authorizations = self.env["rma.authorization"]
        authorizations._check_role(*authorizations._get_inspector_roles())
        self.check_access("read")

    # -- ask ---------------------------------------------------------------------------

    @api.model
    def _run_or_queue(self, step, authorizations):
        """Do a step of these returns: a few at once, all or none; many in the
        background, each for itself.

        :param str step: key of STEPS
        :return: what the step opens, or the window with the progress
        :raise UserError: for a step that there isn't, or what was asked for already
        """
        if step not in STEPS:
            raise UserError(
                self.env._(
                    "%(step)s is nothing that can be done to many returns. Choose one "
                    "of: %(steps)s.",
                    step=step,
                    steps=", ".join(STEPS),
                )
            )
        if len(authorizations) <= MANY:
            result = getattr(authorizations, STEPS[step][1])()
            return result if isinstance(result, dict) else True
        masses = self._queue(step, authorizations)
        return masses._get_records_action(name=self.env._("In the Background"))

    @api.model
    def _queue(self, step, authorizations):
        """Ask for a step of returns, in the name of the user; what waits for the same
        step already is left out.

        :return: one for each company
        """
        authorizations.check_access("read")
        lines_model = self._get_line_model()
        waiting_sudo = lines_model.sudo().search(
            [
                *lines_model._get_waiting_domain(),
                ("mass_id.step", "=", step),
                ("authorization_id", "in", authorizations.ids),
            ]
        )
        fresh = authorizations.filtered(
            lambda one: one.id not in waiting_sudo.authorization_id.ids
        )
        if not fresh:
            raise UserError(
                self.env._(
                    "These returns wait for it already: %(masses)s.",
                    masses=", ".join(waiting_sudo.mass_id.mapped("display_name")),
                )
            )
        # sudo: nobody writes these, except by asking
        masses_sudo = self.sudo().create(
            [
                {
                    "step": step,
                    "user_id": self.env.uid,
                    "company_id": company.id,
                    "line_ids": [
                        fields.Command.create(
                            {"authorization_id": one.id, "name": one.display_name}
                        )
                        for one in batch
                    ],
                }
                for company, batch in fresh.grouped("company_id").items()
            ]
        )
        self._wake_up()
        return masses_sudo.sudo(self.env.su)
