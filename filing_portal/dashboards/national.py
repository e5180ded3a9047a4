"""The country: the tile map, the provinces' progress, what came in and was closed, what the ministry must see to."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.enums import Level, Province
from accounts.models import Unit
from filing_portal.charts import CLASSES, Figure, Link, Step, Table, Tile, bars, tile_map
from filing_portal.dashboards.figures import Place, line_figure
from filing_portal.dashboards.providers import MINISTRY, Quarter, Row, Standing, months, quarter_of, standing
from registry import tally as entries
from registry.enums import EntryState, Stage
from rulebook import calendar
from rulebook.time import local_date, start_of_day
from users import tally
from users.models import UserFiling

#: a share of feedback in time below this is worth a reminder
POOR = 90
RATE_STEPS = [Step(low, css) for low, css in zip((0, POOR, 95, 98, 99), CLASSES, strict=True)]
SHARE_STEPS = [Step(low, css) for low, css in zip((0, 25, 50, 75, 95), CLASSES, strict=True)]
INDICATORS = {
    "rate": gettext_lazy("Feedback in time"),
    "submitted": gettext_lazy("Awaiting verification"),
    "overdue": gettext_lazy("Feedback overdue"),
    "valid": gettext_lazy("Filings in force"),
    "filed": gettext_lazy("Institutions that have filed their use"),
    "used": gettext_lazy("Uses in force"),
}
PERCENT = frozenset({"rate", "filed"})


class Country(Place):
    """The place of the ministry: adds the provinces."""

    @cached_property
    def quarter(self) -> Quarter:
        return quarter_of(self.query.get("quarter", ""), local_date(self.now))

    @cached_property
    def indicator(self) -> str:
        """What the map shows."""
        asked = self.query.get("map", "")
        return asked if asked in INDICATORS else "rate"

    @cached_property
    def standing(self) -> Standing:
        return standing(self.quarter, self.now)

    @cached_property
    def provinces(self) -> dict[str, Unit]:
        """The provincial authorities by code."""
        rows = Unit.objects.visible_to(self.actor).filter(level=Level.PROVINCE, kind="authority")
        return {row.province_code: row for row in rows}

    @cached_property
    def uses(self) -> dict[str, tally.Counts]:
        """Totals of uses by province."""
        each = tally.of_each([unit.pk for unit in self.provinces.values()], ("units", "use"))
        return {code: each[unit.pk] for code, unit in self.provinces.items()}

    def url(self, code: str) -> str:
        """The page of a province."""
        unit = self.provinces.get(code)
        return reverse("dashboard_unit", args=[unit.pk]) if unit else ""

    def value(self, code: str) -> float | None:
        """The figure of a province that the map shows."""
        if self.indicator in ("filed", "used"):
            counts = self.uses.get(code, tally.Counts())
            return counts.rate if self.indicator == "filed" else counts.in_use
        row = self.standing.rows.get(code, Row(code))
        return getattr(row, self.indicator)

    def export(self, figure: str) -> str:
        return f"{super().export(figure)}&quarter={self.quarter.text}&map={self.indicator}"


def tiles(place: Country) -> Figure:
    """The tile map of the chosen indicator."""
    percent, title = place.indicator in PERCENT, str(INDICATORS[place.indicator])
    values = {code: place.value(code) for code in Province.values}
    steps = {"rate": RATE_STEPS, "filed": SHARE_STEPS}.get(place.indicator, [])
    picture, legend = tile_map(
        title=title, tiles={code: Tile(value, place.url(code)) for code, value in values.items()}, classes=steps,
        percent=percent,
    )  # fmt: skip
    rows = [(Link(str(Province(code).label), place.url(code)), value) for code, value in values.items()]
    rows.sort(key=lambda row: (row[1] is None, row[1] or 0))
    return Figure(
        "tiles", f"{title} (%)" if percent else title,
        Table([_("Province"), title], rows, frozenset({1} if percent else ())), picture, legend,
        export=place.export("tiles"), legend_below=True,
        note=_("The tiles stand roughly where the provinces lie; this is no map.")
        + " " + _("Hong Kong, Macao and Taiwan are not counted."),
    )  # fmt: skip


def provinces(place: Country) -> Figure:
    """Every province with its figures, the least punctual first."""
    found = []
    for code in Province.values:
        row, uses = place.standing.rows.get(code, Row(code)), place.uses.get(code, tally.Counts())
        found.append(
            (Link(row.name, place.url(code)), row.valid, row.submitted, row.returned, row.overdue, row.decided,
             row.rate, uses.institutions, uses.filed, uses.rate, uses.in_use)
        )  # fmt: skip
    found.sort(key=lambda row: (row[6] is None, row[6] or 0, -row[2]))
    columns = [
        _("Province"), _("Filings in force"), _("Awaiting verification"), _("Returned for correction"), _("Overdue"),
        _("Feedback given"), _("Feedback in time"), _("Institutions"), _("Institutions that have filed"),
        _("Share filed"), _("Uses in force"),
    ]  # fmt: skip
    return Figure(
        "provinces",
        _("Progress of the provinces"),
        Table(columns, found, frozenset({6, 9})),
        export=place.export("provinces"),
    )


def cases(place: Country) -> Figure:
    """Provider filings submitted and closed by month."""
    labels = months(local_date(place.now))
    came, closed = place.standing.months("came", labels), place.standing.months("closed", labels)
    return line_figure(
        "cases", _("Provider filings submitted and closed, by month"), list(zip(labels, came, closed, strict=True)),
        _("Submitted"), _("Closed"), place.export("cases"),
    )  # fmt: skip


def entry_states(place: Country) -> Figure:
    """Entries of the registry by status."""
    counted = entries.current().by_state
    rows = [(str(label), counted.get(code, 0)) for code, label in EntryState.choices]
    return Figure(
        "entry_states", _("Filed apps by status"), Table([_("Status"), _("Apps")], rows),
        bars([row[0] for row in rows], [row[1] for row in rows]), export=place.export("entry_states"),
    )  # fmt: skip


def entry_stages(place: Country) -> Figure:
    """Entries by stage, and by type."""
    kept = entries.current()
    rows = [(str(label), kept.by_stage.get(code, 0)) for code, label in Stage.choices]
    rows += [(_("Discipline training"), kept.discipline), (_("Other type"), kept.other_type)]
    return Figure(
        "entry_stages", _("Filed apps by stage and type"), Table([_("Stage or type"), _("Apps")], rows),
        bars([row[0] for row in rows], [row[1] for row in rows], total=kept.total or 1),
        export=place.export("entry_stages"),
    )  # fmt: skip


NATIONAL: dict[str, Callable[[Any], Figure]] = {
    "tiles": tiles, "provinces": provinces, "cases": cases, "entry_states": entry_states, "entry_stages": entry_stages,
}  # fmt: skip


def dot(rate: float | None) -> dict[str, Any] | None:
    """Where the mark of a rate stands on a line from 80 to 100 per cent."""
    if rate is None:
        return None
    x = round(4 + 100 * (min(100.0, max(80.0, rate)) - 80) / 20, 1)
    return {"x": x, "low": rate < POOR, "left": x - 5}


def needs(place: Country) -> list[dict[str, Any]]:
    """What waits for the ministry itself."""
    found: list[dict[str, Any]] = []
    waiting = place.standing.total("ministry")
    if waiting:
        words = ngettext("%(n)d filing awaits ministry review", "%(n)d filings await ministry review", waiting)
        found.append({"icon": "up", "text": words % {"n": waiting}, "url": f"{reverse('review_home')}?tab=ministry"})
    poor = [
        row for row in place.standing.rows.values() if row.rate is not None and row.rate < POOR and row.code != MINISTRY
    ]
    if poor:
        names = _(", ").join(row.name for row in sorted(poor, key=lambda row: row.rate or 0)[:4])
        found.append(
            {"icon": "late", "text": _("%(names)s: feedback in time below %(poor)d%%") % {"names": names, "poor": POOR},
             "url": "#provinces-h", "side": _("A reminder is advised")}
        )  # fmt: skip
    warning = calendar.warning(place.now)
    if warning is not None:
        left = ngettext("%(n)d day left", "%(n)d days left", max(0, warning.days_left)) % {
            "n": max(0, warning.days_left)
        }
        found.append(
            {"icon": "alert", "url": "", "side": left,
             "text": _("The working days of %(year)d are not published here") % {"year": warning.missing_year}}
        )  # fmt: skip
    revoked = place.standing.total("revoked")
    if revoked:
        quarter = place.quarter
        told = (
            UserFiling.objects.visible_to(place.actor).filter(
                entry__state=EntryState.REVOKED, confirmed_version__gt=0,
                entry__status_since__gte=start_of_day(quarter.start), entry__status_since__lt=start_of_day(quarter.end),
            ).values("unit_id").distinct().count()
        )  # fmt: skip
        text = ngettext("%(n)d app revoked this quarter", "%(n)d apps revoked this quarter", revoked) % {"n": revoked}
        side = ngettext("%(n)d institution used them", "%(n)d institutions used them", told) % {"n": told}
        found.append({"icon": "xoct", "text": text, "url": reverse("list", args=["revoked"]), "side": side})
    return found
