# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""All rules and all invariants together."""

from .goods_rules import GoodsRules
from .request_rules import RequestRules
from .sale_rules import SaleRules
from .settle_rules import SettleRules
from .supplier_invariants import SupplierInvariants
from .supplier_rules import SupplierRules


class ShopWalk(
    SaleRules,
    RequestRules,
    GoodsRules,
    SettleRules,
    SupplierRules,
    SupplierInvariants,
):
    """A walk through a shop and its returns."""
