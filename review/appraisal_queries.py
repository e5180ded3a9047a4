"""Reading appraisals and recommended lists: who sees which, the sheet of scores, what stands on a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from ledger.acts import Actor
from review.enums import AppraisalState
from review.models import Appraisal, Candidate, Expert, Score
from users.models import ListEdition, ListItem, RecommendedList


def appraisals_of(actor: Actor) -> QuerySet[Appraisal]:
    """What the reviewer sees, newest first, with the number of candidates."""
    rows = Appraisal.objects.visible_to(actor).select_related("authority", "target")
    return rows.annotate(named=Count("candidates")).order_by("-pk")[:200]


def lists_of(actor: Actor) -> QuerySet[RecommendedList]:
    """Lists that the reviewer sees, with their newest editions."""
    rows = RecommendedList.objects.visible_to(actor).select_related("authority")
    return _with_newest(rows).order_by("authority__code", "name")


def _with_newest(rows: QuerySet[RecommendedList]) -> QuerySet[RecommendedList]:
    newest = ListEdition.objects.filter(list=OuterRef("pk"), published_at__isnull=False).order_by("-number")
    size = (
        ListItem.objects.filter(edition=Subquery(newest_of_outer()))
        .order_by()
        .values("edition")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return rows.annotate(
        newest_number=Subquery(newest.values("number")[:1]),
        newest_day=Subquery(newest.values("effective_from")[:1]),
        size=Subquery(size),
    )


def newest_of_outer() -> QuerySet[Any]:
    """The newest published edition of the list two queries further out."""
    rows = ListEdition.objects.filter(list=OuterRef(OuterRef("pk")), published_at__isnull=False)
    return rows.order_by("-number").values("pk")[:1]


def public_lists() -> QuerySet[RecommendedList]:
    """Lists with at least one published edition."""
    rows = RecommendedList.objects.filter(closed_at=None, editions__published_at__isnull=False).distinct()
    return _with_newest(rows.select_related("authority")).order_by("authority__code", "name")


def public_appraisals() -> QuerySet[Appraisal]:
    """Under way first, then the newest results."""
    rows = Appraisal.objects.public().select_related("authority", "target")
    return rows.annotate(
        over=Count("pk", filter=Q(state=AppraisalState.CONCLUDED)), named=Count("candidates", distinct=True)
    ).order_by("over", "-pk")[:100]


def current_items(row: RecommendedList) -> list[ListItem]:
    """What stands on the newest published edition, in its order."""
    edition = row.editions.filter(published_at__isnull=False).order_by("-number").first()
    return list(edition.items.select_related("entry").order_by("place")) if edition is not None else []


def last_criteria(row: RecommendedList) -> list[dict[str, Any]]:
    """The criteria of the list's last appraisal, to begin with."""
    found = Appraisal.objects.filter(target=row).order_by("-pk").values_list("criteria", flat=True).first()
    return found or []


@dataclass
class Line:
    """One candidate with what each expert gave: weighted mean, "recused", or nothing yet."""

    candidate: Candidate
    cells: list[tuple[Expert, str, Any]]


@dataclass
class Sheet:
    """The sheet of scores: experts across, candidates down."""

    experts: list[Expert]
    lines: list[Line]


def score_sheet(row: Appraisal) -> Sheet:
    """Everything that the appraisal's page shows of scores; a constant number of queries."""
    experts = list(row.experts.select_related("person").prefetch_related("recused_from").order_by("pk"))
    recused = {expert.pk: {one.pk for one in expert.recused_from.all()} for expert in experts}
    weights = {criterion["key"]: criterion["weight"] for criterion in row.criteria}
    sums: dict[tuple[int, int], int] = {}
    for score in Score.objects.filter(expert__appraisal=row):
        place = (score.expert_id, score.candidate_id)
        sums[place] = sums.get(place, 0) + score.points * weights.get(score.criterion, 0)
    lines = []
    rows = row.candidates.select_related("entry", "nominated_by").prefetch_related("assessments").order_by("pk")
    for candidate in rows:
        cells: list[tuple[Expert, str, Any]] = []
        for expert in experts:
            if candidate.pk in recused[expert.pk]:
                cells.append((expert, "recused", None))
            elif (expert.pk, candidate.pk) in sums:
                cells.append((expert, "given", sums[expert.pk, candidate.pk] / 100))
            else:
                cells.append((expert, "", None))
        lines.append(Line(candidate, cells))
    return Sheet(experts, lines)
