# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who is at the customer's door, and what a form says that can't be accepted."""

import dataclasses

from odoo.exceptions import UserError


@dataclasses.dataclass(frozen=True)
class Visitor:
    """Somebody who asks for a return on a page.

    :param partner: the contact (`res.partner`, with all rights)
    :param channel: ``portal`` for who has signed in, ``public`` for who has proved
        that an order is theirs
    :param order: that one order (`sale.order`); nothing for who has signed in, and sees
        all orders of the company
    :param token: the signed link to that order, for the addresses of pages
    """

    partner: object
    channel: str
    order: object = None
    token: str = ""


class FormError(UserError):
    """What is wrong in a form: sentences, each with the name of its field."""

    def __init__(self, errors):
        super().__init__("\n".join(message for _field, message in errors))
        self.errors = errors
