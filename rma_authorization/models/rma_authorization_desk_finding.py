# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

# What a client may say of a finding.
VALUE_NAMES = (
    "qty",
    "verdict",
    "grade",
    "fault_found",
    "fault_id",
    "cause_id",
    "responsible",
    "is_wrong_item",
    "is_incomplete",
    "missing_parts",
    "note",
    "resolution",
    "disposition",
    "overrule_reason",
)


class RmaAuthorizationDeskFinding(models.AbstractModel):
    """Reads, completes and records the findings of the inspection desk. All limits are
    those of `rma.authorization.inspection`."""

    _name = "rma.authorization.desk.finding"
    _description = "Inspection Desk: Findings"

    # -- what a client says ------------------------------------------------------------

    def _get_value_names(self):
        """What a client may say of a finding. Override to add an addon's fields."""
        return VALUE_NAMES

    def _get_goods_names(self):
        """What tells the goods of a finding apart. Override where they have numbers."""
        return ("qty",)

    def _read_values(self, line, values):
        """A finding of a client as values of a record; what isn't said follows from the
        rest.

        :raise UserError: for a choice that there isn't
        """
        fields = self.env["rma.authorization.inspection"]._fields
        vals = {"line_id": line.id}
        for name in self._get_value_names():
            value = values.get(name)
            if value in (None, False, ""):
                continue
            field = fields[name]
            if field.type == "selection" and value not in field.get_values(self.env):
                raise UserError(
                    self.env._(
                        "%(line)s: there is no %(value)s of %(field)s. Choose one of: "
                        "%(known)s.",
                        line=line.display_name,
                        value=value,
                        field=field._description_string(self.env),
                        known=", ".join(self._get_labels(name).values()),
                    )
                )
            vals[name] = value
        return vals

    def _prepare_draft(self, line, values):
        """The finding as it would be, without recording it."""
        return self.env["rma.authorization.inspection"].new(
            self._read_values(line, values)
        )

    # -- proposal ----------------------------------------------------------------------

    def _describe_proposal(self, draft):
        """What follows from a finding, for the screen.

        ``resolution``, ``disposition``
                        `code` and `label` of what is proposed, or False
        ``reason``      why
        ``responsible``, ``fault_found``
                        what follows from the choices made
        ``is_overruled``  whether what was chosen is something else
        ``worth``       what selling the goods again would bring, in a sentence
        """
        resolution, disposition, reason = draft._propose()
        return {
            "resolution": self._label("resolution", resolution),
            "disposition": self._label("disposition", disposition),
            "reason": reason or "",
            "responsible": self._label("responsible", draft.responsible),
            "fault_found": draft.fault_found,
            "is_overruled": draft._is_overruling(),
            "worth": draft.worth_note or "",
        }

    def _label(self, name, code):
        return code and {"code": code, "label": self._get_labels(name).get(code, code)}

    # -- record ------------------------------------------------------------------------

    def _judge(self, line, findings, seen=None):
        """Record findings on one line: see `judge` of the desk.

        :return: the findings
        """
        authorizations_sudo = self._start(line)
        self._check_seen(line, seen)
        return self._record(
            authorizations_sudo, [(line, values) for values in findings]
        )

    def _judge_alike(self, lines, values):
        """Record the same finding for all that waits on these lines.

        :return: the findings
        """
        authorizations_sudo = self._start(lines)
        names = self._get_goods_names()
        return self._record(
            authorizations_sudo,
            [
                (line, {**values, **{name: vals.get(name) for name in names}})
                for line in lines
                for vals in line._prepare_acceptance_vals_list()
            ],
        )

    def _start(self, lines):
        """Check role and state, and lock the returns."""
        authorizations = lines.authorization_id
        return authorizations._start_work(*authorizations._get_inspector_roles())

    def _record(self, authorizations_sudo, pairs):
        """Make the findings of all these (line, finding of a client) in one batch."""
        if not pairs:
            raise UserError(
                self.env._("Nothing was judged. Choose a grade, accept or reject.")
            )
        findings = self.env["rma.authorization.inspection"].create(
            [self._prepare_finding_vals(line, values) for line, values in pairs]
        )
        authorizations_sudo._update_closure()
        return findings

    def _prepare_finding_vals(self, line, values):
        """Values of the finding to record, decided as is proposed or otherwise."""
        vals = self._read_values(line, values)
        self._check_complete(line, vals)
        inspections = self.env["rma.authorization.inspection"]
        resolution, disposition, reason = inspections.new(vals)._propose()
        if resolution and (values.get("as_proposed") or "resolution" not in vals):
            vals["resolution"] = resolution
        if disposition and values.get("as_proposed"):
            vals["disposition"] = disposition
        if not inspections.new(vals)._is_overruling():
            vals.pop("overrule_reason", None)
        elif not str(vals.get("overrule_reason") or "").strip():
            raise UserError(
                self.env._(
                    "%(line)s is decided otherwise than proposed: %(proposal)s Say "
                    "why, or decide as proposed.",
                    line=line.display_name,
                    proposal=reason,
                )
            )
        if photos := self._read_photos(line, values.get("photo_ids")):
            vals["photo_ids"] = photos.ids
        return vals

    def _read_photos(self, line, photo_ids):
        """Pictures of the user that belong to nothing: ids come from the client."""
        ids = [int(photo_id) for photo_id in photo_ids or []]
        photos_sudo = self.env["ir.attachment"].sudo().browse(ids).exists()
        own_sudo = photos_sudo.filtered(
            lambda photo: (
                photo.create_uid == self.env.user
                and not photo.res_id
                and photo.res_model == "rma.authorization.inspection"
            )
        )
        if len(own_sudo) < len(ids):
            raise UserError(
                self.env._(
                    "%(line)s: a picture isn't there any more. Upload it once more.",
                    line=line.display_name,
                )
            )
        return own_sudo.sudo(self.env.su)

    # -- checks ------------------------------------------------------------------------

    def _check_complete(self, line, vals):
        """A finding has a quantity and a verdict."""
        if line.product_uom_id.compare(float(vals.get("qty") or 0.0), 0.0) <= 0:
            raise UserError(
                self.env._(
                    "%(line)s: nothing of it is judged. Enter a quantity, or update "
                    "the queue: somebody else may have judged it.",
                    line=line.display_name,
                )
            )
        if not vals.get("verdict"):
            raise UserError(
                self.env._("%(line)s: accept it, or reject it.", line=line.display_name)
            )

    def _check_seen(self, line, seen):
        """What waits is what the screen showed, or somebody else has judged of it."""
        if seen is None or not line.product_uom_id.compare(line.qty_to_inspect, seen):
            return
        raise UserError(
            self.env._(
                "%(line)s: %(left)s %(unit)s wait, and not %(seen)s any more. Update "
                "the queue, and look at what is left.",
                line=line.display_name,
                left=f"{line.qty_to_inspect:g}",
                seen=f"{seen:g}",
                unit=line.product_uom_id.name,
            )
        )
