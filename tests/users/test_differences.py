"""What differs between two versions of a use, where a table holds files."""

from __future__ import annotations

from providers import schema


def test_another_file_of_the_same_name_in_a_row_is_a_difference() -> None:
    """Files are compared by name and hash, in rows of tables too."""
    report = {"title": "测评报告", "body": "测评机构", "file": {"id": 1, "name": "report.pdf", "sha256": "1" * 64}}
    other = {**report, "file": {**report["file"], "sha256": "2" * 64}}
    documents = [{"use": {"assessment_reports": [row]}} for row in (report, other)]
    (found,) = schema.diff(*documents, "use")
    ((operation, before, after),) = found.rows
    assert operation == "change"
    assert ("111111111111" in before, "222222222222" in after) == (True, True)
    assert "测评报告" in before
