# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

ROLE_MANAGER = "rma_authorization.group_rma_manager"
# Follow from quotations and buttons, whatever door a value comes through.
PROTECTED_FIELDS = {
    "rma_approved_by_id",
    "rma_date_estimate_answered",
    "rma_date_estimate_sent",
    "rma_estimate_state",
    "rma_is_declined",
    "rma_is_unanswered",
}
RUNNING_STATES = ("confirmed", "under_repair", "done")


class RepairOrder(models.Model):
    """Diagnosis and estimate of a returned unit.

    What the customer doesn't have for nothing waits as a draft until core's quotation
    for it is accepted. A declined one is cancelled: the customer pays for the
    diagnosis, and somebody decides anew what becomes of the goods.
    """

    # a subject of its own, in a file of its own
    _inherit = "repair.order"  # pylint: disable=consider-merging-classes-inherited

    # diagnosis
    rma_diagnosis = fields.Text(
        string="Diagnosis",
        copy=False,
        help="What was found on the bench, as the customer reads it.",
    )
    rma_fault_id = fields.Many2one(
        comodel_name="rma.authorization.fault",
        string="Fault",
        compute="_compute_rma_fault",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        domain="[('kind', '=', 'fault')]",
        help="What is wrong with the unit; at first, what the inspection found.",
    )
    rma_cause_id = fields.Many2one(
        comodel_name="rma.authorization.fault",
        string="Cause",
        compute="_compute_rma_fault",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        domain="[('kind', '=', 'cause')]",
        help="Where the fault comes from.",
    )
    # what it costs
    rma_labour_hours = fields.Float(
        string="Labour (Hours)",
        copy=False,
        help="Goes on the quotation, as the service that the company has set.",
    )
    rma_upgrade_id = fields.Many2one(
        comodel_name="product.product",
        string="Upgrade",
        copy=False,
        check_company=True,
        domain="[('type', '=', 'service'), ('sale_ok', '=', True)]",
        help="A service that makes the unit better than it was sold, at its price on "
        "the quotation, also under warranty. The parts for it are among the parts.",
    )
    rma_needs_estimate = fields.Boolean(
        string="Needs an Estimate",
        compute="_compute_rma_needs_estimate",
        # also for technicians of the repair app, who needn't see returns
        compute_sudo=True,
        help="The customer pays: neither warranty nor policy covers it.",
    )
    rma_estimate_state = fields.Selection(
        selection=[
            ("none", "None"),
            ("to_send", "To Send"),
            ("sent", "Waiting for the Customer"),
            ("accepted", "Accepted"),
            ("declined", "Declined"),
            ("no_answer", "No Answer"),
        ],
        string="Estimate",
        compute="_compute_rma_estimate_state",
        store=True,
        index=True,
        tracking=True,
    )
    rma_estimate_currency_id = fields.Many2one(
        related="sale_order_id.currency_id", string="Currency of the Estimate"
    )
    rma_estimate_amount = fields.Monetary(
        related="sale_order_id.amount_total",
        string="Estimated Amount",
        currency_field="rma_estimate_currency_id",
        help="Of the quotation, with taxes.",
    )
    rma_estimate_validity = fields.Date(
        related="sale_order_id.validity_date",
        store=True,
        index="btree_not_null",
        string="Answer by",
        help="An estimate that isn't answered by then counts as declined.",
    )
    rma_date_estimate_sent = fields.Datetime(
        string="Estimate Sent on", readonly=True, copy=False
    )
    rma_date_estimate_answered = fields.Datetime(
        string="Estimate Answered on", readonly=True, copy=False
    )
    rma_is_declined = fields.Boolean(readonly=True, copy=False)
    rma_is_unanswered = fields.Boolean(readonly=True, copy=False)
    rma_approved_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Approved by",
        readonly=True,
        copy=False,
        help="Who lets it be repaired without the customer's acceptance.",
    )

    # -- computes ----------------------------------------------------------------------

    @api.depends("rma_settlement_id")
    def _compute_rma_fault(self):
        """What the inspection found, until the bench knows better."""
        for repair in self:
            finding = repair.rma_settlement_id.inspection_id
            repair.rma_fault_id = repair.rma_fault_id or finding.fault_id
            repair.rma_cause_id = repair.rma_cause_id or finding.cause_id

    @api.depends(
        "under_warranty",
        "rma_settlement_id.inspection_id.responsible",
        "rma_line_id.eligibility",
        "rma_line_id.policy_id.returnable",
        "rma_upgrade_id",
    )
    def _compute_rma_needs_estimate(self):
        for repair in self:
            repair.rma_needs_estimate = bool(repair.rma_settlement_id) and (
                bool(repair.rma_upgrade_id) or not repair._is_rma_covered()
            )

    @api.depends(
        "sale_order_id.state",
        "rma_settlement_id",
        "rma_is_declined",
        "rma_is_unanswered",
    )
    def _compute_rma_estimate_state(self):
        states = {"draft": "to_send", "sent": "sent", "sale": "accepted"}
        for repair in self:
            if not repair.rma_settlement_id or not repair.sale_order_id:
                repair.rma_estimate_state = "none"
            elif repair.rma_is_unanswered:
                repair.rma_estimate_state = "no_answer"
            elif repair.rma_is_declined:
                repair.rma_estimate_state = "declined"
            else:
                repair.rma_estimate_state = states.get(
                    repair.sale_order_id.state, "none"
                )

    def _is_rma_covered(self):
        """Whether the customer has it for nothing: under warranty, or because a policy
        other than of warranties promises it, unless the customer caused the fault."""
        self.ensure_one()
        if self.under_warranty:
            return True
        line = self.rma_line_id
        return (
            line.eligibility == "eligible"
            and line.policy_id.returnable != "warranty"
            and self.rma_settlement_id.inspection_id.responsible != "customer"
        )

    def _awaits_rma_estimate(self):
        """Whether it may not go on before the customer, or a manager, says so."""
        self.ensure_one()
        return (
            self.rma_needs_estimate
            and self.rma_estimate_state != "accepted"
            and not self.rma_approved_by_id
        )

    # -- checks and CRUD ---------------------------------------------------------------

    @api.constrains("rma_fault_id", "rma_cause_id")
    def _check_rma_catalogue(self):
        """Faults and causes come from their part of the catalogue."""
        for repair in self:
            for entry, kind in (
                (repair.rma_fault_id, "fault"),
                (repair.rma_cause_id, "cause"),
            ):
                if entry and entry.kind != kind:
                    kinds = dict(entry._fields["kind"]._description_selection(self.env))
                    raise ValidationError(
                        self.env._(
                            "%(repair)s: %(entry)s is in the catalogue as %(kind)s. "
                            "Choose a %(expected)s.",
                            repair=repair.display_name,
                            entry=entry.name,
                            kind=kinds[entry.kind],
                            expected=kinds[kind],
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_rma_protected(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Override of `repair`: what the customer pays for waits for the customer."""
        self._check_rma_protected(vals)
        if vals.get("state") in RUNNING_STATES:
            self._check_rma_released()
        uncovered = self.browse()
        if "under_warranty" in vals and not vals["under_warranty"]:
            uncovered = self.filtered(
                lambda repair: (
                    repair.under_warranty
                    and repair.state in ("confirmed", "under_repair")
                )
            )
        res = super().write(vals)
        # what turns out not to be covered waits for its estimate, and so does its clock
        waiting = uncovered.filtered(lambda repair: repair._awaits_rma_estimate())
        if waiting:
            waiting.action_repair_cancel_draft()
        if vals.get("rma_fault_id"):
            self._complete_rma_findings()
        return res

    def _check_rma_protected(self, vals):
        names = [
            self._fields[name]._description_string(self.env)
            for name in sorted(PROTECTED_FIELDS & set(vals))
            if vals[name]
        ]
        if names and not self.env.su:
            raise UserError(
                self.env._(
                    "%(fields)s of a repair can't be entered: they follow from its "
                    "quotation and its buttons. Leave them out.",
                    fields=", ".join(names),
                )
            )

    def _check_rma_released(self):
        """Nothing that the customer pays for begins before it is accepted. What runs
        with all rights has been judged before."""
        if self.env.su:
            return
        for repair in self:
            if repair.state == "draft" and repair._awaits_rma_estimate():
                raise UserError(
                    self.env._(
                        "%(repair)s isn't covered by warranty or policy. Send the "
                        "customer its quotation and wait for the answer, or ask a "
                        "manager to approve the repair without it.",
                        repair=repair.display_name,
                    )
                )

    def _complete_rma_findings(self):
        """What the bench has found is known to the inspection, too, where that found no
        fault of its own."""
        # sudo: a technician of the repair app has no rights on returns
        for repair in self.sudo():
            finding = repair.rma_settlement_id.inspection_id
            if (
                finding
                and not finding.fault_id
                and len(finding.settlement_ids.repair_ids) == 1
            ):
                finding.write(
                    {
                        "fault_found": "found",
                        "fault_id": repair.rma_fault_id.id,
                        "cause_id": repair.rma_cause_id.id,
                    }
                )

    # -- the quotation -----------------------------------------------------------------

    def action_create_sale_order(self):
        """Override of `repair`: the estimate of a returned unit, with labour and
        upgrade, valid for the company's days.

        A technician makes it without rights on sales; it is an ordinary quotation.
        """
        returned = self.filtered("rma_settlement_id")
        if not returned:
            return super().action_create_sale_order()
        self.check_access("write")
        for repair in self:
            # sudo: see above. One by one: core takes the customer of all together
            super(RepairOrder, repair.sudo()).action_create_sale_order()
        for repair in returned:
            repair.sudo()._complete_rma_quotation()
        if len(self) == 1:
            return self.action_view_sale_order()
        return self.sale_order_id._get_records_action(name=self.env._("Quotations"))

    def _complete_rma_quotation(self):
        self.ensure_one()
        self.sale_order_id.write(
            {
                "validity_date": self._get_rma_answer_day(),
                "order_line": [
                    Command.create(vals)
                    for vals in self._prepare_rma_service_vals_list()
                ],
            }
        )

    def _get_rma_answer_day(self):
        self.ensure_one()
        days = self.company_id.rma_estimate_days
        today = self.company_id._get_rma_day(fields.Datetime.now())
        return days and today + relativedelta(days=days)

    def _prepare_rma_service_vals_list(self):
        """The services on the quotation; core adds the parts."""
        self.ensure_one()
        vals_list = []
        labour = self.company_id.rma_labour_product_id
        if labour and self.rma_labour_hours > 0:
            vals_list.append(
                {"product_id": labour.id, "product_uom_qty": self.rma_labour_hours}
            )
        if self.rma_upgrade_id:
            vals_list.append(
                {
                    "product_id": self.rma_upgrade_id.id,
                    "product_uom_qty": self.product_qty,
                }
            )
        return vals_list

    def action_send_rma_estimate(self):
        """Mail these estimates to the customers: core's mail, in their language.

        :raise UserError: where there is no quotation, nothing on it, or no address
        """
        self.check_access("write")
        # sudo: see action_create_sale_order
        repairs_sudo = self.sudo()
        repairs_sudo._check_rma_sendable()
        today = fields.Date.context_today(self)
        for repair in repairs_sudo:
            order = repair.sale_order_id
            if order.validity_date and order.validity_date < today:
                order.validity_date = repair._get_rma_answer_day()
        for order in repairs_sudo.sale_order_id:
            template = order._find_mail_template()
            order.with_context(mark_so_as_sent=True)._send_order_notification_mail(
                template, allow_deferred_sending=False
            )
            if order.state == "draft":
                # the template was deleted
                order.action_quotation_sent()

    def _check_rma_sendable(self):
        for repair in self:
            order = repair.sale_order_id
            if not order or order.state not in ("draft", "sent"):
                problem = self.env._("it has no open quotation. Create one first.")
            elif not order.order_line:
                problem = self.env._(
                    "nothing is on its quotation. Add parts or labour."
                )
            elif not order.partner_id.email:
                problem = self.env._(
                    "%(customer)s has no mail address. Enter one on the contact.",
                    customer=order.partner_id.display_name,
                )
            else:
                continue
            raise UserError(
                self.env._(
                    "%(repair)s can't be sent to the customer: %(problem)s",
                    repair=repair.display_name,
                    problem=problem,
                )
            )

    def action_approve_rma_repair(self):
        """Repair these without the customer's acceptance: a manager's word.

        :raise UserError: where nothing waits for it
        """
        self.rma_id._check_role(ROLE_MANAGER)
        self.check_access("read")
        # sudo: the role decides; managers of returns needn't be in the repair app
        repairs_sudo = self.sudo()
        for repair in repairs_sudo:
            if repair.state != "draft" or not repair._awaits_rma_estimate():
                raise UserError(
                    self.env._(
                        "%(repair)s waits for no customer. Confirm or start it.",
                        repair=repair.display_name,
                    )
                )
        repairs_sudo.rma_approved_by_id = self.env.user
        repairs_sudo._message_log_batch(
            bodies={
                repair.id: self.env._(
                    "%(user)s lets it be repaired without the customer's acceptance.",
                    user=self.env.user.name,
                )
                for repair in repairs_sudo
            }
        )
        repairs_sudo._action_repair_confirm()

    # -- the answer --------------------------------------------------------------------

    def _accept_rma_estimates(self):
        """The customer pays: the bench may begin."""
        accepted = self.filtered(
            lambda repair: (
                repair.rma_settlement_id and repair.state not in ("done", "cancel")
            )
        )
        accepted.rma_date_estimate_answered = fields.Datetime.now()
        waiting = accepted.filtered(lambda repair: repair.state == "draft")
        if waiting:
            waiting._action_repair_confirm()

    def _decline_rma_estimates(self):
        """The customer doesn't pay: what has not begun is cancelled, which frees its
        quantity; the diagnosis is charged, and somebody decides about the goods. What a
        manager has approved goes on."""
        declined = self.filtered(
            lambda repair: (
                repair.rma_settlement_id and repair.state not in ("done", "cancel")
            )
        )
        if not declined:
            return
        declined.rma_is_declined = True
        declined.filtered(
            lambda repair: not repair.rma_is_unanswered
        ).rma_date_estimate_answered = fields.Datetime.now()
        waiting = declined.filtered(lambda repair: repair.state == "draft")
        if waiting:
            waiting.action_repair_cancel()
        is_charged = waiting._charge_rma_diagnoses()
        waiting._ask_after_rma_decline(is_charged)

    def _end_unanswered_rma_estimates(self):
        """The time to answer is over: nothing is repaired."""
        self.rma_is_unanswered = True
        self.sale_order_id._action_cancel()

    def _charge_rma_diagnoses(self):
        """Charge the customers for looking at what they don't let us repair.

        :return: whether that was done; otherwise somebody has to
        """
        fees = []
        for repair in self:
            fee = repair.company_id.rma_diagnosis_fee
            if repair.company_id.currency_id.compare_amounts(fee, 0.0) > 0:
                lang = repair.with_context(lang=repair.partner_id.lang)
                fees.append(
                    {
                        "authorization": repair.rma_id,
                        "kind": "diagnosis",
                        "name": lang.env._(
                            "Diagnosis of %(product)s (%(repair)s)",
                            product=lang.product_id.display_name,
                            repair=repair.name,
                        ),
                        "amount": fee,
                    }
                )
        if not fees:
            return True
        return self.env["rma.authorization.fee"]._charge_fees(fees)

    def _ask_after_rma_decline(self, is_charged):
        """An activity on each return, for its responsible or team."""
        for authorization, repairs in self.grouped("rma_id").items():
            user = authorization._get_assignee()
            if not user:
                continue
            lang = self.with_context(lang=user.lang)
            fee = authorization.company_id.rma_diagnosis_fee
            note = lang.env._(
                "%(repairs)s: decide whether the goods are sent back or scrapped.",
                repairs=", ".join(repairs.mapped("name")),
            )
            if not is_charged:
                note += " " + lang.env._(
                    "Charge the diagnosis: %(amount)s for each.",
                    amount=authorization.company_id.currency_id.format(fee),
                )
            # by the system: whoever has declined has no rights on the return
            authorization.with_user(SUPERUSER_ID).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=lang.env._("Repair declined: decide about the goods"),
                note=note,
                user_id=user.id,
            )
