# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import SQL, email_normalize


class RmaAuthorizationTracking(models.AbstractModel):
    """What a visitor without an account may see: how far a return is.

    Who has number and address needn't be the customer: neither names nor addresses,
    products, documents or what was written are shown. Those are behind the link that
    goes to the customer.
    """

    _name = "rma.authorization.tracking"
    _description = "Tracking of Returns"

    @api.model
    def _find(self, number, email):
        """The customer's return with this RMA number or reference, if this is the
        e-mail address of the return, its contact or the contact's company.

        One query, so that a wrong address takes as long as an unknown number.

        :return: the return, with all rights
        """
        # sudo: number and address are the visitor's right
        authorization = self.env["rma.authorization"].sudo()
        email = email_normalize((email or "").replace("\x00", ""))
        authorization.flush_model()
        self.env["res.partner"].flush_model()
        self.env["res.company"].flush_model(["rma_public_link"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT authorization_.id
                FROM rma_authorization authorization_
                JOIN res_company company ON company.id = authorization_.company_id
                JOIN res_partner partner ON partner.id IN (
                    authorization_.partner_id, authorization_.commercial_partner_id
                )
                WHERE (
                    authorization_.rma_number = ANY(%(numbers)s)
                    OR authorization_.name = ANY(%(numbers)s)
                )
                AND authorization_.direction = 'customer'
                AND authorization_.state != 'draft'
                AND company.rma_public_link != 'off'
                AND %(email)s IN (
                    partner.email_normalized,
                    lower(trim(coalesce(
                        substring(authorization_.email from '<([^<>]+)>'),
                        authorization_.email
                    )))
                )
                ORDER BY authorization_.id DESC
                LIMIT 1
                """,
                numbers=self.env["rma.authorization.link.request"]._get_spellings(
                    number
                ),
                email=email or None,
            )
        )
        return authorization.browse(row[0] for row in rows)

    @api.model
    def _get_status(self, rma):
        """How far a return is.

        :return: dict: ``name``, ``step`` and ``timeline``, as on its own page
        """
        step = rma._get_customer_step()
        if rma.awaiting_customer and rma.state in ("submitted", "authorized"):
            # the question itself is the customer's to read
            step["text"] = self.env._(
                "We have asked a question, and wait for an answer."
            )
        return {
            "name": rma.display_name,
            "step": step,
            "timeline": rma._get_timeline(),
        }

    @api.model
    def _mail_link(self, rma):
        """Mail the link to the page of the return to its customer."""
        rma._queue_mail("rma_authorization.mail_template_track_link")
