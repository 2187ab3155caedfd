"""Skipped tests fail: a suite that is green without its browser tests says nothing."""

import re

import pytest


def pytest_addoption(parser):
    parser.addini(
        "allowed_skips",
        "Regular expressions of reasons for which a test may be skipped",
        type="linelist",
        default=[],
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item):
    return _refuse_skip(item.config, (yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(collector):
    return _refuse_skip(collector.config, (yield))


def _refuse_skip(config, report):
    # An expected failure (xfail) is reported as skipped, too.
    if report.skipped and not hasattr(report, "wasxfail"):
        longrepr = report.longrepr
        reason = str(longrepr[2] if isinstance(longrepr, tuple) else longrepr)
        allowed = config.getini("allowed_skips")
        if not any(re.search(pattern, reason) for pattern in allowed):
            report.outcome = "failed"
            report.longrepr = (
                f"{reason}\nA skipped test proves nothing. Provide what it needs, or"
                " name the reason in pyproject.toml under allowed_skips."
            )
    return report
