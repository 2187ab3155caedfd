# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo.tests import tagged

from .test_mail_queue import MailQueueCommon

LANGUAGES = ("fr_FR", "zh_CN")
ENGLISH = re.compile(r"\b(hello|your|please|return|goods|answer|have|the)\b", re.I)


@tagged("post_install", "-at_install")
class TestMailLanguages(MailQueueCommon):
    """Customers are written to in their language: words, names, dates, numbers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for language in LANGUAGES:
            cls.env["res.lang"]._activate_lang(language)
        modules = cls.env["ir.module.module"].search(
            [("name", "=like", "rma_authorization%"), ("state", "=", "installed")]
        )
        cls.env["ir.module.module"]._load_module_terms(
            modules.mapped("name"), list(LANGUAGES), overwrite=True
        )
        cls.product.with_context(lang="fr_FR").name = "Poste de radio"
        cls.product.with_context(lang="zh_CN").name = "收音机"

    def _tell(self, language, event):
        """The mail about `event` to a customer of this language."""
        self.customer.lang = language
        authorization = self._authorize(self._sell(3), 1.5)
        authorization.date_deadline = "2030-12-24"
        authorization.sudo().mail_ids._withdraw()
        authorization._queue_mail(f"rma_authorization.mail_template_{event}")
        self._run_queue()
        mail = self._get_mails(authorization)
        return authorization, mail.subject, self._get_words(mail)

    def test_english(self):
        authorization, subject, words = self._tell("en_US", "authorized")
        self.assertIn(f"your return {authorization.rma_number} is auth", subject)
        self.assertIn("Hello Ada Customer,", words)
        self.assertIn("1.5 x Radio", words)
        self.assertIn("so that it arrives by *12/24/2030*", words)

    def test_french(self):
        authorization, subject, words = self._tell("fr_FR", "authorized")
        number = authorization.rma_number
        self.assertIn(f": votre retour {number} est autorisé", subject)
        self.assertIn("Bonjour Ada Customer,", words)
        self.assertIn(f"votre retour est autorisé. Son numéro est *{number}*.", words)
        self.assertIn("1,5 x Poste de radio", words)
        self.assertIn("au plus tard le *24/12/2030*", words)

    def test_chinese(self):
        authorization, subject, words = self._tell("zh_CN", "authorized")
        number = authorization.rma_number
        self.assertIn(f"：您的退货 {number} 已获授权", subject)
        self.assertIn("Ada Customer，您好！", words)
        self.assertIn(f"您的退货已获授权，RMA 编号为 *{number}*。", words)
        self.assertIn("1.5 x 收音机", words)
        self.assertIn("并确保在 *2030/12/24* 之前送达", words)

    def test_verdicts_are_in_the_customers_language(self):
        expected = {
            "fr_FR": (
                "demandé : Ouvert, mais non utilisé",
                "Les produits non utilisés peuvent être retournés pendant 30 jours",
            ),
            "zh_CN": ("要求：已开封未使用", "未使用的产品 30 天内可退货"),
        }
        for language, sentences in expected.items():
            with self.subTest(language=language):
                self.customer.lang = language
                authorization = self._create_authorization(
                    self._sell(),
                    reason_id=self.env.ref(
                        "rma_authorization.rma_authorization_reason_no_longer_wanted"
                    ).id,
                )
                authorization.action_submit()
                for sentence in sentences:
                    self.assertIn(sentence, authorization.line_ids.eligibility_note)

    def test_reasons_are_translated(self):
        self.customer.lang = "zh_CN"
        authorization = self._create_authorization(self._sell())
        authorization.action_submit()
        self._run_queue()
        words = self._get_words(self._get_mails(authorization))
        self.assertIn("收音机: 有缺陷", words)
        self.assertIn("已收到您的退货申请", words)

    def test_the_question_is_framed_in_the_customers_language(self):
        self.customer.lang = "fr_FR"
        authorization = self._create_authorization(self._sell())
        authorization.action_request_information("Quelle couleur ?")
        message = authorization.message_ids[0]
        self.assertIn("une question sur votre retour", message.subject)
        self.assertIn("Quelle couleur ?", message.body)
        self.assertIn("il vous suffit de répondre", self._get_words(message).lower())

    def test_every_mail_is_wholly_translated(self):
        self.customer.name = "Ada"
        authorization = self._receive_and_accept(self._sell(3), 2)
        authorization.sudo().write(
            {"refusal_reason": "-", "question": "-", "date_deadline": "2030-12-24"}
        )
        company = authorization.sudo().company_id
        company.name = company.partner_id.name = "ACME"
        for language in LANGUAGES:
            self.customer.lang = language
            for template in self.env["mail.template"].search(
                [("model", "=", "rma.authorization")]
            ):
                with self.subTest(template.name, language=language):
                    vals = template._generate_template(
                        authorization.ids, ["subject", "body_html"]
                    )[authorization.id]
                    words = re.sub(r"<[^>]*>", " ", vals["body_html"])
                    address = company.partner_id.contact_address_inline
                    words = words.replace(address, "")
                    self.assertNotRegex(vals["subject"], ENGLISH)
                    self.assertNotRegex(words, ENGLISH)
