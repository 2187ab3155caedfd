"""What the web client asks the server for, worked out from the views as it does.

Follows the models of the views in Odoo 19 (web/static/src/model/relational_model, and
beside each kind of view in web/static/src/views).
"""

import ast
import datetime
import json

from bench_view import DATES, View
from lxml import etree

from odoo.service.model import call_kw
from odoo.tools.safe_eval import safe_eval

PAGE_LIMIT = 80
COUNT_LIMIT = 10_000
GROUPS_LIMIT = 80
# of the view's search for a text
SEARCHED_AS_TEXT = ("char", "html", "text")


class Client:
    """The web client of a user, who has opened a window."""

    def __init__(self, env, action):
        self.env = env
        self._names = {
            "uid": env.uid,
            "allowed_company_ids": env.companies.ids,
            "context_today": datetime.date.today,
            "active_id": False,
            "id": False,
        }
        self.action = env["ir.actions.act_window"]._for_xml_id(action)
        self.model = self.action["res_model"]
        self._fields, self._views = {}, {}
        views = [view for view in self.action["views"] if view[1] != "search"]
        search = self.action["search_view_id"]
        self._load(self.model, [*views, (search[0] if search else False, "search")])
        self.search_view = self._views[self.model, "search"]
        self.domain = self.evaluate(self.action["domain"] or "[]")
        self.context = {
            name: value
            for name, value in self.evaluate(self.action["context"] or "{}").items()
            if not name.startswith("search_default_")
        }
        # a client works these out when it opens a view, not when it asks
        for view in list(self._views.values()):
            if view.kind in ("list", "kanban", "form"):
                view.spec  # noqa: B018
        self.new_spec = self.find_view("form").get_spec(with_invisible=True)

    # -- views -------------------------------------------------------------------------

    def _load(self, model, views):
        answer = self.env[model].get_views(views, {"toolbar": True})
        for name, description in answer["models"].items():
            self._fields.setdefault(name, {}).update(description["fields"])
        for kind, description in answer["views"].items():
            arch = etree.fromstring(description["arch"])
            self._views[model, kind] = View(self, model, kind, arch)

    def get_fields(self, model):
        return self._fields[model]

    def get_view(self, model, kind):
        if (model, kind) not in self._views:
            self._load(model, [(False, kind)])
        return self._views[model, kind]

    def find_view(self, kind):
        """The view of the window of this kind, or None."""
        return self._views.get((self.model, kind))

    # -- expressions -------------------------------------------------------------------

    def evaluate(self, text, /, **names):
        return safe_eval(text, {**self._names, **names})

    def evaluate_parts(self, text):
        """Those entries of a context that don't depend on the record."""
        context = {}
        node = ast.parse(text.strip(), mode="eval").body
        for key, value in zip(node.keys, node.values, strict=True):
            try:
                context[key.value] = self.evaluate(ast.unparse(value))
            except (NameError, ValueError):
                continue
        return context

    # -- search ------------------------------------------------------------------------

    def get_default_domain(self):
        """What is shown when the window opens."""
        context = self.evaluate(self.action["context"] or "{}")
        filters = self.get_filters()
        domain = list(self.domain)
        for name, value in context.items():
            chosen = name.removeprefix("search_default_")
            if value and chosen != name and chosen in filters:
                domain += filters[chosen]
        return domain

    def get_filters(self):
        """{name of a filter: its domain}; of those by date, this month."""
        filters = {}
        for node in self.search_view.arch.xpath(
            "//filter[@name][not(ancestor::field)]"
        ):
            if domain := node.get("domain"):
                filters[node.get("name")] = self.evaluate(domain)
            elif date := node.get("date"):
                filters[node.get("name")] = [
                    (date, ">=", "=1d"),
                    (date, "<", "=1d +1m"),
                ]
        return filters

    def get_groups(self):
        """{name of a filter that groups: what it groups by}"""
        groups = {}
        for node in self.search_view.arch.xpath("//filter[@context]"):
            context = self.evaluate(node.get("context"))
            if group := context.get("group_by"):
                groups[node.get("name")] = self._with_interval(group)
        return groups

    def _with_interval(self, group):
        kind = self._fields[self.model][group.split(":")[0]]["type"]
        return f"{group}:month" if kind in DATES and ":" not in group else group

    def get_search_domain(self, node, text):
        """What typing a text into a field of the search asks."""
        name = node.get("name")
        if node.get("filter_domain"):
            return self.evaluate(node.get("filter_domain"), self=text)
        kind = self._fields[self.model][name]["type"]
        default = "ilike"
        if kind not in SEARCHED_AS_TEXT and node.get("operator"):
            default = node.get("operator")
        return [(name, default, text)]

    # -- questions ---------------------------------------------------------------------

    def call(self, env, method, *args, model=None, **kwargs):
        """What the server answers when the client asks it so."""
        context = {**env.context, **self.context, **kwargs.pop("context", {})}
        # answers are made into JSON, and some of them are only read by that
        answer = call_kw(
            env[model or self.model], method, args, {**kwargs, "context": context}
        )
        return json.loads(json.dumps(answer, default=str))

    def open_list(self, env, domain, offset=0):
        """A page of the list."""
        view = self.find_view("list")
        return self.call(
            env,
            "web_search_read",
            specification=view.spec,
            domain=domain,
            offset=offset,
            order=view.order,
            limit=view.limit or PAGE_LIMIT,
            count_limit=int(view.arch.get("count_limit") or COUNT_LIMIT) + 1,
            context={"bin_size": True},
        )

    def open_groups(self, env, domain, group):
        """The list grouped, all groups folded."""
        return self._read_groups(
            env,
            self.find_view("list"),
            domain,
            group,
            limit=GROUPS_LIMIT,
            unfold=PAGE_LIMIT,
        )

    def open_kanban(self, env, domain):
        """All columns of the board with their cards, and the bars above."""
        view = self.find_view("kanban")
        group = view.arch.get("default_group_by")
        groups = self._read_groups(
            env, view, domain, group, auto_unfold=True, unfold=PAGE_LIMIT
        )
        bar = view.arch.find("progressbar")
        if bar is not None:
            self.call(
                env,
                "read_progress_bar",
                domain=domain,
                group_by=group,
                progress_bar={
                    "field": bar.get("field"),
                    "colors": json.loads(bar.get("colors")),
                    "help": bar.get("help") or "",
                },
            )
        return groups

    def _read_groups(
        self, env, view, domain, group, *, unfold, limit=None, auto_unfold=False
    ):
        return self.call(
            env,
            "web_read_group",
            domain,
            [group],
            view.get_aggregates(),
            limit=limit,
            offset=0,
            order=view.order,
            auto_unfold=auto_unfold,
            opening_info=[],
            unfold_read_specification=view.spec,
            unfold_read_default_limit=view.limit or unfold,
            groupby_read_specification={},
            context={"read_group_expand": True},
        )

    def open_pivot(self, env, domain):
        view = self.find_view("pivot")
        rows, columns = view.get_axes("row"), view.get_axes("col")
        sets = [rows[:i] + columns[:j] for i in (0, 1) for j in (0, 1)]
        sets = [list(one) for one in dict.fromkeys(map(tuple, sets))]
        return self.call(
            env,
            "formatted_read_grouping_sets",
            domain,
            sets,
            [*view.get_measures(), "__count"],
        )

    def open_graph(self, env, domain):
        view = self.find_view("graph")
        return self.call(
            env,
            "formatted_read_group",
            domain,
            view.get_axes("row"),
            view.get_measures(),
            context={"fill_temporal": True},
        )

    def open_calendar(self, env, domain):
        """This month, and the days of the weeks at its ends."""
        view = self.find_view("calendar")
        start = view.arch.get("date_start")
        names = {node.get("name") for node in view.nodes} | {start, "display_name"}
        names |= {view.arch.get("color")} - {None}
        return self.call(
            env,
            "search_read",
            [*domain, (start, ">=", "=1d -6d"), (start, "<=", "=1d +1m +6d")],
            sorted(names),
        )

    def open_form(self, env, record_id):
        return self.call(
            env,
            "web_read",
            [record_id],
            # its name is shown above it
            specification={**self.find_view("form").spec, "display_name": {}},
            context={"bin_size": True},
        )

    def open_new(self, env):
        return self.call(env, "onchange", [], {}, [], self.new_spec)

    def type_name(self, env, text):
        """What is offered where a record of this model can be chosen."""
        return self.call(
            env,
            "web_name_search",
            name=text,
            specification={"display_name": {}},
            domain=[],
            operator="ilike",
            limit=8,
        )
