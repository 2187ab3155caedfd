# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import io

from PIL import Image

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestDockAccessories(RmaStockCommon):
    """What has to come back with the goods is ticked at the dock, and photos are kept
    of what came."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        categories = cls.env["product.category"].create(
            [{"name": "Electronics"}, {"name": "Books"}]
        )
        categories[:1].child_id = cls.env["product.category"].create({"name": "Audio"})
        cls.product.categ_id = categories[:1].child_id
        other = cls.env["res.company"].create({"name": "Sister"})
        template = cls.product.product_tmpl_id
        cls.accessories = (
            cls.env["rma.authorization.accessory"]
            .with_user(cls.manager)
            .create(
                [
                    {"name": "Charger", "product_tmpl_id": template.id},
                    {"name": "Manual", "categ_id": categories[0].id},
                    {"name": "Bookmark", "categ_id": categories[1].id},
                    {
                        "name": "Dust Bag",
                        "product_tmpl_id": template.id,
                        "active": False,
                    },
                ]
            )
        )
        cls.env["rma.authorization.accessory"].create(
            {
                "name": "Sister's Box",
                "categ_id": categories[0].id,
                "company_id": other.id,
            }
        )
        cls.order = cls._sell_from_stock(cls.product, 5)

    def setUp(self):
        super().setUp()
        self.dock = (
            self.env["rma.authorization.dock"]
            .with_user(self.worker)
            .with_context(allowed_company_ids=self.company.ids)
        )
        self.authorization = self._authorize(self.order, 2)
        self.line = self.authorization.line_ids

    def _receive_without(self, *accessories, qty=1):
        [row] = self._scan()["rma"]["rows"]
        goods = {"line_id": row["line_id"], "product_id": row["product_id"], "qty": qty}
        missing = [
            {"line_id": self.line.id, "accessory_id": accessory.id}
            for accessory in accessories
        ]
        return self.dock.receive(self.authorization.id, [goods], missing)

    def _scan(self):
        return self.dock.scan(self.authorization.rma_number)

    def _open_window(self):
        return (
            self.env["rma.authorization.inspect"]
            .with_user(self.technician)
            .create({"authorization_ids": self.authorization.ids})
        )

    # -- accessories -------------------------------------------------------------------

    def test_the_dock_lists_what_belongs_to_the_goods(self):
        [row] = self._scan()["rma"]["rows"]
        self.assertEqual(
            [accessory["name"] for accessory in row["accessories"]],
            ["Charger", "Manual"],
        )
        self.accessories.unlink()
        [row] = self._scan()["rma"]["rows"]
        self.assertEqual(row["accessories"], [])

    def test_what_is_missing_is_kept_and_proposed_to_the_inspector(self):
        answer = self._receive_without(self.accessories[0])
        self.assertEqual(answer["verdict"], "accept")
        self.assertEqual(self.line.qty_received, 1)
        missing = self.line.missing_ids.with_user(self.technician)
        self.assertEqual(missing.name, "Charger")
        self.assertEqual(missing.user_id, self.worker)
        self.assertTrue(missing.date)
        self.assertRegex(
            self.line.with_user(self.technician).missing_accessories,
            r"^Charger \(rma_worker.*\)$",
        )
        window = self._open_window()
        self.assertRecordValues(
            window.row_ids, [{"is_incomplete": True, "missing_parts": "Charger"}]
        )
        window.action_apply()
        self.assertTrue(self.line.inspection_ids.is_incomplete)

    def test_the_inspection_desk_proposes_what_the_dock_missed(self):
        self._receive_without(self.accessories[0])
        desk = self.env["rma.authorization.desk"].with_user(self.technician)
        unit = desk.get_unit(self.line.id)
        self.assertEqual(unit["missing"], "Charger")
        self.assertEqual(
            unit["incomplete"], {"is_incomplete": True, "missing_parts": "Charger"}
        )

    def test_parcels_without_the_same_accessory_are_proposed_once(self):
        charger, manual = self.accessories[:2]
        self._receive_without(charger)
        self._receive_without(charger, manual)
        self.assertEqual(len(self.line.missing_ids), 3)
        self.assertEqual(self._open_window().row_ids.missing_parts, "Charger, Manual")

    def test_whoever_is_complete_is_not_bothered(self):
        self._receive_without(qty=2)
        self.assertFalse(self.line.missing_ids)
        self.assertFalse(self._open_window().row_ids.is_incomplete)

    def test_the_record_outlives_the_catalogue(self):
        self._receive_without(self.accessories[0])
        self.accessories[0].unlink()
        self.assertEqual(self.line.missing_ids.name, "Charger")

    def test_accessories_of_other_goods_are_not_missing(self):
        for accessory in self.accessories[2:]:
            with self.assertRefused("has changed in the meantime"):
                self._receive_without(accessory)
        self.assertEqual(self.line.qty_received, 0)

    # -- photos ------------------------------------------------------------------------

    def _get_photo(self):
        stream = io.BytesIO()
        Image.new("RGB", (8, 8), "red").save(stream, "JPEG")
        return base64.b64encode(stream.getvalue()).decode()

    def _get_files(self):
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", "rma.authorization"),
                ("res_id", "=", self.authorization.id),
            ]
        )

    def test_a_photo_is_kept_with_the_return(self):
        before = self._get_files()
        name = self.dock.attach_photo(
            self.authorization.id, "IMG 1.HEIC", self._get_photo()
        )
        photo = self._get_files() - before
        self.assertEqual(name, "IMG 1.jpg")
        self.assertRecordValues(
            photo,
            [{"mimetype": "image/jpeg", "name": name, "create_uid": self.worker.id}],
        )
        self.assertEqual(photo.with_user(self.technician).name, name)

    def test_a_photo_of_an_unexpected_parcel_is_kept_with_its_draft(self):
        self.company.rma_unknown_parcel = "register"
        draft_id = self.dock.register(["1Z-???"])["rma"]["id"]
        self.dock.attach_photo(draft_id, "box.jpg", self._get_photo())
        self.assertTrue(
            self.env["ir.attachment"].search(
                [("res_model", "=", "rma.authorization"), ("res_id", "=", draft_id)]
            )
        )

    def test_what_is_no_photo_is_refused(self):
        script = base64.b64encode(b"<script>alert(1)</script>").decode()
        for content, sentence in (
            (script, "can't be taken"),
            ("", "is empty"),
            ("no base64!", "arrived damaged"),
        ):
            with self.assertRefused(sentence):
                self.dock.attach_photo(self.authorization.id, "x.jpg", content)
        with self.assertRefused("belongs to a return"):
            self.dock.attach_photo(False, "x.jpg", self._get_photo())

    def test_only_who_receives_attaches_photos(self):
        outsider = new_test_user(self.env, "rma_out", groups="stock.group_stock_user")
        for user in (outsider, self.technician):
            with self.assertRaises(AccessError):
                self.dock.with_user(user).attach_photo(
                    self.authorization.id, "x.jpg", self._get_photo()
                )
