"""The charts of a subtree of uses: each made from totals that are read once, with its table behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import Unit
from filing_portal.charts import Figure, Link, Series, Table, bars, lines, stacked
from filing_portal.dashboards.providers import months
from filing_portal.statuses import STATUSES
from ledger.acts import Actor
from registry.enums import Function, Stage
from registry.models import Entry
from registry.numbers import Number, read
from rulebook.time import local_date
from users import overview, tally
from users.enums import Nature, Source

TOP = 10
#: the order of the states on every chart
STATES = ("draft", "unit_review", "submitted", "returned", "confirmed", "suspended", "withdrawn")


@dataclass
class Place:
    """Whose subtree is looked at, by whom and when; what the figures need is read once, when it is asked for."""

    node: Unit
    actor: Actor
    now: datetime
    query: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def counts(self) -> tally.Counts:
        """Totals of the node with all below it."""
        return tally.counts(self.node)

    @cached_property
    def children(self) -> list[Unit]:
        """The authorities directly below."""
        seen = Unit.objects.visible_to(self.actor)
        below = seen.filter(parent=self.node, kind="authority", active=True).order_by("code", "pk")
        return list(below.only("name", "name_en", "code"))

    @cached_property
    def parts(self) -> list[tuple[Unit, tally.Counts]]:
        """Each of them with its totals; last the node itself with what stands directly under it."""
        each = tally.of_each([child.pk for child in self.children], ("units", "use", "state", "due"))
        found = [(child, each[child.pk]) for child in self.children]
        rest = self.counts.minus(each.values())
        if not found or rest.institutions or any(rest.of("state").values()):
            found.append((self.node, rest))
        return found

    @cached_property
    def apps(self) -> list[tuple[Entry, int]]:
        """The apps that most institutions use."""
        return overview.entries_of(tally.top_apps(self.node, TOP))

    def export(self, figure: str) -> str:
        """Address of a figure's table as a file."""
        return f"{reverse('dashboard_export', args=[figure])}?unit={self.node.pk}"

    def of_list(self, name: str, node: Unit | None = None) -> str:
        """Address of a list of units."""
        return f"{reverse('dashboard_list', args=[name])}?unit={(node or self.node).pk}"


def month_word(label: str) -> str:
    """A month on an axis."""
    return _("%(month)d/%(year)s") % {"month": int(label[5:]), "year": label[2:4]}


def _parted(place: Place, facet: str, words: Mapping[str, Any], key: str, title: str, head: str) -> Figure:
    """Uses in use by one facet, as bars; an app of two stages counts in both."""
    counted = place.counts.of(facet)
    order = [code for code in words if counted.get(code)] + [code for code in counted if code not in words]
    labels = [str(words.get(code, code)) for code in order]
    values = [counted[code] for code in order]
    most = max(zip(values, labels, strict=True), default=(0, ""))
    return Figure(
        key, title, Table([head, _("In use")], list(zip(labels, values, strict=True))), bars(labels, values),
        summary=_("Most: %(label)s, %(number)s.") % {"label": most[1], "number": most[0]} if values else "",
        export=place.export(key), empty=not values,
    )  # fmt: skip


def states(place: Place) -> Figure:
    """User filings by status. What is selected and not handed in is counted, and never shown."""
    counted = place.counts.of("state")
    words = {code: str(STATUSES["user_filing"][code].word) for code in STATES}
    words["draft"] = _("Selected, not filed")
    order = [code for code in STATES if counted.get(code)]
    labels, values = [words[code] for code in order], [counted[code] for code in order]
    return Figure(
        "states", _("User filings by status"),
        Table([_("Status"), _("User filings")], list(zip(labels, values, strict=True))),
        bars(labels, values), export=place.export("states"), empty=not values,
    )  # fmt: skip


def stages(place: Place) -> Figure:
    return _parted(place, "stage", dict(Stage.choices), "stages", _("In use, by stage"), _("Stage"))


def functions(place: Place) -> Figure:
    return _parted(place, "function", dict(Function.choices), "functions", _("In use, by function"), _("Function"))


def natures(place: Place) -> Figure:
    """How the uses are: nature, source and type in one table."""
    blocks: list[tuple[str, Mapping[str, Any]]] = [
        ("nature", dict(Nature.choices)), ("source", dict(Source.choices)),
        ("type", {"registered": _("Filed app"), "self_use": _("Own app, used by the unit alone")}),
    ]  # fmt: skip
    labels, values = [], []
    for facet, words in blocks:
        counted = place.counts.of(facet)
        for code, word in words.items():
            if counted.get(code):
                labels.append(str(word))
                values.append(counted[code])
    table = Table([_("Kind"), _("In use")], list(zip(labels, values, strict=True)))
    return Figure(
        "natures", _("In use, by nature, source and type"), table, bars(labels, values, total=place.counts.in_use),
        export=place.export("natures"), empty=not values,
    )  # fmt: skip


def flow(place: Place) -> Figure:
    """Filed and confirmed by month."""
    labels = months(local_date(place.now))
    handed, confirmed = place.counts.of("handed"), place.counts.of("confirmed")
    rows = [(label, handed.get(label, 0), confirmed.get(label, 0)) for label in labels]
    return line_figure(
        "flow", _("User filings submitted and confirmed, by month"), rows, _("Submitted"), _("Confirmed"),
        place.export("flow"),
    )  # fmt: skip


