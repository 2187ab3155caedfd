# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from odoo.addons.rating.models.rating_data import RATING_LIMIT_OK

TEMPLATE_RATING = "rma_authorization.mail_template_rating"


class RmaAuthorizationSatisfaction(models.AbstractModel):
    """What customers think of a finished return: asked once, even if it is reopened
    and closed again. Whoever is unhappy is called."""

    _name = "rma.authorization.satisfaction"
    _description = "Satisfaction with Returns"
    _inherit = ["rating.mixin"]

    # nobody has rated a return before there is one
    rating_last_value = fields.Float(
        compute="_compute_rating_last_value",
        compute_sudo=True,
        store=True,
        precompute=True,
    )

    def _request_rating(self):
        """Ask the customers how it was, so many days after the end as the company
        says."""
        asked = self._filter_told(TEMPLATE_RATING)
        for company, finished in (self - asked).grouped("company_id").items():
            company_sudo = company.sudo()
            if company_sudo.rma_rating_enabled:
                date = fields.Datetime.now() + relativedelta(
                    days=company_sudo.rma_rating_days
                )
                finished._queue_mail(TEMPLATE_RATING, date)

    @api.depends("rating_last_value")
    def _compute_rating_stats(self):
        """Override of `rating`: whom nobody has rated isn't looked up, as on screens
        that show what is still open."""
        rated = self.filtered("rating_last_value")
        (self - rated).rating_count = 0
        (self - rated).rating_avg = 0.0
        if not rated:
            return None
        return super(RmaAuthorizationSatisfaction, rated)._compute_rating_stats()

    def _rating_get_parent_field_name(self):
        """Override of `rating`: teams are rated by their returns."""
        return "team_id"

    def rating_apply(
        self,
        rate,
        token=None,
        rating=None,
        feedback=None,
        subtype_xmlid=None,
        notify_delay_send=False,
    ):
        """Override of `rating` to have unhappy customers called."""
        rating = super().rating_apply(
            rate,
            token=token,
            rating=rating,
            feedback=feedback,
            subtype_xmlid=subtype_xmlid,
            notify_delay_send=notify_delay_send,
        )
        if 0 < rate < RATING_LIMIT_OK:
            self._call_unhappy(rating)
        return rating

    def _call_unhappy(self, rating):
        """Ask the responsible, or the team, to find out what went wrong; once, however
        often the customer changes the words."""
        xmlid = "rma_authorization.mail_activity_type_unhappy"
        for authorization in self.sudo():
            user = authorization._get_assignee()
            if not user or authorization.activity_search([xmlid]):
                continue
            authorization.activity_schedule(
                xmlid, user_id=user.id, note=rating.feedback or ""
            )
