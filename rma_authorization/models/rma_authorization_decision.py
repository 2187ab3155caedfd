# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import lock_rows, take_numbers
from .rma_authorization_mailing import ROLE_USER

ROLE_MANAGER = "rma_authorization.group_rma_manager"


class RmaAuthorizationDecision(models.AbstractModel):
    """The decisions on a request: submit, authorize, refuse, ask, cancel, close."""

    _name = "rma.authorization.decision"
    _description = "Return Decisions"
    _inherit = ["rma.authorization.mailing"]

    # -- submit ------------------------------------------------------------------

    def action_submit(self):
        """Hand in the drafts for review.

        :raise UserError: for a request without lines or without quantities, or one
            that asks for more than can still be returned
        """
        self._check_role(ROLE_USER)
        self._submit()

    def _submit(self):
        submitted = self._hand_in()
        submitted._queue_mail("rma_authorization.mail_template_submitted")
        return submitted

    def _hand_in(self):
        """Make drafts requests: complete, and of units that can still be returned."""
        lock_rows(self)
        submitted = self._check_can_submit()._change_state("submitted")
        submitted.line_ids._check_returnable()
        return submitted

    def _check_can_submit(self):
        """A request names at least one product, each with a quantity."""
        for authorization in self:
            if authorization.state == "refused":
                raise UserError(
                    self.env._(
                        "%(name)s was refused. It is looked at once more by an appeal.",
                        name=authorization.display_name,
                    )
                )
            if not authorization.line_ids:
                raise UserError(
                    self.env._(
                        "%(name)s has no lines. Add the products to be returned.",
                        name=authorization.display_name,
                    )
                )
            authorization.line_ids._check_requested()
        return self

    def action_draft(self):
        """Take submitted or cancelled requests back to draft, to be changed."""
        self._check_role(ROLE_USER)
        lock_rows(self)
        self._change_state("draft")
        self._withdraw_mail("rma_authorization.mail_template_submitted")

    # -- authorize ---------------------------------------------------------------

    def action_authorize(self):
        """Permit the return of each line's authorized quantity, and number it.

        Drafts are submitted on the way. The customer gets a mail with form and label.

        :raise UserError: if nothing is left to permit, or more than can be returned
        """
        self._check_role(ROLE_USER)
        self._authorize()

    def _authorize(self, reason=None):
        drafts = self.filtered(lambda authorization: authorization.state == "draft")
        # nobody has waited for a decision that is taken at once: it isn't timed
        drafts.with_context(rma_untimed=True)._hand_in()
        lock_rows(self - drafts)
        # an expired permission comes back through action_extend, with a new date
        requests = self.filtered(lambda request: request.state != "authorized")
        # drafts were judged a moment ago, under the same locks
        waiting = requests - drafts
        waiting._judge_completed()
        requests._check_can_authorize()
        # first, as the clock of the receipt has the day until which it may come back
        requests._assign_rma_number()
        authorized = requests._change_state("authorized", reason)
        (authorized & waiting).line_ids._check_returnable()
        authorized._queue_mail("rma_authorization.mail_template_authorized")
        return authorized

    def _judge_completed(self):
        """Look again at requests that lacked something when they were handed in."""

    def _check_can_authorize(self):
        """Only submitted requests, and only if some quantity is permitted."""
        for authorization in self:
            if authorization.state != "submitted":
                authorization._check_transition("authorized")
                raise UserError(
                    self.env._(
                        "%(name)s is not waiting for a decision. Extend it if it "
                        "expired, or let a manager reopen it if it is closed.",
                        name=authorization.display_name,
                    )
                )
            if not authorization.line_ids._has_open("qty_authorized"):
                raise UserError(
                    self.env._(
                        "%(name)s authorizes no quantity at all. Enter what may come "
                        "back on at least one line, or refuse the request.",
                        name=authorization.display_name,
                    )
                )

    def _assign_rma_number(self):
        """Number what is authorized, and set the day until which it may come back."""
        unnumbered = self.filtered(lambda authorization: not authorization.rma_number)
        numbers = take_numbers(
            self.env,
            "rma.authorization",
            [authorization.company_id.id for authorization in unnumbered],
        )
        numbers = dict(zip(unnumbered, numbers, strict=True))
        for authorization in self:
            vals = {"awaiting_customer": False, "date_awaiting": False}
            today = fields.Date.context_today(authorization)
            if (authorization.date_deadline or date.min) < today:
                vals["date_deadline"] = today + relativedelta(
                    days=authorization._get_term("validity_days")
                )
            if authorization in numbers:
                vals["rma_number"] = numbers[authorization]
            authorization._record(vals)

    def _prepare_state_vals(self, target):
        """Override of the flow to keep who authorized."""
        vals = super()._prepare_state_vals(target)
        if target == "authorized" and any(
            authorization.state == "submitted" for authorization in self
        ):
            vals["date_authorized"] = fields.Datetime.now()
            vals["authorized_by_id"] = self.env.uid
        return vals

    # -- refuse, ask, appeal -------------------------------------------------------

    def action_refuse(self, reason=None, refusal_id=False):
        """Refuse the requests; the customer reads the reason (R14).

        :param str reason: without it, the window that asks for it opens
        :param int refusal_id: id of the `rma.authorization.refusal`, for the figures
        """
        self._check_role(ROLE_USER)
        if not reason:
            return self._ask_reason("action_refuse")
        lock_rows(self)
        refused = self._change_state("refused", reason)
        refused._record(
            {
                "refusal_reason": reason,
                "refusal_id": refusal_id,
                "awaiting_customer": False,
                "date_awaiting": False,
            }
        )
        refused._queue_mail("rma_authorization.mail_template_refused")
        return None

    def action_appeal(self):
        """Submit a refused request for a second look; possible once.

        :raise UserError: if it was appealed before
        """
        self._check_role(ROLE_USER)
        lock_rows(self)
        for authorization in self:
            if authorization.state != "refused":
                raise UserError(
                    self.env._(
                        "%(name)s was not refused, so there is nothing to appeal "
                        "against.",
                        name=authorization.display_name,
                    )
                )
            if authorization.is_appealed:
                raise UserError(
                    self.env._(
                        "%(name)s was appealed before and refused again. Make a new "
                        "request if there is new evidence.",
                        name=authorization.display_name,
                    )
                )
        self._change_state("submitted", self.env._("Appeal"))
        self._record({"is_appealed": True})
        self._queue_mail("rma_authorization.mail_template_appealed")

    def action_request_information(self, question=None):
        """Ask the customer something; the clocks stand still until the answer.

        :param str question: without it, the window that asks for it opens
        """
        self._check_role(ROLE_USER)
        if not question:
            return self._ask_reason("action_request_information")
        for authorization in self:
            if authorization.state not in ("draft", "submitted", "authorized"):
                raise UserError(
                    self.env._(
                        "%(name)s is settled or decided; there is nothing to ask. "
                        "Write a message instead.",
                        name=authorization.display_name,
                    )
                )
        self._record(
            {
                "awaiting_customer": True,
                "date_awaiting": fields.Datetime.now(),
                "question": question,
            }
        )
        self.filtered(lambda asked: asked.state != "authorized")._record(
            {"is_questioned": True}
        )
        self._post_question()
        return None

    def action_information_received(self):
        """The customer has answered: the clocks go on."""
        self._check_role(ROLE_USER)
        self._receive_information()

    def _receive_information(self):
        self._record({"awaiting_customer": False, "date_awaiting": False})

    # -- cancel ----------------------------------------------------------------------

    def action_cancel(self, reason=None):
        """Withdraw requests, or permissions under which nothing has happened yet.

        :raise UserError: once something was received, replaced or credited (R18);
            close the rest with :meth:`action_close` then
        """
        self._check_role(ROLE_USER)
        self._cancel(reason)

    def _cancel(self, reason=None):
        lock_rows(self)
        self._check_can_cancel()
        cancelled = self._change_state("cancelled", reason)
        cancelled._record({"awaiting_customer": False, "date_awaiting": False})
        # a number that was given out a moment ago is void
        cancelled._withdraw_waiting()
        # who has never heard of the return needn't hear that there is none
        cancelled._filter_told()._queue_mail(
            "rma_authorization.mail_template_cancelled"
        )
        return cancelled

    def _check_can_cancel(self):
        """Nothing received, replaced or credited (R18)."""
        for authorization in self:
            if authorization.line_ids._has_started():
                raise UserError(
                    self.env._(
                        "%(name)s can't be cancelled: goods were received, or a "
                        "replacement or credit was made. Close what is still expected "
                        "instead.",
                        name=authorization.display_name,
                    )
                )

    # -- close, reopen -----------------------------------------------------------------

    def action_close(self, reason=None):
        """Stop expecting what has not arrived; the rest is finished as it stands.

        An authorization closes by itself once nothing is open on it.

        :param str reason: why the rest does not come; asked for where something is open
        :raise UserError: where arrived goods still wait for somebody
        """
        self._check_role(ROLE_USER)
        lock_rows(self)
        self._check_can_close()
        if not reason and self.line_ids._has_open("qty_to_receive"):
            return self._ask_reason("action_close")
        self.line_ids._close_remaining(reason)
        self._update_closure(reason)
        return None

    def _check_can_close(self):
        """Goods in hand are finished, not closed away."""
        for authorization in self:
            if authorization.state != "authorized":
                authorization._check_transition("closed")
            if authorization.next_step in ("inspect", "dispose"):
                raise UserError(
                    self.env._(
                        "%(name)s can't be closed: goods have arrived that nobody "
                        "has inspected, or put away. Do that first.",
                        name=authorization.display_name,
                    )
                )

    def action_report_lost(self, reason=None, line_ids=None, settle=False):
        """Close what was lost on its way to us: it isn't expected, nor returnable.

        :param str reason: without it, the window that asks for it opens
        :param list line_ids: the lines whose rest was lost; by default all
        :param bool settle: the customer gets the resolution for it nevertheless
        :raise UserError: where nothing is expected
        """
        self._check_role(ROLE_USER)
        lines = self.line_ids.filtered(
            lambda line: (
                (line_ids is None or line.id in line_ids)
                and line._has_open("qty_to_receive")
            )
        )
        if not lines:
            raise UserError(
                self.env._(
                    "%(names)s: nothing is on its way, so nothing can be lost.",
                    names=self._get_names(),
                )
            )
        if not reason:
            return self._ask_reason("action_report_lost", default_line_ids=lines.ids)
        lock_rows(self)
        lines._report_lost(reason, settle)
        self._update_closure(reason)
        return None

    def action_reopen(self, reason=None):
        """Take closed authorizations back into work (managers, with a reason).

        What was closed before it arrived is expected again.

        :raise UserError: if that was returned otherwise meanwhile
        """
        self._check_role(ROLE_MANAGER)
        if not reason:
            return self._ask_reason("action_reopen")
        lock_rows(self)
        for authorization in self:
            if authorization.state != "closed":
                raise UserError(
                    self.env._(
                        "%(name)s is not closed, so there is nothing to reopen.",
                        name=authorization.display_name,
                    )
                )
        self._change_state("authorized", reason)
        self._tell_reopened()
        self.line_ids._expect_closed()
        return None

    def _update_closure(self, reason=None):
        """Let `state` follow the documents: close what is finished, and take back
        into work what was closed until one of its documents was undone; and let the
        warranties follow."""
        self.line_ids._follow_warranties()
        finished = self.filtered(
            lambda authorization: (
                authorization.state == "authorized"
                and authorization.next_step == "none"
            )
        )
        finished._change_state("closed", reason or self.env._("Everything is done"))
        finished._queue_mail("rma_authorization.mail_template_closed")
        finished._request_rating()
        undone = self.filtered(
            lambda authorization: (
                authorization.state == "closed"
                and authorization.line_ids._has_open_work()
            )
        )
        undone._change_state("authorized", self.env._("A document was taken back"))
        undone._tell_reopened()

    def _tell_reopened(self):
        """Whoever was told that the return is finished hears that it isn't."""
        self._withdraw_mail(
            "rma_authorization.mail_template_closed",
            "rma_authorization.mail_template_rating",
        )
        self._filter_told("rma_authorization.mail_template_closed")._queue_mail(
            "rma_authorization.mail_template_reopened"
        )

    # -- shared ----------------------------------------------------------------------

    def _get_assignee(self):
        """Who is asked to do something for a return: the responsible, else the leader
        of the team, one of its members, or who authorized it; the first who may see
        the return, and is still here. Empty if nobody is."""
        self.ensure_one()
        team = self.team_id
        users = self.user_id | team.user_id | team.member_ids | self.authorized_by_id
        return users.filtered(
            lambda user: (
                user.active
                and self.company_id in user.company_ids
                and user.has_group(ROLE_USER)
            )
        )[:1]

    def _ask_assignees(self, activity_type, get_summary):
        """It is a person's turn, today: one activity for each return that somebody can
        be asked about, all created at once.

        :param str activity_type: its XML id
        :param get_summary: says for a return, in the language of who is asked, what is
            to be done
        """
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            activity_type, raise_if_not_found=False
        )
        model_id = self.env["ir.model"]._get_id(self._name)
        vals_list = []
        for authorization in self:
            user = authorization._get_assignee()
            if not user:
                continue
            vals_list.append(
                {
                    "res_model_id": model_id,
                    "res_id": authorization.id,
                    "activity_type_id": type_id,
                    "user_id": user.id,
                    "automated": True,
                    "date_deadline": fields.Date.context_today(authorization),
                    "summary": get_summary(authorization.with_context(lang=user.lang)),
                }
            )
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            vals_list
        )

    def _get_policy_term(self, name):
        """A term of the policies of this authorization's lines, such as
        ``validity_days``: the shortest of those that set it, 0 if none does."""
        self.ensure_one()
        # sudo: the promise holds, whoever may read the policy
        terms = self.sudo().line_ids.policy_id.mapped(name)
        return min((term for term in terms if term), default=0)

    def _ask_reason(self, method, **context):
        """Open the window that asks for the words this step needs."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "rma.authorization.ask",
            "views": [(False, "form")],
            "target": "new",
            "name": self.env["rma.authorization.ask"]._get_title(method),
            "context": {
                "default_authorization_ids": self.ids,
                "default_method": method,
                **context,
            },
        }
