"""What people ask on the screens, of the database of ./setup/bench --screens."""

import random
from functools import cached_property, partial
from typing import NamedTuple

import bench
import database
from bench_client import Client
from bench_site import Site

from odoo.api import SUPERUSER_ID

# How many records and texts are chosen at random to be asked for.
SAMPLE = 40
# At most so many queries, whatever the number of returns.
LIST_QUERIES = 8
FORM_QUERIES = 23
# What may still be returned, and what else the customer has returned, stands beside it.
REVIEW_QUERIES = 30

CUSTOMERS_GROW = "customers, whom core looks through for a part of a name"
CUSTOMERS = [("name", "=like", "Customer %")]
WINDOW = "rma_authorization.rma_authorization_action"
REVIEW = "rma_authorization.rma_authorization_action_review"


class Question(NamedTuple):
    """What somebody asks, again and again, of other records each time."""

    label: str
    who: str
    # called with an environment (or a site) and the number of the repetition
    ask: object
    # at most so many queries
    queries: int | None = None
    # what there is more of with more returns, and has to be looked at
    grows_with: str = ""


class Shop:
    """One of the databases, and who works there."""

    def __init__(self, name, returns):
        self.name = name
        self.returns = returns
        self.registry = bench.load(name)
        self._people = {}

    def open(self, login):
        """An environment of this user that has read nothing yet."""
        uid, context = self._find(login)
        return bench.environment(self.registry, uid, **context)

    def _find(self, login):
        if login not in self._people:
            with bench.environment(self.registry, SUPERUSER_ID) as env:
                user = env["res.users"].search([("login", "=", login)])
                context = {
                    "lang": user.lang,
                    "tz": "UTC",
                    "allowed_company_ids": user.company_ids.ids,
                }
                self._people[login] = user.id, context
        return self._people[login]

    def sample(self, model, domain, field="id"):
        """Values of this field of some records."""
        with bench.environment(self.registry, SUPERUSER_ID) as env:
            ids = env[model].search(domain).ids
            if not ids:
                raise database.SetupError(f"{self.name}: no {model} like {domain}")
            some = random.sample(ids, min(SAMPLE, len(ids)))
            return env[model].browse(some).mapped(field)

    # -- questions ---------------------------------------------------------------------

    @cached_property
    def questions(self):
        return [
            *self._get_list_questions(),
            *self._get_search_questions(),
            *self._get_group_questions(),
            *self._get_form_questions(),
            *self._get_role_questions(),
            *self._get_ledger_questions(),
            *self._get_page_questions(),
        ]

    def _open_client(self, login, window=WINDOW):
        with self.open(login) as env:
            return Client(env, window)

    @cached_property
    def client(self):
        return self._open_client(bench.AGENT)

    def _ask(self, label, ask, **options):
        """A question of the agent."""
        return Question(label, bench.AGENT, ask, **options)

    def _get_list_questions(self):
        client = self.client
        domain = client.get_default_domain()
        views = {
            "board": (client.open_kanban, "activities, which its bars count"),
            "pivot": (client.open_pivot, "returns, whose costs are added up"),
            "graph": (client.open_graph, "returns, all of which are counted"),
            "calendar, a month": (client.open_calendar, ""),
        }
        review = self._open_client(bench.AGENT, REVIEW)
        return [
            self._ask(
                "list, first page",
                lambda env, _n: client.open_list(env, domain),
                queries=LIST_QUERIES,
            ),
            self._ask(
                "list, second page",
                lambda env, _n: client.open_list(env, domain, 80),
                queries=LIST_QUERIES,
            ),
            self._ask(
                "list of the review desk",
                lambda env, _n: review.open_list(env, review.get_default_domain()),
            ),
            *(
                self._ask(
                    label,
                    lambda env, _n, view=view: view(env, domain),
                    grows_with=grows_with,
                )
                for label, (view, grows_with) in views.items()
            ),
        ]

    def _get_search_questions(self):
        client = self.client
        for name, domain in client.get_filters().items():
            yield self._ask(
                f"filter {name}",
                lambda env, _n, domain=domain: client.open_list(
                    env, [*client.domain, *domain]
                ),
                queries=LIST_QUERIES,
                grows_with="activities" if name.startswith("activities_") else "",
            )
        texts = self._texts
        for node in client.search_view.arch.xpath("/search/field"):
            label = node.get("string") or node.get("name")
            if label not in texts:
                raise database.SetupError(
                    f"No text to type into the search for {label}"
                )
            yield self._ask(
                f"search for {label}",
                lambda env, n, node=node, texts=texts[label]: client.open_list(
                    env,
                    [
                        *client.domain,
                        *client.get_search_domain(node, texts[n % len(texts)]),
                    ],
                ),
                queries=LIST_QUERIES if label == "Number" else None,
                grows_with=CUSTOMERS_GROW if label == "partner_id" else "",
            )
        typed = {
            "number": ([number[-6:] for number in texts["Number"]], ""),
            "customer": (texts["partner_id"], CUSTOMERS_GROW),
        }
        for label, (some, grows_with) in typed.items():
            yield self._ask(
                f"{label} typed into a field",
                lambda env, n, some=some: client.type_name(env, some[n % len(some)]),
                grows_with=grows_with,
            )

    @cached_property
    def _texts(self):
        """{field of the search: what is typed into it}"""
        numbered = [("rma_number", "!=", False)]
        return {
            "Number": self.sample("rma.authorization", numbered, "rma_number"),
            "partner_id": self.sample("res.partner", CUSTOMERS, "name"),
            "product_id": self.sample(
                "product.product", [("default_code", "=like", "RA-%")], "default_code"
            ),
            "Lot/Serial Number": self.sample("stock.lot", [], "name"),
            "Sales Order": self.sample("sale.order", [], "name"),
            "tracking_ref": self.sample(
                "rma.authorization", [("tracking_ref", "!=", False)], "tracking_ref"
            ),
            "user_id": [bench.AGENT],
            "team_id": self.sample("rma.authorization.team", [], "name"),
            "tag_ids": ["fair"],
        }

    def _get_group_questions(self):
        client = self.client
        domain = client.get_default_domain()
        for name, group in client.get_groups().items():
            yield self._ask(
                name.replace("group_", "grouped by "),
                lambda env, _n, group=group: client.open_groups(env, domain, group),
                grows_with="groups" if group == "partner_id" else "",
            )

    def _get_form_questions(self):
        client = self.client
        states = {
            "to be reviewed": "submitted",
            "authorized": "authorized",
            "closed": "closed",
        }
        for label, state in states.items():
            ids = self._sample_returns(state)
            yield self._ask(
                f"return, {label}",
                lambda env, n, ids=ids: client.open_form(env, ids[n % len(ids)]),
                queries=REVIEW_QUERIES if state == "submitted" else FORM_QUERIES,
            )
        yield self._ask("return, new", lambda env, _n: client.open_new(env))

    def _sample_returns(self, state):
        """Returns that aren't of the framework orders, which grow with the database."""
        domain = [("state", "=", state), ("partner_id.name", "=like", "Customer %")]
        return self.sample("rma.authorization", domain)

    def _get_role_questions(self):
        """What those see whose views have other fields."""
        for who, login in (
            ("accountant", bench.ACCOUNTANT),
            ("warehouse worker", bench.WORKER),
        ):
            client = self._open_client(login)
            ids = self._sample_returns("authorized")
            domain = client.get_default_domain()
            yield Question(
                f"list, {who}",
                login,
                lambda env, _n, client=client, domain=domain: client.open_list(
                    env, domain
                ),
                queries=LIST_QUERIES,
            )
            yield Question(
                f"return, authorized, {who}",
                login,
                lambda env, n, client=client, ids=ids: client.open_form(
                    env, ids[n % len(ids)]
                ),
                queries=FORM_QUERIES,
            )

    def _get_ledger_questions(self):
        ordinary = [("order_id.partner_id.name", "=like", "Customer %")]
        records = {
            "order line": ("sale.order.line", ordinary),
            "delivery": (
                "stock.move",
                [
                    ("sale_line_id", "any", ordinary),
                    ("rma_line_id", "=", False),
                    ("state", "=", "done"),
                ],
            ),
            "serial number": (
                "stock.lot",
                [("product_id.default_code", "=like", "PH-%")],
            ),
        }
        for label, (model, domain) in records.items():
            ids = self.sample(model, domain)
            yield self._ask(
                f"returnable: {label}",
                lambda env, n, model=model, ids=ids: get_returnable(
                    env[model].browse(ids[n % len(ids)])
                ),
            )
            yield self._ask(
                f"returnable: {SAMPLE} at once, {label}",
                lambda env, _n, model=model, ids=ids: get_returnable(
                    env[model].browse(ids)
                ),
            )
        [part, *_others] = self.sample(
            "sale.order.line", [("product_id.default_code", "=like", "PA-%")]
        )
        yield self._ask(
            "returnable: line with a hundredth as many deliveries",
            lambda env, _n: get_returnable(env["sale.order.line"].browse(part)),
            grows_with="deliveries",
        )

    def _get_page_questions(self):
        ids = self._sample_returns("authorized")
        agent = self._open_site(bench.AGENT)
        yield self._visit(
            "chatter: messages",
            agent,
            lambda site, n: site.read_messages(ids[n % len(ids)]),
        )
        yield self._visit(
            "chatter: followers and activities",
            agent,
            lambda site, n: site.read_thread(ids[n % len(ids)]),
        )
        for label, login in (
            ("customer of one return", bench.CUSTOMER),
            ("customer of many", bench.FRAMEWORK_CUSTOMER),
        ):
            yield self._visit(
                f"portal list, {label}",
                self._open_site(login),
                lambda site, _n: site.get("/my/returns"),
            )

    def _open_site(self, login):
        with self.open(login) as env:
            return Site(env)

    def _visit(self, label, site, visit, **options):
        return Question(label, site, partial(visit, site), **options)


def get_returnable(records):
    """How much can still be returned. Everybody who asks does so with all rights."""
    return records.sudo()._get_rma_returnable_qty()
