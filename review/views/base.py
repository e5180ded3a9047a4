"""What every page of the review shares: who may come in, which case, and what is said when an act is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_for
from accounts.enums import AUTHORITY_ROLES
from accounts.models import Person, Unit
from ledger.acts import Actor, AlreadyMoved, Refused
from ledger.models import ActorKind
from ledger.queries import timeline
from providers.models import Filing
from review.queries import forget_counts
from review.use_queries import forget_counts as forget_use_counts
from users.models import UserFiling

View = Callable[..., HttpResponseBase]

#: reasons that mean: what you decided on is not what is there now
STALE_CODES = {"newer_version"}
#: verbs that leave the matter where it is; the page "already decided" looks behind them
SMALL_VERBS = (
    "claim", "assign", "release", "override_check", "propose", "request_check", "record_check", "remind_unit",
)  # fmt: skip


@dataclass(frozen=True)
class Face:
    """What differs between the pages of the two kinds of filing: kind of status, addresses, words."""

    status: str
    title: Any
    queue: str
    case: str
    verdict: str
    claim: str
    release: str
    assign: str
    material: str
    note: Any
    note_sent: Any


FILING = Face(
    "provider_filing", _("Review of filings"), "review_home", "case", "case_verdict", "case_claim", "case_release",
    "case_assign", "material", _("Note for the provider"), _("Note for the provider (sent with the return)"),
)  # fmt: skip
USE = Face(
    "user_filing", _("Use filings"), "uses_queue", "use_case", "use_case_verdict", "use_case_claim",
    "use_case_release", "use_case_assign", "use_case_material", _("Note for the unit"),
    _("Note for the unit (sent with the return)"),
)  # fmt: skip


def face_of(filing: Filing | UserFiling | None) -> Face:
    """The face of a filing's kind."""
    return USE if isinstance(filing, UserFiling) else FILING


def actor_of(request: HttpRequest) -> Actor:
    """The reviewer of this request. Raises ``PermissionDenied`` for anybody else."""
    actor = actor_for(request)
    if actor is None or actor.role not in AUTHORITY_ROLES or actor.unit_id is None:
        raise PermissionDenied
    return actor


def case_of(request: HttpRequest, pk: int) -> Filing:
    """The case, if the reviewer may see it; else 404, as if it were not there."""
    cases = Filing.objects.visible_to(actor_of(request)).select_related("unit", "authority", "app", "entry")
    filing = get_object_or_404(cases, pk=pk)
    request.review_case = filing  # type: ignore[attr-defined]
    return filing


def _with_worker(cases: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
    """Cases with who works on each for the reviewer's authority: ``worker_id``, ``worker_name``, ``worker_email``."""
    return cases.annotate(
        work=FilteredRelation("assignments", condition=Q(assignments__unit_id=actor.unit_id)),
        worker_id=F("work__person_id"),
        worker_name=F("work__person__name"),
        worker_email=F("work__person__email"),
    )


def worker_of(filing: Filing | UserFiling) -> dict[str, Any] | None:
    """Who works on the case, as read by ``shown_case`` or ``shown_use``."""
    pk, name, email = (getattr(filing, f"worker_{part}") for part in ("id", "name", "email"))
    return {"person_id": pk, "name": name or email} if pk else None


def shown_case(request: HttpRequest, pk: int) -> Filing:
    """The same for the case page, with who works on it read along."""
    actor = actor_of(request)
    cases = Filing.objects.visible_to(actor).select_related("unit", "authority", "app", "entry")
    filing: Filing = get_object_or_404(_with_worker(cases, actor), pk=pk)
    request.review_case = filing  # type: ignore[attr-defined]
    return filing


def _uses(actor: Actor) -> QuerySet[UserFiling]:
    uses = UserFiling.objects.visible_to(actor).filter(submitted_at__isnull=False)
    return uses.select_related("unit", "authority", "entry")


def use_of(request: HttpRequest, pk: int) -> UserFiling:
    """The user filing, if the authority may see it; else 404, as if it were not there."""
    filing = get_object_or_404(_uses(actor_of(request)), pk=pk)
    request.review_case = filing  # type: ignore[attr-defined]
    return filing


def shown_use(request: HttpRequest, pk: int) -> UserFiling:
    """The same for the case page, with who works on it read along."""
    actor = actor_of(request)
    filing: UserFiling = get_object_or_404(_with_worker(_uses(actor), actor), pk=pk)
    request.review_case = filing  # type: ignore[attr-defined]
    return filing


def authority_view(view: View) -> View:
    """For reviewers only; a refusal becomes a page with its reasons, a race the page "already decided"."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        actor = actor_of(request)
        try:
            return view(request, *args, **kwargs)
        except AlreadyMoved as moved:
            return moved_page(request, moved)
        except Refused as refused:
            if STALE_CODES & set(refused.reasons.codes):
                return moved_page(request, None)
            return refused_page(request, refused)
        finally:
            if request.method == "POST":
                forget_counts(actor)
                forget_use_counts(actor)

    return guarded


def refused_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    """403 with every reason, its article, and where it can be mended."""
    filing = getattr(request, "review_case", None)
    context = {"reasons": refused.reasons, "filing": filing, "face": _face(request, filing)}
    return render(request, "review/refused.html", context, status=403)


def moved_page(request: HttpRequest, moved: AlreadyMoved | None) -> HttpResponse:
    """409: what was decided meanwhile, by whom and when, read from the ledger."""
    filing = getattr(request, "review_case", None)
    if filing is not None:
        filing = type(filing).objects.select_related("entry", "unit").get(pk=filing.pk)
    context = {"filing": filing, "last": last_act(filing), "face": _face(request, filing)}
    return render(request, "review/moved.html", context, status=409)


def _face(request: HttpRequest, filing: Any) -> Face:
    """Of the filing; where there is none, of the queue that the address belongs to."""
    return USE if filing is None and request.path.startswith(reverse(USE.queue)) else face_of(filing)


def last_act(filing: Filing | UserFiling | None) -> dict[str, Any] | None:
    """The last act that moved the case, as ``{"verb", "at", "who", "unit"}``."""
    if filing is None:
        return None
    record = timeline(filing, audience="authority").exclude(verb__in=SMALL_VERBS).order_by("-seq").first()
    if record is None:
        return None
    if record.actor_kind == ActorKind.SYSTEM:
        return {"verb": record.verb, "at": record.at, "who": "", "unit": "", "system": True}
    person = Person.objects.filter(pk=record.actor_id).values_list("name", flat=True).first()
    unit = Unit.objects.filter(pk=record.actor_unit_id).values_list("name", flat=True).first()
    return {"verb": record.verb, "at": record.at, "who": person or "", "unit": unit or "", "system": False}


def back_to(request: HttpRequest, fallback: str) -> HttpResponse:
    """Redirects to the address that the form carries, if it is one of ours."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return HttpResponseRedirect(target)  # not redirect(): a bare word would be looked up as a name of ours
    return redirect(fallback)


def case_url(filing: Filing | UserFiling, tab: str = "", anchor: str = "") -> str:
    """Address of a case."""
    address = reverse(face_of(filing).case, args=[filing.pk])
    return address + (f"?tab={tab}" if tab else "") + (f"#{anchor}" if anchor else "")


def seen(request: HttpRequest) -> dict[str, Any]:
    """What the page showed when the form was made: ``seen_state`` and ``seen_version`` for the verbs."""
    version = request.POST.get("seen_version", "")
    return {
        "seen_state": request.POST.get("seen_state") or None,
        "seen_version": int(version) if version.isdecimal() and len(version) < 6 else None,
    }
