# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import io
import zipfile
from pathlib import Path

import openpyxl
from lxml import html

from odoo.exceptions import UserError
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from ..models.rma_authorization_table_reader import MAX_BYTES, MAX_ROWS
from ..visitor import Visitor
from .common import RmaCommon


def write_workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


class TestTableReader(RmaCommon):
    """What is read of a table that somebody pastes or uploads (I8)."""

    def _read(self, text="", content=b"", lang="en_US"):
        reader = self.env["rma.authorization.table.reader"].with_context(lang=lang)
        return reader._read(text, content)

    def assertRead(self, rows, text="", content=b"", **kwargs):
        self.assertEqual(self._read(text, content, **kwargs), rows)

    def test_single_column_without_header_is_serial_numbers(self):
        self.assertRead(
            [{"row": 1, "serial": "A-1"}, {"row": 3, "serial": "A-2"}], "A-1\n\nA-2\n"
        )

    def test_columns_come_in_any_order_and_with_any_separator(self):
        expected = [{"row": 2, "qty": "2", "order": "S1", "product": "R-1"}]
        for mark in "\t;,，":
            with self.subTest(mark=mark):
                text = "Qty\tSales Order\tSKU\r\n2\tS1\tR-1\r\n"
                self.assertRead(expected, text.replace("\t", mark))
        self.assertRead(
            [{**expected[0], "row": 3}], "sep=|\nQty|Sales Order|SKU\n2|S1|R-1"
        )

    def test_headers_are_known_in_english_french_and_chinese(self):
        expected = [
            {"row": 2, "serial": "1", "order": "2", "product": "3", "qty": "4"}
            | {"reason": "5", "description": "6"}
        ]
        for headers in (
            "Serial Number;Order;Barcode;QUANTITY;Reason;Comment",
            "N° de série;Commande;Référence interne;Quantité;Motif;Commentaire",
            "序列号;订单号;条码;数量;退货原因;备注",
        ):
            with self.subTest(headers=headers):
                self.assertRead(expected, f"{headers}\n1;2;3;4;5;6")

    def test_unknown_columns_are_left_out(self):
        self.assertRead([{"row": 2, "serial": "A-1"}], "Colour;Serial\nred;A-1")

    def test_cells_may_hold_separators_and_line_breaks(self):
        self.assertRead(
            [
                {"row": 2, "serial": "A-1", "description": "Off; then on"},
                {"row": 3, "serial": "A-2"},
            ],
            'Serial;Fault\nA-1;"Off;\nthen on"\nA-2;\n',
        )

    def test_csv_is_read_in_the_encodings_of_spreadsheets(self):
        text = "Série;Défaut\nA-1;cassé"
        expected = [{"row": 2, "serial": "A-1", "description": "cassé"}]
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"):
            with self.subTest(encoding=encoding):
                self.assertRead(expected, content=text.encode(encoding))
        self.env["res.lang"]._activate_lang("zh_CN")
        self.assertRead(
            [{"row": 2, "serial": "A-1", "description": "不开机"}],
            content="序列号;描述\nA-1;不开机".encode("gb18030"),
            lang="zh_CN",
        )

    def test_workbook_is_read_with_the_values_that_were_saved(self):
        content = write_workbook(
            ["Order", "Product", "Qty", "Note"],
            ["S1", 4006381333931, 1.5, "=1+1"],
            [None, None, None, None],
            ["S2", 12.0, 2, None],
        )
        # nobody has computed the formula, so it has no value
        self.assertRead(
            [
                {"row": 2, "order": "S1", "product": 4006381333931, "qty": 1.5},
                {"row": 4, "order": "S2", "product": 12, "qty": 2},
            ],
            content=content,
        )

    def test_text_that_looks_like_a_formula_is_text(self):
        self.assertRead(
            [{"row": 2, "serial": "=HYPERLINK(1)"}], "Serial;Qty\n=HYPERLINK(1);"
        )

    def test_characters_that_nobody_sees_are_left_out(self):
        self.assertRead([{"row": 1, "serial": "A-1 B"}], "\u200bA-1\u00a0\x07B\u200e")

    def test_what_is_no_table_is_refused_with_a_sentence(self):
        for pattern, content in (
            ("no rows yet", b""),
            ("no rows yet", b"\n;;\n"),
            ("no rows below", b"Serial;Order\n"),
            ("name the columns", b"A-1;S1\n"),
            ("Two columns", b"Serial;Lot\n1;2"),
            ("can't be read", b"\xd0\xcf\x11\xe0 old"),
            ("can't be read", b"PK\x03\x04 broken"),
            ("more than 2 MB", b"A" * (MAX_BYTES + 1)),
            ("more than 2000 rows", b"1\n" * (MAX_ROWS + 2)),
            ("more than 2000 rows", b"1" + b"\n" * 20_001),
            ("more than 20 columns", b"Serial" + b";x" * 20 + b"\n1"),
        ):
            with (
                self.subTest(pattern=pattern, content=content[:20]),
                self.assertRefused(pattern),
            ):
                self._read(content=content)

    def test_as_many_rows_as_allowed_are_read(self):
        rows = self._read("Serial\n" + "1\n" * MAX_ROWS)
        self.assertEqual(len(rows), 2000)

    def _repack(self, **parts):
        """A workbook with other parts; its sheet is `sheet`."""
        output = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(write_workbook(["Serial"], ["A-1"]))) as source,
            zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for part in source.namelist():
                content = parts.get(Path(part).stem)
                target.writestr(part, content or source.read(part))
            target.writestr("more", parts.get("more", b""))
        return output.getvalue()

    def test_workbook_that_unpacks_to_too_much_is_refused(self):
        content = self._repack(more=bytes(31 * 1024**2))
        self.assertLess(len(content), 100_000)
        with self.assertRefused("too large"):
            self._read(content=content)

    def test_workbook_that_defines_entities_is_refused(self):
        sheet = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'
        for encoded in (sheet, sheet.decode().encode("utf-16")):
            with self.assertRefused("can't be read"):
                self._read(content=self._repack(sheet1=encoded))

    def test_sheet_that_claims_a_million_rows_is_read_as_far_as_allowed(self):
        sheet = (
            b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/'
            b'spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData>'
            b'<row r="1"><c r="A1" t="inlineStr"><is><t>Serial</t></is></c></row>'
            b'<row r="2"><c r="A2" t="inlineStr"><is><t>A-1</t></is></c></row>'
            b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
            b"</sheetData></worksheet>"
        )
        self.assertRead(
            [{"row": 2, "serial": "A-1"}], content=self._repack(sheet1=sheet)
        )

    def test_text_is_written_as_it_could_have_been_pasted(self):
        reader = self.env["rma.authorization.table.reader"].with_context(lang="en_US")
        for text in (
            "A-1\nA-2\n\nA-4\n",
            'Colour;Serial;Fault\n\nred;A-1;"Off; ""dead""\nnow"\n;A-2;\n',
            "Quantity;Order\n1.5;S1\n",
        ):
            with self.subTest(text=text):
                rows = reader._read(text)
                written = reader._write(rows)
                self.assertEqual(reader._read(written), rows)
                for row in rows:
                    line = written.split("\n")[row["row"] - 1]
                    self.assertIn(row.get("serial", "S1"), line)
        self.assertEqual(
            reader._write([{"row": 2, "order": "S1", "qty": 1.25}]),
            "Order\tQuantity\nS1\t1.25\n",
        )

    def test_template_can_be_filled_in_and_read(self):
        reader = self.env["rma.authorization.table.reader"].with_context(lang="en_US")
        reason = self.reason.copy({"code": "formula", "name": "=1+1"})
        book = openpyxl.load_workbook(
            io.BytesIO(reader._get_template(self.reason + reason))
        )
        self.assertEqual(
            [[cell.value for cell in row] for row in book.worksheets[1].iter_rows()],
            [["defective", "Defective"], ["formula", "=1+1"]],
        )
        self.assertEqual(book.worksheets[1]["B2"].data_type, "s")
        book.active.append(["A-1", "S1", "R-1", 2, "defective", "dead"])
        output = io.BytesIO()
        book.save(output)
        self.assertRead(
            [
                {"row": 2, "serial": "A-1", "order": "S1", "product": "R-1", "qty": 2}
                | {"reason": "defective", "description": "dead"}
            ],
            content=output.getvalue(),
        )


