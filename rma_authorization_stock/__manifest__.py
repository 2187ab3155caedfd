# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Return Authorizations: Stock and Repair",
    "summary": "Return pickings, quarantine, serials, dispositions and repairs",
    "version": "19.0.1.0.0",
    "category": "Sales/Returns",
    "author": "RMA Authorization contributors",
    "license": "LGPL-3",
    "depends": ["rma_authorization", "sale_stock", "repair", "purchase_stock"],
    "data": [
        # security
        "security/rma_authorization_stock_groups.xml",
        "security/ir.model.access.csv",
        "security/rma_authorization_stock_security.xml",
        # records
        "data/mail_template_data.xml",
        "data/mail_template_loaner_data.xml",
        "data/mail_template_holder_data.xml",
        "data/res_partner_data.xml",
        "data/stock_warehouse_data.xml",
        "data/rma_authorization_policy_data.xml",
        "data/rma_authorization_target_data.xml",
        # reports
        "report/rma_authorization_case_templates.xml",
        "report/rma_authorization_repair_reports.xml",
        "report/rma_authorization_repair_templates.xml",
        # windows
        "wizard/rma_authorization_create_views.xml",
        "wizard/rma_authorization_inspect_views.xml",
        "wizard/rma_authorization_unexpected_views.xml",
        "wizard/stock_return_picking_views.xml",
        # views
        "views/product_category_views.xml",
        "views/purchase_order_views.xml",
        "views/repair_order_views.xml",
        "views/repair_order_bench_views.xml",
        "views/res_config_settings_views.xml",
        "views/rma_authorization_case_views.xml",
        "views/rma_authorization_dock_views.xml",
        "views/rma_authorization_exception_views.xml",
        "views/rma_authorization_inspection_views.xml",
        "views/rma_authorization_line_views.xml",
        "views/rma_authorization_measure_views.xml",
        "views/rma_authorization_policy_views.xml",
        "views/rma_authorization_supplier_views.xml",
        "views/rma_authorization_views.xml",
        "views/rma_authorization_loaner_views.xml",
        "views/rma_authorization_outsourcing_views.xml",
        "views/rma_authorization_warranty_views.xml",
        "views/stock_lot_views.xml",
        "views/stock_picking_views.xml",
        "views/stock_warehouse_views.xml",
        "views/portal_templates.xml",
        # after the actions that they open
        "views/rma_authorization_stock_menus.xml",
    ],
    "demo": ["demo/rma_authorization_demo.xml"],
    "assets": {
        "web.assets_backend": [
            "rma_authorization_stock/static/src/**/*",
        ],
        "web.assets_tests": [
            "rma_authorization_stock/static/tests/tours/**/*",
        ],
    },
}
