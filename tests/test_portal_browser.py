# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Customers with a browser, against a real server: phone and desktop, with and without
an account, by mouse, by keyboard and without JavaScript."""

import re

import pytest

from odoo import Command
from odoo.tests import new_test_user

from .browser import DESKTOP, PHONE, Visitor, open_browser


@pytest.fixture(scope="module")
def store(site):
    """A shop whose customer has an account, and radios with numbers to return."""
    shop = site.shop
    shop.company.write({"rma_public_link": "show", "rma_rating_enabled": True})
    shop.customer.write(
        {
            "email": "ada@example.com",
            "street": "12 Mill Lane",
            "city": "Brussels",
            "zip": "1000",
            "country_id": shop.env.ref("base.be").id,
        }
    )
    shop.radio = shop.env["product.product"].create(
        {
            "name": "Portable Radio PR-12",
            "is_storable": True,
            "tracking": "serial",
            "list_price": 129.0,
            "invoice_policy": "delivery",
            "taxes_id": [Command.clear()],
        }
    )
    new_test_user(
        shop.env,
        "ada@example.com",
        groups="base.group_portal",
        partner_id=shop.customer.id,
    )
    shop.customer.name = "Ada Customer"
    shop.save()
    return shop


@pytest.fixture(scope="module")
def browser():
    with open_browser() as browser:
        yield browser


@pytest.fixture
def visit(browser, site):
    """Opens a window; closed after the test."""
    visitors = []

    def open_window(size=DESKTOP, **options):
        visitors.append(Visitor(browser, site.address, size, **options))
        return visitors[-1]

    yield open_window
    for visitor in visitors:
        visitor.close()


_numbers = iter(range(1000))


def sell_radios(store, qty=2):
    """An order for radios with numbers and lamps without, delivered."""
    lots = store.env["stock.lot"].create(
        [
            {"name": f"PR12-{next(_numbers):04}", "product_id": store.radio.id}
            for _ in range(qty)
        ]
    )
    stock = store.warehouse.lot_stock_id
    quants = store.env["stock.quant"]
    for lot in lots:
        quants._update_available_quantity(store.radio, stock, 1, lot_id=lot)
    quants._update_available_quantity(store.product, stock, qty)
    order = store.env["sale.order"].create(
        {
            "partner_id": store.customer.id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": qty})
                for product in (store.radio, store.product)
            ],
        }
    )
    order.action_confirm()
    order.picking_ids.action_assign()
    store.validate(order.picking_ids)
    store.bill(order)
    store.save()
    # what came back to stock may have been delivered once more
    return order, order.picking_ids.move_ids.move_line_ids.lot_id


def get_return(store, visitor):
    """The return whose page the visitor looks at, as the agent sees it."""
    store.look()
    rma_id = int(re.search(r"/my/returns/(\d+)", visitor.page.url)[1])
    return store.env["rma.authorization"].with_user(store.agent).browse(rma_id)


def choose(visitor, product, qty, reason):
    """Fill in what comes back of a product, and why."""
    group = visitor.page.get_by_role("group", name=product)
    group.get_by_label("How many?").fill(qty)
    group.get_by_label("Why?").select_option(label=reason)


# -- signed in -----------------------------------------------------------------------


def ask_for_return(store, visitor, tmp_path, name):
    """From the order to the RMA number.

    :return: the authorization, and the serial number that comes back
    """
    order, lots = sell_radios(store)
    visitor.sign_in("ada@example.com")
    visitor.go(f"/my/orders/{order.id}")
    visitor.click("Return Goods", "link")
    visitor.check(f"portal-lines-{name}")

    choose(visitor, "Portable Radio", "3", "Dead on Arrival")
    visitor.click("Continue")
    assert "at most 2" in visitor.read()
    visitor.check()
    choose(visitor, "Portable Radio", "1", "Dead on Arrival")
    visitor.click("Continue")

    visitor.page.get_by_label("What would you like?").select_option(label="Credit")
    visitor.page.get_by_label(lots[1].name).check()
    visitor.page.get_by_label("What is wrong?").fill("It does not switch on.")
    picture = tmp_path / "radio.png"
    visitor.page.screenshot(path=picture)
    visitor.page.set_input_files("#files", picture)
    visitor.click("Upload, and stay here")
    assert "radio.png" in visitor.read()
    visitor.check(f"portal-edit-{name}")
    visitor.click("Continue")
    assert "It does not switch on." in visitor.read()
    visitor.check(f"portal-summary-{name}")
    visitor.click("Hand in the request")
    assert "We have received your request" in visitor.read()
    authorization = get_return(store, visitor)
    assert authorization.state == "submitted"
    assert authorization.line_ids.sudo().lot_ids == lots[1]

    authorization.action_authorize()
    store.save()
    visitor.page.reload()
    assert authorization.rma_number in visitor.read()
    visitor.check(f"portal-return-{name}")
    return authorization, lots[1]


def test_a_number_is_asked_for_at_a_desk(store, visit, tmp_path):
    authorization, _lot = ask_for_return(store, visit(DESKTOP), tmp_path, "desktop")
    assert authorization.rma_number


def test_from_a_broken_radio_to_label_credit_and_rating(store, visit, tmp_path):
    visitor = visit(PHONE)
    authorization, lot = ask_for_return(store, visitor, tmp_path, "phone")
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name="Print the label").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    visitor.page.get_by_label("Carrier").fill("Post")
    visitor.page.get_by_label("Tracking number").fill("BE 123 456")
    visitor.click("Save")
    assert "on its way to us" in visitor.read()

    store.look()
    receipt = store.get_receipts(authorization)
    receipt.move_ids.move_line_ids.lot_id = lot
    store.validate(receipt)
    authorization.action_inspect()
    authorization.action_settle()
    store.get_notes(authorization).action_post()
    authorization.sudo().inspection_ids.disposition = "restock"
    authorization.action_dispose()
    assert authorization.state == "closed"
    store.save()
    visitor.page.reload()
    note = store.get_notes(authorization)
    assert note.name in visitor.read()
    visitor.check("portal-finished-phone")
    visitor.page.get_by_label("Yes", exact=True).check()
    visitor.page.get_by_label("What could be better?").fill("Nothing")
    visitor.click("Send", nth=0)
    assert "Thank you for telling us." in visitor.read()
    store.look()
    assert authorization.sudo().rating_ids.rating == 5

    visitor.click(note.name, "link")
    assert f"/my/invoices/{note.id}" in visitor.page.url
    visitor.go("/my/returns")
    assert authorization.rma_number in visitor.read()
    visitor.check("portal-list-phone")


def test_by_keyboard_alone(store, visit):
    order, _lots = sell_radios(store)
    visitor = visit(PHONE)
    visitor.sign_in("ada@example.com")
    visitor.go(f"/my/returns/new?order_id={order.id}")
    page = visitor.page

    def tab_to(selector):
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(
                "selector => document.activeElement.matches(selector)", selector
            ):
                return
        raise AssertionError(f"no Tab leads to {selector} on {page.url}")

    line = order.order_line[1]
    tab_to(f"#qty_{line.id}")
    page.keyboard.type("1")
    tab_to(f"#reason_{line.id}")
    page.keyboard.type("No Longer")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    if "/edit" not in page.url:
        tab_to("button.btn-primary")
        page.keyboard.press("Enter")
    page.wait_for_url("**/edit**")
    tab_to("select[id^=resolution_]")
    page.keyboard.type("Credit")
    tab_to("form[enctype] button.btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/summary**")
    tab_to("form button.btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**done=submitted")
    authorization = get_return(store, visitor)
    assert authorization.state in ("submitted", "authorized")
    assert authorization.line_ids.resolution == "credit"


def test_without_javascript(store, visit):
    order, _lots = sell_radios(store)
    visitor = visit(PHONE, javascript=False)
    visitor.go(f"/returns/new/{order._get_rma_link_token()}")
    choose(visitor, "Portable Radio", "1", "No Longer Wanted")
    visitor.click("Continue")
    visitor.page.get_by_label("What would you like?").select_option(label="Credit")
    visitor.click("Continue")
    visitor.click("Hand in the request")
    assert "We have received your request" in visitor.read()
    visitor.check()


# -- invited, by a mail ----------------------------------------------------------------


def test_an_invited_customer_answers_appeals_and_withdraws(store, visit):
    order, _lots = sell_radios(store)
    authorization = store.request(order.order_line[1], resolution="credit")
    authorization.action_submit()
    authorization.action_request_information("Which colour is it?")
    url = authorization.get_portal_url()
    store.save()
    visitor = visit(PHONE)
    visitor.go(url)
    assert "Which colour is it?" in visitor.read()
    visitor.page.get_by_label("Write to us").fill("It is <b>red</b>.")
    visitor.click("Send")
    assert "It is <b>red</b>." in visitor.read()
    visitor.check("portal-invited-phone")
    store.look()
    assert not authorization.awaiting_customer

    authorization.action_refuse("It was bought too long ago.")
    store.save()
    visitor.page.reload()
    assert "It was bought too long ago." in visitor.read()
    visitor.page.get_by_label("Why should we look at it again?").fill("A gift.")
    visitor.click("Ask for a second look")
    assert "once more" in visitor.read()
    visitor.check()
    visitor.page.get_by_text("I keep the goods").click()
    visitor.click("Take the request back")
    assert "Your request is withdrawn." in visitor.read()
    visitor.check()
    store.look()
    assert authorization.state == "cancelled"


# -- without an account ----------------------------------------------------------------


def test_a_visitor_without_account_asks_and_tracks(store, visit):
    order, _lots = sell_radios(store)
    visitor = visit(PHONE)
    visitor.go("/returns")
    visitor.check("portal-public-phone")
    visitor.page.fill("[name=number]", order.name)
    visitor.page.fill("[name=secret]", "9999")
    with visitor.page.expect_navigation():
        visitor.page.press("[name=secret]", "Enter")
    visitor.check()
    visitor.page.fill("[name=secret]", "1000")
    visitor.page.press("[name=secret]", "Enter")
    visitor.page.wait_for_url("**/returns/new/**")
    visitor.check()
    choose(visitor, "Portable Radio", "1", "Damaged in Transit")
    visitor.click("Continue")
    visitor.page.get_by_label("What would you like?").select_option(label="Exchange")
    visitor.click("Continue")
    visitor.click("Hand in the request")
    assert "We have received your request" in visitor.read()
    visitor.check()
    authorization = get_return(store, visitor)
    authorization.action_authorize()
    store.save()

    tracker = visit(PHONE)
    tracker.go("/returns/track")
    tracker.check()
    tracker.page.fill("[name=number]", authorization.rma_number)
    tracker.page.fill("[name=email]", "ada@example.com")
    with tracker.page.expect_navigation():
        tracker.page.press("[name=email]", "Enter")
    assert authorization.rma_number in tracker.read()
    assert "12 Mill Lane" not in tracker.read()
    tracker.check("portal-track-phone")


# -- many at once, and none at all -----------------------------------------------------


def test_many_are_returned_by_a_table(store, visit):
    _order, lots = sell_radios(store)
    visitor = visit(PHONE)
    visitor.sign_in("ada@example.com")
    visitor.go("/my/returns/table")
    visitor.check()
    visitor.page.fill("#table", f"{lots[0].name}\nNobody-1")
    visitor.page.select_option("#reason_id", label="Dead on Arrival")
    with visitor.page.expect_navigation():
        visitor.page.locator("form:has(#table) button[type=submit]").first.click()
    assert "Nobody-1" in visitor.read()
    visitor.check("portal-table-phone")
    store.look()
    drafts = store.env["rma.authorization"].search(
        [("partner_id", "=", store.customer.id), ("state", "=", "draft")]
    )
    assert lots[0] in drafts.line_ids.lot_ids


def test_a_consumer_withdraws_from_the_contract(store, visit):
    policy = store.env.ref("rma_authorization.rma_authorization_policy_eu")
    if policy.state == "draft":
        policy.withdrawal = True
        policy.action_put_in_force()
    order, _lots = sell_radios(store)
    visitor = visit(PHONE)
    visitor.sign_in("ada@example.com")
    visitor.go(f"/my/orders/{order.id}")
    visitor.click("Withdraw from contract here", "link")
    visitor.check()
    visitor.page.fill("[name=name]", "Ada Customer")
    with visitor.page.expect_navigation():
        visitor.page.locator("form:has([name=name]) button[type=submit]").first.click()
    visitor.check("portal-withdrawal-phone")
    visitor.click("Confirm withdrawal")
    visitor.check()
    store.look()
    withdrawal = store.env["rma.authorization"].search(
        [("withdrawal_order_id", "=", order.id)]
    )
    assert withdrawal.state == "submitted"
