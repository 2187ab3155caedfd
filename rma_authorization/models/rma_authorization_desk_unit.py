# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date, html2plaintext

# What the screen shows of a return's pictures, and of earlier findings.
MAX_SHOWN = 20
CHOICES = ("grade", "verdict", "fault_found", "responsible", "resolution")


class RmaAuthorizationDeskUnit(models.AbstractModel):
    """What the inspector has to know of the goods on one line."""

    _name = "rma.authorization.desk.unit"
    _description = "Inspection Desk: Goods"

    def _describe_unit(self, line):
        """The goods of a line for the screen. Override to add what another app knows.

        ``row``        as in the queue
        ``reason``, ``words``, ``comments``
                       why it came back, and what the customer says
        ``photos``     the customer's pictures and files
        ``wanted``     the resolution that the customer wants
        ``warranty``   whether it is covered, in a sentence
        ``policy``     the verdict of the policy
        ``numbers``    serials and lots that wait; empty where goods have none
        ``missing``    parts that didn't come, as far as the receipt knows
        ``incomplete`` values of the finding that are proposed for it
        ``earlier``    what was found before, on this line and these numbers
        ``choices``    values and labels of what is chosen
        ``faults``, ``causes``
                       of the catalogue, for these goods
        """
        # sudo: whoever inspects need not see sales, warranties or policies
        line_sudo = line.sudo()
        note = line_sudo.authorization_id.note
        incomplete = line._prepare_incomplete_vals()
        return {
            "row": self._describe_rows(line)[0],
            "reason": line_sudo.reason_id.name,
            "words": line.description or "",
            "comments": html2plaintext(note).strip() if note else "",
            "photos": self._describe_photos(line.authorization_id),
            "wanted": self._get_labels("resolution").get(line.resolution, ""),
            "warranty": self._get_warranty(line_sudo),
            "policy": line_sudo.eligibility_note or "",
            "numbers": [],
            "missing": incomplete.get("missing_parts", ""),
            "incomplete": incomplete,
            "earlier": self._describe_findings(line.inspection_ids),
            "choices": self._get_choices(),
            "faults": self._get_catalogue(line, "fault"),
            "causes": self._get_catalogue(line, "cause"),
        }

    def _describe_photos(self, authorization):
        """What the customer sent, and pictures that a colleague has added."""
        files = self.env["ir.attachment"].search(
            Domain("res_model", "=", authorization._name)
            & Domain("res_id", "=", authorization.id)
            & (
                Domain("create_uid.share", "=", True)
                | Domain("mimetype", "=like", "image/%")
            ),
            order="id",
            limit=MAX_SHOWN,
        )
        return [
            {
                "id": file.id,
                "name": file.name,
                "is_image": (file.mimetype or "").startswith("image/"),
            }
            for file in files
        ]

    def _get_warranty(self, line_sudo):
        """Whether these goods are under warranty, as on the day of the request."""
        end = line_sudo.warranty_id.date_end
        day = end and format_date(self.env, end)
        if line_sudo.under_warranty and end:
            text = self.env._("Under warranty until %(date)s.", date=day)
        elif line_sudo.under_warranty:
            text = self.env._("Under warranty, as decided.")
        elif end:
            text = self.env._("The warranty ended on %(date)s.", date=day)
        else:
            text = self.env._("No warranty is known.")
        return {"is_covered": line_sudo.under_warranty, "text": text}

    # -- findings ----------------------------------------------------------------------

    def _describe_findings(self, findings):
        """Findings in words, the newest first."""
        labels = {name: self._get_labels(name) for name in (*CHOICES, "disposition")}
        return [
            {
                "id": finding.id,
                "name": finding.authorization_id.display_name,
                "date": format_date(self.env, finding.date),
                "inspector": finding.inspector_id.display_name,
                "number": self._get_number(finding),
                "qty": finding.qty,
                "unit": finding.product_uom_id.name,
                "words": ", ".join(
                    labels[name][finding[name]] for name in labels if finding[name]
                ),
                "fault": finding.fault_id.display_name or "",
                "note": finding.note or "",
            }
            for finding in findings.sorted("id", reverse=True)[:MAX_SHOWN]
        ]

    def _get_number(self, finding):
        """The number of the goods in words. Override where they have one."""
        return ""

    # -- what can be chosen ------------------------------------------------------------

    def _get_labels(self, name):
        field = self.env["rma.authorization.inspection"]._fields[name]
        return dict(field._description_selection(self.env))

    def _get_choices(self):
        return {
            name: [
                {"code": code, "label": label}
                for code, label in self._get_labels(name).items()
            ]
            for name in (*CHOICES, "disposition")
        }

    def _get_catalogue(self, line, kind):
        """Faults or causes for these goods, with the names of what they are part of."""
        entries = self.env["rma.authorization.fault"].search(
            [
                ("kind", "=", kind),
                ("company_id", "in", (False, line.company_id.id)),
            ]
        )
        # sudo: whoever inspects need not read the category
        category = line.sudo().product_id.categ_id
        return [
            {"id": entry.id, "name": entry.display_name, "code": entry.code}
            for entry in entries
            if entry._is_for(category)
        ]
