# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import csv
import io
import re
import unicodedata
import zipfile
import zlib
from itertools import islice

import openpyxl
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from odoo import api, models
from odoo.exceptions import UserError

# Enough for a pallet of serial numbers, and read within a second.
MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 2000
MAX_COLUMNS = 20
# with the empty ones
MAX_LINES = 10 * MAX_ROWS
# A workbook is a zip archive: what its directory promises is asked before it is opened.
MAX_UNPACKED_BYTES = 30 * 1024 * 1024
MAX_PARTS = 200

# What people write above their columns, in the languages of our customers; the
# visitor's own language comes from the translations of `_get_labels`.
HEADERS = {
    "serial": (
        "serial, serial number, serial no, serials, s/n, sn, lot, lot number, "
        "lot/serial number, numéro de série, n° de série, no de série, série, "
        "numéro de lot, lot/numéro de série, 序列号, 批次, 批号, 批次/序列号"
    ),
    "order": (
        "order, order number, order no, sales order, order reference, purchase order, "
        "commande, numéro de commande, n° de commande, bon de commande, "
        "订单, 订单号, 销售订单, 采购订单"
    ),
    "product": (
        "product, product code, item, item number, sku, article, internal reference, "
        "barcode, ean, default_code, produit, référence, référence interne, "
        "code article, code produit, code-barres, 产品, 产品编码, 商品, 货号, "
        "内部参考, 内部编号, 条码, 条形码"
    ),
    "qty": "quantity, qty, pieces, pcs, quantité, qté, pièces, 数量, 件数",
    "reason": (
        "reason, return reason, reason code, motif, raison, motif de retour, "
        "原因, 退货原因, 原因代码"
    ),
    "description": (
        "description, fault, fault description, comment, comments, note, notes, "
        "commentaire, défaut, panne, remarque, 描述, 故障描述, 说明, 备注"
    ),
}


