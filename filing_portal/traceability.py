"""Which tests show which requirement met: read from the markers in the tests, without running them."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from filing_portal.requirements_data import REQUIREMENTS

REPOSITORY = Path(__file__).resolve().parent.parent


class MarkerInvalid(ValueError):
    """A marker names no requirement."""


def tests_by_requirement(folder: Path = REPOSITORY / "tests") -> dict[str, list[str]]:
    """``{"R83": ["tests/review/test_x.py::test_y", …]}`` in the order of the files.

    Reads ``@pytest.mark.requirement("R83", …)`` on functions, classes and single parameters, also under a short
    name of the module, and ``pytestmark`` of a module.
    Raises MarkerInvalid for a number that no requirement has.
    """
    known = {requirement.key for requirement in REQUIREMENTS}
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("test_*.py")):
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        for test, keys in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            for key in keys:
                if key not in known:
                    raise MarkerInvalid(f"{name}::{test} names {key!r}, which is no requirement")
                if f"{name}::{test}" not in found[key]:
                    found[key].append(f"{name}::{test}")
    return dict(found)


def _marked(module: ast.Module) -> list[tuple[str, list[str]]]:
    named = [node for node in module.body if isinstance(node, ast.Assign)]
    short = {
        target.id
        for node in named
        if isinstance(node.value, ast.Attribute) and node.value.attr == "requirement"
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    inherited = [
        key
        for node in named
        if any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets)
        for key in _keys(node.value, short)
    ]
    return _below(module.body, "", inherited, short)


def _below(
    body: list[ast.stmt], prefix: str, inherited: list[str], short: set[str]
) -> list[tuple[str, list[str]]]:
    marked = []
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        keys = inherited + [key for decorator in node.decorator_list for key in _keys(decorator, short)]
        if isinstance(node, ast.ClassDef):
            marked += _below(node.body, f"{prefix}{node.name}::", keys, short)
        elif node.name.startswith("test") and keys:
            marked.append((prefix + node.name, keys))
    return marked


def _keys(node: ast.expr, short: set[str]) -> list[str]:
    """The arguments of every ``…mark.requirement(…)`` inside the expression, also under a short name."""
    return [
        argument.value
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and (
            (isinstance(call.func, ast.Attribute) and call.func.attr == "requirement")
            or (isinstance(call.func, ast.Name) and call.func.id in short)
        )
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def report(folder: Path = REPOSITORY / "tests") -> str:
    """A Markdown table of all requirements with their tests, and the count of those without any."""
    tests = tests_by_requirement(folder)
    lines = ["# Requirements and their tests", ""]
    lines += [f"{len(tests)} of {len(REQUIREMENTS)} requirements are shown met by a test. "]
    lines += ["Printed by `manage.py requirements`.", ""]
    section = ""
    for requirement in REQUIREMENTS:
        if requirement.section != section:
            section = requirement.section
            lines += [
                "",
                f"## {section}",
                "",
                "| R | Source | | Requirement | Tests |",
                "|---|---|---|---|---|",
            ]
        shown = "<br>".join(f"`{test}`" for test in tests.get(requirement.key, [])) or "not covered yet"
        lines.append(
            f"| {requirement.key} | {requirement.source} | {requirement.strength} | {requirement.text} | {shown} |"
        )
    missing = [requirement.key for requirement in REQUIREMENTS if requirement.key not in tests]
    lines += ["", "## Not covered yet", "", ", ".join(missing) or "None.", ""]
    return "\n".join(line.rstrip() for line in lines)
