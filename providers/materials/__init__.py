"""Uploaded files: what they are, by their content, and whether they may be kept."""

from providers.materials.examine import examine, file_value
from providers.materials.inspect import MAX_BYTES, Inspected, Refused, inspect, safe_name
from providers.materials.scan import Scanner, ScanResult, scanner

__all__ = [
    "MAX_BYTES",
    "Inspected",
    "Refused",
    "ScanResult",
    "Scanner",
    "examine",
    "file_value",
    "inspect",
    "safe_name",
    "scanner",
]
