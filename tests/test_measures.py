# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every measure of returns is held against a figure that was worked out by hand."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MEASURES = "*/models/rma_authorization_report_measure.py"
# Fields of the measures that measure nothing.
NO_MEASURES = {"currency_id"}


def read_measures():
    """Names of the fields in which measures are declared."""
    return {
        node.targets[0].id
        for path in ROOT.glob(MEASURES)
        for model in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(model, ast.ClassDef)
        for node in model.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and ast.unparse(node.value.func.value) == "fields"
    } - NO_MEASURES


def read_expected():
    """Names of measures that some test of the report expects a literal figure of."""
    found = set()
    for path in ROOT.glob("*/tests/test_report*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            if is_named(node.func, "assertMeasures"):
                found |= {
                    keyword.arg for keyword in node.keywords if is_figure(keyword.value)
                }
            elif is_named(node.func, "assertEqual") and len(node.args) > 1:
                found |= read_compared(*node.args[:2])
    return found


def read_compared(question, answer):
    """Names of measures that `_measure("name:aggregate", …)` is asked for, where the
    answer is a tuple of as many figures."""
    if not (
        isinstance(question, ast.Call)
        and is_named(question.func, "_measure")
        and isinstance(answer, ast.Tuple)
        and len(answer.elts) == len(question.args)
        and all(is_figure(figure) for figure in answer.elts)
    ):
        return set()
    return {ast.literal_eval(spec).partition(":")[0] for spec in question.args}


def is_named(function, name):
    return isinstance(function, ast.Attribute) and function.attr == name


def is_figure(node):
    """A number, or a formula of numbers."""
    return all(
        isinstance(
            part,
            ast.Constant | ast.BinOp | ast.UnaryOp | ast.operator | ast.unaryop,
        )
        for part in ast.walk(node)
    )


def test_every_measure_has_a_figure_worked_out_by_hand():
    missing = read_measures() - read_expected()
    assert not missing, (
        "No assertMeasures() in a test_report*.py expects a number of: "
        + ", ".join(sorted(missing))
    )
