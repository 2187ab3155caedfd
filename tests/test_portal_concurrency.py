# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Customers who click twice, or from two windows: at once, on a real server.

What is committed here is committed in a copy of the database under test.
"""

import io
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from PIL import Image

from odoo.tests import new_test_user

# Seconds until a server that doesn't answer is taken for hanging.
PATIENCE = 120
CLICKS = 4


class Browser:
    """Somebody who has signed in."""

    def __init__(self, address, login):
        self.address = address
        self.session = requests.Session()
        self.post("/web/login", {"login": login, "password": login})

    def get(self, path):
        response = self.session.get(self.address + path, timeout=PATIENCE)
        assert response.status_code == 200, response.text[-3000:]
        return response.text

    def post(self, path, fields=None, *, page="/web/login", files=None):
        return self.click(path, self.fill_in(page, fields), files)

    def fill_in(self, page, fields=None):
        """What the form on a page sends."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page))
        return {**(fields or {}), "csrf_token": token[1]}

    def click(self, path, fields, files=None):
        return self.session.post(
            self.address + path,
            data=fields,
            files=files,
            allow_redirects=False,
            timeout=PATIENCE,
        )


def click_at_once(*clicks):
    """Send all of them at the same time; returns the status codes, sorted."""
    with ThreadPoolExecutor(len(clicks)) as pool:
        futures = [pool.submit(browser.click, *args) for browser, *args in clicks]
        return sorted(future.result().status_code for future in futures)


@pytest.fixture(scope="module")
def shop(site):
    """The shop, with two colleagues among its customers."""
    shop = site.shop
    for name in ("ada", "bob"):
        partner = shop.env["res.partner"].create(
            {
                "name": name.capitalize(),
                "parent_id": shop.customer.id,
                "email": f"{name}@example.com",
            }
        )
        new_test_user(
            shop.env, f"portal_{name}", "base.group_portal", partner_id=partner.id
        )
    shop.save()
    return shop


@pytest.fixture(scope="module")
def ada(site, shop):
    return Browser(site.address, "portal_ada")


@pytest.fixture(scope="module")
def bob(site, shop):
    return Browser(site.address, "portal_bob")


@pytest.fixture
def reason(shop):
    return shop.env.ref("rma_authorization.rma_authorization_reason_other")


def start(shop, browser, order, reason, qty=1):
    """The first step of a request; returns the draft."""
    page = f"/my/returns/new?order_id={order.id}"
    fields = browser.fill_in(page, prepare(order, reason, qty))
    response = browser.click("/my/returns/new", fields)
    assert response.status_code == 303, response.text[-3000:]
    shop.look()
    return get_returns(shop, order)[:1]


def prepare(order, reason, qty):
    line = order.order_line
    return {
        "order_id": order.id,
        f"qty_{line.id}": qty,
        f"reason_{line.id}": reason.id,
    }


def fill(browser, draft, files=None):
    fields = {f"resolution_{draft.line_ids.id}": "exchange", "transport": "ship"}
    url = f"/my/returns/{draft.id}/edit"
    return (browser, url, browser.fill_in(url, fields), files)


def get_returns(shop, order):
    """The returns of an order, the newest first."""
    return shop.env["rma.authorization"].search(
        [("line_ids.sale_line_id.order_id", "=", order.id)], order="id desc"
    )


def test_a_request_is_begun_once(shop, ada, reason):
    order = shop.sell()
    shop.save()
    page = f"/my/returns/new?order_id={order.id}"
    fields = ada.fill_in(page, prepare(order, reason, 1))
    click = (ada, "/my/returns/new", fields)
    assert click_at_once(*[click] * CLICKS) == [303] * CLICKS
    shop.look()
    draft = get_returns(shop, order)
    assert len(draft) == 1
    assert draft.line_ids.qty_requested == 1
    draft.unlink()


def test_a_request_is_handed_in_once(shop, ada, reason):
    order = shop.sell()
    shop.save()
    draft = start(shop, ada, order, reason)
    assert click_at_once(fill(ada, draft)) == [303]
    fields = ada.fill_in(f"/my/returns/{draft.id}/summary")
    click = (ada, f"/my/returns/{draft.id}/submit", fields)
    assert click_at_once(*[click] * CLICKS) == [303] * CLICKS
    shop.look()
    assert draft.log_ids.filtered(lambda log: log.to_state == "submitted").mapped(
        "to_state"
    ) == ["submitted"]
    assert len(draft.mail_ids) == 1
    # and taken back once
    fields = ada.fill_in(f"/my/returns/{draft.id}")
    click = (ada, f"/my/returns/{draft.id}/withdraw", fields)
    assert click_at_once(*[click] * CLICKS) == [303] * CLICKS
    shop.look()
    assert draft.log_ids.mapped("to_state").count("cancelled") == 1


def test_the_last_unit_is_returned_by_one_of_two_colleagues(shop, ada, bob, reason):
    order = shop.sell(1)
    shop.save()
    clicks = []
    for browser in (ada, bob):
        draft = start(shop, browser, order, reason)
        assert click_at_once(fill(browser, draft)) == [303]
        fields = browser.fill_in(f"/my/returns/{draft.id}/summary")
        clicks.append((browser, f"/my/returns/{draft.id}/submit", fields))
    assert click_at_once(*clicks) == [303, 422]
    shop.look()
    assert sorted(get_returns(shop, order).mapped("state")) == ["draft", "submitted"]
    get_returns(shop, order).filtered(lambda one: one.state == "draft").unlink()


def test_no_more_files_are_kept_than_allowed(shop, ada, reason):
    order = shop.sell()
    shop.save()
    draft = start(shop, ada, order, reason)
    stream = io.BytesIO()
    Image.effect_noise((1500, 1500), 50).save(stream, "JPEG")
    files = [("files", ("x.jpg", stream.getvalue(), "image/jpeg"))] * 4
    clicks = [fill(ada, draft, files) for _click in range(CLICKS)]
    assert click_at_once(*clicks) == [303, 303, 422, 422]
    shop.look()
    assert len(draft._get_uploads()) == 8
    draft.unlink()


def test_a_withdrawal_is_confirmed_once(shop, ada):
    policy = shop.env.ref("rma_authorization.rma_authorization_policy_eu")
    if policy.state == "draft":
        policy.withdrawal = True
        policy.action_put_in_force()
    shop.customer.country_id = shop.env.ref("base.be")
    order = shop.sell()
    shop.save()
    url = f"/my/returns/withdraw?order_id={order.id}"
    fields = {
        f"qty_{order.order_line.id}": "1",
        "name": "Ada",
        "email": "ada@example.com",
    }
    page = ada.click(url, ada.fill_in(url, fields)).text
    statement = re.search(r'name="statement"\s+value="([^"]+)"', page)[1]
    click = (ada, url, ada.fill_in(url, {"statement": statement}))
    assert click_at_once(*[click] * CLICKS) == [303] * CLICKS
    shop.look()
    withdrawal = get_returns(shop, order)
    assert withdrawal.line_ids.qty_requested == 1
    assert withdrawal.mapped("state") == ["submitted"]
