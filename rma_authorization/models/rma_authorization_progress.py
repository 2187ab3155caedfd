# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import lock_rows, read_rows
from .rma_authorization_decision import ROLE_USER

ROLE_TECHNICIAN = "rma_authorization.group_rma_technician"


PROGRESS = [
    ("no", "Nothing"),
    ("pending", "Pending"),
    ("partial", "Partial"),
    ("done", "Done"),
]
NEXT_STEPS = [
    ("review", "Review"),
    ("receive", "Receive"),
    ("inspect", "Inspect"),
    ("settle", "Settle"),
    ("dispose", "Dispose"),
    ("close", "Close"),
    ("none", "Nothing to Do"),
]


class RmaAuthorizationProgress(models.AbstractModel):
    """The work on a permitted return, and how far it is: receive, inspect, settle,
    dispose. The statuses are computed from the lines."""

    _name = "rma.authorization.progress"
    _description = "Return Work"
    _inherit = ["rma.authorization.expiry"]

    receipt_status = fields.Selection(
        selection=PROGRESS, compute="_compute_progress", store=True
    )
    inspection_status = fields.Selection(
        selection=PROGRESS, compute="_compute_progress", store=True
    )
    settlement_status = fields.Selection(
        selection=PROGRESS, compute="_compute_progress", store=True
    )
    disposition_status = fields.Selection(
        selection=PROGRESS, compute="_compute_progress", store=True
    )
    next_step = fields.Selection(
        selection=NEXT_STEPS,
        compute="_compute_progress",
        store=True,
        group_expand=True,
        help="The queue in which this return stands: what somebody can do next.",
    )

    @api.depends(
        "state",
        "channel",
        "line_ids.qty_authorized",
        "line_ids.qty_received",
        "line_ids.qty_inspected",
        "line_ids.qty_settled",
        "line_ids.qty_settling",
        "line_ids.qty_disposed",
        "line_ids.qty_disposing",
        "line_ids.qty_to_receive",
        "line_ids.qty_to_inspect",
        "line_ids.qty_to_settle",
        "line_ids.qty_to_dispose",
    )
    def _compute_progress(self):
        for authorization in self:
            lines = authorization.line_ids
            authorization.receipt_status = lines._get_progress(
                "qty_received", ["qty_to_receive"]
            )
            authorization.inspection_status = lines._get_progress(
                "qty_inspected", ["qty_to_inspect"]
            )
            authorization.settlement_status = lines._get_progress(
                "qty_settled", ["qty_to_settle", "qty_settling"]
            )
            authorization.disposition_status = lines._get_progress(
                "qty_disposed", ["qty_to_dispose", "qty_disposing"]
            )
            authorization.next_step = authorization._get_next_step()

    def _get_next_step(self):
        """The queue: goods in hand come before goods that are still awaited."""
        self.ensure_one()
        if self.state in ("draft", "submitted"):
            return "review"
        if self.state != "authorized":
            return "none"
        lines = self.line_ids
        for step in ("inspect", "settle", "dispose", "receive"):
            if lines._has_open(f"qty_to_{step}"):
                return step
        if lines._has_open("qty_settling") or lines._has_open("qty_disposing"):
            return "close"
        return "none"

    # -- roles -------------------------------------------------------------------

    def _get_receiver_roles(self):
        """Who may receive and dispose. Override to add the roles of another app."""
        return [ROLE_USER]

    def _get_inspector_roles(self):
        return [ROLE_TECHNICIAN, *self._get_receiver_roles()]

    def _get_settler_roles(self):
        return [ROLE_USER]

    def _start_work(self, *roles):
        """Check role and state, lock, and return these records with the rights that
        the step needs on other apps' documents (sudo; the user stays the same)."""
        self._check_role(*roles)
        self.check_access("read")
        lock_rows(self)
        # of settings, what is in memory
        self.currency_id._recall()
        self.env["rma.authorization.reason"]._get_remembered()
        for authorization in self:
            if authorization.state != "authorized":
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s. Goods are received, inspected, settled "
                        "and disposed of only while it is authorized.",
                        name=authorization.display_name,
                        state=dict(
                            self._fields["state"]._description_selection(self.env)
                        )[authorization.state].lower(),
                    )
                )
        authorizations_sudo = self.sudo()
        read_rows(authorizations_sudo, "line_ids")._read_progress()
        return authorizations_sudo

    # -- receive -----------------------------------------------------------------

    def action_receive(self):
        """Record what has arrived: here by hand, in a window with the lines."""
        self._check_role(*self._get_receiver_roles())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Receive"),
            "res_model": "rma.authorization.receive",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_authorization_ids": self.ids},
        }

    def _receive_announced(self):
        """Receive all that is expected, just as it was authorized.

        :raise UserError: where nothing is expected
        """
        authorizations_sudo = self._start_work(*self._get_receiver_roles())
        expected = authorizations_sudo.line_ids.filtered(
            lambda line: line._has_open("qty_to_receive")
        )
        authorizations_sudo._check_expected(expected)
        authorizations_sudo._receive_by_hand(
            {line: line.qty_to_receive for line in expected}
        )

    def _check_expected(self, lines):
        for authorization in self - lines.authorization_id:
            raise UserError(
                self.env._(
                    "%(name)s: nothing is expected any more, so there is nothing to "
                    "receive.",
                    name=authorization.display_name,
                )
            )

    def _receive_by_hand(self, quantities):
        """Record what has arrived, and tell the customers.

        :param dict quantities: {line: quantity in its unit}
        """
        self.line_ids._receive_by_hand(quantities)
        arrived = self.browse(
            {line.authorization_id.id: 1 for line, qty in quantities.items() if qty > 0}
        )
        arrived._queue_mail("rma_authorization.mail_template_received")
        self._update_closure()

    # -- inspect -----------------------------------------------------------------

    def action_inspect(self):
        """Accept everything that arrived and has no finding yet.

        :return: the inspections made
        :rtype: rma.authorization.inspection recordset
        """
        authorizations_sudo = self._start_work(*self._get_inspector_roles())
        inspections_sudo = authorizations_sudo.line_ids._accept_received()
        authorizations_sudo._update_closure()
        return inspections_sudo.sudo(self.env.su)

    def action_open_inspect(self):
        """Open the inspection desk for what arrived, line by line."""
        self._check_role(*self._get_inspector_roles())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Inspect"),
            "res_model": "rma.authorization.inspect",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_authorization_ids": self.ids,
                "dialog_size": "extra-large",
            },
        }

    # -- settle ------------------------------------------------------------------

    def action_run_many(self, step=None):
        """A step of the selected returns: at once for a few, else in the background.

        :param str step: as in `rma.authorization.mass`; by default that of the context
        :return: what the step opens, or the window with its progress
        """
        self._check_role(*self._get_inspector_roles())
        step = step or self.env.context.get("rma_step")
        return self.env["rma.authorization.mass"]._run_or_queue(step, self)

    def action_settle(self):
        """Carry out every resolution that is due.

        Settles only what is open, so a second call makes nothing twice.

        :return: the settlements made
        :rtype: rma.authorization.settlement recordset
        :raise UserError: where a resolution is impossible; then nothing is made
        """
        authorizations_sudo = self._start_work(*self._get_settler_roles())
        settlements_sudo = authorizations_sudo._settle()
        return settlements_sudo.sudo(self.env.su)

    def _settle(self):
        # their terms are in memory
        self.env["rma.authorization.policy"]._get_remembered()
        before = self.line_ids.settlement_ids
        settlements = self.env["rma.authorization.settlement"].create(
            self.line_ids._prepare_settlement_vals_list()
        )
        settlements._settle()
        self._update_closure()
        # a handler may have cut some up, one for each document
        return self.line_ids.settlement_ids - before

    # -- dispose -----------------------------------------------------------------

    def action_dispose(self):
        """Carry out the disposition of every inspected quantity that has one.

        Goods that need no inspection are accepted first.

        :return: the inspections whose goods were moved
        :rtype: rma.authorization.inspection recordset
        """
        authorizations_sudo = self._start_work(*self._get_receiver_roles())
        inspections_sudo = authorizations_sudo._dispose()
        return inspections_sudo.sudo(self.env.su)

    def _dispose(self):
        self.filtered(
            lambda authorization: not authorization.inspection_required
        ).line_ids._accept_received()
        inspections = self.inspection_ids._get_disposable()
        self._check_disposable(inspections)
        inspections._dispose()
        self._update_closure()
        return inspections

    def _check_disposable(self, inspections):
        """A click that would move nothing says why instead."""
        waiting = self.line_ids.filtered(lambda line: line._has_open("qty_to_dispose"))
        if waiting and not inspections:
            raise UserError(
                self.env._(
                    "%(lines)s: nothing can be moved yet. Inspect what has arrived, "
                    "and "
                    "choose on each finding what happens to the goods.",
                    lines=", ".join(waiting.mapped("display_name")),
                )
            )

    # -- print -------------------------------------------------------------------

    def action_print_form(self):
        """The return form: number, address, deadline, lines."""
        self._check_numbered()
        return self.env.ref("rma_authorization.action_report_form").report_action(self)

    def action_print_label(self):
        """The label for the parcel, with the RMA number as Code128 and QR."""
        self._check_numbered()
        return self.env.ref("rma_authorization.action_report_label").report_action(self)

    def _check_numbered(self):
        """Form and label carry the RMA number, which exists once authorized (A6)."""
        for authorization in self:
            if not authorization.rma_number:
                raise UserError(
                    self.env._(
                        "%(name)s has no RMA number yet. Authorize it first.",
                        name=authorization.display_name,
                    )
                )
