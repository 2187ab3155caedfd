# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Ways to returns that are not their pages: RPC, reports, files, chatter.

Customers have no rights on our models, so these ways find nothing. What lies on
documents that customers may read (orders, invoices, deliveries) tells nothing of ours.
"""

import datetime
import json

from odoo.service.model import get_public_method
from odoo.tests import tagged

from .portal_attacks import SECRET, Attack, PortalAttacks

OURS = ("rma_authorization", "rma_authorization_stock", "rma_authorization_account")
# What is tried on every model, and on returns alone: methods and their arguments.
METHODS = {
    "search_read": ([[]], {"limit": 1}),
    "create": ([{}], {}),
    "write": ([["{id}"], {"create_date": "2020-01-01"}], {}),
    "unlink": ([["{id}"]], {}),
}
OTHER_METHODS = {
    "read": ([["{id}"], ["display_name"]], {}),
    "web_read": ([["{id}"], {"display_name": {}}], {}),
    "web_search_read": ([[], {"display_name": {}}], {"limit": 1}),
    "search": ([[]], {}),
    "search_count": ([[]], {}),
    "search_fetch": ([[], ["name"]], {}),
    "name_search": (["a"], {}),
    "formatted_read_group": ([[], ["create_uid"], ["__count"]], {}),
    "export_data": ([["{id}"], ["id", "display_name"]], {}),
    "name_create": (["x"], {}),
    "web_save": ([["{id}"], {"note": "x"}, {}], {}),
    "copy": ([["{id}"]], {}),
    "action_archive": ([["{id}"]], {}),
    "onchange": ([["{id}"], {}, [], {"partner_id": {}}], {}),
    "message_post": ([["{id}"]], {"body": "x"}),
    "message_subscribe": ([["{id}"]], {"partner_ids": [1]}),
    "activity_schedule": ([["{id}"]], {"summary": "x"}),
    "get_portal_url": ([["{id}"]], {}),
    "_portal_ensure_token": ([["{id}"]], {}),
    "_attach_uploads": ([["{id}"], []], {}),
    "_withdraw": ([["{id}"]], {}),
}
# Of ours, what tells nothing of returns.
HARMLESS = {
    ("res.company", "cache_invalidation_fields"),
    ("stock.picking", "get_empty_list_help"),
}
# Answers that tell nothing about anybody's return.
SAFE = (True, False, None, [], {}, 0, "", [[]], {"length": 0, "records": []})


@tagged("post_install", "-at_install")
class TestPortalRpcAttacks(PortalAttacks):
    """Over HTTP, past the pages of returns."""

    def _get_models(self):
        return sorted(
            name for name in self.env.registry if name.startswith("rma.authorization")
        )

    def _get_id(self, name):
        """A record of this model: one of Ada's, if possible; 1 if there is none."""
        for record in self.stage.values():
            if record._name == name:
                return record.id
        model = self.env[name].sudo().with_context(active_test=False)
        return (model._auto and model.search([], limit=1).id) or 1

    def _call(self, who, model, method, args, kwargs):
        return Attack(
            who,
            "JSON",
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
            200,
        )

    def _tells(self, result):
        # a window opens, and what is in it is asked for next
        is_window = isinstance(result, dict) and "ir.actions" in result.get("type", "")
        return result not in SAFE and not is_window

    # -- our models --------------------------------------------------------------------

    def test_models_are_closed(self):
        """For their own customer, too."""
        models = [name for name in self._get_models() if self.env[name]._auto]
        attacks = []
        for name, method, (args, kwargs) in [
            *((name, *item) for name in models for item in METHODS.items()),
            *(("rma.authorization", *item) for item in OTHER_METHODS.items()),
        ]:
            id_ = str(self._get_id(name))
            args = json.loads(json.dumps(args).replace('"{id}"', id_))
            attacks.append(self._call("ada", name, method, args, kwargs))
        self.assertGreater(len(attacks), 150)
        self._attack(attacks)

    def test_methods_are_closed(self):
        """Each public method that our addons have on any model."""
        attacks = [
            self._call("ada", name, method, [[self._get_id(name)]], {})
            for name, method in self._find_methods()
        ]
        self.assertGreater(len(attacks), 150)
        self._attack(attacks)

    def _find_methods(self):
        """Names of models and of their public methods that are defined by us."""
        found = set()
        for name in self.env.registry:
            model = self.env[name]
            for cls in type(model).mro():
                module = cls.__module__.removeprefix("odoo.addons.").split(".")[0]
                if module not in OURS:
                    continue
                for method in vars(cls):
                    if method.startswith("_") or not callable(vars(cls)[method]):
                        continue
                    if self._is_public(model, method):
                        found.add((name, method))
        return sorted(found - HARMLESS)

    def _is_public(self, model, method):
        try:
            return bool(get_public_method(model, method))
        except Exception:
            return False

    def test_json_2_is_closed(self):
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.users["ada"])
            .sudo()
            ._generate(
                None, "Attack", datetime.datetime.now() + datetime.timedelta(days=1)
            )
        )
        self._sign_in("nobody")
        headers = {"Authorization": f"bearer {key}"}
        before = self._digest(False)
        for name in self._get_models():
            if not self.env[name]._auto:
                continue
            for method, body in {
                "search_read": {"domain": [], "fields": ["id"], "limit": 1},
                "unlink": {"ids": [self._get_id(name)]},
            }.items():
                with self.subTest(model=name, method=method):
                    url = f"{self.base_url()}/json/2/{name}/{method}"
                    response = self.opener.post(url, json=body, headers=headers)
                    self.assertEqual(response.status_code, 403, response.text[:2000])
                    self.assertNotIn(SECRET, response.text)
        self.assertEqual(self._digest(False), before)
        # the key itself is good
        response = self.opener.post(
            f"{self.base_url()}/json/2/sale.order/search_count",
            json={"domain": []},
            headers=headers,
        )
        self.assertEqual(response.json(), 1)

    # -- our fields on documents that customers may read -------------------------------

    def test_fields_on_documents_tell_nothing(self):
        """Customers may read their orders and invoices; what we keep there is ours."""
        fields = self.env["ir.model.fields"].search(
            [("model", "not like", "rma.authorization%"), ("name", "like", "rma\\_%")]
        )
        told = {}
        for field in fields:
            if not self.env[field.model]._auto or field.model == "res.company":
                # what the company has set is no secret
                continue
            id_ = self._get_id(field.model)
            call = self._call("ada", field.model, "read", [[id_], [field.name]], {})
            for row in self._send(call).json().get("result") or []:
                told[field.name] = row[field.name]
        self.assertIn("rma_id", told, "some are read, and empty")
        told = {name: value for name, value in told.items() if value not in SAFE}
        self.assertFalse(told)

    # -- pages of other addons ---------------------------------------------------------

    def test_pages_of_other_addons_show_nothing(self):
        """Reports, files, pictures, links, papers: without a right, or a token."""
        pages = {
            "/report/html/rma_authorization.report_form/{authorized}": 403,
            "/report/pdf/rma_authorization.report_form/{authorized}": 403,
            "/report/pdf/rma_authorization.report_label/{authorized}": 403,
            "/report/html/rma_authorization.report_label/{authorized},1": 403,
            "/web/content/{submitted_file}": 404,
            "/web/content/{submitted_file}?access_token=False": 404,
            "/web/content/{submitted_file}?access_token={submitted.access_token}": 404,
            "/web/content/rma.authorization/{submitted}/note": 404,
            "/web/content/rma.authorization/{submitted}/access_token": 404,
            "/web/content/rma.authorization.line/{draft_line}/description": 404,
            "/web/image/rma.authorization/{submitted}/name": (200, 404),
            "/web/image/{submitted_file}": (200, 404),
            "/my/picking/pdf/{receipt}": (303, 404),
            "/my/picking/pdf/{receipt}?access_token={bob_order.access_token}": (
                303,
                404,
            ),
            "/my/orders/{order}": 303,
            "/my/orders/{order}?access_token={submitted.access_token}": 303,
            "/my/invoices/{invoice}?access_token={submitted.access_token}": 303,
            "/mail/view?model=rma.authorization&res_id={submitted}": 303,
            "/mail/view?model=rma.authorization&res_id={submitted}"
            "&access_token={bob_submitted.access_token}": 303,
            "/mail/view?message_id={message}": 303,
            "/mail/avatar/mail.message/{message}/author_avatar/50x50"
            "?access_token={bob_submitted.access_token}": 200,
            "/mail/attachment/pdf_first_page/{submitted_file}": 404,
            "/web/binary/company_logo?company={submitted}": 200,
            "/rate/{submitted.access_token}/5": 404,
            "/odoo/action-rma_authorization.action_rma_authorization/{submitted}": 303,
            "/json/1/rma_authorization.action_rma_authorization/{submitted}": (
                *(303, 400, 401, 403, 404),
            ),
        }
        self._attack(
            [
                Attack(who, "GET", url, status=self._widen(status))
                for url, status in pages.items()
                for who in ("nobody", "bob")
            ]
        )

    def _widen(self, status):
        """Who hasn't signed in is asked to, where others aren't allowed."""
        status = status if isinstance(status, tuple) else (status,)
        return (*status, 303) if 403 in status else status

    def test_chatter_shows_and_takes_nothing(self):
        """Not from others, and of those invited not with another return's token."""
        thread = {"thread_model": "rma.authorization", "thread_id": "{submitted}"}
        tokens = (
            {},
            {"token": "{bob_submitted.access_token}"},
            {"access_token": "{bob_submitted.access_token}"},
            {"hash": "x", "pid": "{partner}"},
            {"token": ""},
            {"token": False},
        )
        post = {
            "body": "x",
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
        }
        calls = {
            "/mail/message/post": {"post_data": post},
            "/mail/chatter_fetch": {},
            "/portal/chatter_init": {},
            "/mail/thread/messages": {},
            "/mail/thread/recipients": {},
            "/mail/thread/subscribe": {
                "res_model": "rma.authorization",
                "res_id": "{submitted}",
                "partner_ids": ["{bob_partner}"],
            },
            "/mail/message/update_content": {
                "message_id": "{message}",
                "update_data": {"body": "x", "attachment_ids": []},
            },
            "/mail/message/reaction": {
                "message_id": "{message}",
                "content": "x",
                "action": "add",
            },
            "/mail/attachment/delete": {"attachment_id": "{submitted_file}"},
            "/mail/update_is_internal": {
                "message_id": "{message}",
                "is_internal": True,
            },
            "/mail/data": {
                "fetch_params": [
                    [
                        "mail.thread",
                        {**thread, "request_list": ["followers", "attachments"]},
                    ]
                ]
            },
        }
        self._attack(
            [
                Attack(who, "JSON", url, {**thread, **fields, **token}, (200, 404))
                for who in ("nobody", "bob")
                for url, fields in calls.items()
                for token in tokens[: None if "post" in url or "chatter" in url else 2]
            ]
        )
        upload = [("ufile", ("x.html", b"<script>", "text/html"))]
        self._attack(
            [
                Attack(
                    who,
                    "POST",
                    "/mail/attachment/upload",
                    {**thread, **token},
                    404,
                    upload,
                )
                for who in ("nobody", "bob")
                for token in tokens[:2]
            ]
            + [
                Attack(
                    who,
                    "POST",
                    "/mail/attachment/zip",
                    {"file_ids": "{submitted_file}", "zip_name": "x"},
                    (200, 403, 404),
                )
                for who in ("nobody", "bob")
            ]
        )
