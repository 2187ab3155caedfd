# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who isn't Ada sees and changes nothing of hers, whatever they send."""

import io
import re

from PIL import Image

from odoo.http import Request
from odoo.tests import tagged
from odoo.tools.misc import hash_sign

from .portal_attacks import SECRET, Attack, PortalAttacks

PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"

# Pages of a return, and which of Ada's returns they are good for.
PAGES = {
    "/my/returns/{submitted}": "submitted",
    "/my/returns/{draft}/edit": "draft",
    "/my/returns/{draft}/summary": "draft",
    "/my/returns/{authorized}/form": "authorized",
    "/my/returns/{authorized}/label": "authorized",
    "/my/returns/{submitted}/attachment/{submitted_file}": "submitted",
    "/my/returns/{draft}/attachment/{draft_file}": "draft",
}
# What is posted there, all of which Ada may post.
ACTIONS = {
    "/my/returns/{draft}/edit": {
        "note": "Hello",
        "resolution_{draft_line}": "exchange",
        "transport": "ship",
    },
    "/my/returns/{draft}/submit": {},
    "/my/returns/{draft}/discard": {},
    "/my/returns/{draft}/solved": {},
    "/my/returns/{draft}/attachment/{draft_file}/remove": {},
    "/my/returns/{submitted}/withdraw": {},
    "/my/returns/{submitted}/message": {"message": "Hello"},
    "/my/returns/{asked}/message": {"message": "Hello"},
    "/my/returns/{refused}/appeal": {"appeal": "Please"},
    "/my/returns/{authorized}/tracking": {"tracking_ref": "1Z", "carrier_name": "UPS"},
    "/my/returns/{collected}/pickup": {"pickup_contact": "Al", "pickup_phone": "112"},
    "/my/returns/{closed}/rate": {"rate": "5", "feedback": "Fine"},
}
# What isn't a token of the return, from those who try one.
TOKENS = {
    "none": {},
    "empty": {"access_token": ""},
    "of their own return": {"access_token": "{bob_submitted.access_token}"},
    "guessed": {"access_token": "00000000-0000-0000-0000-000000000000"},
    "no text": {"access_token": "é\u202e"},
    "twice": {"access_token": ["{bob_submitted.access_token}", ""]},
}
# Who tries which.
TRIED = {"nobody": list(TOKENS), "bob": ["none", "of their own return"]}
# Ids that are none, or nobody's.
IDS = ("0", "999999999", "99999999999999999999", "-1", "1e3", "abc", "1 OR 1=1")


