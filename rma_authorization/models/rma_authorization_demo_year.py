# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time, timedelta

from odoo import Command, api, models

from ..demo_year import PLANTED_FAULT, PLANTED_PRODUCT, Year, get_workday

CUSTOMERS = {
    "meadow": ("Meadow Schools", "it@meadow-schools.example", True),
    "orbit": ("Orbit Telecom", "returns@orbit-telecom.example", True),
}
PRODUCTS = {"powerbank": ("Ember 20 Power Bank", 45.0, 21.0, False)}
# Whom the products are bought from: how long they take claims (days), and which.
VENDORS = {
    "Nimbus Devices": (90, ("phone", "watch", "powerbank")),
    "Fenwick Electronics": (60, ("laptop", "router")),
    "Tidal Audio": (60, ("headset", "charger")),
}
# Returns that are played together; they share the credit notes of their invoices.
BATCH = 150
# What a return costs beside its documents: kind, what for, amount.
COSTS = (
    ("freight_in", "Parcel from the customer", 7.5),
    ("labour", "Unpacking and inspection", 11.0),
)
# Suppliers are asked for what was found in so many days, and not for the latest.
CLAIM_DAYS = 45
LATEST_CLAIM_DAYS = 21
# Products that their supplier wants to have; others are scrapped here.
SENT_BACK = ("laptop", "router")
# How suppliers answer one claim after the other: what they pay of its worth.
ANSWERS = (1.0, 0.8, 0.0, 0.9, 0.6)
# Days of a claim after its last finding, and of one answer after the other: two weeks
# after the goods are in time.
CLAIM_PACE = {"submitted": 2, "decided": 6, "received": 9}
ANSWER_PACE = (15, 30, 18, 24)
# Of ten customers so many are asked how it was, and so many say it.
ASKED, ANSWERED = 8, 5


