"""What the web client fetches for a view, worked out from its arch as it does.

Follows `getFieldsSpec` (web/static/src/model/relational_model/utils.js) and
`Field.parseFieldNode` (web/static/src/views/fields/field.js) of Odoo 19.
"""

import ast
from functools import cached_property

LINES_LIMIT = 40
DATES = ("date", "datetime")
AGGREGATED = ("float", "integer", "monetary")

# What widgets fetch beside their field (`fieldDependencies`) ...
ACTIVITY = [
    "activity_exception_decoration",
    "activity_exception_icon",
    "activity_state",
    "activity_summary",
    "activity_type_icon",
    "activity_type_id",
]
DEPENDENCIES = {"list_activity": ACTIVITY, "kanban_activity": ACTIVITY}
# ... and of the records in it (`relatedFields`).
TAGS = {"many2many_tags", "many2many_tags_avatar", "many2many_avatar_user"}
RELATED = {
    **{widget: ["display_name"] for widget in TAGS},
    "many2many_binary": ["name", "mimetype"],
}


class View:
    """The fields of a view, and what is fetched for each."""

    def __init__(self, client, model, kind, arch):
        self.client = client
        self.model = model
        self.kind = kind
        self.arch = arch
        self.fields = client.get_fields(model)

    @cached_property
    def nodes(self):
        """The nodes of its own fields, not of those of views inside."""
        depth = int(self.arch.xpath("count(ancestor::field)"))
        return self.arch.xpath(f".//field[count(ancestor::field) = {depth}]")

    @cached_property
    def limit(self):
        return int(self.arch.get("limit") or 0)

    @cached_property
    def order(self):
        """The order that is asked for; nothing means that of the model."""
        order = self.arch.get("default_order")
        if not order:
            handles = [n.get("name") for n in self.nodes if n.get("widget") == "handle"]
            order = f"{handles[0]}, id" if handles else ""
        return ", ".join(
            " ".join([name, (direction or ["ASC"])[0].upper()])
            for name, *direction in (part.split() for part in order.split(",") if part)
        )

    @cached_property
    def spec(self):
        """The specification of its fields for `web_read`."""
        return self.get_spec()

    def get_spec(self, *, with_invisible=False):
        spec = {}
        for node in self.nodes:
            name = node.get("name")
            one = self._get_field_spec(node, with_invisible=with_invisible)
            # of a field that is there twice, what the first one fetches counts, unless
            # nobody sees it
            if not spec.get(name):
                spec[name] = one
            for other in DEPENDENCIES.get(node.get("widget"), ()):
                is_many2one = self.fields[other]["type"] == "many2one"
                spec.setdefault(
                    other, {"fields": {"display_name": {}}} if is_many2one else {}
                )
        return spec

    def _get_field_spec(self, node, *, with_invisible):
        kind = self.fields[node.get("name")]["type"]
        is_invisible = "True" in (
            _as_modifier(node.get("invisible")),
            _as_modifier(node.get("column_invisible")),
        )
        if kind in ("many2one", "reference"):
            if is_invisible:
                return {"fields": {}}
            return {"fields": {"display_name": {}}, **self._get_context(node)}
        if kind in ("one2many", "many2many"):
            if is_invisible and not with_invisible:
                return {}
            return self._get_lines_spec(node, with_invisible=with_invisible)
        return {}

    def _get_lines_spec(self, node, *, with_invisible):
        spec = {"fields": {}, **self._get_context(node)}
        widget = node.get("widget")
        if self.kind == "kanban" and not widget:
            widget = "many2many_tags"
        if widget in RELATED:
            options = ast.literal_eval(node.get("options") or "{}")
            names = [*RELATED[widget], options.get("color_field")]
            spec["fields"] = {name: {} for name in names if name}
        elif self.kind == "form" and not widget:
            view = self._get_lines_view(node)
            spec["fields"] = view.get_spec(with_invisible=with_invisible)
            spec["limit"] = view.limit or LINES_LIMIT
            if view.order:
                spec["order"] = view.order
        return spec

    def _get_lines_view(self, node):
        comodel = self.fields[node.get("name")]["relation"]
        inline = node.find("list")
        if inline is None:
            inline = node.find("kanban")
        if inline is None:
            return self.client.get_view(comodel, "list")
        return View(self.client, comodel, inline.tag, inline)

    def _get_context(self, node):
        context = self.client.evaluate_parts(node.get("context") or "{}")
        return {"context": context} if context else {}

    # -- groups ------------------------------------------------------------------------

    def get_aggregates(self):
        """What groups of its records add up."""
        names = list(dict.fromkeys(node.get("name") for node in self.nodes))
        fields = [(name, self.fields[name]) for name in names]
        added = [(name, field) for name, field in fields if field.get("aggregator")]
        of_currency = [
            [f"{field['currency_field']}:array_agg_distinct", f"{name}:sum_currency"]
            for name, field in added
            if field.get("currency_field")
        ]
        return [
            *(
                f"{name}:{field['aggregator']}"
                for name, field in added
                if field["type"] in AGGREGATED
            ),
            *dict.fromkeys(one for both in of_currency for one in both),
        ]

    def get_axes(self, kind):
        """What a pivot (rows, columns) or graph (anything else) groups by."""
        return [
            ":".join(filter(None, [node.get("name"), self._get_interval(node)]))
            for node in self.nodes
            if node.get("type", "row") == kind and not self._is_measure(node)
        ]

    def get_measures(self):
        """What a pivot or graph adds up."""
        measures = []
        for node in self.nodes:
            if self._is_measure(node) and node.get("invisible") != "1":
                field = self.fields[node.get("name")]
                if field.get("currency_field"):
                    measures.append(f"{field['currency_field']}:array_agg_distinct")
                    measures.append(f"{node.get('name')}:sum_currency")
                measures.append(f"{node.get('name')}:{field['aggregator']}")
        return measures or ["__count"]

    def _is_measure(self, node):
        kind = self.fields[node.get("name")]["type"]
        return node.get("type") == "measure" or (
            kind in AGGREGATED and not node.get("type")
        )

    def _get_interval(self, node):
        if self.fields[node.get("name")]["type"] in DATES:
            return node.get("interval") or "month"
        return None


def _as_modifier(value):
    return "True" if value in ("1", "True", "true") else value