class TableCommon(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.default_code = "RADIO-1"
        cls.product.barcode = "4006381333931"
        cls.other_product.default_code = "SPEAKER-1"
        cls.visitor = Visitor(cls.customer, "portal")

    def _resolve(self, text, lang="en_US", **kwargs):
        table = self.env["rma.authorization.table"].with_context(lang=lang)
        rows = self.env["rma.authorization.table.reader"]._read(text)
        kwargs.setdefault("reason", self.reason)
        return table._resolve(rows, self.visitor, **kwargs)

    def assertFound(self, text, found, errors=(), **kwargs):
        """The quantities by order line, and what is said of the other rows: pairs of a
        row number and a pattern."""
        result, problems = self._resolve(text, **kwargs)
        self.assertEqual(
            {line: values["qty"] for line, values in result.items()}, found
        )
        self.assertEqual([p["row"] for p in problems], [row for row, _ in errors])
        for problem, (_row, pattern) in zip(problems, errors, strict=True):
            self.assertRegex(problem["message"], pattern)


@tagged("post_install", "-at_install")
class TestTable(TableCommon):
    """What the rows of a table mean, among the customer's own deliveries (I8, R79)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell(5, products=cls.product + cls.other_product)
        cls.order.client_order_ref = "PO 77"
        cls.line, cls.other_line = cls.order.order_line

    def test_order_and_product_are_found_by_any_of_their_numbers(self):
        for order in (self.order.name, self.order.name.lower(), "PO 77", "po 77"):
            for product in ("RADIO-1", "radio-1", "4006381333931"):
                with self.subTest(order=order, product=product):
                    self.assertFound(
                        f"Order;Product;Qty\n{order};{product};2", {self.line: 2.0}
                    )

    def test_rows_of_one_order_line_are_added_up(self):
        text = (
            "Order;Product;Qty;Fault\n"
            f"{self.order.name};RADIO-1;2;dead\n"
            f"{self.order.name};SPEAKER-1;;\n"
            f"{self.order.name};RADIO-1;1;noisy\n"
        )
        found, errors = self._resolve(text)
        self.assertFalse(errors)
        self.assertEqual(found[self.line]["qty"], 3.0)
        self.assertEqual(found[self.line]["description"], "dead\nnoisy")
        self.assertEqual(found[self.line]["rows"], [2, 4])
        self.assertEqual(found[self.other_line]["qty"], 1.0)

    def test_no_more_is_taken_than_can_still_be_returned(self):
        self._create_authorization(self.order, 1).action_submit()
        name = self.order.name
        self.assertFound(
            f"Order;Product;Qty\n{name};RADIO-1;3\n{name};RADIO-1;2\n{name};RADIO-1;1\n"
            f"{name};RADIO-1;1",
            {self.line: 4.0},
            [(3, "2 can't be returned, 1 Units are left"), (5, "nothing is left")],
        )

    def test_order_of_somebody_else_looks_like_none(self):
        foreign = self._sell(5, partner=self.other_customer)
        found, errors = self._resolve(
            f"Order;Product\n{foreign.name};RADIO-1\nS-NONE;RADIO-1"
        )
        self.assertFalse(found)
        self.assertEqual(
            [error["message"].replace(foreign.name, "S-NONE") for error in errors],
            ["You have no delivered order S-NONE. Check its number."] * 2,
        )

    def test_product_of_somebody_else_looks_like_none(self):
        secret = self._create_product("Secret", default_code="SECRET")
        self._sell(5, products=secret, partner=self.other_customer)
        _found, errors = self._resolve("Product;Qty\nSECRET;1\nNONE;1")
        self.assertEqual(
            [error["message"].replace("SECRET", "NONE") for error in errors],
            [errors[1]["message"]] * 2,
        )

    def test_colleague_and_head_office_are_one_customer(self):
        colleague = self.env["res.partner"].create(
            {"name": "Colleague", "parent_id": self.customer.id}
        )
        order = self._sell(1, partner=colleague)
        self.assertFound(
            f"Order;Product\n{order.name};RADIO-1", {order.order_line: 1.0}
        )

    def test_order_that_was_not_delivered_is_not_found(self):
        order = self._sell(5, deliver=False)
        self.assertFound(
            f"Order;Product\n{order.name};RADIO-1", {}, [(2, "no delivered order")]
        )

    def test_product_alone_is_enough_where_one_order_has_it(self):
        self.assertFound("Product;Qty\nRADIO-1;2", {self.line: 2.0})
        again = self._sell(1)
        self.assertFound(
            "Product;Qty\nRADIO-1;2",
            {},
            [(2, f"several orders.*{self.order.name}, {again.name}")],
        )
        # of what came back nothing is meant
        self._create_authorization(again, 1).action_submit()
        self.assertFound("Product;Qty\nRADIO-1;2", {self.line: 2.0})

    def test_order_alone_is_enough_where_it_has_one_product(self):
        order = self._sell(2)
        self.assertFound(
            f"Order;Qty\n{order.name};2\n{self.order.name};1",
            {order.order_line: 2.0},
            [(3, "several products.*RADIO-1.*SPEAKER-1")],
        )

    def test_two_lines_of_one_product_are_used_one_after_the_other(self):
        order = self._sell(2, products=self.product.concat(self.product, self.product))
        first, second, _third = order.order_line
        self.assertFound(
            f"Order;Product;Qty\n{order.name};RADIO-1;3", {first: 2.0, second: 1.0}
        )

    def test_reason_is_found_by_code_or_name_in_every_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        wrong = self.env.ref("rma_authorization.rma_authorization_reason_wrong_item")
        wrong.with_context(lang="fr_FR").name = "Mauvais article"
        for name in ("wrong_item", "WRONG ITEM", wrong.name, "mauvais article"):
            with self.subTest(name=name):
                found, errors = self._resolve(
                    f"Order;Product;Reason\n{self.order.name};RADIO-1;{name}"
                )
                self.assertFalse(errors)
                self.assertEqual(found[self.line]["reason"], wrong)

    def test_row_without_a_known_reason_says_which_there_are(self):
        name = self.order.name
        self.assertFound(
            f"Order;Product;Reason\n{name};RADIO-1;bored\n{name};RADIO-1;\n"
            f"{name};RADIO-1;defective",
            {self.line: 1.0},
            [(2, "“bored” is no reason.*Defective"), (3, "Say why")],
            reason=None,
        )

    def test_two_reasons_for_one_order_line_are_refused(self):
        name = self.order.name
        self.assertFound(
            f"Order;Product;Reason\n{name};RADIO-1;defective\n{name};RADIO-1;upgrade",
            {self.line: 1.0},
            [(3, "Row 2 gives another reason")],
        )

    def test_quantity_is_a_number_above_zero(self):
        bad = ["0", "-1", "nan", "inf", "1e3", "two", "0x1", "9" * 13, "1.2.3", "1.001"]
        rows = "\n".join(f"{self.order.name}\tRADIO-1\t{qty}" for qty in bad)
        _found, errors = self._resolve(f"Order\tProduct\tQty\n{rows}")
        self.assertEqual(len(errors), len(bad))
        for error in errors[:-1]:
            self.assertRegex(error["message"], "is no quantity")
        self.assertRegex(errors[-1]["message"], "finer than Units are counted")

    def test_quantity_is_read_as_the_visitors_language_writes_it(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        parse = {
            lang: self.env["rma.authorization.table"].with_context(lang=lang)._parse_qty
            for lang in ("en_US", "fr_FR")
        }
        for lang, text, qty in (
            ("en_US", "1.5", 1.5),
            ("en_US", "1,5", 1.5),
            ("en_US", "1,000", 1000.0),
            ("en_US", "1,234.5", 1234.5),
            ("en_US", "0,500", 0.5),
            ("fr_FR", "1,5", 1.5),
            ("fr_FR", "1,000", 1.0),
            ("fr_FR", "1\u202f000,5", 1000.5),
            ("fr_FR", 1.125, 1.125),
            ("en_US", "３", 3.0),
        ):
            with self.subTest(lang=lang, text=text):
                self.assertEqual(parse[lang](text), qty)

    def test_table_is_named_and_answered_in_the_visitors_language(self):
        for lang, header, sentence in (
            ("fr_FR", "Commande;Code article;Quantité", "aucune commande livrée S-1"),
            ("zh_CN", "订单;产品编码;数量", "您没有已送达的订单 S-1"),
        ):
            with self.subTest(lang=lang):
                self.env["res.lang"]._activate_lang(lang)
                reader = self.env["rma.authorization.table.reader"]
                labels = reader.with_context(lang=lang)._get_labels().values()
                self.assertLess(set(header.split(";")), set(labels))
                self.assertFound(
                    f"{header}\n{self.order.name};RADIO-1;1,5\nS-1;RADIO-1;1",
                    {self.line: 1.5},
                    [(3, sentence)],
                    lang=lang,
                )

    def test_serial_number_without_a_field_for_it_is_kept_in_words(self):
        found, errors = self._resolve(
            f"Order;Product;Serial\n{self.order.name};RADIO-1;X-99"
        )
        self.assertFalse(errors)
        self.assertIn("X-99", found[self.line]["description"])

    def test_goods_of_two_companies_take_two_tables(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        product = self._create_product(
            "Foreign", default_code="FOREIGN", company_id=company.id
        )
        order = self._sell(1, products=product)
        self.assertFound(
            f"Order;Product\n{self.order.name};RADIO-1\n{order.name};FOREIGN",
            {self.line: 1.0},
            [(3, "another company")],
        )
        self.assertFound(
            f"Order;Product\n{order.name};FOREIGN",
            {},
            [(2, "no delivered order")],
            company=self.company,
        )

    def test_many_rows_take_no_more_queries_than_few(self):
        counts = []
        for count in (1, 200):
            rows = f"{self.order.name};RADIO-1;0.01\n" * count
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found, errors = self._resolve(f"Order;Product;Qty\n{rows}")
            counts.append(self.env.cr.sql_log_count - before)
            self.assertFalse(errors)
            self.assertEqual(found[self.line]["qty"], round(count / 100, 2))
        self.assertLessEqual(counts[1], counts[0])

    # -- drafts --------------------------------------------------------------------

    def _start(self, text):
        found, errors = self._resolve(text)
        self.assertFalse(errors)
        return self.env["rma.authorization.table"]._start(self.visitor, found)

    def test_rows_go_on_the_visitors_unfinished_request(self):
        draft = self._start(
            f"Order;Product;Qty;Fault\n{self.order.name};RADIO-1;2;dead"
        )
        self.assertEqual(draft.state, "draft")
        self.assertEqual(draft.channel, "portal")
        self.assertRecordValues(
            draft.line_ids,
            [
                {
                    "sale_line_id": self.line.id,
                    "qty_requested": 2.0,
                    "reason_id": self.reason.id,
                    "description": "dead",
                }
            ],
        )
        self.assertEqual(
            self._start(f"Order;Product\n{self.order.name};SPEAKER-1"), draft
        )
        self.assertEqual(len(draft.line_ids), 2)

    def test_same_table_twice_changes_nothing(self):
        text = f"Order;Product;Qty\n{self.order.name};RADIO-1;2"
        self.assertEqual(self._start(text), self._start(text))
        self.assertEqual(self._start(text).line_ids.qty_requested, 2.0)

    # -- back office ---------------------------------------------------------------

    def _import(self, authorization, user=None, **vals):
        wizard = (
            self.env["rma.authorization.import"]
            .with_user(user or self.agent)
            .create(
                {
                    "authorization_id": authorization.id,
                    "reason_id": self.reason.id,
                    **vals,
                }
            )
        )
        return wizard, wizard.action_import()

    def test_agent_imports_rows_into_a_draft(self):
        authorization = self._create_authorization(self._sell(1))
        content = write_workbook(
            ["Order", "Product", "Qty"],
            [self.order.name, "RADIO-1", 2],
            [self.order.name, "SPEAKER-1", 1],
        )
        _wizard, action = self._import(
            authorization, file=base64.b64encode(content), resolution="exchange"
        )
        self.assertEqual(action["type"], "ir.actions.act_window_close")
        self.assertRecordValues(
            authorization.line_ids[1:],
            [
                {"sale_line_id": self.line.id, "qty_requested": 2.0}
                | {"resolution": "exchange"},
                {"sale_line_id": self.other_line.id, "qty_requested": 1.0}
                | {"resolution": "exchange"},
            ],
        )

    def test_window_stays_open_with_the_rows_that_are_wrong(self):
        authorization = self._create_authorization(self._sell(1))
        foreign = self._sell(1, partner=self.other_customer)
        wizard, action = self._import(
            authorization,
            text=f"Order;Product\n{foreign.name};RADIO-1\n{self.order.name};RADIO-1",
        )
        self.assertEqual(action["res_id"], wizard.id)
        self.assertRegex(wizard.problems, "^Row 2: You have no delivered order")
        self.assertEqual(wizard.taken_count, 1)
        self.assertEqual(authorization.line_ids[1:].sale_line_id, self.line)

    def test_nothing_is_imported_into_what_was_handed_in(self):
        authorization = self._create_authorization(self._sell(1))
        authorization.action_submit()
        with self.assertRefused("no draft any more"):
            self._import(authorization, text=f"Order\n{self.order.name}")

    def test_technicians_import_nothing(self):
        authorization = self._create_authorization(self._sell(1))
        with self.assertRaises(UserError):
            self._import(authorization, self.technician, text="Order\nS1")


@tagged("post_install", "-at_install")
class TestTablePage(TableCommon, HttpCase):
    """The page on which customers paste or upload a table."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell(5)
        cls.foreign = cls._sell(5, partner=cls.other_customer)
        cls.portal = new_test_user(
            cls.env,
            "rma_table_portal",
            groups="base.group_portal",
            partner_id=cls.customer.id,
        )

    def setUp(self):
        super().setUp()
        self.authenticate("rma_table_portal", "rma_table_portal")

    def _post(self, data=None, **kwargs):
        return self.url_open(
            "/my/returns/table",
            data={
                "csrf_token": Request.csrf_token(self),
                "reason_id": self.reason.id,
                **(data or {}),
            },
            **kwargs,
        )

    def _get_drafts(self):
        return self.env["rma.authorization"].search(
            [("channel", "=", "portal"), ("partner_id", "=", self.customer.id)]
        )

    def test_customer_pastes_rows_and_continues_with_the_request(self):
        page = self.url_open("/my/returns/table")
        self.assertEqual(page.status_code, 200)
        tree = html.fromstring(page.text)
        self.assertEqual(len(tree.findall(".//h1")), 1)
        for field in tree.xpath("//form[@action='/my/returns/table']//*[@id]"):
            if field.tag in ("input", "select", "textarea"):
                self.assertTrue(tree.xpath(f"//label[@for='{field.get('id')}']"))
        page = self._post(
            {
                "table": "Order;Product;Qty;Fault\n"
                f"{self.order.name};RADIO-1;2;<script>alert(1)</script>\n"
                f"{self.foreign.name};RADIO-1;1;\n"
            }
        )
        self.assertEqual(page.status_code, 200)
        draft = self._get_drafts()
        self.assertEqual(draft.line_ids.qty_requested, 2.0)
        self.assertIn(f"/my/returns/{draft.id}/edit", page.text)
        self.assertIn(f"You have no delivered order {self.foreign.name}", page.text)
        self.assertNotIn("<script>alert", page.text)
        # the whole table once more, to be corrected
        tree = html.fromstring(page.text)
        table = tree.xpath("//textarea[@id='table']")[0].text
        self.assertIn(f"{self.foreign.name}\tRADIO-1\t1", table)
        page = self._post({"table": table.replace(self.foreign.name, "S-NONE")})
        self.assertIn("no delivered order S-NONE", page.text)
        self.assertEqual(self._get_drafts().line_ids.qty_requested, 2.0)

    def test_customer_uploads_a_workbook(self):
        content = write_workbook(
            ["Order", "Product", "Qty"], [self.order.name, "RADIO-1", 3]
        )
        page = self._post(files={"file": ("returns.xlsx", content)})
        self.assertEqual(page.status_code, 200)
        self.assertEqual(self._get_drafts().line_ids.qty_requested, 3.0)

    def test_what_is_no_table_is_said_on_the_page_and_kept(self):
        for data in ({"table": "A;B\n1;2"}, {"table": " "}):
            page = self._post(data)
            self.assertEqual(page.status_code, 422)
            self.assertIn('role="alert"', page.text)
            self.assertIn('aria-invalid="true"', page.text)
        page = self._post({"table": "A;B\n<b>1</b>;2"})
        self.assertIn("&lt;b&gt;1&lt;/b&gt;;2", page.text)
        self.assertFalse(self._get_drafts())

    def test_nothing_is_written_where_no_row_is_good(self):
        page = self._post({"table": f"Order\n{self.foreign.name}"})
        self.assertEqual(page.status_code, 422)
        self.assertFalse(self._get_drafts())

    def test_reason_that_is_none_is_not_found(self):
        for reason_id in ("0x1", "999999999"):
            page = self._post({"table": "Order\nS1", "reason_id": reason_id})
            self.assertEqual(page.status_code, 404)

    def test_post_without_token_is_refused(self):
        with self.assertLogs("odoo.http", "WARNING"):
            page = self._post({"table": "Order\nS1", "csrf_token": "no"})
        self.assertEqual(page.status_code, 400)

    def test_template_is_a_workbook_with_the_reasons(self):
        response = self.url_open("/my/returns/table/template")
        self.assertEqual(response.status_code, 200)
        book = openpyxl.load_workbook(io.BytesIO(response.content))
        self.assertEqual(book.active["A1"].value, "Serial Number")
        self.assertIn("defective", [cell.value for cell in book.worksheets[1]["A"]])

    def test_strangers_sign_in_first(self):
        self.authenticate(None, None)
        page = self.url_open("/my/returns/table", allow_redirects=False)
        self.assertEqual(page.status_code, 303)
        self.assertIn("/web/login", page.headers["Location"])
