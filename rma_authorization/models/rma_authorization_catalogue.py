# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import ormcache

_CHANGED = "rma_authorization.changed_settings"


class RmaAuthorizationRemembered(models.AbstractModel):
    """Records about which something is kept in memory between transactions, by
    `ormcache`: whoever changes them clears it, in all processes, as core does for
    rights and parameters."""

    _name = "rma.authorization.remembered"
    _description = "Remembered Settings"

    # written now and then without anybody having changed a setting: not remembered
    _volatile = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._forget_changed()
        return records

    def write(self, vals):
        was_remembered = self._is_remembered()
        res = super().write(vals)
        if set(vals) - self._volatile:
            self._forget_changed(was_remembered)
        return res

    def _write_multi(self, vals_list):
        """Override of the ORM: what is computed anew isn't written otherwise."""
        res = super()._write_multi(vals_list)
        if set().union(*vals_list) - self._volatile - {"write_date", "write_uid"}:
            self._forget_changed()
        return res

    def _update_field_translations(self, *args, **kwargs):
        """Override of the ORM: names are changed here, too."""
        res = super()._update_field_translations(*args, **kwargs)
        self._forget_changed()
        return res

    def unlink(self):
        was_remembered = self._is_remembered()
        res = super().unlink()
        if was_remembered:
            self._forget_changed(was_remembered=True)
        return res

    def _is_remembered(self):
        """Whether anything is kept of these records. Override to leave some out."""
        return bool(self)

    def _forget_changed(self, was_remembered=False):
        """Clear what is kept, now and when this transaction ends: in between, others
        may have read what was there before.

        :param was_remembered: whether these were kept before they were changed
        """
        if not was_remembered and not self._is_remembered():
            return
        self.env.registry.clear_cache()
        changed = self.env.cr.precommit.data.setdefault(_CHANGED, set())
        if not changed:
            self.env.cr.postcommit.add(self.env.registry.clear_cache)
            self.env.cr.postrollback.add(self.env.registry.clear_cache)
        changed.update((self._name, id_) for id_ in self.ids)

    # -- rows --------------------------------------------------------------------------

    def _recall(self):
        """Put what is kept of these records into the cache of this transaction; not of
        those that it has changed, which are nobody else's business yet.

        :return: the same records
        """
        changed = self.env.cr.precommit.data.get(_CHANGED, ())
        for record in self:
            if (self._name, record.id) in changed:
                continue
            for name, value in record._read_row().items():
                # what this transaction has changed stays
                self._fields[name]._insert_cache(record, (value,))
        return self

    @ormcache("self.id", "self.env.lang")
    def _read_row(self):
        """:return: {field: value, as in the cache of records}"""
        record = self._for_everybody()
        if not record.exists():
            return {}
        record.fetch()
        return {
            name: field._get_cache(record.env)[record.id]
            for name, field in self._fields.items()
            if field.column_type and self._is_in_memory(field)
        }

    def _for_everybody(self):
        """What is kept is the same for all who speak this language."""
        return self.with_env(self.env(su=True, context={"lang": self.env.lang}))

    @api.model
    def _is_in_memory(self, field):
        """Whether a field is kept: plain columns, records that are named, and rows that
        are settings themselves."""
        if not field.store or field.name == "id" or field.name in self._volatile:
            return False
        if field.type == "one2many":
            return hasattr(self.env[field.comodel_name], "_get_remembered")
        if field.type == "many2many":
            return True
        return (
            bool(field.column_type)
            and field.prefetch is True
            and field.type not in ("binary", "json")
        )


class RmaAuthorizationNames(models.AbstractModel):
    """A short list that every screen names: its names are kept in memory, so that they
    cost no query."""

    _name = "rma.authorization.names"
    _description = "Names in Memory"
    _inherit = ["rma.authorization.remembered"]

    @api.depends("name")
    def _compute_display_name(self):
        names = self._get_names()
        for entry in self:
            # one that isn't saved, or isn't known here yet, tells itself
            entry.display_name = names.get(entry.id) or entry.name

    @api.model
    @ormcache("self.env.lang")
    def _get_names(self):
        """{id: name}, in the user's language; nobody may change it."""
        # sudo: as for every many2one, whose name is shown to all who see the record
        entries = self.sudo().with_context(active_test=False).search_fetch([], ["name"])
        return {entry.id: entry.name for entry in entries}


class RmaAuthorizationCatalogue(models.AbstractModel):
    """Settings that every step of a return asks for and hardly anybody ever changes.

    They are read from the database once and kept in memory; `_get_remembered` puts them
    into the cache of a transaction, so that reading them there costs no query.
    """

    _name = "rma.authorization.catalogue"
    _description = "Settings in Memory"
    _inherit = ["rma.authorization.remembered"]

    @api.model
    def _get_remembered(self):
        """All of these settings that aren't archived, in their order, whatever the
        rights of who asks."""
        ids, values = self._read_catalogue()
        records = self.browse(ids)
        for name, column in values.items():
            # what this transaction has changed stays
            self._fields[name]._insert_cache(records, column)
        return records

    @api.model
    @ormcache("self.env.lang")
    def _read_catalogue(self):
        """:return: ids, and {field: values of these ids, as in the cache of records}"""
        model = self._for_everybody()
        records = model.search_fetch([])
        values = {}
        for name, field in self._fields.items():
            if self._is_in_memory(field):
                for record in records:
                    record[name]  # pylint: disable=pointless-statement
                cache = field._get_cache(model.env)
                values[name] = tuple(cache[id_] for id_ in records._ids)
        return records._ids, values
