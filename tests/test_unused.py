# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who returns nothing doesn't pay for it: ordinary documents are written as quickly as
without these addons. `setup/bench --batch sale sales` measures it."""

from odoo.tests import TransactionCase, tagged

# What a sale, its delivery and its invoice write again and again.
MODELS = [
    "account.move",
    "account.move.line",
    "sale.order",
    "sale.order.line",
    "stock.move",
    "stock.move.line",
    "stock.picking",
    "stock.quant",
]


def _is_ours(field):
    return field.model_name.startswith("rma.") or field.name.startswith("rma_")


@tagged("post_install", "-at_install")
class TestUnused(TransactionCase):
    def test_no_quantity_or_state_of_core_decides_on_a_relation_of_ours(self):
        """Where a field decides on a relation, Odoo follows all that depends on it
        before and after every write, for every sale of the company."""
        found = []
        for model in MODELS:
            for field in self.registry[model]._fields.values():
                if not field.store or field.relational or _is_ours(field):
                    continue
                relations = {
                    relation
                    for relation in self.registry.get_dependent_fields(field)
                    if relation.relational
                }
                # with one of core's it is followed anyway
                if relations and all(map(_is_ours, relations)):
                    found.append(f"{field}: {', '.join(map(str, relations))}")
        self.assertFalse(found)

    def test_writing_a_move_looks_for_no_repair(self):
        """A move's date is written with every delivery."""
        tree = self.registry.get_field_trigger_tree(
            self.registry["stock.move"]._fields["date"]
        )
        found = [
            f"{inverse}: {field}"
            for inverse, subtree in tree.items()
            if inverse.model_name == "repair.order"
            for field in subtree.root
            if field.name.startswith("rma_")
        ]
        self.assertFalse(found)
