"""Makes the bundles of scripts and styles of a database, for the browsers of its tests.

What a test makes is gone with its transaction: without this each test of a page would
wait until they are made once more.
"""

import sys

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

# Of all bundles, those that pages and prints of ours load.
BUNDLES = [
    "web.assets_frontend",
    "web.assets_frontend_lazy",
    "web.assets_frontend_minimal",
    "web.assets_tests",
    "web.assets_web",
    "web.assets_web_print",
    "web.report_assets_common",
    "web.report_assets_pdf",
]


def main(name):
    config.parse_config(["--database", name, "--no-http", "--log-level=warn"])
    with Registry(name).cursor() as cr:
        templates = api.Environment(cr, SUPERUSER_ID, {})["ir.qweb"]
        for bundle in BUNDLES:
            templates._get_asset_bundle(bundle, css=False).js()
            templates._get_asset_bundle(bundle, js=False).css()


if __name__ == "__main__":
    main(*sys.argv[1:])
