"""The guides stay true: links lead somewhere, pictures are small, the table of requirements is today's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from filing_portal.traceability import report

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_a_guide_lead_to_files(page: Path) -> None:
    missing = [link for link in _LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert missing == []


def test_pictures_are_small() -> None:
    pictures = sorted((ROOT / "docs" / "images").glob("*.png"))
    assert pictures, "take them: .venv/bin/python docs/take_screenshots.py"
    assert [path.name for path in pictures if path.stat().st_size > 200_000] == []


def test_table_of_requirements_is_up_to_date() -> None:
    written = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
    assert written == report(), "write it anew: .venv/bin/python manage.py requirements --write docs/requirements.md"
