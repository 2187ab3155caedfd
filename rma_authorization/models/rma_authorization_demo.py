# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import namedtuple
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.tools import SQL, file_open

Case = namedtuple("Case", "days customer product sold qty reason resolution end extra")


def _case(days, customer, product, qty, reason, resolution, end, sold=None, **extra):
    return Case(
        days, customer, product, sold or qty, qty, reason, resolution, end, extra
    )


# One row per return: how many days ago, who, what, how many, why, what they want, and
# how far it has come. A row ends with a step of `_STEPS`.
CASES = [
    _case(172, "acme", "phone", 2, "defective", "credit", "closed", sold=5),
    _case(165, "nora", "headset", 1, "no_longer_wanted", "credit", "closed"),
    _case(158, "lumen", "router", 3, "doa", "exchange", "closed", sold=10),
    _case(151, "paul", "watch", 1, "defective", "repair", "closed"),
    _case(140, "acme", "laptop", 1, "transit_damage", "credit", "closed", sold=4),
    _case(133, "harbor", "charger", 6, "duplicate", "credit", "closed", sold=20),
    _case(126, "nora", "phone", 1, "defective", "repair", "closed"),
    _case(119, "lumen", "headset", 2, "wrong_item", "exchange", "closed", sold=6),
    _case(111, "harbor", "router", 1, "defective", "exchange", "closed", sold=8),
    _case(104, "paul", "charger", 1, "other", "none", "solved"),
    _case(97, "acme", "watch", 3, "doa", "credit", "closed", sold=3),
    _case(90, "nora", "router", 1, "no_longer_wanted", "credit", "refused"),
    _case(84, "harbor", "phone", 2, "defective", "credit", "rejected", sold=6),
    _case(78, "lumen", "charger", 5, "duplicate", "credit", "closed", sold=5),
    _case(71, "paul", "headset", 1, "defective", "exchange", "expired"),
    _case(64, "acme", "phone", 1, "transit_damage", "exchange", "closed", sold=2),
    _case(58, "harbor", "laptop", 1, "defective", "repair", "closed", sold=3),
    _case(52, "nora", "watch", 1, "no_longer_wanted", "credit", "cancelled"),
    _case(45, "lumen", "phone", 4, "defective", "credit", "settled", sold=12),
    _case(38, "paul", "laptop", 1, "defective", "repair", "settled"),
    _case(33, "acme", "charger", 8, "wrong_qty_received", "credit", "settled", sold=24),
    _case(28, "harbor", "watch", 2, "defective", "exchange", "settled", sold=5),
    _case(24, "lumen", "laptop", 2, "doa", "exchange", "advance", sold=6),
    _case(21, "nora", "headset", 1, "defective", "credit", "inspected"),
    _case(18, "acme", "router", 2, "defective", "credit", "inspected", sold=5),
    _case(15, "paul", "phone", 1, "defective", "repair", "received"),
    _case(13, "harbor", "headset", 4, "wrong_item", "exchange", "received", sold=10),
    _case(11, "lumen", "watch", 3, "defective", "credit", "part", sold=9),
    _case(9, "acme", "laptop", 1, "transit_damage", "credit", "authorized", sold=2),
    _case(8, "nora", "charger", 2, "duplicate", "credit", "authorized"),
    _case(6, "harbor", "phone", 1, "defective", "repair", "authorized", sold=3),
    _case(4, "paul", "router", 1, "upgrade", "exchange", "asked"),
    _case(3, "lumen", "headset", 2, "defective", "credit", "submitted", sold=4),
    _case(2, "acme", "watch", 1, "no_longer_wanted", "credit", "submitted", sold=2),
    _case(1, "nora", "phone", 1, "defective", "repair", "submitted"),
    _case(0, "harbor", "router", 2, "defective", "exchange", "draft", sold=6),
]
CUSTOMERS = {
    "acme": ("Acme Retail Group", "returns@acme-retail.example", True),
    "harbor": ("Harbor Electronics", "service@harbor-electronics.example", True),
    "lumen": ("Lumen Offices", "it@lumen-offices.example", True),
    "nora": ("Nora Lindqvist", "nora.lindqvist@mail.example", False),
    "paul": ("Paul Okafor", "paul.okafor@mail.example", False),
}
PRODUCTS = {
    "phone": ("Aster X2 Smartphone", 649.0, 410.0, True),
    "laptop": ("Corvid 14 Laptop", 1190.0, 820.0, True),
    "watch": ("Pulse Smartwatch", 229.0, 120.0, True),
    "headset": ("Hush Wireless Headphones", 149.0, 62.0, False),
    "router": ("Beacon AX Router", 119.0, 55.0, False),
    "charger": ("65 W USB-C Charger", 39.0, 14.0, False),
}
# Months, where they are others than two years.
WARRANTIES = {"charger": 6, "laptop": 36}
FAULTS = {
    "defective": "Stops working after about an hour of use.",
    "doa": "Did not switch on out of the box.",
    "transit_damage": "The parcel was crushed, the case is cracked.",
    "wrong_item": "We ordered the black version and got the white one.",
    "no_longer_wanted": "Unused, in its original packaging.",
}
# The goods' condition in the customer's words, but for the latest requests: there a
# reviewer has something to ask.
CONDITIONS = {
    "transit_damage": "damaged",
    "no_longer_wanted": "unopened",
    "duplicate": "unopened",
    "upgrade": "opened",
}
VERDICTS = ("new", "good", "worn")
# What inspectors find, one return after the other: fault and cause, or no fault.
FINDINGS = {
    "defective": (
        ("no_power", "material"),
        ("battery", "material"),
        None,
        ("no_power", "manufacturing"),
        ("function", "software"),
        ("broken", "dropped"),
    ),
    "doa": (("no_power", "manufacturing"), ("function", "software"), None),
    "transit_damage": (("broken", "transport"), ("scratched", "packing")),
    "wrong_item": (("not_as_ordered", "picking"),),
}
FINAL_DISPOSITIONS = {
    "credit": "restock",
    "exchange": "scrap",
    "none": "send_back",
}


