# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Return Authorizations: Credit Notes",
    "summary": "Credits returned goods with reversals of their invoices",
    "version": "19.0.1.0.0",
    "category": "Sales/Returns",
    "author": "RMA Authorization contributors",
    "license": "LGPL-3",
    "depends": ["rma_authorization", "account", "account_payment"],
    "data": [
        # security
        "security/ir.model.access.csv",
        "security/rma_authorization_account_security.xml",
        "security/rma_authorization_credit_release_rules.xml",
        # data
        "data/ir_cron.xml",
        "data/mail_template_data.xml",
        "data/product_data.xml",
        "data/rma_authorization_policy_data.xml",
        # views
        "views/account_move_views.xml",
        "views/account_move_owed_views.xml",
        "views/account_move_red_notice_views.xml",
        "views/res_config_settings_views.xml",
        "views/rma_authorization_charge_rule_views.xml",
        "views/rma_authorization_policy_views.xml",
        "views/rma_authorization_charge_views.xml",
        "views/rma_authorization_credit_release_views.xml",
        "views/rma_authorization_credit_templates.xml",
        "views/rma_authorization_line_views.xml",
        "views/rma_authorization_owed_views.xml",
        "views/rma_authorization_settlement_views.xml",
        "views/rma_authorization_views.xml",
        # after the actions that they open
        "views/rma_authorization_account_menus.xml",
        # reports
        "report/report_invoice_templates.xml",
    ],
    "demo": ["demo/rma_authorization_demo.xml"],
    "assets": {
        "web.assets_tests": [
            "rma_authorization_account/static/tests/tours/**/*",
        ],
    },
}
