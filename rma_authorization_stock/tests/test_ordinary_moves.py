# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re
from contextlib import contextmanager
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged

from .common import RmaStockCommon

OURS = re.compile(r'\b(?:FROM|JOIN|UPDATE|INTO)\s+"?rma_authorization')
LOCK = re.compile(r"SET write_date = write_date")


@tagged("post_install", "-at_install")
class TestOrdinaryMoves(RmaStockCommon):
    """Moves of goods that have nothing to do with a return ask our tables nothing."""

    @contextmanager
    def assertAsksNothing(self):  # noqa: N802 - as unittest names them
        """No query in here reads or writes a table of ours, or locks rows for us."""
        queries, execute = [], Cursor.execute

        def record(cursor, query, *args, **kwargs):
            code = getattr(query, "code", query)
            queries.append(code if isinstance(code, str) else str(code))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", record):
            yield
            self.env.flush_all()
        self.assertTrue(queries)
        asked = [query for query in queries if OURS.search(query) or LOCK.search(query)]
        self.assertFalse(asked, f"{len(asked)} of {len(queries)} queries")

    def test_a_delivery_asks_nothing(self):
        self._stock_up(self.product, 5)
        order = self._sell(self.product, 5, deliver=False)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertAsksNothing():
            self._deliver(order.picking_ids)

    def test_a_receipt_and_a_transfer_ask_nothing(self):
        supplier = self.env.ref("stock.stock_location_suppliers")
        stock = self.warehouse.lot_stock_id
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": stock.id}
        )
        self.env.flush_all()
        for source, destination in ((supplier, stock), (stock, shelf)):
            with self.assertAsksNothing():
                move = self.env["stock.move"].create(
                    {
                        "product_id": self.product.id,
                        "product_uom_qty": 3,
                        "location_id": source.id,
                        "location_dest_id": destination.id,
                    }
                )
                move._action_confirm()
                move._action_assign()
                move.quantity = 3
                move.picked = True
                move._action_done()

    def test_a_cancelled_delivery_asks_nothing(self):
        order = self._sell(self.product, 5, deliver=False)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertAsksNothing():
            order.picking_ids.action_cancel()

    def test_the_measure_sees_a_query_of_ours(self):
        order = self._sell_from_stock(self.product, 5)
        with self.assertRaises(AssertionError), self.assertAsksNothing():
            self._authorize(order, 1)