class RmaAuthorizationDemoYear(models.AbstractModel):
    """Demo data: a year of sales and returns, played by the real flow in batches.

    What happens is planned by `demo_year`. All of it happens on one day; then every
    record is dated as planned. Addons say by overrides how they buy, deliver, invoice
    and receive.
    """

    _name = "rma.authorization.demo.year"
    _description = "Demo Year"
    _inherit = ["rma.authorization.demo"]

    @api.model
    def _load_year(self, today, customers, products):
        """Play the twelve months before a day.

        :param date today: the day on which the data is looked at
        :param dict customers: {name in the plan: partner}
        :param dict products: {name in the plan: product}
        :return: the returns of customers
        """
        year = Year(today)
        customers = {**customers, **self._create_customers(CUSTOMERS)}
        products = {**products, **self._create_products(PRODUCTS)}
        self._create_vendors(products)
        orders = self._sell_year(year, customers, products)
        stories = {}
        for start in range(0, len(year.stories), BATCH):
            batch = year.stories[start : start + BATCH]
            stories.update(self._play_stories(batch, orders, products))
        self._add_costs(stories)
        self._ask_opinions(stories)
        claims = self._claim(stories, today)
        self._open_case(stories, products)
        returns = self.env["rma.authorization"].union(*stories)
        (returns | returns.browse(one.id for one in claims)).mail_ids.unlink()
        self._date_sales(year, orders)
        self._date_returns({one: story.moments for one, story in stories.items()})
        self._date_returns(claims)
        return returns

    def _create_vendors(self, products):
        vendors = self.env["res.partner"].create(
            [
                {"name": name, "is_company": True, "rma_claim_days": days}
                for name, (days, _names) in VENDORS.items()
            ]
        )
        for vendor, (_days, names) in zip(vendors, VENDORS.values(), strict=True):
            for name in names:
                product = products[name]
                product.seller_ids = [
                    Command.create(
                        {"partner_id": vendor.id, "price": product.standard_price}
                    )
                ]

    # -- sales -------------------------------------------------------------------------

    def _sell_year(self, year, customers, products):
        """Buy, sell, deliver and invoice.

        :return: {number in the plan: order}
        """
        orders = {}
        for quarter in sorted({sale.quarter for sale in year.sales}):
            sales = [sale for sale in year.sales if sale.quarter == quarter]
            self._buy_quarter(sales, products)
            sold = self._sell_quarter(sales, customers, products, year.today)
            numbers = [sale.number for sale in sales]
            orders.update(zip(numbers, sold, strict=True))
        return orders

    def _sell_quarter(self, sales, customers, products, today):
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": customers[sale.customer].id,
                    "order_line": [
                        Command.create(
                            {"product_id": products[name].id, "product_uom_qty": qty}
                        )
                        for name, qty in sale.quantities.items()
                    ],
                }
                for sale in sales
            ]
        )
        orders.action_confirm()
        self._deliver_quarter(orders)
        self._invoice(orders, [(today - sale.day).days for sale in sales])
        return orders

    def _buy_quarter(self, sales, products):
        """Get the goods that are sold. Override where there is stock."""

    def _deliver_quarter(self, orders):
        """Deliver orders. Override where deliveries have documents."""
        self._deliver(orders)

    def _date_sales(self, year, orders):
        """Date orders and the warranties of what they delivered. Override to add."""
        days = [sale.day for sale in year.sales]
        orders = self.env["sale.order"].union(*orders.values())
        self._set_dates(
            orders,
            ["date_order", "create_date"],
            [datetime.combine(day, time(8)) for day in days],
        )
        day_of = dict(zip(orders, days, strict=True))
        warranties = self.env["rma.authorization.warranty"].search(
            [("sale_line_id.order_id", "in", orders.ids)]
        )
        for warranty in warranties:
            warranty.date_start = day_of[warranty.sale_order_id] + timedelta(days=1)

    # -- returns -----------------------------------------------------------------------

    def _play_stories(self, stories, orders, products):
        """Play some returns, as far as each has come.

        :return: {authorization: story}
        """
        returns = self.env["rma.authorization"].create(
            [self._prepare_story_vals(story, orders, products) for story in stories]
        )
        played = dict(zip(returns, stories, strict=True))
        prevented = returns.filtered(lambda one: played[one].decision == "prevent")
        prevented._cancel()
        prevented._record({"is_prevented": True})
        (returns - prevented).action_submit()
        self._decide_stories(played)
        self._receive_stories(self._pick(played, "received"))
        self._follow_clocks(returns)
        self._judge_stories(played)
        self._follow_clocks(returns)
        settled = self._pick(played, "settled")
        settled.filtered(lambda one: one.state == "authorized").action_settle()
        self._follow_clocks(returns)
        self._finish_stories(played, self._pick(played, "closed"))
        self._follow_clocks(returns)
        return played

    def _pick(self, played, step):
        """Returns of goods that have come so far."""
        return self.env["rma.authorization"].union(
            *(
                authorization
                for authorization, story in played.items()
                if step in story.moments and story.decision == "authorize"
            )
        )

    def _follow_clocks(self, returns):
        """As at the end of a transaction: this one has all steps."""
        self.env.flush_all()
        returns._follow_timers()

    def _prepare_story_vals(self, story, orders, products):
        order = orders[story.sale]
        product = products[story.product]
        sale_line = order.order_line.filtered(lambda line: line.product_id == product)
        return {
            "partner_id": order.partner_id.id,
            "user_id": self.env.uid,
            "priority": "1" if story.reason == "doa" else "0",
            "line_ids": [
                Command.create(self._prepare_story_line_vals(story, sale_line))
            ],
        }

    def _prepare_story_line_vals(self, story, sale_line):
        """Values of the line. Override to name numbers."""
        xmlid = f"rma_authorization.rma_authorization_reason_{story.reason}"
        resolution = self._get_known("resolution", story.resolution, "exchange")
        return {
            "product_id": sale_line.product_id.id,
            "sale_line_id": sale_line.id,
            "qty_requested": story.qty,
            "reason_id": self.env.ref(xmlid).id,
            "description": self._get_fault_text(story.reason),
            "condition": self._get_condition(story.reason),
            "resolution": resolution,
            "under_warranty": resolution == "repair",
        }

    def _decide_stories(self, played):
        """Authorize most of those that were decided on; ask before some."""
        by_decision = {}
        for authorization, story in played.items():
            if "decided" in story.moments:
                by_decision.setdefault(story.decision, []).append(authorization)
                if story.is_asked and authorization.state == "submitted":
                    authorization.action_request_information(
                        "Does it happen with another cable as well?"
                    )
                    authorization.action_information_received()
        returns = self.env["rma.authorization"]
        batches = {name: returns.union(*some) for name, some in by_decision.items()}
        batches.pop("prevent", returns)
        batches.pop("refuse", returns).action_refuse(
            "The return window of 30 days has passed."
        )
        solved = batches.get("solve", returns)
        solved.line_ids.resolution = "solved"
        returns.union(*batches.values()).action_authorize()
        batches.get("cancel", returns).action_cancel("The customer keeps it after all.")
        batches.get("expire", returns).filtered(
            lambda one: "expired" in played[one].moments
        )._expire()
        solved.action_settle()

    def _receive_stories(self, returns):
        """Receive all of it. Override where receipts have documents."""
        self._receive(returns)

    def _judge_stories(self, played):
        findings = self._pick(played, "inspected").action_inspect()
        alike = findings.grouped(
            lambda finding: tuple(
                sorted(self._get_finding_vals(finding, played).items())
            )
        )
        for vals, some in alike.items():
            some.write(dict(vals))

    def _get_finding_vals(self, finding, played):
        story = played[finding.authorization_id]
        if story.is_rejected:
            disposition, grade = "send_back", "damaged"
        elif not story.finding:
            disposition, grade = "restock", "new"
        else:
            # what goes to the supplier waits for the claim
            waits = story.product in SENT_BACK and "closed" in story.moments
            waits = waits and story.is_suppliers()
            disposition, grade = (False if waits else "scrap"), "worn"
        vals = {
            "grade": grade,
            "disposition": disposition and self._get_known("disposition", disposition),
        }
        if story.is_rejected:
            vals.update(verdict="rejected", resolution="none")
        elif story.resolution == "repair" and not self._is_replaced(finding):
            vals.pop("disposition")
        if story.finding:
            fault, cause = story.finding
            vals["fault_id"] = self._get_entry("fault", fault).id
            vals["cause_id"] = self._get_entry("cause", cause).id
        elif story.reason in ("defective", "doa"):
            vals["fault_found"] = "none"
        return vals

    def _is_replaced(self, finding):
        return finding.resolution != "repair"

    def _finish_stories(self, played, returns):
        """Put goods away, and finish documents. Override to date those."""
        open_returns = returns.filtered(
            lambda one: (
                one.state == "authorized"
                and any(finding.disposition for finding in one.inspection_ids)
            )
        )
        open_returns.action_dispose()
        self._finish_documents(returns)

    # -- around them -------------------------------------------------------------------

    def _add_costs(self, stories):
        received = self._pick(stories, "received")
        self.env["rma.authorization.cost"].create(
            [
                {
                    "authorization_id": authorization.id,
                    "kind": kind,
                    "name": name,
                    "amount": amount,
                }
                for authorization in received
                for kind, name, amount in COSTS
            ]
        )

    def _ask_opinions(self, stories):
        """Ratings of finished returns; not every customer is asked, or answers."""
        closed = [
            (authorization, story)
            for authorization, story in stories.items()
            if "closed" in story.moments and authorization.state == "closed"
        ]
        asked = [pair for number, pair in enumerate(closed) if number % 10 < ASKED]
        model_id = self.env["ir.model"]._get_id("rma.authorization")
        ratings = self.env["rating.rating"].create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": authorization.id,
                    "partner_id": authorization.partner_id.id,
                    "rated_partner_id": authorization.user_id.partner_id.id,
                    "rating": story.rating if number % ASKED < ANSWERED else 0,
                    "consumed": number % ASKED < ANSWERED,
                }
                for number, (authorization, story) in enumerate(asked)
            ]
        )
        self._set_dates(
            ratings,
            ["create_date"],
            [story.moments["closed"] for _authorization, story in asked],
        )

    # -- suppliers ---------------------------------------------------------------------

    def _claim(self, stories, today):
        """Claim what suppliers answer for, and have them answer.

        :return: {claim: {step: datetime}}
        """
        batches = {}
        for authorization in self._pick(stories, "closed"):
            day = stories[authorization].moments["inspected"].date()
            age = (today - day).days
            findings = authorization.inspection_ids.filtered(
                lambda finding: (
                    finding.claim_state == "open"
                    and finding.vendor_id
                    and finding.resolution != "repair"
                )
            )
            if age > LATEST_CLAIM_DAYS and findings:
                batches.setdefault(age // CLAIM_DAYS, []).append((day, findings))
        moments = {}
        for _age, batch in sorted(batches.items(), reverse=True):
            findings = self.env["rma.authorization.inspection"].union(
                *(some for _day, some in batch)
            )
            findings.action_claim()
            start = max(day for day, _findings in batch)
            for claim in findings.claim_line_ids.authorization_id:
                steps = self._play_claim(claim, start, today, len(moments))
                moments[claim] = steps
                # they close when the goods have left
                for (
                    authorization
                ) in claim.line_ids.source_inspection_id.authorization_id:
                    if "received" in steps:
                        stories[authorization].moments["closed"] = steps["received"]
        return moments

    def _play_claim(self, claim, start, today, number):
        answered = ANSWER_PACE[number % len(ANSWER_PACE)]
        paces = {**CLAIM_PACE, "settled": answered, "closed": answered}
        days = {
            step: get_workday(start + timedelta(days=pace))
            for step, pace in paces.items()
        }
        moments = {
            step: datetime.combine(day, time(12))
            for step, day in days.items()
            if day < today
        }
        claim.action_submit()
        if "decided" in moments:
            claim.partner_reference = f"RA-{4100 + 7 * number}"
            claim.action_authorize()
        if "received" in moments:
            self._ship_claim(claim)
        if "settled" in moments:
            self._answer_claim(claim, ANSWERS[number % len(ANSWERS)])
        return moments

    def _ship_claim(self, claim):
        """The goods leave. Override where they have documents."""

    def _answer_claim(self, claim, share):
        currency = claim.currency_id
        claim._answer(
            [
                {
                    "line_id": line.id,
                    "qty": line.qty_to_settle,
                    "resolution": "none",
                    "answer": "amount" if share else "gone",
                    "amount": currency.round(
                        share * line.source_inspection_id.claim_value
                    ),
                }
                for line in claim.line_ids
            ]
        )

    # -- quality -----------------------------------------------------------------------

    def _open_case(self, stories, products):
        """The case about the lot that is bad, up to the search for its cause."""
        case = self.env["rma.authorization.case"].create(
            self._prepare_case_vals(stories, products)
        )
        case.action_collect()
        if not case.member_ids:
            return case
        for _step in ("d1", "d2", "d3"):
            case.action_next_step()
        self._set_dates(
            case, ["date_contained"], [case.date_opened + timedelta(days=2)]
        )
        return case

    def _prepare_case_vals(self, stories, products):
        """Values of the case. Override to name the lot."""
        fault, _cause = PLANTED_FAULT
        product = products[PLANTED_PRODUCT]
        found = [
            story.moments["inspected"]
            for authorization, story in stories.items()
            if story.is_planted and "inspected" in story.moments
        ]
        colleague = self.env.ref("base.user_demo", raise_if_not_found=False)
        return {
            "title": "Power banks swell after some weeks",
            "priority": "2",
            "product_id": product.id,
            "fault_id": self._get_entry("fault", fault).id,
            "vendor_id": product.seller_ids.partner_id.id,
            "user_id": self.env.uid,
            "member_ids": [Command.set(colleague.ids if colleague else [])],
            "date_opened": sorted(found)[min(4, len(found) - 1)],
            "containment_note": "The lot is blocked, and customers were written to.",
        }
