# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .rma_authorization_reason import RESPONSIBLES


class RmaAuthorizationFault(models.Model):
    """The catalogue of an inspection: what is wrong (fault), and why (cause).

    Both are trees, so that reports can add up what belongs together.
    """

    _name = "rma.authorization.fault"
    _description = "Fault or Cause"
    _parent_store = True
    _order = "kind desc, sequence, id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short and fixed: used by reports.")
    kind = fields.Selection(
        selection=[("fault", "Fault"), ("cause", "Cause")],
        required=True,
        default="fault",
        index=True,
        help="A fault is what is wrong with the goods, a cause is where it comes from.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", help="Every company when empty."
    )
    parent_id = fields.Many2one(
        comodel_name="rma.authorization.fault",
        string="Part of",
        index=True,
        check_company=True,
        ondelete="restrict",
        domain="[('kind', '=', kind), ('id', '!=', id)]",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many(
        comodel_name="rma.authorization.fault", inverse_name="parent_id"
    )
    responsible = fields.Selection(
        selection=RESPONSIBLES,
        help="Who is responsible for what has this cause, unless the inspector finds "
        "otherwise; as the reason of the return says when empty.",
    )
    categ_ids = fields.Many2many(
        comodel_name="product.category",
        string="Product Categories",
        help="Offered for goods of these categories and of those below them; for all "
        "goods when empty.",
    )

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "Every fault and every cause has a code of its own.",
    )

    # -- computes ------------------------------------------------------------------

    @api.depends("name", "parent_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for fault in self:
            names, current = [], fault
            while current:
                names.append(current.name or "")
                current = current.parent_id
            fault.display_name = " / ".join(reversed(names))

    # -- checks --------------------------------------------------------------------

    @api.constrains("kind", "parent_id")
    def _check_kind(self):
        """Faults are parts of faults, and causes of causes; what findings name stays
        what it is."""
        for fault in self:
            for part, whole in [
                (fault, fault.parent_id),
                *((child, fault) for child in fault.child_ids),
            ]:
                if whole and part.kind != whole.kind:
                    raise ValidationError(
                        self.env._(
                            "%(part)s can't be part of %(whole)s: one is a fault, the "
                            "other a cause. Choose two of the same kind.",
                            part=part.name,
                            whole=whole.name,
                        )
                    )
        self._check_used_kind()

    def _check_used_kind(self):
        for field, kind in (("fault_id", "fault"), ("cause_id", "cause")):
            wrong = self.filtered(lambda fault, kind=kind: fault.kind != kind)
            if finding := wrong._find_use(field):
                raise ValidationError(
                    self.env._(
                        "%(fault)s was found on %(line)s already. Archive it and make "
                        "a new one, instead of changing its kind.",
                        fault=finding[field].name,
                        line=finding.line_id.display_name,
                    )
                )

    def _find_use(self, field):
        """A finding that names one of these, if there is one."""
        # sudo: the findings of all companies count
        findings = self.env["rma.authorization.inspection"].sudo()
        return findings.search([(field, "in", self.ids)], limit=1)

    @api.ondelete(at_uninstall=False)
    def _unlink_while_unused(self):
        for field in ("fault_id", "cause_id"):
            if finding := self._find_use(field):
                raise UserError(
                    self.env._(
                        "%(fault)s was found on %(line)s, and can't be deleted. "
                        "Archive it: it is not offered any more.",
                        fault=finding[field].name,
                        line=finding.line_id.display_name,
                    )
                )

    def write(self, vals):
        if vals.get("parent_id"):
            # before the core, which says no more than that there is a loop
            self._check_loop(self.browse(vals["parent_id"]))
        return super().write(vals)

    def _check_loop(self, parent):
        above = parent._get_path_ids()
        for fault in self:
            if fault.id in above:
                raise ValidationError(
                    self.env._(
                        "%(fault)s can't be part of %(parent)s, which is part of it. "
                        "Choose another one.",
                        fault=fault.name,
                        parent=parent.name,
                    )
                )

    # -- business ------------------------------------------------------------------

    def _get_path_ids(self):
        """Ids of this one and of those that it is part of."""
        self.ensure_one()
        return {int(part) for part in (self.parent_path or "").split("/") if part}

    def _is_part_of(self, faults):
        """Whether this is one of these, or part of one."""
        return bool(self) and not self._get_path_ids().isdisjoint(faults.ids)

    def _is_for(self, category):
        """Whether it is for goods of this product category."""
        self.ensure_one()
        above = {int(part) for part in (category.parent_path or "").split("/") if part}
        return not self.categ_ids or not above.isdisjoint(self.categ_ids.ids)
