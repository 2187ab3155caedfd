# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


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
        together = [field for field in fields if self._is_found_together(field)]
        if len(together) < 2:
            return super()._fetch_query(query, fields)
        others = [field for field in fields if field not in together]
        fetched = super()._fetch_query(query, others)
        if fetched:
            fetched._find_together(together)
        return fetched

    @api.model
    @api.readonly
    def read_progress_bar(self, domain, group_by, progress_bar):
        """Override of `web`: what has no activity is in none of the bars."""
        if progress_bar["field"] == "activity_state":
            domain = Domain(domain) & Domain("activity_ids", "!=", False)
        return super().read_progress_bar(domain, group_by, progress_bar)

    def _is_found_together(self, field):
        """Whether the records of this field are found as the ORM's fields find them: by
        a column or a table of relations, and by the search that every model has."""
        if field.type not in ("one2many", "many2many") or not field.store:
            return False
        comodel = self.env[field.comodel_name]
        if type(comodel)._search is not models.BaseModel._search:
            return False
        if field.type == "many2many":
            return True
        inverse = comodel._fields[field.inverse_name]
        return inverse.store and inverse.type == "many2one"

    def _find_together(self, fields):
        """Put the ids of the records in these fields into the cache.

        :raise AccessError: where the user can't read them, as the ORM does
        """
        arrays = [SQL("ARRAY(%s)", self._select_pairs(field)) for field in fields]
        [found] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(arrays)))
        for field, pairs in zip(fields, found, strict=True):
            others = {id_: [] for id_ in self._ids}
            for id_, other_id in pairs:
                others[id_].append(other_id)
            field._insert_cache(self, map(tuple, others.values()))

    def _select_pairs(self, field):
        """Pairs of a record and one that is in its field, of those that the user may
        see, in their order; archived ones as well, which the ORM leaves out later."""
        context = {"active_test": False, **field.context}
        comodel = self.env[field.comodel_name].with_context(**context)
        table, domain = comodel._table, field.get_comodel_domain(self)
        if field.type == "one2many":
            domain &= Domain(field.inverse_name, "in", self.ids)
            query = comodel._search(domain, order=comodel._order)
            own_id = comodel._field_to_sql(table, field.inverse_name, query)
        else:
            query = comodel._search(domain, order=comodel._order)
            own_id = SQL.identifier(field.relation, field.column1)
            other_id = SQL.identifier(field.relation, field.column2)
            condition = SQL("%s = %s", other_id, SQL.identifier(table, "id"))
            query.add_join("JOIN", field.relation, None, condition)
            query.add_where(SQL("%s IN %s", own_id, self._ids))
        return query.select(SQL("ARRAY[%s, %s]", own_id, SQL.identifier(table, "id")))
