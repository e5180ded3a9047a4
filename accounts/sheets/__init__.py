"""Reading spreadsheets that people upload, and writing tables whose cells no spreadsheet takes for formulas.

``read_rows(file, columns, limits)`` reads CSV (UTF-8, UTF-16 or GB18030; comma, semicolon or tab) and XLSX row by
row. What is wrong with the file as a whole raises ``SheetRefused``; what is wrong with a row stands in the row.
"""

from accounts.sheets.rows import (
    CellProblem,
    Column,
    Limits,
    SheetRefused,
    SheetRow,
    read_all,
    read_rows,
    safe_cell,
)
from accounts.sheets.writing import cell, csv_lines, csv_response, table_response, workbook_response

__all__ = [
    "CellProblem",
    "Column",
    "Limits",
    "SheetRefused",
    "SheetRow",
    "cell",
    "csv_lines",
    "csv_response",
    "read_all",
    "read_rows",
    "safe_cell",
    "table_response",
    "workbook_response",
]
