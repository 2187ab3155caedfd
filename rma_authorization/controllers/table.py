# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from werkzeug.exceptions import NotFound

from odoo.http import content_disposition, request

from ..models.rma_authorization_table_reader import MAX_BYTES
from .common import ReturnController, route

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ReturnTable(ReturnController):
    """Many goods at once: a table that is pasted or uploaded."""

    @route("/my/returns/table", auth="user")
    def show_table(self, **_query):
        return self._show_table()

    @route("/my/returns/table", auth="user", methods=["POST"])
    def read_table(self, **post):
        """Put the good rows on the visitor's request, and say what is wrong with the
        others. Posting the same table again changes nothing."""
        reasons = self._find_reasons(request.env.company)
        reason_id = self._get_id(post, "reason_id")
        if reason_id and reason_id not in reasons.ids:
            raise NotFound
        text = self._get_text(post, "table")
        file = request.httprequest.files.get("file")
        errors, values = [], {}
        with self._collect_errors(errors):
            values = self._take_rows(
                text,
                file.read(MAX_BYTES + 1) if file else b"",
                reasons.browse(reason_id),
            )
        if errors:
            # a field of another page can't be linked from this one
            errors = [("table", message) for _field, message in errors]
            return self._show_table(errors, {**post, "table": text}, status=422)
        return self._show(
            "rma_authorization.portal_table_result",
            {"page_name": "new_return", **values},
            status=200 if values["found"] else 422,
        )

    def _take_rows(self, text, content, reason):
        """Read, look up and keep rows; returns what the page shows about them."""
        visitor = self._get_visitor()
        table = request.env["rma.authorization.table"]
        rows = request.env["rma.authorization.table.reader"]._read(text, content)
        found, problems = table._resolve(rows, visitor, reason=reason)
        return {
            "found": found,
            "problems": problems,
            "table": request.env["rma.authorization.table.reader"]._write(rows),
            "reason": reason,
            "rma": table._start(visitor, found) if found else None,
        }

    def _show_table(self, errors=(), post=None, status=200):
        return self._show(
            "rma_authorization.portal_table",
            {
                "page_name": "new_return",
                "labels": request.env["rma.authorization.table.reader"]._get_labels(),
                "post": post,
                "reasons": self._find_reasons(request.env.company),
            },
            errors,
            status,
        )

    @route("/my/returns/table/template", auth="user")
    def download_template(self, **_query):
        """An empty table to fill in, with the reasons to choose from."""
        content = request.env["rma.authorization.table.reader"]._get_template(
            self._find_reasons(request.env.company)
        )
        return request.make_response(
            content,
            [
                ("Content-Type", XLSX),
                ("Content-Length", len(content)),
                (
                    "Content-Disposition",
                    content_disposition(request.env._("Returns") + ".xlsx"),
                ),
            ],
        )
