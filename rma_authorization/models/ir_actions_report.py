# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io

from odoo import models

_LABEL = "rma_authorization.report_label"


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Override of `base`: where a carrier has made the label of a return, it is
        the label, whoever prints, mails or downloads it."""
        if not res_ids or self._get_report(report_ref).report_name != _LABEL:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
        labels = self.env["rma.authorization"].browse(res_ids)._get_carrier_labels()
        ours = [res_id for res_id in res_ids if res_id not in labels]
        streams = {
            res_id: {"stream": io.BytesIO(label), "attachment": None}
            for res_id, label in labels.items()
        }
        if ours:
            streams |= super()._render_qweb_pdf_prepare_streams(report_ref, data, ours)
        # in the order in which they were asked for; core may answer with one for all
        return {
            res_id: streams[res_id] for res_id in [*res_ids, False] if res_id in streams
        }