class RmaAuthorizationDemo(models.AbstractModel):
    """Demo data: returns of a seller of consumer electronics, case by case; a year of
    them is made by `rma.authorization.demo.year`.

    Every return is made by running the real flow, so that its documents are real.
    Addons say by overrides how they sell, deliver, invoice and receive.
    """

    _name = "rma.authorization.demo"
    _description = "Demo Returns"
    _inherit = ["rma.authorization.demo.date"]

    @api.model
    def _load(self, module):
        """Make the returns, unless another of our addons is still to be installed:
        the last one makes them for all.

        :param str module: the addon whose demo data is being loaded
        """
        modules = self.env["ir.module.module"].search(
            [("name", "=like", "rma_authorization%"), ("state", "=", "to install")]
        )
        if set(modules.mapped("name")) - {module}:
            return
        admin = self.env.ref("base.user_admin")
        demo = self.with_user(admin).sudo()
        demo = demo.with_context(tracking_disable=True, mail_create_nosubscribe=True)
        customers = demo._create_customers(CUSTOMERS)
        products = demo._create_products(PRODUCTS)
        demo._play_cases(customers, products)
        demo._promise_warranties(products)
        today = fields.Date.context_today(self)
        year = demo.env["rma.authorization.demo.year"]
        year._load_year(today, customers, products)
        self.env["rma.authorization.warranty.scan"]._scan_all()

    def _create_customers(self, customers):
        country = self.env.company.country_id
        partners = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "email": email,
                    "is_company": is_company,
                    "street": f"{number * 12} Harbor Street",
                    "city": "Springfield",
                    "zip": f"0{number}210",
                    "country_id": country.id,
                }
                for number, (name, email, is_company) in enumerate(
                    customers.values(), start=1
                )
            ]
        )
        return dict(zip(customers, partners, strict=True))

    def _create_products(self, products):
        created = self.env["product.product"].create(
            [self._prepare_product_vals(*spec) for spec in products.values()]
        )
        return dict(zip(products, created, strict=True))

    def _prepare_product_vals(self, name, price, cost, is_serial):
        """Values of a product. Override to have it tracked."""
        return {
            "name": name,
            "type": "consu",
            "list_price": price,
            "standard_price": cost,
            "invoice_policy": "delivery",
        }

    def _promise_warranties(self, products):
        """Once the past is written, what was delivered in it gets its warranty."""
        for name, product in products.items():
            product.product_tmpl_id.rma_warranty_months = WARRANTIES.get(name, 24)
        self.env["rma.authorization.warranty.scan"]._scan_all()

    # -- the story of one return ---------------------------------------------------

    def _play_cases(self, customers, products):
        """Play the table: those that end alike together, which takes much less time."""
        orders = self._sell(customers, products)
        authorizations = self.env["rma.authorization"].create(
            [
                self._prepare_request_vals(case, order)
                for case, order in zip(CASES, orders, strict=True)
            ]
        )
        by_end = {}
        for case, authorization in zip(CASES, authorizations, strict=True):
            self._attach_photo(case, authorization)
            by_end.setdefault(case.end, []).append(authorization)
        for end, some in by_end.items():
            played = authorizations.browse().union(*some)
            getattr(self, f"_play_{end}")(played)
            if end != "authorized":
                # nobody wants half a year of mails on the first day
                played.sudo().mail_ids.unlink()
        for case, order, authorization in zip(
            CASES, orders, authorizations, strict=True
        ):
            self._backdate(case, authorization, order)
        self._reckon_clocks(
            {
                authorization: self._read_moments(authorization)
                for authorization in authorizations
            }
        )

    def _sell(self, customers, products):
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": customers[case.customer].id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": products[case.product].id,
                                "product_uom_qty": case.sold,
                            }
                        )
                    ],
                }
                for case in CASES
            ]
        )
        orders.action_confirm()
        self._deliver(orders)
        self._invoice(orders, [case.days for case in CASES])
        return orders

    def _deliver(self, orders):
        """Deliver orders; where core has transfers for that, by them."""
        if "picking_ids" not in orders._fields:
            for line in orders.order_line:
                line.qty_delivered = line.product_uom_qty
            return
        self._validate(orders.picking_ids)

    def _validate(self, pickings):
        """Validate those of these transfers that are open."""
        waiting = pickings.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        if waiting:
            waiting.action_assign()
            waiting.with_context(skip_backorder=True).button_validate()

    def _invoice(self, orders, days):
        """Invoice orders, each so many days ago. Override where credits need it."""

    def _prepare_request_vals(self, case, order):
        xmlid = f"rma_authorization.rma_authorization_reason_{case.reason}"
        reason = self.env.ref(xmlid)
        return {
            "partner_id": order.partner_id.id,
            "user_id": self.env.ref("base.user_admin").id,
            "priority": "1" if case.reason == "doa" else "0",
            "line_ids": [Command.create(self._prepare_line_vals(case, order, reason))],
        }

    def _prepare_line_vals(self, case, order, reason):
        """Values of the authorization line. Override to name serials."""
        resolution = self._get_known("resolution", case.resolution, "exchange")
        return {
            "product_id": order.order_line.product_id.id,
            "sale_line_id": order.order_line.id,
            "qty_requested": case.qty,
            "reason_id": reason.id,
            "description": self._get_fault_text(case.reason),
            "condition": case.days > 2 and self._get_condition(case.reason),
            "resolution": resolution,
            "under_warranty": resolution == "repair",
            "advance": case.end == "advance",
        }

    def _get_fault_text(self, reason):
        return FAULTS.get(reason)

    def _get_condition(self, reason):
        return CONDITIONS.get(reason, "used")

    def _attach_photo(self, case, authorization):
        """What the customer sends to show the damage."""
        if case.reason != "transit_damage":
            return
        with file_open("web/static/img/placeholder.png", "rb") as photo:
            self.env["ir.attachment"].create(
                {
                    "name": "parcel.png",
                    "raw": photo.read(),
                    "res_model": authorization._name,
                    "res_id": authorization.id,
                }
            )

    def _get_known(self, name, value, fallback=False):
        """`value` if the installed addons know it as a resolution or disposition."""
        field = self.env["rma.authorization.line"]._fields[name]
        return value if value in field.get_values(self.env) else fallback

    # -- endings -------------------------------------------------------------------

    def _play_draft(self, authorization):
        """It stays a draft."""

    def _play_submitted(self, authorization):
        authorization.action_submit()

    def _play_asked(self, authorization):
        authorization.action_submit()
        authorization.action_request_information(
            "Which firmware version does the start page show?"
        )

    def _play_refused(self, authorization):
        authorization.action_submit()
        authorization.action_refuse("The return window of 30 days has passed.")

    def _play_cancelled(self, authorization):
        authorization.action_authorize()
        authorization.action_cancel("The customer keeps it after all.")

    def _play_authorized(self, authorization):
        authorization.action_authorize()

    def _play_expired(self, authorization):
        authorization.action_authorize()
        authorization._expire()

    def _play_solved(self, authorization):
        authorization.line_ids.resolution = "solved"
        authorization.action_authorize()
        authorization.action_settle()

    def _play_advance(self, authorization):
        authorization.action_authorize()
        authorization.action_settle()

    def _play_received(self, authorization):
        authorization.action_authorize()
        self._receive(authorization)

    def _play_part(self, authorization):
        authorization.action_authorize()
        self._receive(authorization, qty=1.0)

    def _play_inspected(self, authorization):
        self._play_received(authorization)
        findings = authorization.action_inspect()
        for finding in findings:
            finding.grade = VERDICTS[finding.id % len(VERDICTS)]
            disposition = FINAL_DISPOSITIONS.get(finding.resolution)
            finding.disposition = self._get_known("disposition", disposition)
        self._diagnose(findings)

    def _diagnose(self, findings):
        """Say what was wrong, and why."""
        for finding in findings:
            choices = FINDINGS.get(finding.line_id.reason_id.code)
            if not choices:
                continue
            entry = choices[finding.authorization_id.id % len(choices)]
            finding.write(
                {
                    "fault_id": self._get_entry("fault", entry[0]).id,
                    "cause_id": self._get_entry("cause", entry[1]).id,
                }
                if entry
                else {"fault_found": "none"}
            )

    def _get_entry(self, kind, code):
        return self.env.ref(f"rma_authorization.rma_authorization_{kind}_{code}")

    def _play_rejected(self, authorization):
        self._play_received(authorization)
        findings = authorization.action_inspect()
        findings.write(
            {
                "verdict": "rejected",
                "grade": "damaged",
                "resolution": "none",
                "disposition": self._get_known("disposition", "send_back"),
                "note": "Liquid damage, not covered.",
                "fault_id": self._get_entry("fault", "liquid").id,
                "cause_id": self._get_entry("cause", "misuse").id,
            }
        )
        authorization.action_settle()
        self._dispose(authorization)
        self._finish_documents(authorization)

    def _play_settled(self, authorization):
        self._play_inspected(authorization)
        authorization.action_settle()

    def _play_closed(self, authorization):
        self._play_settled(authorization)
        self._dispose(authorization)
        self._finish_documents(authorization)

    def _dispose(self, authorization):
        """Where no addon has goods, a return is closed by then."""
        authorization.filtered(
            lambda one: one.state == "authorized" and one.inspection_ids
        ).action_dispose()

    def _receive(self, authorization, qty=None):
        """Receive all, or `qty` of each line. Override where receipts have
        documents."""
        authorization.line_ids._receive_by_hand(
            {
                line: line.qty_to_receive if qty is None else qty
                for line in authorization.line_ids
            }
        )

    def _finish_documents(self, authorization):
        """Finish what is under way: deliver replacements. Override to add others."""
        self._deliver(authorization.replacement_order_ids)

    # -- time ----------------------------------------------------------------------

    def _backdate(self, case, authorization, order):
        """Move the return and what it made into the past, as far as it has come.

        In SQL: no flow, and rightly so, lets anybody choose these dates.
        """
        self.env.flush_all()
        for records, columns in self._get_dated(authorization, order):
            if not records:
                continue
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET %s WHERE id IN %s RETURNING id",
                    SQL.identifier(records._table),
                    SQL(", ").join(
                        SQL(
                            "%(column)s = %(column)s - %(shift)s",
                            column=SQL.identifier(column),
                            shift=timedelta(days=self._get_shift(case, column)),
                        )
                        for column in columns
                    ),
                    tuple(records.ids),
                )
            )
        self.env.invalidate_all()

    def _get_shift(self, case, column):
        """Days by which a date goes back: later steps by fewer."""
        later = {
            "date_submitted": 0,
            "date_authorized": 1,
            "date_received": 5,
            "date": 6,
            "date_to_inspect": 5,
            "date_closed": 9,
        }.get(column, 0)
        return max(case.days - later, 0)

    def _get_dated(self, authorization, order):
        """Records to move into the past, with their date columns. Override to add."""
        messages = authorization.message_ids
        return [
            (
                authorization,
                [
                    "create_date",
                    "date_request",
                    "date_submitted",
                    "date_authorized",
                    "date_closed",
                    "date_awaiting",
                    "date_deadline",
                ],
            ),
            (authorization.log_ids, ["date"]),
            (authorization.inspection_ids, ["date", "create_date"]),
            (authorization.settlement_ids, ["create_date", "date_done"]),
            (
                authorization.line_ids,
                ["create_date", "date_received", "date_to_inspect"],
            ),
            (authorization.cost_ids, ["date"]),
            (messages, ["date"]),
            (order, ["date_order", "create_date"]),
        ]
