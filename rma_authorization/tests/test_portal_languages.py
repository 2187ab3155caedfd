# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from lxml import html

from odoo.tests import tagged

from .portal import PortalCommon
from .test_mail_languages import ENGLISH, LANGUAGES

# What is written alike in both languages.
SAME = {"fr_FR": {"Documents", "Messages"}, "zh_CN": set()}
SPOKEN = ("alt", "aria-label", "placeholder", "title")


def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()


def read(term):
    """The words of a term of a template: without tags, on one line."""
    return squeeze(re.sub(r"<[^>]*>", " ", term))


@tagged("post_install", "-at_install")
class TestPortalLanguages(PortalCommon):
    """Customers read the pages in their language: every word of ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for language in LANGUAGES:
            cls.env["res.lang"]._activate_lang(language)
        cls.modules = (
            cls.env["ir.module.module"]
            .search([("name", "=like", "rma_authorization%")])
            .filtered(lambda module: module.state == "installed")
        )
        cls.env["ir.module.module"]._load_module_terms(
            cls.modules.mapped("name"), list(LANGUAGES), overwrite=True
        )
        cls.terms = cls._get_terms("en_US")

    @classmethod
    def _get_terms(cls, language):
        """The texts of the templates of all pages, as they are in this language."""
        data = cls.env["ir.model.data"].search(
            [
                ("model", "=", "ir.ui.view"),
                ("module", "in", cls.modules.mapped("name")),
                "|",
                ("name", "=like", "portal\\_%"),
                ("name", "=like", "sale\\_order\\_portal\\_%"),
            ]
        )
        views = cls.env["ir.ui.view"].with_context(lang=language)
        views = views.browse(data.mapped("res_id"))
        terms = views._fields["arch_db"].get_trans_terms
        return {
            read(term)
            for view in views
            for term in terms(view.arch_db)
            if re.search(r"[a-z]", read(term))
        }

    def _check_path(self, language, path, words):
        page = self._visit(f"/my/returns{path}")
        self._check_page(language, page, words)

    def _check_page(self, language, page, words):
        """The part of a page that is ours has these words, and no English."""
        tree = html.fromstring(page)
        self.assertEqual(tree.get("lang"), language.replace("_", "-"))
        (content,) = tree.xpath("//*[@id='wrap']")
        texts = {squeeze(text) for text in content.xpath(".//text()")}
        for name in SPOKEN:
            texts |= {squeeze(text) for text in content.xpath(f".//@{name}")}
        self.assertIn(words, texts)
        everything = "\n".join(texts)
        left = {term for term in self.terms if " " in term and term in everything}
        left |= self.terms & texts
        self.assertFalse(left - SAME[language])
        self.assertNotRegex(everything, ENGLISH)

    def _enter(self, language):
        self.customer.lang = language
        self.authenticate("portal_ada", "portal_ada")

    def _check_request(self, language, *words):
        """The pages of a new request, with what is wrong about it."""
        self._enter(language)
        words = iter(words)
        self._check_path(language, "/new", next(words))
        self._check_path(language, f"/new?order_id={self.order.id}", next(words))
        draft = self._begin()
        line = draft.line_ids
        self._check_path(language, f"/{draft.id}/edit", next(words))
        wrong = self._fill(draft, 422, **{f"resolution_{line.id}": "gold"})
        self._check_page(language, wrong.text, next(words))
        self._fill(draft)
        self._check_path(language, f"/{draft.id}/summary", next(words))

    def _check_returns(self, language, *words):
        """The list of returns, and the pages of one at three of its stages."""
        self._enter(language)
        words = iter(words)
        self._check_path(language, "", next(words))
        authorization = self._create_authorization(self.order)
        authorization.action_submit()
        self._check_path(language, f"/{authorization.id}", next(words))
        authorization.action_refuse("-")
        self._check_path(language, f"/{authorization.id}", next(words))
        other = self._authorize(self._sell(), 2)
        self._check_path(language, f"/{other.id}", next(words))
        self._check_path(language, "", next(words))

    def test_every_template_is_wholly_translated(self):
        self.assertIn("Hand in the request", self.terms)
        for language in LANGUAGES:
            with self.subTest(language=language):
                left = self._get_terms(language) & self.terms
                self.assertFalse(left - SAME[language])

    def test_form_and_label_are_in_the_language_of_the_customer(self):
        expected = {
            "fr_FR": ("Autorisation de retour", "Comment emballer", "Expéditeur"),
            "zh_CN": ("退货授权", "包装说明", "寄件人"),
        }
        for language, words in expected.items():
            self.customer.lang = language
            authorization = self._authorize(self._sell())
            printed = ""
            for name in ("form", "label"):
                printed += (
                    self.env["ir.actions.report"]
                    ._render_qweb_html(
                        f"rma_authorization.report_{name}", authorization.ids
                    )[0]
                    .decode()
                )
            texts = read(printed)
            for word in words:
                self.assertTrue(word in texts, f"{word} is lacking in {language}")
            for word in ("How to pack", "Return by", "Reason", "Quantity"):
                self.assertFalse(word in texts, f"{word} is English in {language}")

    def test_a_request_in_french(self):
        self._check_request(
            "fr_FR",
            "Rechercher une commande par son numéro, votre référence ou un article",
            "Au maximum 3",
            "C’est résolu, je n’ai besoin de rien d’autre",
            "Choisissez ce que vous souhaitez pour Radio.",
            "Une fois le retour autorisé, les articles doivent nous parvenir dans un "
            "délai de 30 jours.",
        )

    def test_a_request_in_chinese(self):
        self._check_request(
            "zh_CN",
            "按订单号、您的参考号或产品查找订单",
            "最多 3",
            "已解决，无需其他帮助",
            "请选择您希望如何处理 Radio。",
            "退货获授权后，商品送达我们的期限为 30 天。",
        )

    def test_returns_in_french(self):
        self._check_returns(
            "fr_FR",
            "Vous n’avez aucun retour. En cas de problème avec un article livré, "
            "cliquez sur « Retourner des articles ».",
            "C’est à nous d’agir",
            "Je ne suis pas d’accord",
            "Les frais de retour sont à notre charge.",
            "À vous d’agir",
        )

    def test_returns_in_chinese(self):
        self._check_returns(
            "zh_CN",
            "您没有退货。如果我们送达的商品有问题，请点击“申请退货”。",
            "由我们处理",
            "我有异议",
            "退货运费由我们承担。",
            "等待您处理",
        )
