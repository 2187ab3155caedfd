# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models, tools


class RmaAuthorizationCatalogue(models.AbstractModel):
    """A short list that every screen names, and hardly anybody changes: what is often
    asked of it is kept in memory, as Odoo keeps views and rights, and takes no query.
    """

    _name = "rma.authorization.catalogue"
    _description = "Catalogue with Names in Memory"

    @api.depends("name")
    def _compute_display_name(self):
        names = self._get_names()
        for entry in self:
            # one that isn't saved, or isn't known here yet, tells itself
            entry.display_name = names.get(entry.id) or entry.name

    @api.model
    @tools.ormcache("self.env.lang")
    def _get_names(self):
        """{id: name}, in the user's language; nobody may change it."""
        # sudo: as for every many2one, whose name is shown to all who see the record
        entries = self.sudo().with_context(active_test=False).search_fetch([], ["name"])
        return {entry.id: entry.name for entry in entries}

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        self.env.registry.clear_cache()
        return entries

    def write(self, vals):
        res = super().write(vals)
        self.env.registry.clear_cache()
        return res

    def _update_field_translations(self, *args, **kwargs):
        """Override of the ORM: names are changed here, too."""
        res = super()._update_field_translations(*args, **kwargs)
        self.env.registry.clear_cache()
        return res

    def unlink(self):
        res = super().unlink()
        self.env.registry.clear_cache()
        return res
