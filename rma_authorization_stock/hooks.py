# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


def post_init_hook(env):
    """Give the warehouses that exist already their quarantine and operation type."""
    env["stock.warehouse"].search([])._create_rma_setup()
