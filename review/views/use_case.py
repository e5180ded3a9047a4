"""One user filing on the authority's desk: what changed, what it says, its papers, the ledger; and the decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import LEAD_ROLES
from ledger.acts import Actor, Reasons, Refused
from providers.views.materials import stream
from registry.enums import Function, Stage, UserGroup
from review import casefile, domain, keyset, use_queries
from review.desks import holds_use
from review.domain.uses import drafted, notes_left
from review.forms import NoteForm, UseDecisionForm
from review.use_queries import Filters
from review.views.base import (
    USE,
    actor_of,
    authority_view,
    case_url,
    moved_page,
    seen,
    shown_use,
    use_of,
    worker_of,
)
from review.views.case import set_acts
from rulebook import clocks
from rulebook.policies import Policy
from rulebook.time import now as moment
from users import queries as uses
from users import rules as use_rules
from users import schema
from users.enums import AUTHORITY_STATES, DecisionVerb, UseState
from users.models import UseMaterial, UserFiling, UserFilingVersion

TAB_WORDS = {
    "compare": pgettext_lazy("case", "Compare and verify"),
    "content": pgettext_lazy("case", "All content"),
    "materials": pgettext_lazy("case", "Materials"),
    "ledger": pgettext_lazy("case", "Correspondence and ledger"),
}
#: articles that a note rests on, in the order of the picker
ARTICLES = ("me-8", "me-17", "me-18", "me-19", "me-20", "me-21", "op-8", "op-10", "op-11", "op-12", "op-16", "bj-2-3")


@require_safe
@authority_view
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """The case page; ``?tab=`` chooses the part, ``?note=field`` opens the note of a field."""
    filing = shown_use(request, pk)
    tab = request.GET.get("tab", "compare")
    if tab not in TAB_WORDS:
        tab = "compare"
    return render(request, "review/use_case.html", _context(request, filing, tab))


def _context(request: HttpRequest, filing: UserFiling, tab: str, **more: Any) -> dict[str, Any]:
    actor, now = actor_of(request), moment()
    policy, system = uses.policy_of(filing, now), uses.current_system(filing.unit)
    seen_versions = UserFilingVersion.objects.visible_to(actor).filter(filing=filing).order_by("-number")
    numbers = seen_versions.order_by("number").values("number")
    versions = list(seen_versions.annotate(seen_numbers=ArraySubquery(numbers))[:2])
    newest = versions[0] if versions else None
    judged = use_queries.verdicts_on(filing, actor).select_related("author")
    verdicts: dict[str, Any] = {row.field_key: row for row in judged}
    query = Filters.of(request.GET).query()
    context: dict[str, Any] = {
        "filing": filing,
        "face": USE,
        "name": filing.app_name,
        "tab": tab,
        "newest": newest,
        "clock": clocks.running(filing).first(),
        "ours": filing.state in AUTHORITY_STATES and not holds_use(actor, filing),
        "worker": worker_of(filing),
        "actor": actor,
        "is_lead": actor.role in LEAD_ROLES,
        "is_change": bool(filing.confirmed_version) and filing.confirmed_version < filing.version,
        "tabs": [
            {"label": label, "url": case_url(filing, "" if name == "compare" else name), "current": name == tab}
            for name, label in TAB_WORDS.items()
        ],
        "articles": ARTICLES,
        "back": f"?{query}" if query else "",
        "steps": _steps(filing, actor),
        "system": system,
        "warnings": (
            [*uses.warnings(filing, now, policy=policy, has_system=system is not None), *_hints(filing, newest, policy)]
            if filing.state in AUTHORITY_STATES
            else []
        ),
        **_entry_words(filing),
        **more,
    }
    if newest is None:
        return context
    if tab == "compare":
        context |= _compare(request, filing, versions, seen_versions, policy, verdicts)
    elif tab == "content":
        context["blocks"] = casefile.content(newest.data, filing, policy, verdicts, uses.policy_day(filing, now))
        context["editing"] = request.GET.get("note", "")
    elif tab == "materials":
        papers = casefile.papers(filing, newest, policy, versions[1].data if len(versions) > 1 else None)
        wanted = request.GET.get("file", "")
        context["papers"] = papers
        context["paper"] = next((p for p in papers if str(p.material.pk) == wanted), papers[0] if papers else None)
    else:
        context |= _ledger(filing)
    context |= _decision(filing, actor, verdicts, now)
    set_acts(request, context)
    return context


def _hints(filing: UserFiling, newest: UserFilingVersion | None, policy: Policy) -> list[Any]:
    """What the form itself points out without barring it: examination business of a third party, who was not asked."""
    if newest is None:
        return []
    found = schema.validate(newest.data, policy, schema.form_kind(filing), uses.policy_day(filing, moment()))
    return [problem for problem in found if not problem.is_error]


def _entry_words(filing: UserFiling) -> dict[str, list[str]]:
    """What the public reads of the app, in words."""
    entry = filing.entry
    if entry is None:
        return {}
    tables = {"entry_stages": (Stage, entry.stages), "entry_groups": (UserGroup, entry.user_groups),
              "entry_functions": (Function, entry.functions)}  # fmt: skip
    return {
        name: [str(dict(words.choices).get(code, code)) for code in codes] for name, (words, codes) in tables.items()
    }


def _steps(filing: UserFiling, actor: Actor) -> list[dict[str, Any]]:
    """The parties in order, and who holds the filing now."""
    state, unit, authority = filing.state, filing.unit.title, filing.authority.title
    review = [{"name": _("School review"), "text": unit, "state": "done"}] if filing.needs_unit_review else []
    with_unit = state in (UseState.RETURNED, UseState.SUSPENDED, UseState.UNIT_REVIEW, UseState.DRAFT)
    first = {"name": _("Unit"), "text": unit, "state": "now" if with_unit else "done"}
    ours = _("with you now") if actor.unit_id == filing.authority_id else authority
    held = {"name": _("Confirming authority"), "text": authority, "state": ""}
    if state in AUTHORITY_STATES:
        held |= {"text": ours, "state": "now"}
    elif state in (UseState.CONFIRMED, UseState.WITHDRAWN):
        held["state"] = "done"
    return [first, *review, held]


def _compare(
    request: HttpRequest, filing: UserFiling, versions: list[UserFilingVersion],
    seen_versions: QuerySet[UserFilingVersion], policy: Policy, verdicts: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Differences to the last version, or of a change to what was confirmed; without either, everything is new.

    ``seen_versions``: what has reached the authority. What the unit sent back within itself is not among it.
    """
    newest, wanted = versions[0], request.GET.get("against", "")
    if wanted.isdecimal() and len(wanted) < 6 and int(wanted) < newest.number:
        versions = [newest, *seen_versions.filter(number=int(wanted))]
    old: dict[str, Any] | None = None
    against = ""
    confirmed = uses.confirmed_document(filing) if 0 < filing.confirmed_version < newest.number else {}
    if confirmed and (len(versions) == 1 or wanted == "published"):
        old, against = confirmed, "published"
    elif len(versions) > 1:
        old, against = versions[1].data, "version"
    blocks = casefile.content(newest.data, filing, policy, verdicts, uses.policy_day(filing, moment()))
    if old is None:
        lines = [line for block in blocks for line in block.lines]
    else:
        lines = casefile.changes(old, newest.data, filing, policy, verdicts)
        listed = {line.key for line in lines}
        noted = {key for key, row in verdicts.items() if not row.ok} - listed
        lines += [line for block in blocks for line in block.lines if line.key in noted]
        blocks = []
    return {
        "against": against,
        "old_version": versions[1] if len(versions) > 1 else None,
        "older_versions": newest.seen_numbers[:-1] if len(newest.seen_numbers) > 2 else (),  # type: ignore[attr-defined]
        "can_compare_published": bool(confirmed) and len(versions) > 1,
        "blocks": blocks,
        "lines": [] if blocks else lines,
        "changed": len(lines),
        "judged": sum(line.verdict is not None for line in lines),
        "editing": request.GET.get("note", ""),
    }


