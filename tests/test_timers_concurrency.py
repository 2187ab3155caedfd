# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Several workers run the scheduled action of the clocks, or get in its way."""

from datetime import timedelta

import pytest

from odoo import fields

from .processes import Call

LONG_AGO = timedelta(days=60)


@pytest.fixture(params=["at once", "one after the other"])
def meet(request, shop, team):
    """Let two calls meet; returns their outcomes, in the order of the calls."""

    def meet(*calls):
        shop.save()
        run = team.race if request.param == "at once" else team.overtake
        outcomes = run(*calls)
        shop.look()
        return outcomes

    return meet


def get_run(shop):
    """The scheduled action, without the lock that keeps two of it apart."""
    cron = shop.env.ref("rma_authorization.ir_cron_timers")
    return Call(cron.ir_actions_server_id.with_user(2), "run")


def make_late(shop, count=5):
    """Requests that nobody has decided on for long."""
    requests = shop.env["rma.authorization"]
    order = shop.sell(count)
    for _number in range(count):
        requests |= shop.request(order.order_line)
    requests.action_submit()
    shop.env.cr.flush()
    timers = requests.sudo().timer_ids
    timers.date_start = fields.Datetime.now() - LONG_AGO
    assert timers.filtered("date_alarm")
    return requests


def test_two_workers_ring_once(shop, meet):
    requests = make_late(shop)
    shop.env["rma.authorization.team"].search([]).user_id = shop.agent
    outcomes = meet(get_run(shop), get_run(shop))
    assert all(outcome.succeeded for outcome in outcomes), outcomes
    timers = requests.sudo().timer_ids
    assert set(timers.mapped("is_late")) == {True}
    assert len(requests.sudo().activity_ids) == len(timers)
    mails = shop.env["mail.mail"].search(
        [("model", "=", timers._name), ("res_id", "in", timers.ids)]
    )
    assert len(mails) == len(timers)
    assert set(requests.mapped("is_late")) == {True}


def test_two_workers_expire_once(shop, meet):
    authorization = shop.authorize(shop.sell().order_line)
    authorization.sudo().date_request = fields.Datetime.now() - LONG_AGO
    authorization.date_deadline = fields.Date.today() - timedelta(days=1)
    outcomes = meet(get_run(shop), get_run(shop))
    assert all(outcome.succeeded for outcome in outcomes), outcomes
    assert authorization.log_ids.mapped("to_state").count("expired") == 1


def test_a_decision_meets_the_scheduled_action(shop, meet):
    request = make_late(shop, 1)
    decision, run = meet(Call(request, "action_authorize"), get_run(shop))
    assert decision.succeeded, decision
    assert run.succeeded, run
    timer = request.sudo().timer_ids.filtered(lambda one: one.milestone == "decision")
    assert timer.state == "missed"
    assert not request.sudo().activity_ids
    assert not request.is_late
