"""Indicators of filing and governance, by region and by institution (Measures Art. 23; Opinions 16).

    definitions   what is counted, with its words, definition and article
    regions       figures of the authorities below one, a constant number of queries
    units         figures of institutions, a page or everything

``Table`` holds both kinds; pages show it, files write it, an assessment freezes it.
"""

from supervision.indicators.definitions import REGION, UNIT, Indicator
from supervision.indicators.regions import by_region
from supervision.indicators.table import Line, Period, Table
from supervision.indicators.units import by_unit, units_below

__all__ = ["REGION", "UNIT", "Indicator", "Line", "Period", "Table", "by_region", "by_unit", "units_below"]
