# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import lock_rows
from .rma_authorization_decision import ROLE_USER

_MAIL = "rma_authorization.mail_template_supplier_request"
_ACTIVITY = "rma_authorization.mail_activity_type_supplier"


class RmaAuthorizationSupplier(models.AbstractModel):
    """The same flow towards a supplier, with the sides changed.

    =========== =====================================================================
    step        means towards a supplier
    =========== =====================================================================
    submitted   we have asked, by mail, with faults and photos
    authorized  they take it back, under their own number (`partner_reference`)
    received    they have the goods
    settled     they have answered: see `rma.authorization.settlement.answer`
    =========== =====================================================================

    Nothing is inspected or disposed of: what they refuse comes back to where it was.
    """

    _name = "rma.authorization.supplier"
    _description = "Return to a Supplier"
    _inherit = ["rma.authorization.owed"]

    partner_reference = fields.Char(
        string="Supplier's Number",
        copy=False,
        tracking=True,
        index="trigram",
        help="The number under which the supplier takes the goods back (RAN).",
    )
    is_ran_missing = fields.Boolean(
        string="Number Missing",
        compute="_compute_is_ran_missing",
        help="The supplier takes nothing back without a number of theirs.",
    )
    amount_claimed = fields.Monetary(
        string="Claimed",
        compute="_compute_amount_claimed",
        store=True,
        help="What the goods cost us, in the company's currency.",
    )
    amount_recovered = fields.Monetary(
        string="Recovered",
        compute="_compute_amount_recovered",
        store=True,
        help="What the supplier credited or paid, in the company's currency.",
    )
    date_supplier_reminder = fields.Date(
        string="Answer Expected by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When the responsible is reminded that the supplier hasn't answered.",
    )

    # -- computes --------------------------------------------------------------------

    @api.depends("partner_reference", "direction", "partner_id")
    def _compute_is_ran_missing(self):
        for authorization in self:
            authorization.is_ran_missing = authorization._is_ran_missing()

    def _is_ran_missing(self):
        self.ensure_one()
        # sudo: the terms hold, whoever may read the vendor
        vendor_sudo = self.sudo().commercial_partner_id
        return (
            self.direction == "supplier"
            and vendor_sudo.rma_ran_required
            and not (self.partner_reference or "").strip()
        )

    @api.depends(
        "direction", "state", "line_ids.claim_value", "line_ids.qty_authorized"
    )
    def _compute_amount_claimed(self):
        for authorization in self:
            authorization.amount_claimed = (
                sum(authorization.line_ids.mapped("claim_value"))
                if authorization.direction == "supplier"
                and authorization.state != "cancelled"
                else 0.0
            )

    @api.depends("direction", "cost_ids.kind", "cost_ids.amount")
    def _compute_amount_recovered(self):
        for authorization in self:
            recovered = authorization.cost_ids.filtered(
                lambda cost: cost.kind == "recovery"
            )
            authorization.amount_recovered = (
                -sum(recovered.mapped("amount"))
                if authorization.direction == "supplier"
                else 0.0
            )

    # -- ask ---------------------------------------------------------------------------

    def _submit(self):
        """Extension: suppliers are asked by mail, and get so many days to answer."""
        submitted = super()._submit()
        asked = submitted._filter_suppliers()
        asked._expect_answer()
        asked._queue_supplier_mail(_MAIL)
        return submitted

    def _authorize(self, reason=None):
        """Extension: a supplier who agreed has to answer once they have the goods."""
        authorized = super()._authorize(reason)
        authorized._filter_suppliers()._expect_answer()
        return authorized

    def _filter_suppliers(self):
        return self.filtered(
            lambda authorization: authorization.direction == "supplier"
        )

    def _queue_supplier_mail(self, template_xmlid):
        """Tell the suppliers, with the next run of the queue; those without a mail
        address get it printed."""
        reachable = self.filtered(lambda authorization: authorization._has_address())
        template = self._get_active_template(template_xmlid)
        if reachable and template:
            # sudo: as in `_queue_mail`
            self.env["rma.authorization.mail"].sudo()._queue(reachable, template)

    def _get_mail_attachments(self, template):
        """Extension: suppliers see what was found."""
        attachments = super()._get_mail_attachments(template)
        if template == self._get_templates([_MAIL]):
            # sudo: who asks the supplier may show what the inspector has found
            findings_sudo = self.sudo().line_ids.source_inspection_id
            attachments |= findings_sudo.photo_ids.sudo(self.env.su)
        return attachments

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Override of `portal`: suppliers have no page of the return, and get no button
        that would lead to one."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if self and self.direction == "supplier":
            for name, _condition, options in groups:
                if name in ("portal_customer", "portal", "customer"):
                    options["has_button_access"] = False
        return groups

    def action_print_supplier_request(self):
        """The request to the supplier, with faults and photos, as PDF.

        :raise UserError: for returns of customers
        """
        self._check_suppliers()
        report = self.env.ref("rma_authorization.action_report_supplier_request")
        return report.report_action(self)

    def _check_suppliers(self):
        for authorization in self - self._filter_suppliers():
            raise UserError(
                self.env._(
                    "%(name)s comes from a customer. Only returns to suppliers are "
                    "asked for, and answered, by suppliers.",
                    name=authorization.display_name,
                )
            )

    # -- ship --------------------------------------------------------------------------

    def _check_may_ship(self):
        """The supplier's number is on file before the goods leave, where they want one
        (R67).

        :raise UserError: naming the return and its supplier
        """
        for authorization in self:
            if authorization._is_ran_missing():
                raise UserError(
                    self.env._(
                        "%(name)s can't be shipped: %(supplier)s takes nothing back "
                        "without a number of theirs. Ask for it, and enter it as the "
                        "supplier's number.",
                        name=authorization.display_name,
                        supplier=authorization.commercial_partner_id.display_name,
                    )
                )

    # -- answer ------------------------------------------------------------------------

    def action_open_answer(self):
        """Open the window in which the supplier's answer is entered, line by line.

        :raise UserError: for returns of customers
        """
        self._check_role(*self._get_settler_roles())
        self._check_suppliers()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Supplier's Answer"),
            "res_model": "rma.authorization.answer",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_authorization_ids": self.ids},
        }

    def _answer(self, vals_list):
        """Settle what a supplier has answered.

        :param list vals_list: values of settlements, of lines of these returns
        :raise UserError: for more than the supplier can have answered
        :return: the settlements
        """
        lock_rows(self)
        settlements = self.env["rma.authorization.settlement"].create(vals_list)
        settlements.line_id._check_answered()
        settlements._settle()
        settlements._follow_amounts()
        self._update_closure()
        return settlements

    # -- remind ------------------------------------------------------------------------

    def _expect_answer(self):
        """From today the supplier has the days that were agreed, or the company's
        usual two weeks."""
        for days, authorizations in self.grouped(
            lambda authorization: authorization._get_answer_days()
        ).items():
            today = fields.Date.context_today(self)
            authorizations._record(
                {"date_supplier_reminder": today + relativedelta(days=days)}
            )

    def _get_answer_days(self):
        self.ensure_one()
        # sudo: as in _is_ran_missing
        return self.sudo().commercial_partner_id.rma_answer_days or 14

    @api.model
    def _get_timed_steps(self):
        """Extension: suppliers who don't answer are asked again."""
        return [
            *super()._get_timed_steps(),
            (
                "rma.authorization",
                [
                    ("date_supplier_reminder", "<=", fields.Date.context_today(self)),
                    ("direction", "=", "supplier"),
                    ("state", "in", ("submitted", "authorized")),
                ],
                "_remind_supplier",
            ),
        ]

    def _remind_supplier(self):
        """It is a person's turn: one activity each, and again after as many days."""
        self.activity_unlink([_ACTIVITY])
        self._ask_assignees(
            _ACTIVITY,
            lambda authorization: authorization.env._(
                "%(supplier)s hasn't answered",
                supplier=authorization.partner_id.display_name,
            ),
        )
        self._expect_answer()

    def _change_state(self, target, reason=None):
        """Extension: of what is over nobody expects an answer."""
        moved = super()._change_state(target, reason)
        over = moved._filter_suppliers().filtered(
            lambda authorization: authorization.state not in ("submitted", "authorized")
        )
        if over:
            over._record({"date_supplier_reminder": False})
            over.activity_unlink([_ACTIVITY])
            # sudo: the customer's return goes on, whoever ends that to the supplier
            findings_sudo = over.sudo().line_ids.source_inspection_id
            findings_sudo.authorization_id._update_closure()
        return moved

    # -- roles -------------------------------------------------------------------------

    def _get_claimer_roles(self):
        """Who may ask suppliers for something. Override to add the roles of an app."""
        return [ROLE_USER]
