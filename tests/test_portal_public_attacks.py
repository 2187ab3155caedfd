# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who guesses numbers on the public pages, and what may be in a table."""

import io
import re
import zipfile

import openpyxl

from odoo.tests import tagged

from .portal_attacks import SECRET, Attack, PortalAttacks

# Secrets that aren't Ada's, for her order.
SECRETS = (
    *("bob@example.com", "x", "%", "_", "ad_@example.com", "%@example.com", "\\"),
    *("' OR '1'='1", "ada@example.com' --", "4711' OR true --", "471", "47110", "471_"),
    *("ada@example.com,bob@example.com", "ada@example.co", "аda@example.com"),
    *("ada@example.com\x01", "ada@example.com\r\nBcc: eve@example.com", "\u202e1174"),
    *("False", "None", "null", "0", "-", "x" * 100_000, "[]", "{}", "{{7*7}}", "é"),
)
# Numbers that are no order of anybody.
NUMBERS = (
    *("x", "%", "S%", "_", "'", "' OR 1=1 --", "0", "-1", "9" * 30, "x" * 100_000),
    *("False", "{{7*7}}", "<script>alert(1)</script>", "\u202e", "\x01", "[]", "é"),
)


def make_workbook(*rows, dimension=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def change_workbook(change):
    """A workbook whose first sheet is what `change` makes of its XML."""
    source = zipfile.ZipFile(io.BytesIO(make_workbook(["Serial"], ["1"])))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in source.infolist():
            content = source.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = change(content)
            archive.writestr(part.filename, content)
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestPortalPublicAttacks(PortalAttacks):
    """Over HTTP, on the pages for everybody and on the page for tables."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        parameters = cls.env["ir.config_parameter"]
        for kind in ("address", "number"):
            parameters.set_param(f"rma_authorization.attempts_per_{kind}", "100000")
        cls.company.rma_public_link = "show"
        cls.order = cls.stage["order"]
        cls.stage["quotation"] = cls.order.copy()

    # -- guessing ----------------------------------------------------------------------

    def test_secrets_that_are_wrong(self):
        self._attack(
            [
                Attack(
                    "nobody", "POST", "/returns", {"number": number, "secret": one}, 422
                )
                for number in ("{order.name}",)
                for one in SECRETS
            ]
            + [
                Attack(
                    "bob", "POST", "/returns", {"number": number, "secret": one}, 422
                )
                for number, one in (
                    ("{order.name}", "bob@example.com"),
                    ("{quotation.name}", "ada@example.com"),
                    ("{bob_order.name}", "ada@example.com"),
                    ("{invoice.name}", "ada@example.com"),
                    ("{order}", "ada@example.com"),
                    ("{order.access_token}", "ada@example.com"),
                )
            ]
        )

    def test_numbers_that_are_wrong(self):
        self._attack(
            [
                Attack(
                    "nobody",
                    "POST",
                    url,
                    {"number": number, "secret": "4711", "email": "ada@example.com"},
                    422,
                )
                for number in NUMBERS
                for url in ("/returns", "/returns/track")
            ]
        )

    def test_the_right_secret_opens_it(self):
        for secret in ("ada@example.com", "ADA@example.com", "4711", " 47 11 "):
            response = self._send(
                Attack(
                    "nobody",
                    "POST",
                    "/returns",
                    {"number": "{order.name}", "secret": secret},
                )
            )
            self.assertEqual(response.status_code, 303)
            self.assertIn("/returns/new/", response.headers["Location"])

    def test_returns_of_others_are_not_tracked(self):
        fields = {"number": "{submitted.name}"}
        self._attack(
            [
                Attack(
                    "nobody", "POST", "/returns/track", {**fields, "email": one}, 422
                )
                for one in SECRETS
                if "4711" not in one
            ]
            + [
                Attack(
                    "bob",
                    "POST",
                    "/returns/track",
                    {"number": number, "email": "ada@example.com", "send": "1"},
                    422,
                )
                for number in (
                    *("{bob_submitted.name}", "{draft.name}", "{internal.name}"),
                    *("{submitted}", "{submitted.access_token}", "{order.name}"),
                )
            ]
        )

    def test_tracking_shows_nothing_of_the_customer(self):
        """Neither name, words, products nor a link, even to who knows the address."""
        fields = {"number": "{submitted.name}", "email": "ada@example.com"}
        self._attack([Attack("nobody", "POST", "/returns/track", fields, 200)])
        response = self._send(Attack("nobody", "POST", "/returns/track", fields))
        self.assertNotIn(self.product.name, response.text)
        self.assertNotIn(self.stage["submitted"].access_token, response.text)
        self.assertNotIn(f"/my/returns/{self.stage['submitted'].id}", response.text)

    def test_wrong_and_unknown_are_answered_alike(self):
        """Orders that are not theirs, quotations and nothing: word for word."""
        for link in ("show", "mail"):
            self.company.rma_public_link = link
            answers = {
                self._strip(
                    self._send(
                        Attack(
                            "nobody",
                            "POST",
                            "/returns",
                            {"number": number, "secret": "eve@example.com"},
                        )
                    ).text
                )
                for number in (
                    *("{order.name}", "{quotation.name}", "{bob_order.name}", "S99999"),
                )
            }
            self.assertEqual(len(answers), 1)
        # by mail, the right one is answered like that, too
        right = Attack(
            "nobody",
            "POST",
            "/returns",
            {"number": "{order.name}", "secret": "ada@example.com"},
        )
        answers.add(self._strip(self._send(right).text))
        self.assertEqual(len(answers), 1)
        tracked = {
            self._strip(
                self._send(
                    Attack(
                        "nobody",
                        "POST",
                        "/returns/track",
                        {"number": number, "email": "eve@example.com"},
                    )
                ).text
            )
            for number in ("{submitted.name}", "{draft.name}", "RET/0")
        }
        self.assertEqual(len(tracked), 1)

    def _strip(self, page):
        """A page without what was typed, and without what differs each time."""
        for record in ("order", "quotation", "bob_order", "submitted", "draft"):
            page = page.replace(self.stage[record].name, "NUMBER")
        page = re.sub(r"S99999|RET/0", "NUMBER", page)
        return re.sub(r'csrf_token"?[:=]? *(value=)?"[^"]*"', "", page)

    def test_who_comes_too_often_waits(self):
        """Also with the right answer then, and from wherever they say they are."""
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("rma_authorization.attempts_per_address", "3")
        self.env["rma.authorization.attempt"].search([]).unlink()
        fields = {"number": "{order.name}", "secret": "x", "email": "x"}
        self._attack([Attack("nobody", "POST", "/returns", fields, 422)] * 3)
        right = {**fields, "secret": "ada@example.com", "email": "ada@example.com"}
        self._attack(
            [
                Attack("nobody", "POST", url, right, 429, headers=headers)
                for url in ("/returns", "/returns/track")
                for headers in (
                    None,
                    {"X-Forwarded-For": "203.0.113.7"},
                    {"X-Real-IP": "203.0.113.7"},
                    {"Forwarded": "for=203.0.113.7"},
                    {"Client-IP": "203.0.113.7"},
                )
            ]
            + [Attack("bob", "POST", "/returns", right, 429)]
        )
        # a number that many try is protected, too
        parameters.set_param("rma_authorization.attempts_per_address", "1000")
        parameters.set_param("rma_authorization.attempts_per_number", "5")
        spellings = (
            "{order.name}",
            " {order.name}",
            "{order.name}\x00",
            "s{order.name}",
        )
        self.env["rma.authorization.attempt"].search([]).unlink()
        statuses = [
            self._send(
                Attack("nobody", "POST", "/returns", {"number": number, "secret": "x"})
            ).status_code
            for number in spellings[:3] * 2
        ]
        self.assertEqual(statuses, [422] * 5 + [429])

    # -- the form ----------------------------------------------------------------------

    def test_forms_of_everybody(self):
        right = {
            "number": "{order.name}",
            "secret": "ada@example.com",
            "email": "ada@example.com",
        }
        urls = ("/returns", "/returns/track")
        self._attack(
            [Attack("nobody", "POST", url, right, 400, csrf=False) for url in urls]
            # what is in an address does nothing
            + [Attack("nobody", "GET", url, right, 200) for url in urls]
            + [
                Attack("nobody", method, url, right, (400, 405))
                for url in urls
                for method in ("PUT", "DELETE", "PATCH")
            ]
            + [
                Attack("nobody", "POST", url, fields, 422)
                for url in urls
                for fields in ({}, {"number": "x"}, {"secret": "x", "email": "x"})
            ]
            + [
                Attack(
                    "nobody",
                    "POST",
                    url,
                    {},
                    (404, 422),
                    [("number", ("x.txt", b"x", "text/plain"))],
                )
                for url in urls
            ]
        )
        self.company.rma_public_link = "off"
        self._attack(
            [
                Attack("nobody", method, url, right)
                for url in urls
                for method in ("GET", "POST")
            ]
        )

    def test_links_go_to_addresses_that_we_know(self):
        """Whatever was typed as the secret."""
        self.company.rma_public_link = "mail"
        for secret in (
            *("ada@example.com", "4711", "Eve <ada@example.com>"),
            *("eve@example.com", "ada@example.com\r\nBcc: eve@example.com"),
            "eve@example.com <ada@example.com>",
        ):
            self._send(
                Attack(
                    "nobody",
                    "POST",
                    "/returns",
                    {"number": "{order.name}", "secret": secret},
                )
            )
        requests = self.env["rma.authorization.link.request"]
        waiting = requests.search([("state", "=", "waiting")])
        self.assertEqual(len(waiting), 6)
        before = self.env["mail.mail"].search([])
        for request in waiting:
            request._answer()
        mails = self.env["mail.mail"].search([]) - before
        self.assertEqual(len(mails), 1)
        self.assertEqual(mails.recipient_ids | self.customer, self.customer)
        for header in (mails.email_to, mails.subject, mails.email_cc, mails.reply_to):
            self.assertNotRegex(header or "", r"eve@|[\r\n]")
        self.assertNotIn("eve@", str(mails.body_html))
        self.assertFalse(any(requests.search([]).mapped("secret")))

    # -- withdrawal --------------------------------------------------------------------

    def _offer_withdrawal(self):
        """Both customers are consumers in Europe, where they may withdraw."""
        policy = self.env.ref("rma_authorization.rma_authorization_policy_eu")
        policy.withdrawal = True
        policy.action_put_in_force()
        (self.customer | self.bob_partner).country_id = self.env.ref("base.be")

    def _state(self, who="bob", prefix="bob_"):
        """What who withdraws from one piece of this order gets to confirm."""
        page = self._send(
            Attack(
                who,
                "POST",
                "/my/returns/withdraw",
                {
                    "order_id": f"{{{prefix}order}}",
                    f"qty_{{{prefix}line}}": "1",
                    "name": "Bob",
                    "email": "bob@example.com",
                },
            )
        )
        self.assertEqual(page.status_code, 200, page.text[-3000:])
        return re.search(r'name="statement"\s+value="([^"]+)"', page.text)[1]

    def test_contracts_of_others_are_not_found(self):
        self._offer_withdrawal()
        url = "/my/returns/withdraw"
        fields = {"name": "Bob", "email": "bob@example.com", "qty_{line}": "1"}
        foreign = (
            *({}, {"access_token": "{bob_order.access_token}"}),
            *({"access_token": "é"}, {"access_token": "{submitted.access_token}"}),
            {"access_token": "00000000-0000-0000-0000-000000000000"},
        )
        self._attack(
            [
                Attack("bob", method, url, {**fields, "order_id": "{order}", **token})
                for method in ("GET", "POST")
                for token in foreign
            ]
            + [
                Attack("nobody", method, url, {"order_id": "{order}", **token})
                for method in ("GET", "POST")
                for token in foreign[1:]
            ]
            + [Attack("nobody", "POST", url, {**fields, "order_id": "{order}"}, 303)]
            + [
                Attack("bob", method, url, {"order_id": number})
                for method in ("GET", "POST")
                for number in ("", "0", "-1", "x", "9" * 30, "{quotation}", "1 OR 1=1")
            ]
            + [
                Attack("nobody", method, f"/returns/withdraw/{token}", fields)
                for method in ("GET", "POST")
                for token in ("x", "%C3%A9", "{order.access_token}", "{order}")
            ]
            + [
                Attack(who, "GET", "/my/returns/{submitted}/withdrawn", token)
                for who in ("bob", "nobody")
                for token in ({}, {"access_token": "{bob_submitted.access_token}"})
            ]
        )

    def test_statements_that_are_wrong(self):
        self._offer_withdrawal()
        url = "/my/returns/withdraw"
        own = {"order_id": "{bob_order}", "name": "Bob", "email": "bob@example.com"}
        line = {"qty_{bob_line}": "1"}
        self._attack(
            [
                Attack("bob", "POST", url, {**own, **line, **fields}, status)
                for fields, status in (
                    ({"qty_{line}": "1"}, 404),
                    ({"qty_999999999": "1"}, 404),
                    ({"qty_": "1"}, 404),
                    *(
                        ({"qty_{bob_line}": qty}, 422)
                        for qty in (
                            *("-1", "21", "1e1", "nan", "inf", "9" * 400, "０", "x"),
                            *("", "0", "0.0000001", "<script>alert(1)</script>"),
                        )
                    ),
                    ({"name": ""}, 422),
                    ({"name": "\u00a0\r\n"}, 422),
                    ({"email": ""}, 422),
                    ({"email": "x"}, 422),
                    ({"email": "a@example.com,b@example.com"}, 422),
                )
            ]
            + [Attack("bob", "POST", url, {**own, **line}, 400, csrf=False)]
        )

    def test_statements_are_confirmed_as_they_were_made(self):
        """By a post, of the same contract, unaltered, once."""
        self._offer_withdrawal()
        url = "/my/returns/withdraw"
        own = self._state()
        # Ada's own statement, in the hands of Bob
        foreign = self._state("ada", "")
        altered = own[:60] + chr(ord(own[60]) ^ 1) + own[61:]
        self._attack(
            [
                Attack(
                    "bob",
                    "POST",
                    url,
                    {"order_id": "{bob_order}", "statement": one},
                    422,
                )
                for one in (
                    foreign,
                    altered,
                    own[:-4],
                    own + "AAAA",
                    "",
                    "x",
                    "é",
                    "AQ",
                )
            ]
            + [
                Attack("bob", "POST", url, {"order_id": "{order}", "statement": one})
                for one in (own, foreign)
            ]
            + [
                Attack(
                    "bob",
                    "GET",
                    url,
                    {"order_id": "{bob_order}", "statement": own},
                    200,
                ),
                Attack(
                    "bob",
                    "POST",
                    url,
                    {"order_id": "{bob_order}", "statement": own},
                    400,
                    csrf=False,
                ),
            ]
        )
        right = Attack(
            "bob", "POST", url, {"order_id": "{bob_order}", "statement": own}, 303
        )
        self.assertEqual(self._send(right).status_code, 303)
        # to confirm twice is to confirm once
        self._attack([right, right])

    def test_acknowledgements_carry_no_letters_of_strangers(self):
        self._offer_withdrawal()
        evil = (
            "<script>alert(1)</script>{{1337*7331}}\r\nBcc: eve@example.com\x00\u202e"
        )
        url = "/my/returns/withdraw"
        fields = {"order_id": "{bob_order}", "qty_{bob_line}": "1"}
        page = self._send(
            Attack(
                "bob",
                "POST",
                url,
                {**fields, "name": evil, "email": '"x\r\nBcc: y" <bob@example.org>'},
            )
        )
        self.assertNotRegex(page.text, r"<script>alert|9801547")
        statement = re.search(r'name="statement"\s+value="([^"]+)"', page.text)
        response = self._send(
            Attack("bob", "POST", url, {**fields, "statement": statement[1]})
        )
        self.assertEqual(response.status_code, 303)
        rma = self.env["rma.authorization"].search(
            [("withdrawal_order_id", "=", self.stage["bob_order"].id)]
        )
        page = self.opener.get(self.base_url() + response.headers["Location"])
        self.assertEqual(page.status_code, 200)
        self.assertNotRegex(page.text, r"<script>alert|9801547")
        self.assertEqual(rma.withdrawal_email, "bob@example.org")
        before = self.env["mail.mail"].search([])
        for mail in self.env["rma.authorization.mail"].search([]):
            mail._send()
        mails = self.env["mail.mail"].search([]) - before
        self.assertTrue(mails)
        for mail in mails:
            self.assertNotRegex(str(mail.body_html), r"<script>alert|9801547")
            for header in (mail.email_to, mail.subject, mail.email_cc, mail.reply_to):
                self.assertNotRegex(header or "", r"eve@|[\r\n]")

    # -- tables ------------------------------------------------------------------------

    def test_rows_about_others_are_not_found(self):
        """Each is answered like one about nothing."""
        self.product.default_code = "RADIO-1"
        head = "order\tproduct\tquantity\n"
        self._attack(
            [
                Attack(
                    "bob",
                    "POST",
                    "/my/returns/table",
                    {"table": self._fill_in(table), "reason_id": "{reason}"},
                    422,
                )
                for table in (
                    head + "{order.name}\tRADIO-1\t1",
                    head + f"{SECRET.lower()} 1\tRADIO-1\t1",
                    head + "{quotation.name}\tRADIO-1\t1",
                    head + "%\tRADIO-1\t1",
                    head + "{bob_order.name}\tRADIO-1\t21",
                    head + "{bob_order.name}\tRADIO-1\t-1",
                    head + "{bob_order.name}\tRADIO-1\t1e309",
                    head + "{bob_order.name}\tRADIO-1\tnan",
                    head + "{bob_order.name}\tRADIO-1\t=1+1",
                    head + "{bob_order.name}\tRADIO-1\t" + "9" * 400,
                    "serial\n{picking.name}",
                    "serial\n<script>alert(1)</script>{{7*7}}",
                )
            ]
            + [
                Attack(
                    "bob", "POST", "/my/returns/table", {"table": "x", "reason_id": one}
                )
                for one in ("999999999", "x", "-1", "{order}999")
            ]
            + [
                Attack("nobody", "POST", "/my/returns/table", {"table": "x"}, 303),
                Attack("nobody", "GET", "/my/returns/table/template", {}, 303),
                Attack(
                    "bob", "POST", "/my/returns/table", {"table": "x"}, 400, csrf=False
                ),
            ]
        )

    def test_files_that_are_no_tables(self):
        entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        declared = b'<?xml version="1.0" encoding="UTF-16"?>' + entity.decode().encode(
            "utf-16"
        )
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", b"0" * 50_000_000)
        parts = io.BytesIO()
        with zipfile.ZipFile(parts, "w") as archive:
            for number in range(1000):
                archive.writestr(f"{number}.xml", b"<a/>")
        rows = {
            "nothing": b"",
            "an archive": b"PK\x03\x04" + b"\0" * 100,
            "a bomb": bomb.getvalue(),
            "many parts": parts.getvalue(),
            "a foreign entity": change_workbook(lambda xml: entity + xml),
            "a hidden entity": change_workbook(lambda xml: declared + xml),
            "no XML": change_workbook(lambda xml: b"<<<"),
            "a formula": make_workbook(["Serial"], ['=WEBSERVICE("http://x")']),
            "a command": b"Serial\n=cmd|' /C calc'!A0\n",
            "too large": b"Serial\n" + b"1\n" * 1_100_000,
            "too many rows": b"Serial\n" + b"1\n" * 2001,
            "too many columns": b"Serial" + b";x" * 30 + b"\n1;2\n",
            "a long cell": b"Serial\n" + b"x" * 300_000,
            "zeros": b"\0" * 1000,
            "a document": b"%PDF-1.4",
            "old office": b"\xd0\xcf\x11\xe0" + b"\0" * 100,
            "no text": bytes(range(128, 256)),
            "quotes": b'Serial\n"' + b"x" * 200_000,
        }
        self._attack(
            [
                Attack(
                    "bob",
                    "POST",
                    "/my/returns/table",
                    {"reason_id": "{reason}"},
                    422,
                    [("file", (f"{SECRET[:2]}.xlsx", content, "text/csv"))],
                )
                for content in rows.values()
            ]
        )