def _ledger(filing: UserFiling) -> dict[str, Any]:
    """Every decision with its notes as sent, and the chain of records."""
    form = casefile.form_of(filing)
    notes: dict[int, list[Any]] = {}
    for note in filing.return_notes.filter(within_unit=False).order_by("pk"):
        item = form.field(note.field_key) if note.field_key else None
        notes.setdefault(note.version, []).append((item.label if item else _("The whole filing"), note))
    decisions = filing.decisions.exclude(verb=DecisionVerb.UNIT_SEND_BACK).select_related("unit", "person")
    return {
        "decisions": [
            (row, notes.get(row.version, []) if row.verb == DecisionVerb.RETURN else [])
            for row in decisions.order_by("-pk")
        ],
        "records": casefile.ledger_lines(filing),
    }


def _decision(filing: UserFiling, actor: Actor, verdicts: dict[str, Any], now: Any) -> dict[str, Any]:
    """The decision panel: each choice with the reasons against it."""
    if filing.state not in AUTHORITY_STATES:
        return {"may_decide": False}
    barred = use_rules.may_decide(actor, filing)
    if barred:
        return {"may_decide": False, "decision_reasons": barred}
    notes = sum(not row.ok for row in verdicts.values())
    stands = Reasons.of(use_rules.entry_selectable(filing.entry, now), notes_left(filing) if notes else Reasons())
    return {
        "may_decide": True,
        "confirm_reasons": stands,
        "notes": notes,
        "default": "return" if stands else "confirm",
    }


