# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Fifty customers at once, against two workers."""

import collections
import concurrent.futures
import re
import statistics
import sys
import threading
import time

import pytest
import requests

from odoo import Command
from odoo.tests import new_test_user

from .browser import serve

VISITORS = 50
PATIENCE = 60
# Odoo lets eight connections wait for each of its two workers; more are kept waiting by
# the web server in front of it.
CONNECTIONS = threading.BoundedSemaphore(16)


@pytest.fixture(scope="module")
def customers(shop):
    """Customers with accounts, and an order each: (login, order, order line)."""
    env = shop.env
    partners = env["res.partner"].create(
        [
            {"name": f"Customer {i}", "email": f"customer{i}@example.com"}
            for i in range(VISITORS)
        ]
    )
    first = new_test_user(
        env, "customer0", groups="base.group_portal", partner_id=partners[0].id
    )
    users = first + env["res.users"].create(
        [
            {
                "login": f"customer{i}",
                "partner_id": partner.id,
                "group_ids": [Command.set(first.group_ids.ids)],
            }
            for i, partner in enumerate(partners)
            if i
        ]
    )
    env.flush_all()
    # one password for all: to hash fifty takes longer than all they do
    env.cr.execute(
        "UPDATE res_users SET password = (SELECT password FROM res_users WHERE id = %s)"
        " WHERE id IN %s",
        [first.id, tuple(users.ids)],
    )
    stock = shop.warehouse.lot_stock_id
    env["stock.quant"]._update_available_quantity(shop.product, stock, 2 * VISITORS)
    line = {"product_id": shop.product.id, "product_uom_qty": 2}
    orders = env["sale.order"].create(
        [
            {"partner_id": partner.id, "order_line": [Command.create(line)]}
            for partner in partners
        ]
    )
    orders.action_confirm()
    orders.picking_ids.action_assign()
    shop.validate(orders.picking_ids)
    shop.save()
    return list(zip(users.mapped("login"), orders, orders.order_line, strict=True))


class Customer:
    """One of them, who makes a request and looks where it is."""

    def __init__(self, address, reason_id, login, order, line):
        self._session = requests.Session()
        self._address = address
        self._login = login
        self._order_id, self._line_id = order.id, line.id
        self._reason_id = reason_id
        self.seconds = collections.defaultdict(list)

    def _ask(self, what, method, path, **options):
        start = time.perf_counter()
        with CONNECTIONS:
            response = self._session.request(
                method, self._address + path, timeout=PATIENCE, **options
            )
        self.seconds[what].append(time.perf_counter() - start)
        assert response.status_code == 200, f"{what}: {response.status_code}"
        return response

    def _post(self, what, path, page, **fields):
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        return self._ask(what, "POST", path, data={**fields, "csrf_token": token})

    def sign_in(self):
        page = self._ask("login page", "GET", "/web/login")
        self._post("login", "/web/login", page, login=self._login, password="customer0")

    def work(self):
        """From the list to a request that was handed in; returns its address."""
        self._ask("list", "GET", "/my/returns")
        self._ask("choose order", "GET", "/my/returns/new")
        page = self._ask(
            "choose lines", "GET", f"/my/returns/new?order_id={self._order_id}"
        )
        page = self._post(
            "start",
            "/my/returns/new",
            page,
            order_id=self._order_id,
            **{f"qty_{self._line_id}": 1, f"reason_{self._line_id}": self._reason_id},
        )
        rma_id = re.search(r"/my/returns/(\d+)/edit", page.url)[1]
        resolution = re.search(r"resolution_(\d+)", page.text)[0]
        page = self._post(
            "fill", f"/my/returns/{rma_id}/edit", page, **{resolution: "exchange"}
        )
        page = self._post("hand in", f"/my/returns/{rma_id}/submit", page)
        self._ask("page", "GET", f"/my/returns/{rma_id}")
        return int(rma_id)


def test_fifty_customers_make_their_requests_at_once(
    shop, customers, database_name, capsys
):
    reason = shop.env.ref("rma_authorization.rma_authorization_reason_wrong_item")
    with serve(database_name) as address:
        crowd = [Customer(address, reason.id, *one) for one in customers]
        with concurrent.futures.ThreadPoolExecutor(VISITORS) as pool:
            list(pool.map(Customer.sign_in, crowd))
            start = time.perf_counter()
            ids = list(pool.map(Customer.work, crowd))
            seconds = time.perf_counter() - start
    shop.look()
    authorizations = shop.env["rma.authorization"].browse(ids)
    assert set(authorizations.mapped("state")) == {"submitted"}
    assert authorizations.partner_id == shop.env["res.partner"].concat(
        *(order.partner_id for _login, order, _line in customers)
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{report(crowd, seconds)}\n")


def report(crowd, seconds):
    """How long each page took, as a table."""
    rows = collections.defaultdict(list)
    for customer in crowd:
        for what, times in customer.seconds.items():
            rows[what] += times
    count = sum(map(len, rows.values())) - len(rows["login"]) - len(rows["login page"])
    lines = [f"{count} requests in {seconds:.1f} s, {count / seconds:.1f} a second"]
    for what, times in rows.items():
        median, top = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        lines.append(f"{what:14} median {median:.2f} s, 95 % within {top:.2f} s")
    return "\n".join(lines)
