# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Return Authorizations",
    "summary": "Return requests, RMA numbers, inspection and settlement",
    "version": "19.0.1.0.0",
    "category": "Sales/Returns",
    "author": "RMA Authorization contributors",
    "license": "LGPL-3",
    "application": True,
    "depends": ["sale", "portal", "rating", "resource"],
    "data": [
        # security
        "security/rma_authorization_groups.xml",
        "security/ir.model.access.csv",
        "security/rma_authorization_security.xml",
        # records
        "data/ir_sequence_data.xml",
        "data/rma_authorization_reason_data.xml",
        "data/rma_authorization_team_data.xml",
        "data/mail_message_subtype_data.xml",
        # reports, before the mails that attach them
        "report/rma_authorization_reports.xml",
        "report/rma_authorization_form_templates.xml",
        "report/rma_authorization_label_templates.xml",
        "data/mail_template_data.xml",
        "data/ir_cron_data.xml",
        # windows
        "wizard/rma_authorization_ask_views.xml",
        "wizard/rma_authorization_create_views.xml",
        "wizard/rma_authorization_inspect_views.xml",
        "wizard/rma_authorization_receive_views.xml",
        # views
        "views/rma_authorization_cost_views.xml",
        "views/rma_authorization_inspection_views.xml",
        "views/rma_authorization_line_views.xml",
        "views/rma_authorization_line_form_views.xml",
        "views/rma_authorization_reason_views.xml",
        "views/rma_authorization_settlement_views.xml",
        "views/rma_authorization_tag_views.xml",
        "views/rma_authorization_team_views.xml",
        "views/rma_authorization_views.xml",
        "views/rma_authorization_list_views.xml",
        "views/rma_authorization_form_views.xml",
        "views/rma_authorization_form_header_views.xml",
        "views/rma_authorization_form_notebook_views.xml",
        "views/rma_authorization_report_views.xml",
        "views/rma_authorization_queue_views.xml",
        "views/res_config_settings_views.xml",
        "views/sale_order_views.xml",
        # after the actions that they open
        "views/rma_authorization_menus.xml",
    ],
    "demo": ["demo/rma_authorization_demo.xml"],
}
