# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Several people at work on the same returns, each in a process of their own.

What they do is committed, so it happens in a copy of the database under test. Two
calls meet in several ways: both at once, or one is over and done when the other, begun
before, goes on. The latter is certain to judge by what was true before, unless it
finds out that it does.
"""

import pytest

from .processes import Call

WAYS_TO_MEET = ["at once", "the first is quicker", "the other is quicker"]


@pytest.fixture(params=WAYS_TO_MEET)
def meet(request, shop, team):
    """Let two calls meet; returns their outcomes, in the order of the calls."""

    def meet(*calls):
        shop.save()
        if request.param == "the first is quicker":
            outcomes = team.overtake(*calls)
        elif request.param == "the other is quicker":
            outcomes = reversed(team.overtake(*reversed(calls)))
        else:
            outcomes = team.race(*calls)
        shop.look()
        return list(outcomes)

    return meet


def get_loser(outcomes):
    """One call was refused, once it saw what the other did; this is its outcome."""
    losers = [outcome for outcome in outcomes if not outcome.succeeded]
    assert len(losers) == 1, outcomes
    assert losers[0].tries > 1
    return losers[0]


# -- the last unit of an order -----------------------------------------------------


def test_the_last_unit_is_authorized_once(shop, meet):
    order = shop.sell()
    shop.authorize(order.order_line)
    requests = shop.request(order.order_line) + shop.request(order.order_line)
    outcomes = meet(*(Call(request, "action_authorize") for request in requests))
    refused = get_loser(outcomes).sentence
    assert f"{order.name}, Radio: 1.0 Units too many" in refused
    assert sorted(requests.mapped("state")) == ["authorized", "draft"]
    assert order.order_line._get_rma_returnable_qty() == {order.order_line: 0}
    assert len(shop.get_receipts(requests)) == 1


def test_a_return_is_authorized_once(shop, meet):
    request = shop.request(shop.sell().order_line)
    outcomes = meet(*[Call(request, "action_authorize")] * 2)
    assert all(outcome.succeeded for outcome in outcomes)
    assert request.log_ids.mapped("to_state") == ["authorized", "submitted"]
    assert len(shop.get_receipts(request)) == 1


def test_the_last_unit_is_authorized_or_returned_by_the_wizard(shop, meet):
    order = shop.sell(1)
    request = shop.request(order.order_line)
    wizard = shop.return_by_wizard(order)
    authorized, returned = meet(
        Call(request, "action_authorize"), Call(wizard, "action_create_returns")
    )
    assert authorized.succeeded != returned.succeeded
    assert (authorized if returned.succeeded else returned).sentence
    assert request.state == ("authorized" if authorized.succeeded else "draft")
    assert len(order.picking_ids) == 2


def test_the_last_unit_is_authorized_or_received_without_a_return(shop, meet):
    order = shop.sell(1)
    request = shop.request(order.order_line)
    returned = shop.return_by_wizard(order).action_create_returns()["res_id"]
    receipt = shop.env["stock.picking"].with_user(shop.worker).browse(returned)
    authorized, received = meet(
        Call(request, "action_authorize"), Call(receipt, "button_validate")
    )
    assert authorized.succeeded != received.succeeded
    assert request.state == ("authorized" if authorized.succeeded else "draft")
    assert receipt.state == ("done" if received.succeeded else "assigned")


# -- goods -------------------------------------------------------------------------


def test_a_receipt_is_announced_once(shop, meet):
    authorization = shop.authorize(shop.sell().order_line, 2)
    shop.get_receipts(authorization).action_cancel()
    seen = authorization.with_user(shop.worker)
    outcomes = meet(*[Call(seen, "action_receive")] * 2)
    assert all(outcome.succeeded for outcome in outcomes)
    assert shop.get_receipts(authorization).move_ids.mapped("product_uom_qty") == [2]


def test_goods_are_received_once(shop, meet):
    authorization = shop.authorize(shop.sell().order_line, 2)
    receipt = shop.get_receipts(authorization)
    before = shop.count_in_quarantine()
    meet(*[Call(receipt, "button_validate")] * 2)
    assert receipt.state == "done"
    assert authorization.line_ids.qty_received == 2
    assert shop.count_in_quarantine() == before + 2
    assert not shop.get_receipts(authorization)


def test_parts_of_a_return_are_received_at_the_same_time(shop, meet):
    authorization = shop.authorize(shop.sell().order_line, 2)
    receipt = shop.get_receipts(authorization)
    receipt.move_ids.quantity = 1
    receipt.action_split_transfer()
    first, other = shop.get_receipts(authorization)
    before = shop.count_in_quarantine()
    outcomes = meet(Call(first, "button_validate"), Call(other, "button_validate"))
    assert all(outcome.succeeded for outcome in outcomes)
    assert authorization.line_ids.qty_received == 2
    assert shop.count_in_quarantine() == before + 2


def test_no_more_is_received_than_was_delivered(shop, meet):
    order = shop.sell()
    first, other = (
        shop.get_receipts(shop.authorize(order.order_line)) for _ in range(2)
    )
    (first + other).move_ids.quantity = 2
    before = shop.count_in_quarantine()
    meet(Call(first, "button_validate"), Call(other, "button_validate"))
    assert sum(order.order_line.rma_line_ids.mapped("qty_received")) <= 2
    assert shop.count_in_quarantine() <= before + 2


def test_goods_are_put_away_once(shop, meet):
    authorization = shop.receive(shop.sell().order_line, 2, disposition="restock")
    seen = authorization.with_user(shop.worker)
    before = shop.count_in_quarantine()
    meet(*[Call(seen, "action_dispose")] * 2)
    assert authorization.line_ids.qty_disposed == 2
    assert len(authorization.inspection_ids) == 1
    assert shop.count_in_quarantine() == before - 2


def test_an_unknown_parcel_is_registered_once(shop, meet):
    shop.company.rma_unknown_parcel = "register"
    number = f"1Z-{shop.count('rma.authorization')}"
    dock = shop.env["rma.authorization.dock"].with_user(shop.worker)
    outcomes = meet(*[Call(dock, "register", args=[[number]])] * 2)
    assert all(outcome.succeeded for outcome in outcomes)
    parcels = shop.env["rma.authorization"].search([("tracking_ref", "=", number)])
    assert parcels.mapped("state") == ["draft"]


# -- settlements -------------------------------------------------------------------


def test_a_return_is_credited_once(shop, meet):
    order = shop.sell()
    shop.bill(order)
    authorization = shop.receive(order.order_line, 2, resolution="credit")
    outcomes = meet(*[Call(authorization, "action_settle")] * 2)
    assert all(outcome.succeeded for outcome in outcomes)
    assert authorization.sudo().settlement_ids.mapped("qty") == [2]
    notes = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
    assert notes.mapped("amount_untaxed") == [200]
    assert notes == shop.get_notes(authorization)


def test_a_return_is_exchanged_once(shop, meet):
    authorization = shop.receive(shop.sell().order_line, 2, resolution="exchange")
    outcomes = meet(*[Call(authorization, "action_settle")] * 2)
    assert all(outcome.succeeded for outcome in outcomes)
    assert authorization.sudo().settlement_ids.mapped("qty") == [2]
    replacements = authorization.sudo().replacement_order_ids
    assert replacements.order_line.mapped("product_uom_qty") == [2]


def test_a_return_is_settled_or_cancelled(shop, meet):
    authorization = shop.authorize(
        shop.sell().order_line, resolution="exchange", advance=True
    )
    settled, _cancelled = outcomes = meet(
        Call(authorization, "action_settle"), Call(authorization, "action_cancel")
    )
    refused = get_loser(outcomes).sentence
    assert authorization.display_name in refused
    if settled.succeeded:
        assert "can't be cancelled" in refused
        assert authorization.state == "authorized"
    else:
        assert "is cancelled" in refused
        assert authorization.state == "cancelled"
    assert len(authorization.sudo().replacement_order_ids) == settled.succeeded
    assert bool(shop.get_receipts(authorization)) == settled.succeeded


# -- credits -----------------------------------------------------------------------


def test_the_last_unit_of_an_invoice_is_credited_once(shop, meet):
    billed = shop.bill_by_hand(1).invoice_line_ids
    first, other = (shop.receive(billed, resolution="credit") for _ in range(2))
    outcomes = meet(Call(first, "action_settle"), Call(other, "action_settle"))
    refused = get_loser(outcomes).sentence
    assert "Radio: 1.0 Units can't be credited" in refused
    assert billed._get_rma_creditable_qty() == {billed: 0}
    assert len(shop.get_notes(first + other)) == 1


def test_the_one_unit_that_was_billed_is_credited(shop, meet):
    order = shop.sell()
    shop.bill(order, 1)
    first, other = (
        shop.receive(order.order_line, resolution="credit") for _ in range(2)
    )
    outcomes = meet(Call(first, "action_settle"), Call(other, "action_settle"))
    assert all(outcome.succeeded for outcome in outcomes)
    assert shop.get_notes(first + other).mapped("amount_untaxed") == [100]
    assert order.order_line.qty_delivered == 0
    assert order.order_line.qty_invoiced == 0


def test_a_credit_is_released_once(shop, meet):
    order = shop.sell()
    shop.bill(order)
    authorization = shop.receive(order.order_line, resolution="credit")
    note = shop.settle(authorization)
    outcomes = meet(*[Call(note, "action_release_rma_credits")] * 2)
    assert "no draft credit note" in get_loser(outcomes).sentence
    assert note.state == "posted"
    assert authorization.cost_ids.mapped("amount") == [100]


def test_credits_of_one_invoice_are_released_at_the_same_time(shop, meet):
    order = shop.sell()
    invoice = shop.bill(order)
    first, other = (
        shop.settle(shop.receive(order.order_line, resolution="credit"))
        for _ in range(2)
    )
    release = "action_release_rma_credits"
    outcomes = meet(Call(first, release), Call(other, release))
    assert all(outcome.succeeded for outcome in outcomes)
    assert (first + other).mapped("payment_state") == ["paid"] * 2
    assert invoice.amount_residual == 0


def test_a_credit_is_released_or_taken_back(shop, meet):
    order = shop.sell()
    invoice = shop.bill(order)
    authorization = shop.receive(order.order_line, resolution="credit")
    note = shop.settle(authorization)
    settlement = authorization.sudo().settlement_ids.with_user(shop.agent)
    released, _taken_back = outcomes = meet(
        Call(note, "action_release_rma_credits"), Call(settlement, "action_undo")
    )
    assert get_loser(outcomes).sentence
    assert settlement.state == ("done" if released.succeeded else "cancelled")
    assert bool(note.exists()) == released.succeeded
    assert invoice.amount_residual == (100 if released.succeeded else 200)


# -- a process is killed -----------------------------------------------------------


def kill(shop, team, authorizations, call, halts):
    """Kill a process at each of the places, and see that it has left nothing.

    :param list halts: model, method, whether after it, and how many records of some
        models the process has made by then, for itself alone
    """
    shop.save()
    before = shop.describe(authorizations)
    for model, method, after, made in halts:
        there = {name: shop.count(name) for name in made}
        halt = {"model": model, "method": method, "after": after}
        seen = team.kill(call, **halt, counted=list(made))
        assert {name: seen[name] - there[name] for name in made} == made
        shop.look()
        assert {name: shop.count(name) for name in made} == there
        assert shop.describe(authorizations) == before


def call_twice(shop, team, authorizations, call):
    """The call succeeds once it is made again, and changes nothing after that."""
    assert team.call(call).succeeded
    shop.look()
    after = shop.describe(authorizations)
    team.call(call)
    shop.look()
    assert shop.describe(authorizations) == after


@pytest.fixture(scope="module")
def batch(shop):
    """Requests for each line of some orders; the tests take them a step further, and
    the steps before do nothing twice, so each test can be run alone."""
    orders = shop.sell_batch(1, orders=8, lines=5)
    shop.bill(orders)
    return shop.request(orders.order_line, resolution="credit")


def test_a_batch_is_authorized_whole_or_not_at_all(shop, team, batch):
    log, transfer = "rma.authorization.log", "stock.picking"
    halts = [
        # numbers are given before the state changes a second time
        ("rma.authorization", "_assign_rma_number", False, {log: 40, transfer: 0}),
        ("rma.authorization", "action_authorize", True, {log: 80, transfer: 40}),
    ]
    call = Call(batch, "action_authorize")
    kill(shop, team, batch, call, halts)
    call_twice(shop, team, batch, call)
    assert set(batch.mapped("state")) == {"authorized"}
    assert len(set(batch.mapped("rma_number"))) == 40
    assert shop.get_receipts(batch).move_ids.mapped("quantity") == [1] * 40


def test_a_batch_is_settled_whole_or_not_at_all(shop, team, batch):
    batch.action_authorize()
    shop.validate(shop.get_receipts(batch))
    settlement, note = "rma.authorization.settlement", "account.move"
    builder = "rma.authorization.credit.builder"
    halts = [
        (builder, "_create_notes", False, {settlement: 40, note: 0}),
        (builder, "_create_notes", True, {settlement: 40, note: 8}),
        ("rma.authorization", "action_settle", True, {settlement: 40, note: 8}),
    ]
    call = Call(batch, "action_settle")
    kill(shop, team, batch, call, halts)
    call_twice(shop, team, batch, call)
    notes = shop.get_notes(batch)
    assert notes.mapped("amount_untaxed") == [500] * 8
    assert len(batch.sudo().settlement_ids) == 40
    assert notes.invoice_line_ids.rma_settlement_id == batch.sudo().settlement_ids
    assert set(batch.line_ids.sale_line_id.mapped("qty_delivered")) == {0}


def test_a_batch_is_released_whole_or_not_at_all(shop, team, batch):
    batch.action_authorize()
    shop.validate(shop.get_receipts(batch))
    batch.action_settle()
    notes = shop.get_notes(batch)
    paid, cost = "account.partial.reconcile", "rma.authorization.cost"
    halts = [
        ("account.move.line", "reconcile", False, {paid: 0, cost: 0}),
        ("account.move", "_follow_rma_post", False, {paid: 8, cost: 0}),
        ("account.move", "action_post", True, {paid: 8, cost: 40}),
    ]
    call = Call(notes, "action_release_rma_credits")
    kill(shop, team, batch, call, halts)
    call_twice(shop, team, batch, call)
    assert set(notes.mapped("state")) == {"posted"}
    assert set(notes.reversed_entry_id.mapped("amount_residual")) == {0}
    assert batch.cost_ids.mapped("amount") == [100] * 40


def test_a_release_in_the_background_survives_being_killed(shop, team):
    orders = shop.sell_batch(1, orders=4)
    shop.bill(orders)
    authorizations = shop.receive(orders.order_line, resolution="credit")
    notes = shop.settle(authorizations)
    action = notes.action_release_rma_credits_in_background()
    release = notes.env[action["res_model"]].browse(action["res_id"])
    cron = shop.env.ref("rma_authorization_account.ir_cron_release_credits")
    cron.code = "model._cron_release(limit=3)"
    call = Call(cron, "method_direct_trigger")
    paid, cost = "account.partial.reconcile", "rma.authorization.cost"
    halts = [
        ("account.move", "_follow_rma_post", False, {paid: 3, cost: 0}),
        ("rma.authorization.credit.release", "_finish", False, {paid: 3, cost: 3}),
    ]
    kill(shop, team, authorizations, call, halts)
    assert release.count_waiting == 4
    # what others do meanwhile is left to them
    outcomes = team.race(call, call)
    shop.look()
    assert any(outcome.succeeded for outcome in outcomes)
    assert (release.state, release.count_done) == ("done", 4)
    assert notes.mapped("payment_state") == ["paid"] * 4
    assert authorizations.cost_ids.mapped("amount") == [100] * 4


def test_a_step_of_many_survives_being_killed(shop, team):
    orders = shop.sell_batch(1, orders=4)
    shop.bill(orders)
    authorizations = shop.receive(orders.order_line, resolution="credit")
    masses = authorizations.env["rma.authorization.mass"]
    mass = masses._queue("settle", authorizations)
    cron = shop.env.ref("rma_authorization.ir_cron_mass")
    cron.code = "model._cron_work(limit=3)"
    call = Call(cron, "method_direct_trigger")
    made = "rma.authorization.settlement"
    halts = [
        ("rma.authorization", "_settle", True, {made: 3}),
        ("rma.authorization.mass", "_finish", False, {made: 3}),
    ]
    kill(shop, team, authorizations, call, halts)
    assert (mass.state, mass.count_waiting) == ("running", 4)
    # two schedulers at once: each return is settled by one of them
    outcomes = team.race(call, call)
    shop.look()
    assert any(outcome.succeeded for outcome in outcomes)
    assert (mass.state, mass.count_done) == ("done", 4)
    assert authorizations.mapped("settlement_ids.qty") == [1] * 4
    assert set(shop.get_notes(authorizations).mapped("state")) == {"draft"}


# -- goods that were replaced in advance -----------------------------------------------


def test_owed_goods_are_invoiced_once(shop, meet):
    authorization = shop.replace_in_advance()
    claimed = authorization.with_user(shop.manager)
    outcomes = meet(*[Call(claimed, "action_invoice_owed")] * 2)
    assert get_loser(outcomes).sentence
    assert len(authorization.sudo().owed_invoice_ids) == 1
    assert authorization.sudo().owed_invoice_ids.amount_untaxed == 100.0


def test_owed_goods_are_invoiced_or_arrive(shop, meet):
    authorization = shop.replace_in_advance()
    receipt = shop.get_receipts(authorization)
    moves = shop.env["account.move"]
    before = moves.search([]).ids
    _invoiced, arrived = meet(
        Call(authorization.with_user(shop.manager), "action_invoice_owed"),
        Call(receipt, "button_validate"),
    )
    assert arrived.succeeded
    assert receipt.state == "done"
    assert authorization.sudo().line_ids.qty_owed == 0
    # never invoiced; or that was cancelled or credited, when the goods came after all
    made = moves.search([("id", "not in", before), ("state", "!=", "cancel")])
    assert sum(made.mapped("amount_untaxed_signed")) == 0