@require_POST
@authority_view
def verdict(request: HttpRequest, pk: int) -> HttpResponse:
    """In order, a note, or nothing said, for one field."""
    filing, actor = use_of(request, pk), actor_of(request)
    form = NoteForm(request.POST)
    policy = uses.policy_of(filing, moment())
    if not form.is_valid() or casefile.form_of(filing).field(form.cleaned_data["field_key"], policy) is None:
        raise Http404
    values, version = form.cleaned_data, seen(request)["seen_version"]
    key = values["field_key"]
    if values["verdict"] == "clear":
        domain.clear_verdict(filing=filing, field_key=key, by=actor, version=version)
    elif values["verdict"] == "ok":
        domain.give_verdict(filing=filing, field_key=key, ok=True, by=actor, now=moment(), version=version)
    elif not values["note"].strip():
        messages.warning(request, _("Write what is wrong, or mark the field as in order."))
    else:
        domain.give_verdict(
            filing=filing, field_key=key, ok=False, note=values["note"],
            article=values["article"] if values["article"] in ARTICLES else "", by=actor, now=moment(),
            version=version,
        )  # fmt: skip
    tab = request.POST.get("tab", "")
    address = case_url(filing, tab if tab in TAB_WORDS and tab != "compare" else "")
    return redirect(f"{address}#f-{key.replace('.', '-')}")


@require_safe
@authority_view
def step(request: HttpRequest, pk: int, way: str) -> HttpResponse:
    """The case before or after this one in the queue that the address describes."""
    filing, actor, now = use_of(request, pk), actor_of(request), moment()
    filters = Filters.of(request.GET)
    cases = use_queries.scope(actor, filters.area, use_queries.areas(actor) if filters.area else ())
    keys = use_queries.filtered(use_queries.keys(actor, filters.area, cases), actor, filters, now)
    before, after = keyset.neighbours(keys, use_queries.SORTS[filters.sort], filing)
    target = before if way == "previous" else after
    query = filters.query()
    if target is None:
        messages.info(request, _("There is no further case in this view."))
    return redirect(case_url(UserFiling(pk=target or filing.pk)) + (f"?{query}" if query else ""))


@require_http_methods(["GET", "POST"])
@authority_view
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """First the notice as it will be served, then, confirmed, the decision itself. It is final."""
    filing, actor, now = use_of(request, pk), actor_of(request), moment()
    if request.method == "GET":
        return redirect(case_url(filing))
    shown = seen(request)
    if (shown["seen_state"] and shown["seen_state"] != filing.state) or (
        shown["seen_version"] is not None and shown["seen_version"] != filing.version
    ):
        return moved_page(request, None)
    form = UseDecisionForm(request.POST)
    if not form.is_valid():
        context = _context(request, shown_use(request, pk), "compare", form=form)
        return render(request, "review/use_case.html", context, status=422)
    values = form.cleaned_data
    if request.POST.get("confirmed") != "yes":
        return _preview(request, filing, actor, values, now)
    if values["decision"] == "return":
        domain.return_use(filing=filing, by=actor, now=now, comment=values["comment"], **shown)
        messages.success(request, _("Returned. The notice has reached the unit’s inbox."))
    else:
        domain.confirm_use(filing=filing, by=actor, now=now, comment=values["comment"], **shown)
        messages.success(request, _("Confirmed. The unit has been told."))
    return redirect(case_url(filing))


def _preview(request: HttpRequest, filing: UserFiling, actor: Actor, values: dict[str, Any], now: Any) -> HttpResponse:
    """What will be served, before it is. The reasons instead where the decision is not possible."""
    notes = drafted(filing)
    reasons = use_rules.may_decide(actor, filing)
    if not reasons and values["decision"] == "confirm":
        reasons = Reasons.of(use_rules.entry_selectable(filing.entry, now), notes_left(filing))
    if reasons:
        raise Refused(reasons)
    form, policy = casefile.form_of(filing), uses.policy_of(filing, now)
    labelled = []
    for note in notes:
        item = form.field(note.field_key, policy)
        labelled.append((item.label if item else note.field_key, note))
    context = {
        "filing": filing, "face": USE, "decision": values["decision"], "comment": values["comment"].strip(),
        "notes": labelled, "today": now, "is_change": bool(filing.confirmed_version),
        "nothing": values["decision"] == "return" and not notes and not values["comment"].strip(),
    }  # fmt: skip
    return render(request, "review/use_notice.html", context)


@require_safe
@authority_view
def material(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file of a version that the authority may see."""
    return stream(request, UseMaterial.objects.visible_to(actor_of(request)).filter(pk=pk).first())