class RmaAuthorizationTableReader(models.AbstractModel):
    """Reads tables that people paste or upload: CSV, text from a spreadsheet, XLSX.

    Nothing is believed of a file but its bytes: not its name, not its type, not the
    sizes it claims. Formulas are never computed: a workbook counts with the values
    that were saved in it, and text that begins with an equals sign is that text.
    """

    _name = "rma.authorization.table.reader"
    _description = "Reader of Tables of Returns"

    # -- entry ---------------------------------------------------------------------

    @api.model
    def _read(self, text="", content=b""):
        """The rows of a pasted text, or else of an uploaded file.

        :param str text: separated by tabs, semicolons or commas
        :param bytes content: a CSV or XLSX file
        :return: list of {"row": its number as people count, "serial": …, "order": …,
            "product": …, "qty": …, "reason": …, "description": …}; cells are text, or
            numbers where a workbook has numbers; columns that lack are left out
        :raise UserError: if it is no such table, is too large, or has no known columns
        """
        if text and text.strip():
            rows = self._read_text(self._check_bytes(text.encode()).decode())
        elif content:
            rows = self._read_file(self._check_bytes(content))
        else:
            raise UserError(
                self.env._("There are no rows yet. Paste them, or choose a file.")
            )
        return self._name_columns(self._clean(rows))

    def _check_bytes(self, content):
        if len(content) > MAX_BYTES:
            raise UserError(
                self.env._(
                    "This table has more than %(size)s MB. Split it into smaller ones.",
                    size=MAX_BYTES // 1024**2,
                )
            )
        return content

    def _read_file(self, content):
        if content.startswith(b"PK\x03\x04"):
            return self._read_workbook(content)
        if content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
            raise self._get_format_error()
        return self._read_text(self._decode(content))

    def _get_format_error(self):
        return UserError(
            self.env._(
                "This file can't be read. Save the table as XLSX or CSV and choose "
                "that file, or copy its rows and paste them."
            )
        )

    # -- text ----------------------------------------------------------------------

    def _decode(self, content):
        """Text of a CSV file, in the encodings that spreadsheets write."""
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            encodings = ["utf-16"]
        elif b"\x00" in content[:200]:
            encodings = ["utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"]
        else:
            # Excel in China saves GB 18030, elsewhere in the West Windows-1252
            is_chinese = (self.env.lang or "").startswith("zh")
            encodings = ["utf-8-sig", *(["gb18030"] if is_chinese else []), "cp1252"]
        for encoding in encodings:
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
        raise self._get_format_error()

    def _read_text(self, text):
        text = text.removeprefix("\ufeff").replace("\x00", "")
        first, _newline, rest = text.partition("\n")
        # what Excel writes for itself into the first line
        if named := re.fullmatch(r"sep=(.)\s*", first.strip("\r"), re.IGNORECASE):
            delimiter, text = named[1], rest
        else:
            delimiter = self._get_delimiter(text)
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            rows = list(enumerate(islice(reader, MAX_LINES + 1), 1))
        except csv.Error as error:
            raise self._get_format_error() from error
        return [(number + bool(named), cells) for number, cells in rows]

    def _get_delimiter(self, text):
        """What separates the cells of the first line that has some."""
        line = next((line for line in text.splitlines() if line.strip()), "")
        # what is in quotes separates nothing
        line = re.sub(r'"[^"]*"', "", line)
        return next((mark for mark in "\t;,，" if mark in line), "\t")

    # -- workbooks -----------------------------------------------------------------

    def _read_workbook(self, content):
        """Cells of the first sheet, as they were saved."""
        try:
            self._check_archive(content)
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            # A sheet may say that it is a million rows high: we stop by ourselves.
            rows = book.worksheets[0].iter_rows(
                max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS + 1, values_only=True
            )
            return [(number, list(cells)) for number, cells in enumerate(rows, 1)]
        # whatever the libraries raise for a file that is no workbook
        except (
            AttributeError,
            EOFError,
            InvalidFileException,
            LookupError,
            NotImplementedError,
            OSError,
            OverflowError,
            RuntimeError,
            SyntaxError,
            TypeError,
            ValueError,
            zipfile.BadZipFile,
            zlib.error,
        ) as error:
            raise self._get_format_error() from error

    def _check_archive(self, content):
        """Refuse archives that unpack to too much, and XML that defines entities.

        Python's zipfile unpacks no more of a part than the directory says, so the sum
        is a limit whatever the archive holds.
        """
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if (
                len(parts) > MAX_PARTS
                or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES
            ):
                raise UserError(
                    self.env._(
                        "This workbook is too large. Copy the rows that you return "
                        "into a new one, without pictures, or paste them."
                    )
                )
            for part in parts:
                # in UTF-16 there are zeros between the letters
                if b"<!DOCTYPE" in archive.read(part).replace(b"\x00", b"").upper():
                    raise self._get_format_error()

    # -- columns -------------------------------------------------------------------

    def _clean(self, rows):
        """Rows that say something, with tidy cells."""
        cleaned = []
        for number, cells in rows:
            cells = [self._tidy(cell) for cell in cells]
            while cells and cells[-1] == "":
                cells.pop()
            if cells:
                cleaned.append((number, cells))
        if not cleaned:
            raise UserError(
                self.env._("There are no rows yet. Paste them, or choose a file.")
            )
        # besides the header
        if len(cleaned) > MAX_ROWS + 1 or len(rows) > MAX_LINES:
            raise UserError(
                self.env._(
                    "This table has more than %(rows)s rows. Split it into smaller "
                    "ones.",
                    rows=MAX_ROWS,
                )
            )
        if max(len(cells) for _number, cells in cleaned) > MAX_COLUMNS:
            raise UserError(
                self.env._(
                    "This table has more than %(columns)s columns. Leave out what "
                    "isn't needed.",
                    columns=MAX_COLUMNS,
                )
            )
        return cleaned

    def _tidy(self, cell):
        """Text without what can't be seen; numbers stay numbers."""
        if cell is None:
            return ""
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
        visible = "".join(
            char if unicodedata.category(char)[0] != "C" else " "
            for char in str(cell)
            # byte order marks and marks of width or direction stand inside of words
            if unicodedata.category(char) != "Cf"
        )
        return " ".join(visible.split())

    def _name_columns(self, rows):
        """Rows by name of column; a single column without a header is of serials."""
        columns = self._get_columns(rows[0][1])
        if columns:
            rows = rows[1:]
        elif max(len(cells) for _number, cells in rows) == 1:
            columns = {0: "serial"}
        else:
            raise UserError(
                self.env._(
                    "The first row has to name the columns, for example: %(columns)s.",
                    columns=", ".join(self._get_labels().values()),
                )
            )
        if not rows:
            raise UserError(
                self.env._("There are no rows below the names of the columns.")
            )
        named = []
        for number, cells in rows[:MAX_ROWS]:
            values = {
                name: cells[index]
                for index, name in columns.items()
                if index < len(cells) and cells[index] != ""
            }
            named.append({"row": number, **values})
        return named

    def _get_columns(self, cells):
        """{position: name of column} if this row is a header, else nothing."""
        names = self._get_header_names()
        columns = {}
        for index, cell in enumerate(cells):
            name = names.get(self._simplify(cell))
            if name in columns.values():
                raise UserError(
                    self.env._(
                        "Two columns are for “%(column)s”. Leave out one of them.",
                        column=self._get_labels()[name],
                    )
                )
            if name:
                columns[index] = name
        return columns

    def _get_header_names(self):
        names = {
            self._simplify(header): name
            for name, headers in HEADERS.items()
            for header in headers.split(", ")
        }
        for name, label in self._get_labels().items():
            names.setdefault(self._simplify(label), name)
        return names

    @api.model
    def _get_labels(self):
        """The columns in the visitor's language, as templates name them."""
        return {
            "serial": self.env._("Serial Number"),
            "order": self.env._("Order"),
            "product": self.env._("Product Code"),
            "qty": self.env._("Quantity"),
            "reason": self.env._("Reason"),
            "description": self.env._("Fault Description"),
        }

    @api.model
    def _simplify(self, cell):
        """Letters and digits alone, without case and accents: for comparing."""
        decomposed = unicodedata.normalize("NFKD", str(cell)).casefold()
        return "".join(char for char in decomposed if char.isalnum())

    @api.model
    def _write(self, rows):
        """Text of these rows, as somebody could have pasted it: row number is line
        number.

        :param list rows: as `_read` returns them
        """
        labels = self._get_labels()
        names = [name for name in labels if any(name in row for row in rows)]
        output = io.StringIO(newline="")
        writer = csv.writer(output, dialect=csv.excel_tab, lineterminator="\n")
        line = 0
        if rows[0]["row"] > 1:
            writer.writerow([labels[name] for name in names])
            line = 1
        for row in rows:
            output.write("\n" * (row["row"] - line - 1))
            writer.writerow([self._write_cell(row.get(name, "")) for name in names])
            line = row["row"]
        return output.getvalue()

    def _write_cell(self, cell):
        """Numbers as the visitor writes them."""
        if not isinstance(cell, float):
            return cell
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        return f"{cell:.12g}".replace(".", lang.decimal_point or ".")

    # -- template ------------------------------------------------------------------

    @api.model
    def _get_template(self, reasons):
        """A workbook to fill in: the columns, and on a second sheet the reasons.

        :param reasons: the reasons that customers may choose
        :return: bytes of an XLSX file
        """
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = self.env._("Returns")[:31]
        for index, label in enumerate(self._get_labels().values(), 1):
            sheet.cell(row=1, column=index, value=label).font = Font(bold=True)
            column = sheet.column_dimensions[get_column_letter(index)]
            column.width = 24
            # as text, so that numbers keep their zeros in front
            column.number_format = "@"
        choices = book.create_sheet(self.env._("Reasons")[:31])
        for reason in reasons:
            choices.append([reason.code, reason.name])
        for row in choices.iter_rows():
            for cell in row:
                # a name that begins with an equals sign is no formula
                cell.data_type = "s"
        output = io.BytesIO()
        book.save(output)
        return output.getvalue()
