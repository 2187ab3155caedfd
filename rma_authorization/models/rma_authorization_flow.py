# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

STATES = [
    ("draft", "Draft"),
    ("submitted", "Submitted"),
    ("authorized", "Authorized"),
    ("closed", "Closed"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
    ("expired", "Expired"),
]

# The only table of legal transitions; tests walk every pair of it.
TRANSITIONS = {
    "draft": {"submitted", "cancelled"},
    "submitted": {"authorized", "refused", "cancelled", "draft"},
    "authorized": {"closed", "cancelled", "expired"},
    "expired": {"authorized", "cancelled"},
    "refused": {"submitted"},
    "cancelled": {"draft"},
    "closed": {"authorized"},
}

# What the steps write, and nobody enters: `readonly` binds the form alone.
PROTECTED_FIELDS = {
    "name",
    "rma_number",
    "date_submitted",
    "date_authorized",
    "authorized_by_id",
    "date_closed",
    "is_appealed",
    "awaiting_customer",
    "date_awaiting",
    "awaiting_supplier",
    "date_awaiting_supplier",
    "reminded_deadline",
    "date_reminder",
    "date_answer_by",
    "next_timer_id",
    "date_due",
    "is_late",
    "refusal_reason",
    "refusal_id",
    "is_auto_authorized",
    "question",
    "is_questioned",
    "date_withdrawal",
    "withdrawal_order_id",
    "withdrawal_statement",
    "withdrawal_email",
    "withdrawal_undelivered",
    "withdrawal_key",
    "is_prevented",
    "advance_approved_by_id",
    "amount_owed_goods",
    "date_owed_call",
    "date_owed_reminder",
    "date_scanned",
    "date_tracking",
    "is_pickup_planned",
    "pickup_wish",
    "date_supplier_reminder",
    "owed_called",
    "owed_deadline",
    "owed_extended",
    "owed_reminded_before",
    "owed_reminded_on",
}

# Held by this module alone: no RPC call, import or client can present it, so
# `state` is written by `_change_state` and by nothing else.
_STATE_KEY = object()


class RmaAuthorizationFlow(models.AbstractModel):
    """Permission to return: its states, who changed them, when and why."""

    _name = "rma.authorization.flow"
    _description = "Return Permission Flow"

    state = fields.Selection(
        selection=STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        help="What is permitted. How far the return has come is shown by the statuses.",
    )
    date_submitted = fields.Datetime(readonly=True, copy=False)
    date_authorized = fields.Datetime(readonly=True, copy=False)
    authorized_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    date_closed = fields.Datetime(readonly=True, copy=False)
    log_ids = fields.One2many(
        comodel_name="rma.authorization.log",
        inverse_name="authorization_id",
        string="State History",
        readonly=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("state", "draft") != "draft":
                raise UserError(
                    self.env._(
                        "A new authorization starts as a draft. Create it without a "
                        "state, then submit and authorize it."
                    )
                )
            # Without a value of its own, `default_state` of a context would count.
            vals["state"] = "draft"
            self._check_protected((PROTECTED_FIELDS - {"name"}) & set(vals), vals)
        return super().create(vals_list)

    def write(self, vals):
        if "state" in vals and self.env.context.get("rma_state_key") is not _STATE_KEY:
            raise UserError(
                self.env._(
                    "The state of %(names)s changes only through its buttons: submit, "
                    "authorize, refuse, cancel, extend, close or reopen.",
                    names=self._get_names(),
                )
            )
        self._check_protected(PROTECTED_FIELDS & set(vals), vals)
        return super().write(vals)

    def _check_protected(self, names, vals):
        """Number, dates and names of who decided follow from the steps, whatever door
        a value comes through."""
        if self.env.su or self.env.context.get("rma_state_key") is _STATE_KEY:
            return
        for name in sorted(names):
            field = self._fields[name]
            if not self and not vals[name]:
                continue
            raise UserError(
                self.env._(
                    "%(field)s of %(names)s can't be entered: it follows from the "
                    "steps of the return. Use its buttons.",
                    field=field._description_string(self.env),
                    names=self._get_names() or self.env._("a new return"),
                )
            )

    def _record(self, vals):
        """Write what a step has found out, protected fields among it."""
        self.with_context(rma_state_key=_STATE_KEY).write(vals)

    def _change_state(self, target, reason=None):
        """Move these authorizations to `target`; the only writer of `state`.

        Records already there are left alone, so repeating a call is harmless.

        :param str target: key of STATES
        :param str reason: kept in the history
        :raise UserError: naming the records that may not take this step
        :return: the records that changed
        """
        moving = self.filtered(lambda authorization: authorization.state != target)
        moving._check_transition(target)
        for state, authorizations in moving.grouped("state").items():
            authorizations._log_transition(state, target, reason)
        moving._record({"state": target, **self._prepare_state_vals(target)})
        return moving

    def _check_transition(self, target):
        """A state is left only towards those that TRANSITIONS lists."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for authorization in self:
            if target not in TRANSITIONS[authorization.state]:
                allowed = [
                    labels[state]
                    for state in labels
                    if state in TRANSITIONS[authorization.state]
                ]
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s and cannot become %(target)s. From here "
                        "it can only become: %(allowed)s.",
                        name=authorization.display_name,
                        state=labels[authorization.state],
                        target=labels[target],
                        allowed=", ".join(allowed),
                    )
                )

    def _prepare_state_vals(self, target):
        """Values written together with the new state: who and when."""
        now = fields.Datetime.now()
        return {
            "draft": {"date_submitted": False},
            "submitted": {"date_submitted": now},
            "authorized": {"date_closed": False},
            "closed": {"date_closed": now},
        }.get(target, {})

    def _log_transition(self, state, target, reason):
        # sudo: the history is written by the flow, whoever moves it, and by
        # no one else.
        self.env["rma.authorization.log"].sudo().create(
            [
                {
                    "authorization_id": authorization.id,
                    "from_state": state,
                    "to_state": target,
                    "user_id": self.env.uid,
                    "reason": reason or False,
                }
                for authorization in self
            ]
        )

    def _check_role(self, *groups):
        """Refuse users who have none of the given groups (external ids).

        Every public action starts here: hiding a button is no protection.
        """
        if self.env.su or any(self.env.user.has_group(group) for group in groups):
            return
        roles = self.env["res.groups"].sudo()
        for group in groups:
            roles |= self.env.ref(group, raise_if_not_found=False) or roles
        raise AccessError(
            self.env._(
                "You may not do this on %(names)s. It takes one of these roles: "
                "%(roles)s. Ask an administrator for the role, or a colleague who "
                "has it.",
                names=self._get_names(),
                roles=", ".join(roles.mapped("full_name")),
            )
        )

    def _get_names(self):
        """The records by name for a sentence, shortened where there are many."""
        names = self.sudo()[:5].mapped("display_name")
        if len(self) > 5:
            names.append(self.env._("%(count)s more", count=len(self) - 5))
        return ", ".join(names)
