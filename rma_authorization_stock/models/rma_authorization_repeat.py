# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from typing import NamedTuple

from odoo import api, models

# Where no policy says how long a repair has to hold.
REPEAT_DAYS = 90


class Unit(NamedTuple):
    """What is asked about: units with these numbers on this line of a return, with the
    same fault as before, or with any where none is given."""

    lots: models.BaseModel
    line: models.BaseModel
    fault: models.BaseModel | None = None


class RmaAuthorizationRepeat(models.AbstractModel):
    """Finds units that were repaired before. Only numbers tell units apart, so it knows
    nothing about those without one."""

    _name = "rma.authorization.repeat"
    _description = "Repeated Repairs"

    @api.model
    def _find_repeats(self, units):
        """The repairs after which units came back within the days of the policy, in one
        query.

        :param dict units: {record: Unit}
        :return: {record: the latest such repair}; records without are left out
        """
        done = self._get_repairs(units.values())
        repeats = {}
        for record, unit in units.items():
            for repair in done:
                if repair.lot_id in unit.lots and self._is_repeat(unit, repair):
                    repeats[record] = repair
                    break
        return repeats

    @api.model
    def _count_repairs(self, units):
        """How often these units were repaired before, whenever, in one query.

        :param dict units: {record: Unit}
        :return: {record: number of repairs, of the unit with most}
        """
        done = self._get_repairs(units.values())
        return {
            record: max(
                (
                    len(
                        done.filtered(
                            lambda repair, lot=lot, line=unit.line: (
                                repair.lot_id == lot and repair.rma_line_id != line
                            )
                        )
                    )
                    for lot in unit.lots
                ),
                default=0,
            )
            for record, unit in units.items()
        }

    @api.model
    def _get_repairs(self, units):
        """Finished repairs of these numbers, of returns or not, the latest first."""
        # sudo: who inspects needs no rights on repairs
        repairs_sudo = self.env["repair.order"].sudo()
        lots = self.env["stock.lot"].union(*(unit.lots for unit in units))
        if not lots:
            return repairs_sudo
        return repairs_sudo.search(
            [("lot_id", "in", lots.ids), ("state", "=", "done")],
            order="rma_date_done desc, id desc",
        )

    @api.model
    def _is_repeat(self, unit, repair):
        line = unit.line
        if repair.rma_line_id == line or repair.company_id != line.company_id:
            return False
        requested, done = line.authorization_id.date_request, repair.rma_date_done
        days = line.policy_id.repeat_days if line.policy_id else REPEAT_DAYS
        if not days or not requested or not done or requested < done:
            return False
        get_day = line.company_id._get_rma_day
        if (get_day(requested) - get_day(done)).days > days:
            return False
        return unit.fault is None or self._is_same(unit.fault, repair.rma_fault_id)

    @api.model
    def _is_same(self, fault, other):
        """Whether one is the other, or a part of it in the catalogue."""
        return bool(fault and other) and (
            fault._is_part_of(other) or other._is_part_of(fault)
        )