def make_picture():
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(stream, "JPEG")
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestPortalAttacks(PortalAttacks):
    """Over HTTP, on the pages of returns."""

    RETURNS = ("submitted", "authorized", "refused", "closed", "asked", "collected")

    # -- what the tests notice ---------------------------------------------------------

    def test_whatever_is_written_is_noticed(self):
        writes, before = self._count_writes(), self._digest(False)
        self.assertEqual(self._count_writes(), writes)
        self.customer.comment = "Changed"
        self.assertGreater(self._count_writes(), writes)
        self.assertNotEqual(self._digest(False), before)

    # -- whose it is -------------------------------------------------------------------

    def test_ada_may_do_all_that_others_may_not(self):
        """What is refused below works: it fails for the reason it should."""
        self.env.cr.precommit.run()
        for url in PAGES:
            with self.subTest(url=url):
                response = self._send(Attack("ada", "GET", url))
                self.assertEqual(response.status_code, 200)
        for url, fields in ACTIONS.items():
            if url.endswith(("/remove", "/solved", "/discard", "/submit")):
                continue
            with self.subTest(url=url):
                response = self._send(Attack("ada", "POST", url, fields))
                self.assertEqual(response.status_code, 303, response.text[-2000:])
        for url in (
            "/my/returns/{draft}/attachment/{draft_file}/remove",
            "/my/returns/{draft}/submit",
        ):
            response = self._send(Attack("ada", "POST", url))
            self.assertEqual(response.status_code, 303, response.text[-2000:])
        self.assertRecordValues(
            self.stage["draft"]
            + self.stage["submitted"]
            + self.stage["refused"]
            + self.stage["authorized"],
            [
                {"state": "submitted", "tracking_ref": False},
                {"state": "cancelled", "tracking_ref": False},
                {"state": "submitted", "tracking_ref": False},
                {"state": "authorized", "tracking_ref": "1Z"},
            ],
        )

    def test_pages_of_others_are_not_found(self):
        self._attack(
            [
                Attack(who, "GET", url, TOKENS[token])
                for who, tokens in TRIED.items()
                for url in PAGES
                for token in tokens
            ]
            + [Attack("clerk", "GET", url) for url in PAGES]
        )

    def test_actions_on_returns_of_others_are_not_found(self):
        self._attack(
            [
                Attack(who, "POST", url, {**fields, **TOKENS[token]})
                for who, tokens in TRIED.items()
                for url, fields in ACTIONS.items()
                for token in tokens
            ]
        )

    def test_people_of_ours_do_not_act_as_customers(self):
        """Who may read a return doesn't do there what takes another role."""
        self._attack(
            [
                Attack(who, "POST", url, fields)
                for who in ("clerk", "technician")
                for url, fields in ACTIONS.items()
            ]
        )

    def test_returns_that_have_no_page(self):
        """Those that we are still writing, and returns to suppliers."""
        self.stage["supplier"] = self.stage["submitted"].copy({"direction": "supplier"})
        self._attack(
            [
                Attack(who, method, f"/my/returns/{{{name}}}{page}")
                for who in ("ada", "bob", "nobody")
                for name in ("internal", "supplier")
                for method, page in (
                    ("GET", ""),
                    ("GET", "/edit"),
                    ("GET", "/form"),
                    ("POST", "/submit"),
                    ("POST", "/discard"),
                    ("POST", "/withdraw"),
                    ("POST", "/message"),
                )
            ]
        )

    def test_files_of_others_are_not_found(self):
        """Neither by the page of one's own return, nor of one's other return."""
        self.stage["foreign_file"] = self.env["ir.attachment"].create(
            {"name": SECRET, "raw": SECRET.encode()}
        )
        self.stage["colleague_file"] = self.env["ir.attachment"].create(
            {
                "name": SECRET,
                "raw": SECRET.encode(),
                "res_model": "rma.authorization",
                "res_id": self.stage["bob_draft"].id,
            }
        )
        self._attack(
            [
                Attack("bob", method, "/my/returns/{bob_draft}/attachment/" + page)
                for name in (
                    "draft_file",
                    "submitted_file",
                    "bob_submitted_file",
                    "foreign_file",
                    "colleague_file",
                )
                for method, page in (
                    ("GET", f"{{{name}}}"),
                    ("POST", f"{{{name}}}/remove"),
                )
            ]
        )

    def test_ids_that_are_none(self):
        self._attack(
            [
                Attack(who, method, f"/my/returns/{number}{page}")
                for number in IDS
                for who, method, page in (
                    ("nobody", "GET", ""),
                    ("bob", "GET", "/edit"),
                    ("bob", "POST", "/submit"),
                    ("nobody", "GET", f"/attachment/{number}"),
                )
            ]
            + [
                Attack("bob", "GET", "/my/returns/{bob_draft}/attachment/" + number)
                for number in IDS
            ]
        )

    def test_origins_of_others_are_not_found(self):
        """Orders, invoices and deliveries; also where they are hidden in the form."""
        lines = {"qty_{line}": "1", "reason_{line}": "{reason}"}
        origins = (
            {"order_id": "{order}"},
            {"invoice_id": "{invoice}"},
            {"delivery_id": "{picking}"},
            *(
                {name: number}
                for name in ("order_id", "invoice_id", "delivery_id")
                for number in ("999999999", "-1", "1.5", "x", "9" * 30, "１", "1;2")
            ),
        )
        self._attack(
            [
                Attack("bob", method, "/my/returns/new", {**origin, **lines})
                for origin in origins
                for method in ("GET", "POST")
            ]
            + [
                # nobody signs in first
                Attack("nobody", method, "/my/returns/new", origin, status=303)
                for origin in origins[:3]
                for method in ("GET", "POST")
            ]
        )

    def test_lines_of_others_are_not_found(self):
        """Not even beside one's own."""
        own = {
            "order_id": "{bob_order}",
            "qty_{bob_line}": "1",
            "reason_{bob_line}": "{reason}",
        }
        self.stage["foreign_reason"] = self.env["rma.authorization.reason"].create(
            {
                "name": SECRET,
                "code": "attack",
                "company_id": self.env["res.company"].create({"name": "Away"}).id,
            }
        )
        self._attack(
            [
                Attack("bob", "POST", "/my/returns/new", {**own, **foreign})
                for foreign in (
                    {"qty_{line}": "1", "reason_{line}": "{reason}"},
                    {"qty_{line}": "0"},
                    {"qty_{line}": ""},
                    {"reason_{line}": "{reason}"},
                    {"qty_999999999": "1", "reason_999999999": "{reason}"},
                    {"qty_": "1"},
                    {"qty_x": "1"},
                    {"qty_-1": "1"},
                    {"reason_{bob_line}": "999999999"},
                    {"reason_{bob_line}": "{foreign_reason}"},
                    {"reason_{bob_line}": "x"},
                    {"reason_{bob_line}": "-1"},
                    {"order_id": "{order}"},
                    {"order_id": ["{order}", "{bob_order}"]},
                    {"order_id": "", "invoice_id": "{invoice}"},
                )
            ]
        )

    def test_addresses_of_others_are_not_found(self):
        fields = {"resolution_{bob_draft_line}": "exchange", "transport": "pickup"}
        self.stage["company"] = self.company.partner_id
        self._attack(
            [
                Attack(
                    "bob",
                    "POST",
                    "/my/returns/{bob_draft}/edit",
                    {**fields, "pickup_partner_id": number},
                )
                for number in ("{partner}", "{company}", "1", "999999999", "x", "-1")
            ]
            + [
                Attack(
                    "bob",
                    "POST",
                    "/my/returns/{bob_collected}/pickup",
                    {"pickup_partner_id": number},
                )
                for number in ("{partner}", "{company}", "999999999", "x")
            ]
        )

    def test_serial_numbers_of_others_are_not_known(self):
        """They are answered like a number that nobody has: in a form and in a table."""
        lots = {}
        for name, partner in (("", self.customer), ("bob_", self.bob_partner)):
            product = self._create_product(f"Phone {name}", tracking="serial")
            if name:
                # the same product, so that its numbers are of the same series
                product = lots[""].product_id
                lots[name] = self.env["stock.lot"].create(
                    {"name": "PHONE-002", "product_id": product.id}
                )
            else:
                lots[name] = self.env["stock.lot"].create(
                    {"name": "PHONE-001", "product_id": product.id}
                )
            self._stock_up(product, 1, lots[name])
            order = self._sell(product, 1, partner=partner)
            self.stage[f"{name}phone"] = self._create_authorization(order, 1).sudo()
            self.stage[f"{name}phone"].channel = "portal"
            self.stage[f"{name}phone_line"] = self.stage[f"{name}phone"].line_ids
        url = "/my/returns/{bob_phone}/edit"
        own = {"resolution_{bob_phone_line}": "exchange", "transport": "ship"}
        serials = ("PHONE-001", "PHONE-999", "PHONE-002\nPHONE-001", "%", "PHONE-00_")
        self._attack(
            [
                Attack(
                    "bob", "POST", url, {**own, "serials_{bob_phone_line}": serial}, 422
                )
                for serial in (*serials, ["PHONE-002", "PHONE-001"], "x" * 100_000)
            ]
            + [
                Attack(
                    "bob",
                    "POST",
                    url,
                    {**own, "serials_{phone_line}": "PHONE-001"},
                    303,
                    own=True,
                ),
                *(
                    Attack(
                        "bob",
                        "POST",
                        "/my/returns/table",
                        {"table": f"serial\n{serial}", "reason_id": "{reason}"},
                        422,
                    )
                    for serial in ("PHONE-001", "PHONE-999")
                ),
            ]
        )
        answers = set()
        for serial in ("PHONE-001", "PHONE-999"):
            fields = {**own, "serials_{bob_phone_line}": serial}
            page = self._send(Attack("bob", "POST", url, fields)).text
            page = re.sub(r'csrf_token"?[:=]? *(value=)?"[^"]*"', "", page)
            answers.add(page.replace(serial, "NUMBER"))
        self.assertEqual(len(answers), 1)

    def test_guides_of_others_are_not_found(self):
        """What solved it is one of the guides that the page shows."""
        self.stage["guide"] = self.env["rma.authorization.guide"].create(
            {
                "name": SECRET,
                "product_tmpl_ids": self.serial_product.product_tmpl_id.ids,
            }
        )
        url = "/my/returns/{bob_draft}/solved"
        self._attack(
            [
                Attack("bob", "POST", url, {"guide_id": number})
                for number in ("{guide}", "999999999", "x", "-1", "1e1")
            ]
        )

    def test_fields_that_are_not_in_the_form(self):
        """They are left alone: of other lines, and of one's own return."""
        url = "/my/returns/{bob_draft}/edit"
        own = {"resolution_{bob_draft_line}": "exchange", "transport": "ship"}
        draft = self.stage["bob_draft"]
        names = ["state", "channel", "partner_id", "company_id", "user_id", "team_id"]
        before = draft.read([*names, "rma_number", "line_ids"])
        line_before = draft.line_ids.read(["qty_requested", "qty_authorized"])
        self._attack(
            [
                Attack("bob", "POST", url, {**own, **fields}, 303, own=True)
                for fields in (
                    {
                        f"{name}_{{draft_line}}": "x"
                        for name in (
                            "resolution",
                            "condition",
                            "description",
                            "serials",
                        )
                    },
                    {
                        "state": "authorized",
                        "partner_id": "{partner}",
                        "company_id": "2",
                        "user_id": "2",
                        "team_id": "1",
                        "rma_number": "1",
                        "channel": "internal",
                        "line_ids": "[(5,)]",
                        "id": "{draft}",
                        "ids": "{draft}",
                        "context": "{'uid': 1}",
                    },
                    {"rma_id": "{draft}"},
                    {"qty_{bob_draft_line}": "99", "qty_authorized": "99"},
                )
            ]
        )
        self.assertEqual(draft.read(list(before[0])), before)
        self.assertEqual(draft.line_ids.read(list(line_before[0])), line_before)

    # -- quantities --------------------------------------------------------------------

    def test_quantities_that_are_none(self):
        quantities = (
            *("-1", "-0.5", "+1", "21", "1e1", "1e309", "-1e309", "inf", "-inf", "nan"),
            *("NaN", "Infinity", "0x10", "1_0", "１", "١", "1;2", "1/2", "1 or 1", "½"),
            *("9" * 400, "0." + "9" * 5000 + "x", "true", "[1]", "{{7*7}}", "1\t1"),
            *(
                "1,000.5",
                "--1",
                "1-",
                ".",
                ",",
                "1\u202e",
                "<script>",
                "'; --",
                "20.01",
            ),
            *("1000000000", "1e9", "\x00", "", " ", "0", "0.0", "0.0000001"),
        )
        self.stage["bob_draft"].unlink()
        del self.stage["bob_draft"], self.stage["bob_draft_line"]
        del self.stage["bob_draft_file"]
        self._attack(
            [
                Attack(
                    "bob",
                    "POST",
                    "/my/returns/new",
                    {
                        "order_id": "{bob_order}",
                        "qty_{bob_line}": quantity,
                        "reason_{bob_line}": "{reason}",
                    },
                    422,
                )
                for quantity in quantities
            ]
        )

    def test_of_a_field_sent_twice_one_counts(self):
        """The same one for the check and for the record."""
        fields = {"order_id": "{bob_order}", "reason_{bob_line}": "{reason}"}
        for quantities in (["2", "99"], ["99", "2"]):
            response = self._send(
                Attack(
                    "bob",
                    "POST",
                    "/my/returns/new",
                    {**fields, "qty_{bob_line}": quantities},
                )
            )
            self.assertIn(response.status_code, (303, 422))
            self.assertLessEqual(self.stage["bob_draft"].line_ids.qty_requested, 2)

    # -- choices, dates ----------------------------------------------------------------

    def test_choices_that_are_not_offered(self):
        own = {"resolution_{bob_draft_line}": "exchange", "transport": "ship"}
        self._attack(
            [
                Attack(
                    "bob",
                    "POST",
                    "/my/returns/{bob_draft}/edit",
                    {**own, **fields},
                    422,
                )
                for fields in (
                    {"resolution_{bob_draft_line}": "none"},
                    {"resolution_{bob_draft_line}": "solved"},
                    {"resolution_{bob_draft_line}": "resale"},
                    {"resolution_{bob_draft_line}": "__class__"},
                    {"resolution_{bob_draft_line}": ""},
                    {"condition_{bob_draft_line}": "x"},
                    {"transport": "x"},
                    {"transport": "pickup", "pickup_date": "2000-01-01"},
                    {"transport": "pickup", "pickup_date": "9999-12-31"},
                    {"transport": "pickup", "pickup_date": "0001-01-01"},
                    {"pickup_date": "x"},
                    {"pickup_date": "2026-02-30"},
                    {"pickup_date": "99999999999-01-01"},
                    {"note": "x" * 5001},
                    {"description_{bob_draft_line}": "x" * 5001},
                    {"description_{bob_draft_line}": "x" * 400_000},
                )
            ]
        )
        self._attack(
            [
                Attack(
                    "bob", "POST", "/my/returns/{bob_authorized}/tracking", fields, 422
                )
                for fields in (
                    {},
                    {"tracking_ref": ""},
                    {"tracking_ref": " \t"},
                    {"tracking_ref": "x" * 65},
                    {"tracking_ref": "1", "carrier_name": "x" * 65},
                )
            ]
            + [
                Attack("bob", "POST", "/my/returns/{bob_collected}/pickup", fields, 422)
                for fields in (
                    {"pickup_date": "2000-01-01"},
                    {"pickup_date": "9999-12-31"},
                    {"pickup_date": "x"},
                    {"pickup_contact": "x" * 65},
                    {"pickup_phone": "x" * 65},
                    {"pickup_note": "x" * 5001},
                )
            ]
            + [
                Attack("bob", "POST", "/my/returns/{bob_closed}/rate", fields, status)
                for fields, status in (
                    ({}, 422),
                    ({"rate": "4"}, 422),
                    ({"rate": "0"}, 422),
                    ({"rate": "-1"}, 404),
                    ({"rate": "x"}, 404),
                    ({"rate": "9" * 20}, 404),
                )
            ]
            + [
                Attack(
                    "bob", "POST", "/my/returns/{bob_submitted}/message", fields, 422
                )
                for fields in ({}, {"message": ""}, {"message": " \r\n\x00 "})
            ]
        )

    def test_steps_that_are_not_possible(self):
        """In a state in which the page doesn't offer them."""
        rows = {
            "withdraw": ("refused", "closed"),
            "appeal": ("submitted", "authorized", "closed"),
            "tracking": ("submitted", "refused", "closed"),
            "rate": ("submitted", "authorized", "refused"),
            "pickup": ("submitted", "authorized", "refused", "closed"),
        }
        fields = {"appeal": "x", "tracking_ref": "1", "rate": "5"}
        self._attack(
            [
                Attack("bob", "POST", f"/my/returns/{{bob_{name}}}/{step}", fields, 422)
                for step in rows
                for name in rows[step]
            ]
            + [
                Attack("bob", "POST", f"/my/returns/{{bob_draft}}/{step}", fields)
                for step in (*rows, "message")
            ]
            + [
                Attack("bob", "POST", f"/my/returns/{{bob_submitted}}/{step}", {}, 303)
                for step in ("submit", "edit", "discard", "solved")
            ]
            + [
                Attack(
                    "bob",
                    "POST",
                    "/my/returns/{bob_submitted}/attachment/"
                    "{bob_submitted_file}/remove",
                ),
                Attack("bob", "GET", "/my/returns/{bob_submitted}/form"),
                Attack("bob", "GET", "/my/returns/{bob_draft}/label"),
            ]
        )

    def test_handing_in_twice_is_handing_in_once(self):
        url = "/my/returns/{bob_draft}/submit"
        draft = self.stage["bob_draft"]
        self.assertEqual(self._send(Attack("bob", "POST", url)).status_code, 303)
        logs = draft.log_ids
        self.assertEqual(draft.state, "submitted")
        self._attack([Attack("bob", "POST", url, status=303)] * 2)
        self.assertEqual(draft.log_ids, logs)

    # -- the form itself ---------------------------------------------------------------

    def test_forms_of_other_sites_are_refused(self):
        """Without the token of the session, and with one of another session."""
        urls = [*ACTIONS, "/my/returns/new"]
        self._attack(
            [
                Attack("ada", "POST", url, ACTIONS.get(url, {}), 400, csrf=False)
                for url in urls
            ]
        )
        self._sign_in("bob")
        foreign = Request.csrf_token(self)
        self._attack(
            [
                Attack(
                    "ada",
                    "POST",
                    url,
                    {**ACTIONS.get(url, {}), "csrf_token": token},
                    400,
                    csrf=False,
                )
                for url in urls
                for token in ("x", foreign)
            ]
        )

    def test_what_is_no_form_is_refused(self):
        """What other sites can send without asking the browser first, and JSON."""
        self._sign_in("ada")
        before = self._digest(False)
        for url in ACTIONS:
            for kind, body in (
                ("text/plain", "message=x&appeal=x&rate=5"),
                ("application/json", '{"params": {"message": "x"}}'),
                ("application/xml", "<message>x</message>"),
                ("", "message=x"),
            ):
                with self.subTest(url=url, kind=kind):
                    response = self.opener.post(
                        self.base_url() + self._fill_in(url),
                        data=body,
                        headers={"Content-Type": kind},
                        allow_redirects=False,
                    )
                    self.assertIn(response.status_code, (400, 415))
        self.assertEqual(self._digest(False), before)

    def test_links_change_nothing(self):
        """What changes something is posted, and only that."""
        self._attack(
            [
                Attack("ada", method, url, status=405)
                for url in ACTIONS
                if not url.endswith("/edit")
                for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH")
                if method in ("GET", "PUT")
            ]
            + [
                Attack("ada", method, "/my/returns/{submitted}", status=(400, 405))
                for method in ("POST", "PUT", "DELETE", "PATCH")
            ]
        )

    def test_search_pages_and_filters(self):
        """Strange ones show one's own, or nothing."""
        texts = (
            "%",
            "_",
            "'",
            '"',
            "\\",
            "x" * 5000,
            "<script>",
            "\x00",
            "é\u202e",
            "{}",
        )
        self._attack(
            [
                Attack("bob", "GET", url, {name: text}, 200)
                for url, names in {
                    "/my/returns": ("search", "sortby", "filterby"),
                    "/my/returns/new": ("search",),
                }.items()
                for name in names
                for text in texts
            ]
            + [
                Attack("bob", "GET", url, {}, 200)
                for url in (
                    "/my/returns/page/99999999999999999999",
                    "/my/returns/page/0",
                    "/my/returns/page/-1",
                    "/my/returns/new?page=999999999",
                    "/my/returns?search=a&search=b",
                    "/my/returns?domain=[]&order=1&offset=1&limit=1",
                )
            ]
            + [
                Attack("bob", "GET", url)
                for url in (
                    "/my/returns/new?page=x",
                    "/my/returns/new?page=" + "9" * 30,
                )
            ]
        )

    def test_files_where_a_text_belongs(self):
        """They are no text."""
        for url, names in {
            "/my/returns/{bob_draft}/edit": ("note", "transport", "access_token"),
            "/my/returns/{bob_collected}/pickup": ("pickup_note", "pickup_date"),
            "/my/returns/{bob_submitted}/message": ("message", "access_token"),
            "/my/returns/{bob_refused}/appeal": ("appeal",),
            "/my/returns/new": ("order_id", "qty_{bob_line}"),
        }.items():
            self._attack(
                [
                    Attack(
                        "bob",
                        "POST",
                        url,
                        {"order_id": "{bob_order}"} if name != "order_id" else {},
                        (404, 422),
                        [(self._fill_in(name), ("x.txt", b"1", "text/plain"))],
                    )
                    for name in names
                ]
            )

    # -- links to an order -------------------------------------------------------------

    def test_links_that_are_altered_or_expired(self):
        order = self.stage["order"]
        env = self.env
        good = order._get_rma_link_token()
        scope = "rma_authorization.order"
        tokens = {
            "expired": hash_sign(env, scope, order.id, expiration_hours=-1),
            "of another kind": hash_sign(env, "other", order.id, expiration_hours=1),
            "altered at the end": good[:-2] + ("AA" if good[-2:] != "AA" else "BB"),
            "altered in the middle": good[:30] + chr(ord(good[30]) ^ 1) + good[31:],
            "cut": good[:40],
            "longer": good + "AAAA",
            "two": good + good,
            "the id": str(order.id),
            "the token of the order": order._portal_ensure_token(),
            "no text": "%C3%A9",
            "nothing": "%20",
            "dots": "..",
            "unknown order": hash_sign(env, scope, 999999999, expiration_hours=1),
        }
        self._attack(
            [
                Attack(who, method, "/returns/new/" + token)
                for who in ("nobody", "bob")
                for token in tokens.values()
                for method in ("GET", "POST")
                if token != ".."
            ]
        )
        response = self._send(Attack("nobody", "GET", "/returns/new/" + good))
        self.assertEqual(response.status_code, 200)

    def test_a_link_is_good_for_its_order_alone(self):
        url = "/returns/new/" + self.stage["bob_order"]._get_rma_link_token()
        own = {"qty_{bob_line}": "1", "reason_{bob_line}": "{reason}"}
        self._attack(
            [
                Attack("nobody", "POST", url, {**own, **fields})
                for fields in (
                    {"qty_{line}": "1", "reason_{line}": "{reason}"},
                    {"qty_{line}": "1"},
                    {"reason_{bob_line}": "999999999"},
                )
            ]
            + [
                # what else is sent doesn't count
                Attack("nobody", "GET", url, {"order_id": "{order}"}, 200),
                Attack(
                    "nobody",
                    "POST",
                    url,
                    {**own, "order_id": "{order}", "invoice_id": "{invoice}"},
                    303,
                    own=True,
                ),
            ]
        )

    def test_an_invited_visitor_sees_the_one_return(self):
        """Its token opens no list, no other return, and no portal."""
        token = {"access_token": "{bob_submitted.access_token}"}
        self._attack(
            [
                Attack("nobody", "GET", url, token, status)
                for url, status in {
                    "/my/returns": 303,
                    "/my/returns/new": 303,
                    "/my/returns/{bob_authorized}": 404,
                    "/my/returns/{bob_draft}/edit": 404,
                    "/my/returns/{bob_submitted}/attachment/{submitted_file}": 404,
                    "/my/returns/{bob_submitted}/attachment/{bob_draft_file}": 404,
                    "/my/orders/{bob_order}": 303,
                    "/my/returns/{bob_submitted}": 200,
                }.items()
            ]
        )

    # -- texts -------------------------------------------------------------------------

    def test_texts_are_shown_and_never_run(self):
        """On the pages, in messages and in mails."""
        evil = (
            "<script>alert(1)</script><img src=x onerror=alert(2)>"
            "<t t-out='1337*7331'/>{{1337*7331}}${1337*7331}{%print(1337*7331)%}"
            '"\'><svg onload=alert(3)>[[1337*7331]]<a href="javascript:alert(4)">x</a>'
            "\r\nBcc: eve@example.com\r\n\r\n\u202e\x00\x0b\x1b"
        )
        line = {"resolution_{bob_draft_line}": "exchange", "transport": "ship"}
        requests = [
            (
                "draft",
                "/edit",
                {
                    **line,
                    "note": evil,
                    "description_{bob_draft_line}": evil,
                    "serials_{bob_draft_line}": "",
                },
            ),
            ("draft", "/submit", {}),
            ("submitted", "/message", {"message": evil}),
            ("refused", "/appeal", {"appeal": evil}),
            (
                "authorized",
                "/tracking",
                {"tracking_ref": evil[:60], "carrier_name": evil[53:100]},
            ),
            (
                "collected",
                "/pickup",
                {"pickup_contact": evil[:60], "pickup_phone": "", "pickup_note": evil},
            ),
            ("closed", "/rate", {"rate": "1", "feedback": evil}),
        ]
        for name, page, fields in requests:
            if page == "/submit":
                url = "/my/returns/{bob_draft}/summary"
                self.assertHarmless(self._send(Attack("bob", "GET", url)).text)
            url = f"/my/returns/{{bob_{name}}}{page}"
            with self.subTest(url=url):
                response = self._send(Attack("bob", "POST", url, fields))
                self.assertEqual(response.status_code, 303, response.text[-3000:])
        rmas = self.env["rma.authorization"]
        for name in (
            "draft",
            "submitted",
            "refused",
            "authorized",
            "collected",
            "closed",
        ):
            rma = self.stage[f"bob_{name}"]
            rmas |= rma
            with self.subTest(name=name):
                url = f"/my/returns/{{bob_{name}}}"
                self.assertHarmless(self._send(Attack("bob", "GET", url)).text)
                for body in [rma.note or "", *rma.message_ids.mapped("body")]:
                    self.assertHarmless(str(body))
        self.assertTrue(rmas.message_ids.filtered(lambda one: "1337" in one.body))
        for mail in self.env["rma.authorization.mail"].search([]):
            mail._send()
        mails = self.env["mail.mail"].search(
            [("model", "=", "rma.authorization"), ("res_id", "in", rmas.ids)]
        )
        for mail in mails:
            self.assertHarmless(str(mail.body_html))
            for header in (mail.subject, mail.email_to or "", mail.reply_to or ""):
                self.assertNotRegex(header, r"[\r\n]|eve@")
        for text in rmas.mapped("tracking_ref") + rmas.mapped("carrier_name"):
            self.assertNotRegex(text or "", r"[\x00-\x1f\u202e]")

    def assertHarmless(self, text):  # noqa: N802
        for harm in ("<script>alert", "<img src=x", "<svg onload", "9801547"):
            self.assertNotIn(harm, text)
        self.assertNotRegex(text, r"""<a[^>]*href=.?javascript:""")

    def test_what_was_wrong_is_shown_and_never_run(self):
        evil = "\"'><script>alert(1)</script>{{1337*7331}}"
        for url, fields in {
            "/my/returns/new": {"order_id": "{bob_order}", "qty_{bob_line}": evil},
            "/my/returns/{bob_draft}/edit": {
                "note": evil,
                "transport": evil,
                "pickup_date": evil,
                "resolution_{bob_draft_line}": evil,
                "condition_{bob_draft_line}": evil,
                "description_{bob_draft_line}": evil,
                "serials_{bob_draft_line}": evil,
            },
            "/my/returns/{bob_refused}/tracking": {"tracking_ref": evil},
            "/my/returns/{bob_collected}/pickup": {
                "pickup_date": evil,
                "pickup_contact": evil,
                "pickup_note": evil,
            },
            "/my/returns/{bob_refused}/rate": {"feedback": evil},
        }.items():
            with self.subTest(url=url):
                response = self._send(Attack("bob", "POST", url, fields))
                self.assertEqual(response.status_code, 422)
                self.assertHarmless(response.text)
        for url in ("/my/returns", "/my/returns/new"):
            response = self._send(Attack("bob", "GET", url, {"search": evil}))
            self.assertHarmless(response.text)

    def test_pages_tell_nobody_where_one_was(self):
        """Neither other sites, nor caches, nor search engines."""
        for url in PAGES:
            headers = self._send(Attack("ada", "GET", url)).headers
            self.assertIn("no-store", headers["Cache-Control"])
        headers = self._send(Attack("ada", "GET", "/my/returns/{submitted}")).headers
        self.assertEqual(headers["Referrer-Policy"], "same-origin")
        self.assertEqual(headers["X-Robots-Tag"], "noindex")

    # -- files -------------------------------------------------------------------------

    def test_files_that_are_refused(self):
        picture = make_picture()
        rows = {
            "a page that says it is a picture": [("x.jpg", PAGE, "image/jpeg")],
            "a drawing": [("x.svg", b"<svg onload='alert(1)'/>", "image/svg+xml")],
            "a page": [("x.html", PAGE, "text/html")],
            "an archive": [("x.zip", b"PK\x03\x04" + PAGE, "application/zip")],
            "empty": [("x.jpg", b"", "image/jpeg")],
            "damaged": [("x.jpg", picture[:60], "image/jpeg")],
            "a good and a bad one": [
                ("x.jpg", picture, "image/jpeg"),
                ("y.jpg", PAGE, "image/jpeg"),
            ],
            "eleven": [("x.jpg", picture, "image/jpeg")] * 11,
            "a hundred": [("x.jpg", b"x", "image/jpeg")] * 100,
            "a path": [("../../x.html", PAGE, "image/jpeg")],
        }
        own = {"resolution_{bob_draft_line}": "exchange", "transport": "ship"}
        others = {
            "/my/returns/{bob_submitted}/message": {"message": "x"},
            "/my/returns/{bob_refused}/appeal": {"appeal": "x"},
        }
        edit = "/my/returns/{bob_draft}/edit"
        self._attack(
            [
                Attack(
                    "bob", "POST", url, fields, 422, [("files", one) for one in files]
                )
                for url, fields, files in (
                    *((edit, own, files) for files in rows.values()),
                    *(
                        (url, fields, rows[name])
                        for url, fields in others.items()
                        for name in ("a good and a bad one", "eleven")
                    ),
                )
            ]
        )

    def test_files_that_are_kept_are_harmless(self):
        names = (
            "../../etc/passwd",
            "a\u202egpj.exe",
            'x".html',
            ".htaccess",
            "x" * 300,
        )
        files = [
            ("files", (name, make_picture() + PAGE, "text/html")) for name in names
        ]
        response = self._send(
            Attack(
                "bob",
                "POST",
                "/my/returns/{bob_submitted}/message",
                {"message": "x"},
                files=files,
            )
        )
        self.assertEqual(response.status_code, 303)
        kept = self.stage["bob_submitted"]._get_uploads()
        kept -= self.stage["bob_submitted_file"]
        self.assertEqual(len(kept), 5)
        for attachment in kept:
            self.assertNotRegex(attachment.name, r"[/\\\"\u202e]|\.\.|^\.")
            self.assertEqual(attachment.mimetype, "image/jpeg")
            self.assertFalse(attachment.public)
            self.assertNotIn(b"<script>", attachment.raw)
            self.stage["kept"] = attachment
            url = "/my/returns/{bob_submitted}/attachment/{kept}"
            response = self._send(Attack("bob", "GET", url))
            self.assertEqual(response.status_code, 200)
            self.assertEqual(response.headers["Content-Type"], "image/jpeg")
            self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
            self.assertIn("sandbox", response.headers["Content-Security-Policy"])
        self._attack(
            [
                Attack(who, "GET", url)
                for who in ("nobody", "ada")
                for url in (
                    "/web/content/{kept}",
                    "/my/returns/{bob_submitted}/attachment/{kept}",
                )
            ]
        )
