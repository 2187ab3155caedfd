# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import format_datetime


class RmaAuthorizationLineAccessory(models.AbstractModel):
    """The accessories of a return line, and those that were missing when its goods
    arrived: whoever inspects knows, and the customer waits for nobody."""

    _name = "rma.authorization.line.accessory"
    _description = "Return Line Accessories"

    missing_ids = fields.One2many(
        comodel_name="rma.authorization.missing",
        inverse_name="line_id",
        string="Missing Accessories",
        readonly=True,
    )
    missing_accessories = fields.Text(
        string="Arrived Without",
        compute="_compute_missing_accessories",
        help="What was missing when the goods arrived, who saw it, and when.",
    )

    @api.depends("missing_ids.name", "missing_ids.user_id", "missing_ids.date")
    def _compute_missing_accessories(self):
        for line in self:
            # sudo: whoever reads the line may know what came with its goods
            line.missing_accessories = "\n".join(
                self.env._(
                    "%(accessory)s (%(user)s, %(time)s)",
                    accessory=missing.name,
                    user=missing.user_id.name,
                    time=format_datetime(self.env, missing.date, dt_format="short"),
                )
                for missing in line.sudo().missing_ids
            )

    def _get_accessories(self):
        """What has to come back with these goods: {line: accessories}."""
        return self.env["rma.authorization.accessory"]._get_for_lines(self)

    def _report_missing(self, accessories_by_line):
        """Keep what was missing when goods arrived, as superuser code.

        :param dict accessories_by_line: {line: accessories}
        """
        return self.env["rma.authorization.missing"].create(
            [
                {
                    "line_id": line.id,
                    "accessory_id": accessory.id,
                    "name": accessory.name,
                }
                for line, accessories in accessories_by_line.items()
                for accessory in accessories
            ]
        )

    def _prepare_incomplete_vals(self):
        """What is proposed to whoever inspects: values of the finding."""
        self.ensure_one()
        # sudo: as above
        names = dict.fromkeys(self.sudo().missing_ids.sorted("id").mapped("name"))
        if not names:
            return {}
        return {"is_incomplete": True, "missing_parts": ", ".join(names)}
