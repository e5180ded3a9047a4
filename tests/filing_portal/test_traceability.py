"""Requirements and the tests that show them met."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from filing_portal import traceability
from filing_portal.requirements_data import REQUIREMENTS
from filing_portal.traceability import MarkerInvalid, report

SOURCE = """
import pytest
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R1")]

@pytest.mark.requirement("R83", "R84")
def test_plain(): ...

@pytest.mark.requirement("R2")
class TestMany:
    @pytest.mark.requirement("R3")
    def test_inside(self): ...

def helper(): ...
"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "tests"
    (folder / "review").mkdir(parents=True)
    (folder / "review" / "test_some.py").write_text(SOURCE)
    return folder


def test_markers_of_modules_classes_and_functions_are_read(folder):
    plain, inside = (
        "tests/review/test_some.py::test_plain",
        "tests/review/test_some.py::TestMany::test_inside",
    )
    assert traceability.tests_by_requirement(folder) == {
        "R1": [plain, inside],
        "R83": [plain],
        "R84": [plain],
        "R2": [inside],
        "R3": [inside],
    }


def test_markers_of_single_parameters_under_a_short_name_are_read(tmp_path):
    (tmp_path / "test_short.py").write_text(
        "import pytest\nR = pytest.mark.requirement\n"
        '@pytest.mark.parametrize("x", [pytest.param(1, marks=R("R9")), 2])\ndef test_it(x): ...\n'
    )
    found = traceability.tests_by_requirement(tmp_path)
    assert found == {"R9": [f"{tmp_path.name}/test_short.py::test_it"]}


def test_report_names_what_is_covered_and_what_is_not(folder):
    text = report(folder)
    assert "5 of 179 requirements" in text
    row = next(line for line in text.splitlines() if line.startswith("| R84 "))
    assert row.endswith("`tests/review/test_some.py::test_plain` |")
    assert next(line for line in text.splitlines() if line.startswith("| R4 ")).endswith(
        "| not covered yet |"
    )
    assert text.split("## Not covered yet")[1].strip().startswith("R4, R5, ")


def test_marker_with_a_number_that_no_requirement_has_is_refused(folder):
    (folder / "test_wrong.py").write_text(
        'import pytest\n@pytest.mark.requirement("R180")\ndef test_it(): ...\n'
    )
    with pytest.raises(MarkerInvalid, match="test_wrong.py::test_it names 'R180'"):
        traceability.tests_by_requirement(folder)


def test_requirements_are_r1_to_r179_without_a_gap():
    assert [requirement.number for requirement in REQUIREMENTS] == list(range(1, 180))
    assert {requirement.strength for requirement in REQUIREMENTS} == {"M", "D", "S"}


def test_markers_of_this_project_name_requirements():
    assert traceability.tests_by_requirement()


def test_command_prints_the_table(capsys):
    call_command("requirements")
    assert "| R179 |" in capsys.readouterr().out


def test_command_writes_the_table_to_a_file(tmp_path):
    call_command("requirements", write=tmp_path / "requirements.md")
    assert (tmp_path / "requirements.md").read_text(encoding="utf-8") == report()
