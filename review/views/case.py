"""One case: compare and verify, all content, materials, the provider, correspondence and ledger; and the decision."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Value
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from accounts.enums import LEAD_ROLES
from ledger.acts import Actor, Reasons
from providers import schema
from providers.enums import AUTHORITY_STATES, FilingKind, FilingState
from providers.models import Filing, FilingVersion
from providers.queries import policy_day, policy_of, published_document
from registry.models import Entry
from review import autochecks, casefile, rules
from review.autochecks import run_checks
from review.connectors import labels as connector_labels
from review.domain.blockers import open_points, proposal_of
from review.models import Check, ChecklistAnswer, Decision, Verdict
from review.queries import Filters
from review.views.base import FILING, actor_of, authority_view, case_url, shown_case, worker_of
from rulebook import clocks
from rulebook.display import today_of
from rulebook.policies import Policy
from rulebook.time import now as moment

TAB_WORDS = {
    "compare": pgettext_lazy("case", "Compare and verify"),
    "content": pgettext_lazy("case", "All content"),
    "materials": pgettext_lazy("case", "Materials"),
    "provider": pgettext_lazy("case", "Provider"),
    "ledger": pgettext_lazy("case", "Correspondence and ledger"),
}
#: articles that a note or a refusal rests on, in the order of the picker
ARTICLES = (
    "me-2", "me-9", "me-10", "me-11", "me-12", "me-13", "me-14", "me-15",
    "op-4", "op-5", "op-6", "op-7", "op-13", "bj-2-2", "bj-3-1", "bj-3-2", "bj-3-3", "bj-3-5", "bj-3-6",
)  # fmt: skip


@require_safe
@authority_view
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """The case page; ``?tab=`` chooses the part, ``?note=field`` opens the note of a field."""
    filing = shown_case(request, pk)
    tab = request.GET.get("tab", "compare")
    if tab not in TAB_WORDS:
        tab = "compare"
    return render(request, "review/case.html", page_context(request, filing, tab))


def page_context(request: HttpRequest, filing: Filing, tab: str, **more: Any) -> dict[str, Any]:
    """Everything that the page shows. ``filing`` comes from ``shown_case``; ``more`` is added as it is."""
    actor, (now, _days) = actor_of(request), today_of(request)
    policy = policy_of(filing, now)
    versions = list(filing.versions.order_by("-number")[:2])
    newest = versions[0] if versions else None
    judged = Verdict.objects.filter(filing=filing, version=filing.version).select_related("author")
    verdicts = {row.field_key: row for row in judged}
    context: dict[str, Any] = {
        "filing": filing,
        "face": FILING,
        "name": filing.app_name or filing.provider_name,
        "tab": tab,
        "newest": newest,
        "clock": clocks.running(filing).first(),
        "ours": filing.state in AUTHORITY_STATES and not rules.holds(actor, filing),
        "worker": worker_of(filing),
        "actor": actor,
        "is_lead": actor.role in LEAD_ROLES,
        "tabs": _tabs(filing, tab),
        "articles": ARTICLES,
        "back": _queue_address(request),
        "queue_query": Filters.of(request.GET).query(),
        **more,
    }
    if newest is None:
        return context
    if tab == "compare":
        context |= _compare(request, filing, versions, policy, verdicts)
    elif tab == "content":
        context["blocks"] = casefile.content(newest.data, filing, policy, verdicts, policy_day(filing, now))
        context["editing"] = request.GET.get("note", "")
    elif tab == "materials":
        before = versions[1].data if len(versions) > 1 else None
        papers = casefile.papers(filing, newest, policy, before)
        wanted = request.GET.get("file", "")
        context["papers"] = papers
        context["paper"] = next((p for p in papers if str(p.material.pk) == wanted), papers[0] if papers else None)
    elif tab == "provider":
        context |= _provider(filing, newest, policy, actor)
    else:
        context |= _ledger(filing)
    if context.get("editing") and not rules.may_work_on(actor, filing):
        context["places"] = casefile.papers(filing, newest, policy, None)
    context |= _decision(filing, actor, policy, verdicts, context.get("raw_checks"), context.get("raw_answers"))
    set_acts(request, context)
    return context


def set_acts(request: HttpRequest, context: dict[str, Any]) -> None:
    """The buttons beside every field, as HTML: their template is rendered once for each of the three verdicts.

    A case has a hundred fields; label, key and anchor are all that differs. They are set into slots.
    """
    lines: list[casefile.Line] = [*context.get("lines", ()), *(ln for b in context.get("blocks", ()) for ln in b.lines)]
    shapes: dict[bool | None, str] = {}
    for line in lines:
        said = line.verdict.ok if line.verdict is not None else None
        if said not in shapes:
            slots = {"key": "{key}", "anchor": "{anchor}", "label": "{label}", "verdict": line.verdict}
            shapes[said] = get_template("review/_verdict.html").render(
                {**context, "line": slots, "csrf_token": get_token(request)}
            )
        line.acts = mark_safe(  # noqa: S308 - the shape is a template's, values are escaped
            shapes[said].format(key=escape(line.key), anchor=escape(line.anchor), label=escape(str(line.label)))
        )


def _tabs(filing: Filing, current: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": case_url(filing, "" if name == "compare" else name), "current": name == current}
        for name, label in TAB_WORDS.items()
    ]


def _queue_address(request: HttpRequest) -> str:
    query = Filters.of(request.GET).query()
    return f"?{query}" if query else ""


def _checks(filing: Filing) -> list[Check]:
    """Results of the version; made now where the background has not got round to it."""
    rows = list(Check.objects.filter(filing=filing, version=filing.version).select_related("overridden_by"))
    if not rows and filing.state in AUTHORITY_STATES:
        rows = run_checks(filing=filing, now=moment())
    return rows


def _results(filing: Filing) -> tuple[list[Check], list[ChecklistAnswer]]:
    """What the panel has to know of checks and checklist where neither is shown: one query for both."""
    at = {"filing": filing, "version": filing.version}
    checks = Check.objects.filter(**at).values_list(Value("check"), "code", "result", "overridden_by_id")
    given = ChecklistAnswer.objects.filter(**at, ok=True)
    answers = given.values_list(Value("answer"), "key", Value(""), Value(None, output_field=BigIntegerField()))
    rows = list(checks.union(answers, all=True))
    found = [Check(**at, code=code, result=why, overridden_by_id=by) for kind, code, why, by in rows if kind == "check"]
    if not found and filing.state in AUTHORITY_STATES:
        found = run_checks(filing=filing, now=moment())
    return found, [ChecklistAnswer(**at, key=key, ok=True) for kind, key, _why, _who in rows if kind == "answer"]


def _compare(
    request: HttpRequest, filing: Filing, versions: list[FilingVersion], policy: Policy, verdicts: dict[str, Verdict]
) -> dict[str, Any]:
    """Differences to the last version, or to what is published; without either, everything is new."""
    newest, wanted = versions[0], request.GET.get("against", "")
    if wanted.isdecimal() and len(wanted) < 6 and int(wanted) < newest.number:
        versions = [newest, *filing.versions.filter(number=int(wanted))]
    published = None
    if len(versions) == 1 or wanted == "published":
        published = published_document(filing) if filing.kind != FilingKind.INITIAL else None
    old: dict[str, Any] | None = None
    against = ""
    if published is not None:
        old, against = published, "published"
    elif len(versions) > 1:
        old, against = versions[1].data, "version"
    notes = {key: row for key, row in verdicts.items() if not row.ok}
    if old is None:
        blocks = casefile.content(newest.data, filing, policy, verdicts, policy_day(filing, moment()))
        lines = [line for block in blocks for line in block.lines]
    else:
        blocks = []
        lines = casefile.changes(old, newest.data, filing, policy, verdicts)
        listed = {line.key for line in lines}
        extra = casefile.content(newest.data, filing, policy, verdicts, policy_day(filing, moment()))
        lines += [line for block in extra for line in block.lines if line.key in notes and line.key not in listed]
    raw = _checks(filing)
    answers = list(filing.checklist_answers.filter(version=filing.version))
    return {
        "against": against,
        "old_version": versions[1] if len(versions) > 1 else None,
        "older_versions": range(1, newest.number) if newest.number > 2 else (),
        "can_compare_published": filing.kind != FilingKind.INITIAL and len(versions) > 1,
        "blocks": blocks,
        "lines": [] if blocks else lines,
        "changed": len(lines),
        "judged": sum(line.verdict is not None for line in lines),
        "editing": request.GET.get("note", ""),
        "raw_checks": raw,
        "raw_answers": answers,
        "checks": autochecks.shown(raw),
        "external": [
            (connector_labels().get(row.connector, row.connector), row)
            for row in filing.external_checks.filter(version=filing.version)
        ],
        "checklist": casefile.checklist(policy, answers),
    }


def _provider(filing: Filing, newest: FilingVersion, policy: Policy, actor: Actor) -> dict[str, Any]:
    """The provider as this authority may see it: its entries, its earlier filings and decisions."""
    earlier = Filing.objects.visible_to(actor).filter(unit_id=filing.unit_id).exclude(pk=filing.pk)
    document = casefile.whole(newest.data)
    shown = (
        "unit.name", "unit.uscc", "unit.kind", "unit.province", "unit.registered_address",
        "unit.legal_representative", "unit.contact_name", "unit.contact_mobile", "unit.contact_email",
    )  # fmt: skip
    facts = []
    for key in shown:
        item = schema.field(key, policy)
        if item is not None:
            facts.append((item.label, schema.display(item, schema.lookup(document, key)), item.code))
    return {
        "facts": facts,
        "entries": list(Entry.objects.filter(unit_id=filing.unit_id).order_by("-published_at")[:50]),
        "earlier": list(earlier.order_by("-pk").prefetch_related("decisions")[:50]),
    }


def _ledger(filing: Filing) -> dict[str, Any]:
    """Every decision with its notes as sent, and the chain of records."""
    notes: dict[int, list[Any]] = {}
    for note in filing.return_notes.order_by("pk"):
        item = schema.field(note.field_key)
        notes.setdefault(note.version, []).append((item.label if item else note.field_key, note))
    decisions = list(filing.decisions.select_related("unit", "person").order_by("-pk"))
    return {
        "decisions": [
            (row, notes.get(row.version, []) if row.verb == Decision.Verb.RETURN else []) for row in decisions
        ],
        "records": casefile.ledger_lines(filing),
    }


def _decision(
    filing: Filing, actor: Actor, policy: Policy, verdicts: dict[str, Verdict], checks: Any, answers: Any
) -> dict[str, Any]:
    """The decision panel: each choice with the reasons against it."""
    if filing.state not in AUTHORITY_STATES:
        return {"may_decide": False}
    barred = rules.may_decide(actor, filing)
    if barred:
        return {"may_decide": False, "decision_reasons": barred}
    proposal = proposal_of(filing, actor, policy)
    if checks is None or answers is None:
        checks, answers = _results(filing)
    points = open_points(
        verdicts=verdicts.values(),
        checks=checks,
        answers=answers,
        proposal=proposal,
        by=actor,
        policy=policy,
        two_persons=rules.second_person_needed(filing, policy),
    )
    notes = sum(not row.ok for row in verdicts.values())
    second = rules.second_person_needed(filing, policy)
    proposable = Reasons(reason for reason in points if reason.code not in ("no_proposal", "same_person"))
    return {
        "may_decide": True,
        "approve_reasons": points,
        "propose_reasons": proposable,
        "second_person": second,
        "proposal": proposal,
        "notes": notes,
        "onward": filing.second_level and filing.state == FilingState.SUBMITTED,
        "supplement_days": policy.get("supplement_days"),
        "default": "return" if points or notes else "approve",
    }
