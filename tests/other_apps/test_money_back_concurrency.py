# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Money that left can't be rolled back: nobody gets it twice, however two clicks meet
and wherever a process is killed."""

import pytest

from ..processes import Call
from ..shop import open_shop

PAY_BACK = "action_pay_back_rma_credit"


@pytest.fixture(scope="module")
def shop(database_name, team):
    with open_shop(database_name) as shop:
        provider = shop.env.ref("payment.payment_provider_demo")
        journal = shop.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", shop.company.id)], limit=1
        )
        provider.write({"state": "test", "journal_id": journal.id})
        yield shop


@pytest.fixture
def owed(shop):
    """A credit note of 100.00 whose invoice was paid online."""
    order = shop.sell()
    invoice = shop.bill(order)
    transaction = shop.env["payment.transaction"].create(
        {
            "provider_id": shop.env.ref("payment.payment_provider_demo").id,
            "payment_method_id": shop.env.ref("payment_demo.payment_method_demo").id,
            "reference": invoice.name,
            "amount": 200.0,
            "currency_id": invoice.currency_id.id,
            "partner_id": shop.customer.id,
            "operation": "online_direct",
            "invoice_ids": invoice.ids,
        }
    )
    transaction.action_demo_set_done()
    transaction._post_process()
    note = shop.settle(shop.receive(order.order_line, resolution="credit"))
    note.action_release_rma_credits()
    assert note.amount_residual == 100
    shop.save()
    return note, transaction


@pytest.mark.parametrize("way", ["race", "overtake"])
def test_two_clicks_pay_once(shop, team, owed, way):
    note, transaction = owed
    outcomes = getattr(team, way)(*[Call(note, PAY_BACK)] * 2)
    shop.look()
    assert any(outcome.succeeded for outcome in outcomes)
    for outcome in outcomes:
        assert outcome.succeeded or outcome.sentence
    refunds = transaction.child_transaction_ids
    assert refunds.mapped("amount") == [-100]
    assert refunds.payment_id.mapped("amount") == [100]
    assert note.amount_residual == 0


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_around_the_request_it_counts_as_taken(shop, team, owed, after):
    note, transaction = owed
    call = Call(note, PAY_BACK)
    team.kill(
        call,
        model="payment.transaction",
        method="_send_refund_request",
        after=after,
        counted=[],
    )
    shop.look()
    refund = transaction.child_transaction_ids
    assert refund.mapped("state") == ["draft"]
    assert note.rma_amount_refunding == 100
    assert "under way" in team.call(call).sentence
    shop.look()
    assert transaction.child_transaction_ids == refund
    # the provider's own message settles it
    refund.action_demo_set_done()
    refund._post_process()
    assert note.amount_residual == 0
    assert note.rma_amount_refunding == 0


def test_killed_before_it_is_booked_the_money_is_booked_later(shop, team, owed):
    note, transaction = owed
    team.kill(
        Call(note, PAY_BACK),
        model="payment.transaction",
        method="_post_process",
        after=False,
        counted=[],
    )
    shop.look()
    refund = transaction.child_transaction_ids
    assert refund.mapped("state") == ["done"]
    assert "under way" in team.call(Call(note, PAY_BACK)).sentence
    shop.look()
    refund._cron_post_process()
    assert refund.payment_id.amount == 100
    assert note.amount_residual == 0
