# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationIndex(models.AbstractModel):
    """What makes the lists of returns open, filter and group as fast with many returns
    as with few; `setup/bench --screens` measures it.

    Three kinds of questions come from the screens:

    * *the first page*, in the order of lists: read along an index with that order,
      until the page is full. Filters that few returns match have an index of their own
      with the matching ones only, in the same order;
    * *how many of each*: every window asks for one direction and companies, most for
      what isn't finished. An index with these columns and the one that is grouped by
      answers without the table, and is a hundredth of its size;
    * *numbers*: parts of them, by their trigrams (see the fields). Whole ones, as the
      dock scans them, have an index each.
    """

    _name = "rma.authorization.index"
    _description = "Indexes of Returns"

    # pages
    _list_idx = models.Index("(priority DESC, id DESC)")
    _queue_idx = models.Index("(next_step, priority DESC, id DESC)")
    # pages of what is rare
    _needs_manager_idx = models.Index(
        "(priority DESC, id DESC) WHERE needs_manager IS TRUE"
    )
    _auto_authorized_idx = models.Index(
        "(priority DESC, id DESC) WHERE is_auto_authorized IS TRUE"
    )
    _awaiting_customer_idx = models.Index(
        "(priority DESC, id DESC) WHERE awaiting_customer IS TRUE"
    )
    _awaiting_supplier_idx = models.Index(
        "(priority DESC, id DESC) WHERE awaiting_supplier IS TRUE"
    )
    _prevented_idx = models.Index("(priority DESC, id DESC) WHERE is_prevented IS TRUE")
    _pickup_planned_idx = models.Index(
        "(priority DESC, id DESC) WHERE is_pickup_planned IS TRUE"
    )
    _scanned_idx = models.Index("(next_step) WHERE date_scanned IS NOT NULL")
    _rating_idx = models.Index("(rating_last_value) WHERE rating_last_value >= 1")
    # whole numbers
    _name_idx = models.Index("(name)")
    _rma_number_idx = models.Index("(rma_number) WHERE rma_number IS NOT NULL")
    _tracking_ref_idx = models.Index("(tracking_ref) WHERE tracking_ref IS NOT NULL")
    # how many of each
    _count_state_idx = models.Index("(state, next_step, direction, company_id)")
    _count_eligibility_idx = models.Index(
        "(eligibility, next_step, direction, company_id)"
    )
    _count_refusal_idx = models.Index("(refusal_id, next_step, direction, company_id)")
    _count_team_idx = models.Index("(team_id, next_step, direction, company_id)")
    _count_user_idx = models.Index("(user_id, next_step, direction, company_id)")
    _count_channel_idx = models.Index("(channel, next_step, direction, company_id)")
    _count_transport_idx = models.Index("(transport, next_step, direction, company_id)")
    _count_late_idx = models.Index("(is_late, next_step, direction, company_id)")
    _count_requested_idx = models.Index(
        "(date_request, next_step, direction, company_id)"
    )
    _count_due_idx = models.Index("(date_due, next_step, direction, company_id)")
