# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from werkzeug.exceptions import NotFound

from odoo.http import request

from odoo.addons.rma_authorization.controllers.common import ReturnController, route


class RepairReport(ReturnController):
    """What was repaired, for the customer to keep."""

    @route("/my/returns/<int:rma_id>/repair/<int:repair_id>")
    def download_test_report(self, rma_id, repair_id, access_token=None, **_query):
        """The test report, once the repair is done."""
        rma_sudo = self._find_return(rma_id, access_token)
        repair_sudo = rma_sudo.repair_ids.filtered(
            lambda repair: repair.id == repair_id and repair.state == "done"
        )
        if not repair_sudo:
            raise NotFound
        [report] = repair_sudo._get_rma_test_reports().values()
        response = request.env["ir.binary"]._get_stream_from(report).get_response(True)
        response.headers["Cache-Control"] = "private, no-store"
        return response
