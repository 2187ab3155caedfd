# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What no linter sees. Needs no database: pytest -p no:odoo tests/test_repository.py"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ADDONS = sorted(path.parent for path in ROOT.glob("*/__manifest__.py"))
LICENSE = "# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).\n"

# Names that belong to other modules, which people run in the same database.
FOREIGN_MODELS = {
    "return.reason",
    "rma",
    "rma.operation",
    "rma.reason",
    "rma.tag",
    "rma.team",
}
FOREIGN_ROUTES = ("/my/rmas", "/my/rma")

each_addon = pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)


def manifest(addon):
    return ast.literal_eval((addon / "__manifest__.py").read_text(encoding="utf-8"))


def python_files(addon):
    return sorted(addon.rglob("*.py"))


def relative(paths):
    return [str(path.relative_to(ROOT)) for path in paths]


def imports(path, addon):
    """Return the files of the addon that a Python file imports by name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom):
            continue
        parts = (node.module or "").split(".")
        if node.level:
            home = path.parents[node.level - 1]
        elif parts[:3] == ["odoo", "addons", addon.name]:
            home, parts = addon, parts[3:]
        else:
            continue
        home = home.joinpath(*parts)
        for target in [home, *(home / alias.name for alias in node.names)]:
            found |= {target.with_suffix(".py"), target / "__init__.py"}
    return {path for path in found if path.exists()}


def reachable(addon):
    """Return the Python files that are loaded when Odoo loads (and tests) the addon."""
    found, todo = set(), {addon / "__init__.py", addon / "tests" / "__init__.py"}
    while todo:
        path = todo.pop()
        if path.exists():
            found.add(path)
            todo |= imports(path, addon) - found
    return found


def model_names(path):
    """Return the names of the models that a Python file defines. A class that inherits
    what it is named after extends that, though it may have a mixin beside it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            names, parents = (
                class_constants(node, name) for name in ("_name", "_inherit")
            )
            yield from (name for name in names if name not in parents)


def class_constants(node, name):
    """Return the texts that are assigned to an attribute of a class."""
    return [
        constant.value
        for statement in node.body
        if isinstance(statement, ast.Assign)
        and [ast.unparse(target) for target in statement.targets] == [name]
        for constant in ast.walk(statement.value)
        if isinstance(constant, ast.Constant)
    ]


def test_addons_are_found():
    assert "rma_authorization" in [addon.name for addon in ADDONS]


@each_addon
def test_every_python_file_is_loaded(addon):
    forgotten = [
        path
        for path in set(python_files(addon)) - reachable(addon)
        # Odoo reads these two by themselves.
        if path.name != "__manifest__.py" and "migrations" not in path.parts
    ]
    assert not relative(sorted(forgotten))


@each_addon
def test_every_data_file_is_in_the_manifest(addon):
    content = manifest(addon)
    named = [*content.get("data", []), *content.get("demo", [])]
    present = [
        str(path.relative_to(addon))
        for folder in ("data", "demo", "report", "security", "views", "wizard")
        for suffix in ("xml", "csv")
        for path in (addon / folder).rglob(f"*.{suffix}")
    ]
    assert sorted(named) == sorted(present)


@each_addon
def test_every_static_script_is_in_an_asset_bundle(addon):
    patterns = [
        path
        for paths in manifest(addon).get("assets", {}).values()
        for entry in paths
        for path in ([entry] if isinstance(entry, str) else entry[1:])
    ]
    bundled = {path for pattern in patterns for path in ROOT.glob(pattern)}
    present = {
        path
        for folder in ("src", "tests")
        for suffix in ("js", "xml", "scss", "css")
        for path in (addon / "static" / folder).rglob(f"*.{suffix}")
    }
    assert not relative(sorted(present - bundled))


@each_addon
def test_every_python_file_says_its_license(addon):
    without = [
        path
        for path in python_files(addon)
        if path.stat().st_size and LICENSE not in path.read_text(encoding="utf-8")
    ]
    assert not relative(without)


@each_addon
def test_names_of_other_modules_are_not_used(addon):
    taken = [
        (str(path.relative_to(ROOT)), name)
        for path in python_files(addon)
        for name in model_names(path)
        if name in FOREIGN_MODELS
    ]
    assert not taken


@each_addon
def test_models_are_named_after_the_authorization(addon):
    strange = [
        (str(path.relative_to(ROOT)), name)
        for path in python_files(addon)
        for name in model_names(path)
        if not re.match(r"rma\.authorization(\.|$)", name)
    ]
    assert not strange


@each_addon
def test_routes_of_other_modules_are_not_used(addon):
    routes = [
        (str(path.relative_to(ROOT)), node.value)
        for path in python_files(addon)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith(FOREIGN_ROUTES)
    ]
    assert not routes


@each_addon
def test_controllers_share_no_names(addon):
    """Odoo makes one class of all controllers with the same base: of two methods of a
    name, one would answer the addresses of both. What that base has may be extended."""
    owners, shared = {}, []
    for path in sorted(addon.glob("controllers/*.py")):
        if path.stem == "common":
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.ClassDef):
                continue
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    other = owners.setdefault(method.name, node.name)
                    if other != node.name:
                        shared.append((method.name, other, node.name))
    assert not shared


@each_addon
def test_addon_can_be_packaged(addon):
    project = (addon / "pyproject.toml").read_text(encoding="utf-8")
    assert 'build-backend = "whool.buildapi"' in project


def test_addons_have_one_version_author_and_license():
    keys = ("version", "author", "license")
    assert len({tuple(manifest(addon)[key] for key in keys) for addon in ADDONS}) == 1


def test_version_is_for_odoo_19():
    versions = {manifest(addon)["version"] for addon in ADDONS}
    assert all(re.fullmatch(r"19\.0(\.\d+){3}", version) for version in versions)


def test_requirements_are_pinned():
    lines = [
        line.partition("#")[0].strip()
        for path in (ROOT / "setup").glob("requirements*.txt")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    loose = [line for line in lines if line and line[0] != "-" and "==" not in line]
    assert not loose


def test_scripts_are_executable():
    scripts = [ROOT / "setup" / name for name in ("odoo", "run", "test")]
    assert not [path.name for path in scripts if not path.stat().st_mode & 0o100]
