# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Many customers at once, against two workers."""

import collections
import concurrent.futures
import os
import re
import statistics
import sys
import threading
import time

import pytest
import requests

from odoo import Command
from odoo.tests import new_test_user

# LOAD_VISITORS=50 is the real thing, and takes two minutes.
VISITORS = int(os.environ.get("LOAD_VISITORS", 10))
# Every fifth signs in, the others come by a link. To check a password takes Odoo longer
# than anything that they do.
ACCOUNTS = VISITORS // 5
PATIENCE = 60
# Odoo lets eight connections wait for each of its two workers; more are kept waiting by
# the web server in front of it.
CONNECTIONS = threading.BoundedSemaphore(16)


@pytest.fixture(scope="module")
def customers(site):
    """Customers with an order each: (login or None, order, signed link to it)."""
    shop, env = site.shop, site.shop.env
    partners = env["res.partner"].create(
        [
            {"name": f"Customer {i}", "email": f"customer{i}@example.com"}
            for i in range(VISITORS)
        ]
    )
    for i, partner in enumerate(partners[:ACCOUNTS]):
        new_test_user(
            env, f"customer{i}", groups="base.group_portal", partner_id=partner.id
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
    return [
        (
            f"customer{i}" if i < ACCOUNTS else None,
            order,
            f"/returns/new/{order._get_rma_link_token()}",
        )
        for i, order in enumerate(orders)
    ]


class Customer:
    """One of them, who makes a request and looks where it is."""

    def __init__(self, address, reason_id, login, order, link):
        self._session = requests.Session()
        self._address = address
        self._login = login
        self._link = link
        self._order_id, self._line_id = order.id, order.order_line.id
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

    def come(self):
        page = self._ask("login page", "GET", "/web/login")
        if self._login:
            vals = {"login": self._login, "password": self._login}
            self._post("login", "/web/login", page, **vals)

    def work(self):
        """From the list, or the link, to a request that was handed in.

        :return: its id
        """
        start, fields = self._link, {}
        if self._login:
            self._ask("list", "GET", "/my/returns")
            self._ask("choose order", "GET", "/my/returns/new")
            start, fields = "/my/returns/new", {"order_id": self._order_id}
        page = self._ask("choose lines", "GET", start, params=fields)
        fields[f"qty_{self._line_id}"] = 1
        fields[f"reason_{self._line_id}"] = self._reason_id
        page = self._post("start", start, page, **fields)
        rma_id, query = re.search(r"/my/returns/(\d+)/edit(.*)", page.url).groups()
        resolution = re.search(r"resolution_(\d+)", page.text)[0]
        path = f"/my/returns/{rma_id}"
        page = self._post(
            "fill", f"{path}/edit{query}", page, **{resolution: "exchange"}
        )
        page = self._post("hand in", f"{path}/submit{query}", page)
        self._ask("page", "GET", path + query)
        return int(rma_id)


def test_customers_make_their_requests_at_once(site, customers, capsys):
    shop = site.shop
    reason = shop.env.ref("rma_authorization.rma_authorization_reason_wrong_item")
    crowd = [Customer(site.address, reason.id, *one) for one in customers]
    with concurrent.futures.ThreadPoolExecutor(VISITORS) as pool:
        list(pool.map(Customer.come, crowd))
        start = time.perf_counter()
        ids = list(pool.map(Customer.work, crowd))
        seconds = time.perf_counter() - start
    shop.look()
    authorizations = shop.env["rma.authorization"].browse(ids)
    assert set(authorizations.mapped("state")) == {"submitted"}
    assert authorizations.partner_id == shop.env["res.partner"].concat(
        *(order.partner_id for _login, order, _link in customers)
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
