# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class MailTemplate(models.Model):
    """Whether an event is told by mail at all, which is remembered."""

    _name = "mail.template"
    _inherit = ["mail.template", "rma.authorization.remembered"]
