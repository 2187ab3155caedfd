"""Odoo's server with a test runner that loads everything first, and keeps a record.

Usage: core_runner.py RECORD [options of Odoo]
       core_runner.py --bundles [options of Odoo]

Odoo runs the tests marked `at_install` while it loads their addon. What depends on that
addon isn't there yet: it can neither break them nor be found out by them. So here they
run when everything is loaded, before those marked `post_install`, which wait anyway.

RECORD is a file of JSON lines: the tests that were found, then each one's outcome as it
ends ("passed", "skipped", "failed"). A test without an outcome wasn't run. Tests are
named as `--test-tags` takes them.

--bundles makes the style sheets and scripts that browser tests start by making, so that
copies of the database have them.
"""

import json
import re
import sys
from pathlib import Path
from unittest.util import strclass

from odoo import SUPERUSER_ID, api
from odoo.cli.command import main
from odoo.modules.registry import Registry
from odoo.tests import loader
from odoo.tests.case import TestCase
from odoo.tests.result import OdooTestResult
from odoo.tests.suite import OdooSuite
from odoo.tools import config

# What is reported instead of a test when its class can't be prepared or cleaned up.
CLASS_STEP = re.compile(r"(\w+) \(([\w.]+)\)")

odoo_make_suite = loader.make_suite


class Record:
    """The file of outcomes."""

    def __init__(self, path):
        self.path = path
        self.classes = {}

    def found(self, tests):
        for test in tests:
            tags = self.classes.setdefault(strclass(type(test)), [])
            tags.append(test.canonical_tag)
        self._write({"found": sorted(sum(self.classes.values(), []))})

    def ended(self, test, outcome):
        if isinstance(test, TestCase):
            self._write({"test": test.canonical_tag, "outcome": outcome})
        else:
            self._class_ended(*CLASS_STEP.fullmatch(str(test)).groups(), outcome)

    def _class_ended(self, step, test_class, outcome):
        tags = self.classes[test_class]
        if step != "setUpClass":
            tags = [f"{tags[0].rpartition('.')[0]}.{step}"]
        for tag in tags:
            self._write({"test": tag, "outcome": outcome})

    def _write(self, values):
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(values) + "\n")


class RecordingResult(OdooTestResult):
    """Odoo's result, which counts and logs, and tells the record besides."""

    record = None
    outcome = "passed"

    def startTest(self, test):  # noqa: N802
        super().startTest(test)
        self.outcome = "passed"

    def stopTest(self, test):  # noqa: N802
        super().stopTest(test)
        self.record.ended(test, self.outcome)

    def addSkip(self, test, reason):  # noqa: N802
        super().addSkip(test, reason)
        self._worsen(test, "skipped")

    def logError(self, flavour, test, error):  # noqa: N802
        super().logError(flavour, test, error)
        self._worsen(test, "failed")

    def _worsen(self, test, outcome):
        if not isinstance(test, TestCase):
            self.record.ended(test, outcome)
        elif self.outcome != "failed":  # nothing is worse
            self.outcome = outcome


def make_suite(module_names, position="at_install"):
    """Return nothing while addons are being loaded, and all tests once they are."""
    if position == "at_install":
        return OdooSuite([])
    tests = {
        test.canonical_tag: test
        for any_position in ("at_install", "post_install")
        for test in odoo_make_suite(list(module_names), any_position)
    }
    RecordingResult.record.found(tests.values())
    by_sequence = sorted(
        tests.values(), key=lambda test: getattr(test, "test_sequence", 0)
    )
    return OdooSuite(by_sequence)


def run_tests(record):
    RecordingResult.record = Record(Path(record))
    loader.make_suite = make_suite
    loader.OdooTestResult = RecordingResult
    main()


def make_bundles(options):
    config.parse_config(options, setup_logging=True)
    for name in config["db_name"]:
        with Registry(name).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["ir.qweb"]._pregenerate_assets_bundles()


if __name__ == "__main__":
    if sys.argv[1] == "--bundles":
        make_bundles(sys.argv[2:])
    else:
        run_tests(sys.argv.pop(1))
