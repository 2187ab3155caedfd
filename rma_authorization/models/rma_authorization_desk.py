# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import AccessError, UserError

# So many rows of the queue come at once, and so many lines are judged alike at once.
MAX_ROWS = 80


class RmaAuthorizationDesk(models.AbstractModel):
    """The inspection desk (Q1-Q3): what waits to be inspected, what the inspector has
    to know of it, what follows from what is found, and its record.

    The server keeps nothing between two calls; any client may call. Quantities are in
    the line's unit. A finding is a dict with these keys, all but ``verdict`` optional:

    ``qty``              how much of the line it is about
    ``verdict``          ``accepted`` or ``rejected``
    ``grade``, ``fault_found``, ``fault_id``, ``cause_id``, ``responsible``,
    ``is_wrong_item``, ``is_incomplete``, ``missing_parts``, ``note``
                         as on `rma.authorization.inspection`
    ``photo_ids``        pictures that the user has uploaded and that belong to nothing
    ``as_proposed``      whether the proposal decides, resolution and disposition both
    ``resolution``, ``disposition``
                         what is decided otherwise
    ``overrule_reason``  why it is decided otherwise than proposed; needed where it is

    Another addon adds keys by `_get_value_names`.
    """

    _name = "rma.authorization.desk"
    _description = "Inspection Desk"
    _inherit = [
        "rma.authorization.desk.queue",
        "rma.authorization.desk.unit",
        "rma.authorization.desk.finding",
    ]

    # -- public ------------------------------------------------------------------------

    @api.model
    def get_queue(self, filters=None):
        """What waits to be inspected, the oldest receipt first.

        :param dict filters: `text` (number, customer or product), `product_id`,
            `is_late`, `offset`, and `limit` (80 at most)
        :return: `rows`, see `_prepare_row`; `total`, how many there are without limit
        :raise AccessError: for who inspects nothing
        """
        self._check_desk_role()
        filters = filters or {}
        lines = self.env["rma.authorization.line"]
        domain = self._get_queue_domain(filters)
        limit = min(max(int(filters.get("limit") or MAX_ROWS), 1), MAX_ROWS)
        offset = max(int(filters.get("offset") or 0), 0)
        found = lines.search(
            domain, order="date_to_inspect, id", offset=offset, limit=limit
        )
        is_all = not offset and len(found) < limit
        return {
            "rows": self._describe_rows(found),
            "total": len(found) if is_all else lines.search_count(domain),
        }

    @api.model
    def find(self, barcode):
        """Where in the queue something is that was scanned or typed.

        :param str barcode: the number of a return, a parcel or a product; where goods
            have numbers, theirs as well
        :return: `rows` that it means, the oldest first; `lot_id`, the number of the
            goods, or False; `message`, why there is nothing
        """
        self._check_desk_role()
        barcode = (barcode or "").strip()
        lines, lot_id = self._find_lines(barcode) if barcode else (None, False)
        if not lines:
            message = self.env._(
                "Nothing waits to be inspected under %(barcode)s.", barcode=barcode
            )
            return {"rows": [], "lot_id": False, "message": message}
        return {"rows": self._describe_rows(lines), "lot_id": lot_id, "message": ""}

    @api.model
    def get_unit(self, line_id):
        """What the inspector has to know of one line: see `_describe_unit`."""
        self._check_desk_role()
        return self._describe_unit(self._get_lines([line_id]))

    @api.model
    def propose(self, values):
        """What follows from a finding before it is recorded: see `_describe_proposal`.

        :param dict values: a finding, and `line_id`
        """
        self._check_desk_role()
        line = self._get_lines([values.get("line_id")])
        return self._describe_proposal(self._prepare_draft(line, values))

    @api.model
    def judge(self, line_id, findings, seen=None):
        """Record findings on one line: all of them, or none.

        :param int line_id: the line
        :param list findings: see the model; they split the line by quantity or number
        :param float seen: what of it waited as the screen showed it; repeating a call
            is refused by it
        :return: `left`, the row of what still waits, or False; `message`
        :raise UserError: if somebody else has judged of it, nothing is recorded, or a
            finding is incomplete; by the finding for more than arrived
        """
        self._check_desk_role()
        line = self._get_lines([line_id])
        self._judge(line, findings or [], seen)
        left = self._describe_rows(line._filter_to_inspect())
        message = self.env._(
            "%(line)s: recorded. %(left)s %(unit)s still to be judged.",
            line=line.display_name,
            left=f"{line.qty_to_inspect:g}",
            unit=line.product_uom_id.name,
        )
        if not left:
            message = self.env._("%(line)s: recorded.", line=line.display_name)
        return {"left": left[0] if left else False, "message": message}

    @api.model
    def judge_alike(self, line_ids, finding):
        """Record the same finding for all that waits on several lines, all or none.

        :param list line_ids: the lines, 80 at most
        :param dict finding: see the model, without quantity and number
        :return: `left`, rows of what waits nevertheless; `message`
        :raise UserError: as in `judge`, and where nothing waits on one of them any more
        """
        self._check_desk_role()
        lines = self._get_lines(line_ids)
        if len(lines) > MAX_ROWS:
            raise UserError(
                self.env._(
                    "%(count)s lines are too many at once. Mark %(limit)s at most.",
                    count=len(lines),
                    limit=MAX_ROWS,
                )
            )
        findings = self._judge_alike(lines, finding)
        message = self.env._(
            "%(count)s findings on %(lines)s lines recorded alike.",
            count=len(findings),
            lines=len(lines),
        )
        left = self._describe_rows(lines._filter_to_inspect())
        return {"left": left, "message": message}

    # -- helpers -----------------------------------------------------------------------

    def _check_desk_role(self):
        roles = self.env["rma.authorization"]._get_inspector_roles()
        if self.env.su or any(self.env.user.has_group(role) for role in roles):
            return
        raise AccessError(
            self.env._(
                "The inspection desk is for those who inspect returns: technicians, "
                "warehouse workers and service agents. Ask an administrator for one of "
                "these roles."
            )
        )

    def _get_lines(self, line_ids):
        """These lines, each of which exists and may be read by the user."""
        ids = {int(line_id or 0) for line_id in line_ids or []}
        lines = self.env["rma.authorization.line"].browse(sorted(ids)).exists()
        if not lines or len(lines) < len(ids):
            raise UserError(
                self.env._("This return is gone. Update the queue, and go on.")
            )
        lines.check_access("read")
        return lines