def line_figure(
    key: str, title: str, rows: Sequence[tuple[str, int, int]], first: str, second: str, export: str
) -> Figure:
    """Two lines over months; the legend tells the present month."""
    labels = [row[0] for row in rows]
    best = max(rows, key=lambda row: row[1])
    told = _("Most in %(month)s: %(number)d. This month: %(first)d and %(second)d.") % {
        "month": best[0], "number": best[1], "first": rows[-1][1], "second": rows[-1][2],
    }  # fmt: skip
    this_month = pgettext("chart", "%(name)s, this month %(number)d")
    series = [
        Series(this_month % {"name": first, "number": rows[-1][1]}, [row[1] for row in rows]),
        Series(this_month % {"name": second, "number": rows[-1][2]}, [row[2] for row in rows]),
    ]
    picture, legend = lines(
        key=key, title=title, desc=told, labels=[month_word(label) for label in labels], series=series
    )
    return Figure(key, title, Table([_("Month"), first, second], rows), picture, legend, export=export)


def apps(place: Place) -> Figure:
    """What is used by how many."""
    rows = [(entry.app_name, entry.number, entry.provider_name, n) for entry, n in place.apps]
    labels = [Link(entry.app_name, entry_url(entry)) for entry, _n in place.apps]
    table = Table(
        [_("App"), _("Number"), _("Provider"), _("Institutions")],
        [(label, *row[1:]) for label, row in zip(labels, rows, strict=True)],
    )
    return Figure(
        "apps", _("Used by most institutions"), table, bars(labels, [row[3] for row in rows]),
        export=place.export("apps"), empty=not rows,
    )  # fmt: skip


def entry_url(entry: Entry) -> str:
    """The public page of an entry."""
    reading = read(entry.number)
    return reverse("entry", args=[reading.digits if isinstance(reading, Number) else entry.number])


def regions(place: Place) -> Figure:
    """How far each part of the region is."""
    rows: list[tuple[Any, ...]] = []
    labels: list[Link] = []
    before, after = reverse("dashboard_unit", args=[0]).split("0")
    today = local_date(place.now)
    for unit, counts in place.parts:
        name = unit.title if unit.pk != place.node.pk else _("Directly under %(unit)s") % {"unit": unit.title}
        url = f"{before}{unit.pk}{after}" if unit.pk != place.node.pk else ""
        labels.append(Link(name, url))
        rows.append(
            (labels[-1], counts.institutions, counts.filed, counts.missing, counts.rate, counts.in_use,
             counts.n("state", "submitted"), counts.before("due", today))
        )  # fmt: skip
    picture, legend = stacked(
        "regions", labels,
        [Series(_("Filed"), [row[2] for row in rows]), Series(_("Missing"), [row[3] for row in rows])],
    )  # fmt: skip
    columns = [
        _("Region"), _("Institutions"), _("Filed"), _("Missing"), _("Share filed"), _("In use"),
        _("Awaiting confirmation"), _("Past the service target"),
    ]  # fmt: skip
    return Figure(
        "regions", _("Institutions that have filed, by region"), Table(columns, rows, frozenset({4})), picture, legend,
        export=place.export("regions"), empty=not rows,
    )  # fmt: skip


#: what can be exported by name, for any subtree
FIGURES: dict[str, Callable[[Place], Figure]] = {
    "regions": regions, "states": states, "stages": stages, "functions": functions, "natures": natures, "flow": flow,
    "apps": apps,
}  # fmt: skip

LIST_WORDS = {
    "all": gettext_lazy("All institutions"),
    "filed": gettext_lazy("Has filed its use"),
    "missing": gettext_lazy("No user filing"),
    "no_system": gettext_lazy("No selection system"),
    "unnamed": gettext_lazy("No department or persons named"),
    "selected": gettext_lazy("Selected, not filed in time"),
    "returned": gettext_lazy("Returned, not corrected in time"),
    "proposed": gettext_lazy("Withdrawal proposed, not answered in time"),
    "target": gettext_lazy("Past the authority’s service target"),
    "late": gettext_lazy("Change reported late"),
}


def attention(place: Place) -> list[dict[str, Any]]:
    """What needs somebody: a line with icon, words, number and address for each thing that there is."""
    counts, limit, today = place.counts, overview.grace_day(place.now), local_date(place.now)
    found = [
        ("missing", "minus", counts.missing),
        ("no_system", "folder", counts.no_system),
        ("unnamed", "user", counts.unnamed),
        ("selected", "pencil", counts.before("selected", limit)),
        ("returned", "return", counts.before("returned", limit)),
        ("proposed", "door", counts.before("proposed", limit)),
        ("target", "clock", counts.before("due", today)),
        ("late", "late", counts.n("late")),
    ]
    return [
        {"name": name, "icon": icon, "words": LIST_WORDS[name], "number": number, "url": place.of_list(name),
         "of_units": name in ("missing", "no_system", "unnamed")}
        for name, icon, number in found
        if number
    ]  # fmt: skip
