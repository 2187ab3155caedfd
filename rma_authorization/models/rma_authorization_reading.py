# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain

from ..tools import fetch_rows, find_together, is_found_together


class RmaAuthorizationReading(models.AbstractModel):
    """What screens fetch of returns, in fewer queries.

    The ORM asks for the records of each one2many and many2many in a query of its own.
    The form of a return shows nine of them, most of them empty, and counts four more:
    here they are found in one statement.
    """

    _name = "rma.authorization.reading"
    _description = "Reading of Returns"

    def _fetch_query(self, query, fields):
        """Override of the ORM, see the class."""
        together = [field for field in fields if is_found_together(self.env, field)]
        if len(together) < 2:
            return super()._fetch_query(query, fields)
        others = [field for field in fields if field not in together]
        fetched = super()._fetch_query(query, others)
        find_together(fetched, [field.name for field in together])
        return fetched

    @api.readonly
    def web_read(self, specification):
        """Override of `web`: a form shows most of a return, and names its people."""
        if "line_ids" in specification:
            people = fetch_rows(self).user_id.sudo().partner_id
            fetch_rows(self.partner_id.sudo() | people)
        return super().web_read(specification)

    @api.model
    @api.readonly
    def read_progress_bar(self, domain, group_by, progress_bar):
        """Override of `web`: what has no activity is in none of the bars."""
        if progress_bar["field"] == "activity_state":
            domain = Domain(domain) & Domain("activity_ids", "!=", False)
        return super().read_progress_bar(domain, group_by, progress_bar)
