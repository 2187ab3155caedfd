# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import RmaCommon

RESOLUTION = "rma.authorization.resolution"
DISPOSITION = "rma.authorization.disposition"


@tagged("post_install", "-at_install")
class TestContract(RmaCommon):
    """Every kind that can be chosen can be carried out, whoever added it."""

    def _get_codes(self, contract):
        """The kinds that records may carry."""
        field = contract.rpartition(".")[2]
        mixin = self.env[f"{contract}.mixin"]
        return set(mixin._fields[field].get_values(self.env))

    def _get_all_handlers(self, contract):
        """The concrete models behind a contract: named after it, or inherited by none
        (an addon may have a model in between for what its handlers share)."""
        return {
            name
            for name in self.registry.descendants([contract], "_inherit") - {contract}
            if name.startswith(f"{contract}.")
            or not self.registry[name]._inherit_children
        }

    def _get_handlers(self, contract):
        """Those of what customers get; what suppliers give has some of its own."""
        return self._get_all_handlers(contract) - self._get_supplier_handlers()

    def _get_supplier_handlers(self):
        return {
            name
            for name in self._get_all_handlers(RESOLUTION)
            if name.startswith(f"{RESOLUTION}.supplier_")
        }

    def assertOverrides(self, name, contract, *methods):
        for method in methods:
            with self.subTest(name, method=method):
                self.assertIsNot(
                    getattr(self.registry[name], method),
                    getattr(self.registry[contract], method),
                )

    def test_every_kind_has_a_handler_and_every_handler_a_kind(self):
        for contract in (RESOLUTION, DISPOSITION):
            handlers = {f"{contract}.{code}" for code in self._get_codes(contract)}
            self.assertEqual(handlers, self._get_handlers(contract))

    def test_every_handler_of_suppliers_is_for_a_kind_and_settles(self):
        codes = self._get_codes(RESOLUTION)
        for name in self._get_supplier_handlers():
            self.assertIn(name.removeprefix(f"{RESOLUTION}.supplier_"), codes)
            self.assertOverrides(name, RESOLUTION, "_settle")
            self.assertTrue(self.registry[name]._abstract)

    def test_every_resolution_settles(self):
        for name in self._get_handlers(RESOLUTION):
            self.assertOverrides(name, RESOLUTION, "_settle")

    def test_every_disposition_moves_goods_and_says_how_many(self):
        for name in self._get_handlers(DISPOSITION):
            self.assertOverrides(name, DISPOSITION, "_dispose", "_get_disposed_qty")

    def test_every_carrier_offers_the_same_kinds(self):
        for model, contract in (
            ("rma.authorization.line", RESOLUTION),
            ("rma.authorization.inspection", RESOLUTION),
            ("rma.authorization.settlement", RESOLUTION),
            ("rma.authorization.inspect.row", RESOLUTION),
            ("rma.authorization.line", DISPOSITION),
            ("rma.authorization.inspection", DISPOSITION),
            ("rma.authorization.inspect.row", DISPOSITION),
        ):
            field = self.env[model]._fields[contract.rpartition(".")[2]]
            with self.subTest(model, contract=contract):
                self.assertEqual(
                    set(field.get_values(self.env)), self._get_codes(contract)
                )

    def test_the_window_to_start_a_return_offers_every_resolution(self):
        field = self.env["rma.authorization.create"]._fields["resolution"]
        self.assertEqual(set(field.get_values(self.env)), self._get_codes(RESOLUTION))

    def test_the_contracts_themselves_refuse_to_act(self):
        with self.assertRaises(NotImplementedError):
            self.env[RESOLUTION]._settle(self.env["rma.authorization.settlement"])
        inspections = self.env["rma.authorization.inspection"]
        with self.assertRaises(NotImplementedError):
            self.env[DISPOSITION]._dispose(inspections)
        with self.assertRaises(NotImplementedError):
            self.env[DISPOSITION]._get_disposed_qty(inspections)

    def test_handlers_hold_no_data(self):
        for name in self._get_handlers(RESOLUTION) | self._get_handlers(DISPOSITION):
            with self.subTest(name):
                self.assertTrue(self.registry[name]._abstract)

    def test_every_settlement_state_is_one_of_the_field(self):
        order = self._sell(5)
        for code in ("none", "solved"):
            authorization = self._receive_and_accept(order, 1, resolution=code)
            settlement = authorization.action_settle()
            with self.subTest(code):
                self.assertEqual(settlement.state, "done")

    def test_kept_goods_are_disposed_of_where_they_are(self):
        authorization = self._authorize(self._sell(), 2)
        self._receive(authorization)
        finding = self._inspect(authorization, (2, {"disposition": "keep"}))
        if self._get_disposition() != "keep":
            with self.assertRefused("can't keep what is in our quarantine"):
                authorization.action_dispose()
            return
        authorization.action_dispose()
        self.assertRecordValues(
            finding, [{"disposition_state": "done", "qty_disposed": 2}]
        )
        finding.with_user(self.agent).action_undo_disposition()
        self.assertEqual(finding.disposition_state, "pending")
