# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""All rules and all invariants together."""

from .goods_rules import GoodsRules
from .progress_invariants import ProgressInvariants
from .request_rules import RequestRules
from .sale_rules import SaleRules
from .settle_rules import SettleRules


class ShopWalk(SaleRules, RequestRules, GoodsRules, SettleRules, ProgressInvariants):
    """A walk through a shop and its returns."""
