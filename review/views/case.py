"""One case: compare and verify, all content, materials, the provider, correspondence and ledger; and the decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import LEAD_ROLES
from ledger.acts import Actor, Reasons
from providers import schema
from providers.enums import AUTHORITY_STATES, OPEN_STATES, FilingKind, FilingState
from providers.models import Filing, FilingVersion
from providers.queries import policy_day, policy_of, published_document
from registry.models import Entry
from review import autochecks, casefile, domain, queries, rules
from review.autochecks import run_checks
from review.connectors import labels as connector_labels
from review.domain.blockers import blockers, open_points, proposal_of
from review.forms import DecisionForm, NoteForm
from review.models import Assignment, Check, Decision, Verdict
from review.queries import Filters
from review.views.base import actor_of, authority_view, case_of, case_url, moved_page, seen
from rulebook import clocks
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
    filing = case_of(request, pk)
    tab = request.GET.get("tab", "compare")
    if tab not in TAB_WORDS:
        tab = "compare"
    return render(request, "review/case.html", _context(request, filing, tab))


def _context(request: HttpRequest, filing: Filing, tab: str, **more: Any) -> dict[str, Any]:
    actor, now = actor_of(request), moment()
    policy = policy_of(filing, now)
    versions = list(filing.versions.order_by("-number")[:2])
    newest = versions[0] if versions else None
    judged = Verdict.objects.filter(filing=filing, version=filing.version).select_related("author")
    verdicts = {row.field_key: row for row in judged}
    context: dict[str, Any] = {
        "filing": filing,
        "name": filing.app_name or filing.provider_name,
        "tab": tab,
        "newest": newest,
        "clock": clocks.running(filing).first(),
        "ours": filing.state in AUTHORITY_STATES and not rules.holds(actor, filing),
        "worker": Assignment.objects.filter(filing=filing, unit_id=actor.unit_id).select_related("person").first(),
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
    context |= _decision(filing, actor, policy, verdicts, now, context.get("raw_checks"), context.get("raw_answers"))
    return context


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


def _compare(
    request: HttpRequest, filing: Filing, versions: list[FilingVersion], policy: Policy, verdicts: dict[str, Verdict]
) -> dict[str, Any]:
    """Differences to the last version, or to what is published; without either, everything is new."""
    newest = versions[0]
    wanted = request.GET.get("against", "")
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
    filing: Filing, actor: Actor, policy: Policy, verdicts: dict[str, Verdict], now: Any, checks: Any, answers: Any
) -> dict[str, Any]:
    """The decision panel: each choice with the reasons against it."""
    if filing.state not in AUTHORITY_STATES:
        return {"may_decide": False}
    barred = rules.may_decide(actor, filing)
    if barred:
        return {"may_decide": False, "decision_reasons": barred}
    proposal = proposal_of(filing, actor, policy)
    points = open_points(
        verdicts=verdicts.values(),
        checks=checks if checks is not None else _checks(filing),
        answers=answers if answers is not None else filing.checklist_answers.filter(version=filing.version, ok=True),
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


# --- the reviewer's work ----------------------------------------------------------------------------


def _again(request: HttpRequest, filing: Filing, anchor: str = "") -> HttpResponse:
    """Back to the tab where the form stood."""
    query = QueryDict(mutable=True)
    for key in ("tab", "against"):
        if request.POST.get(key):
            query[key] = request.POST[key]
    address = case_url(filing) + (f"?{query.urlencode()}" if query else "") + (f"#{anchor}" if anchor else "")
    return redirect(address)


@require_POST
@authority_view
def verdict(request: HttpRequest, pk: int) -> HttpResponse:
    """In order, a note, or nothing said, for one field."""
    filing, actor = case_of(request, pk), actor_of(request)
    form = NoteForm(request.POST)
    if not form.is_valid() or schema.field(form.cleaned_data["field_key"], policy_of(filing, moment())) is None:
        raise Http404
    key, version = form.cleaned_data["field_key"], seen(request)["seen_version"]
    anchor = "f-" + key.replace(".", "-")
    if form.cleaned_data["verdict"] == "clear":
        domain.clear_verdict(filing=filing, field_key=key, by=actor, version=version)
    elif form.cleaned_data["verdict"] == "ok":
        domain.give_verdict(filing=filing, field_key=key, ok=True, by=actor, now=moment(), version=version)
    elif not form.cleaned_data["note"].strip():
        messages.warning(request, _("Write what is wrong, or mark the field as in order."))
    else:
        domain.give_verdict(
            filing=filing, field_key=key, ok=False, note=form.cleaned_data["note"],
            article=form.cleaned_data["article"] if form.cleaned_data["article"] in ARTICLES else "",
            by=actor, now=moment(), version=version,
        )  # fmt: skip
    return _again(request, filing, anchor)


@require_POST
@authority_view
def checklist(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers items of the checklist: ``item_<key>`` is "yes" or "no"; others stay as they are."""
    filing, actor, now = case_of(request, pk), actor_of(request), moment()
    known = {row["key"] for row in policy_of(filing, now).get("checklist") or []}
    for key in sorted(known):
        answer = request.POST.get(f"item_{key}")
        if answer in ("yes", "no"):
            domain.answer_checklist(
                filing=filing, key=key, ok=answer == "yes", by=actor, now=now,
                comment=request.POST.get(f"comment_{key}", "").replace("\x00", "")[:1000],
                version=seen(request)["seen_version"],
            )  # fmt: skip
    return _again(request, filing, "checklist")


@require_POST
@authority_view
def override(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Lets a failed check pass, with a reason."""
    filing = case_of(request, pk)
    reason = request.POST.get("reason", "").replace("\x00", "")[:1000]
    domain.override_check(
        filing=filing, code=code, reason=reason, by=actor_of(request), now=moment(),
        seen_version=seen(request)["seen_version"], seen_finding=request.POST.get("seen_finding") or None,
    )  # fmt: skip
    return _again(request, filing, "checks")


@require_POST
@authority_view
def run_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes the automatic checks once more."""
    filing = case_of(request, pk)
    if filing.state in OPEN_STATES and not rules.may_work_on(actor_of(request), filing):
        run_checks(filing=filing, now=moment())
    return _again(request, filing, "checks")


@require_safe
@authority_view
def step(request: HttpRequest, pk: int, way: str) -> HttpResponse:
    """The case before or after this one in the queue that the address describes."""
    filing, actor, now = case_of(request, pk), actor_of(request), moment()
    filters = Filters.of(request.GET)
    cases = queries.filtered(actor, filters, now, queries.soon_day(now))
    before, after = queries.neighbours(cases, filters.sort, filing)
    target = before if way == "previous" else after
    query = filters.query()
    if target is None:
        messages.info(request, _("There is no further case in this view."))
        return redirect(case_url(filing) + (f"?{query}" if query else ""))
    return redirect(case_url(Filing(pk=target)) + (f"?{query}" if query else ""))


# --- the decision -----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@authority_view
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """First the notice as it will be served, then, confirmed, the decision itself. It is final."""
    filing, actor, now = case_of(request, pk), actor_of(request), moment()
    if request.method == "GET":
        return redirect(case_url(filing))
    shown = seen(request)
    if (shown["seen_state"] and shown["seen_state"] != filing.state) or (
        shown["seen_version"] is not None and shown["seen_version"] != filing.version
    ):
        return moved_page(request, None)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return render(request, "review/case.html", _context(request, filing, "compare", form=form), status=422)
    values = form.cleaned_data
    if request.POST.get("confirmed") != "yes":
        return _preview(request, filing, actor, values, now)
    args: dict[str, Any] = {"filing": filing, "by": actor, "now": now, "comment": values["comment"]}
    if values["decision"] == "return":
        filing = domain.return_for_correction(**args, **shown)
        said = _("Returned. The notice has reached the provider’s inbox; its period has begun.")
    elif values["decision"] == "approve":
        filing = domain.approve(**args, **shown)
        sent = filing.state == FilingState.MINISTRY_REVIEW
        said = _("Approved and sent to the ministry.") if sent else _("Approved.")
    elif values["decision"] == "propose":
        domain.propose(**args, **shown)
        said = _("Proposed. A second person decides.")
    else:
        filing = domain.decline(**args, article=values["article"], **shown)
        said = _("Declined. The provider has been told.")
    messages.success(request, said)
    return redirect(case_url(filing))


def _preview(
    request: HttpRequest, filing: Filing, actor: Actor, values: dict[str, Any], now: Any
) -> HttpResponse:
    """What will be served, before it is. Shows the reasons instead where the decision is not possible."""
    from ledger.acts import Refused
    from rulebook import calendar
    from rulebook.time import local_date

    policy = policy_of(filing, now)
    notes = list(Verdict.objects.filter(filing=filing, version=filing.version, ok=False).order_by("field_key"))
    reasons = rules.may_decide(actor, filing)
    if not reasons and values["decision"] in ("approve", "propose"):
        reasons = blockers(filing, actor, policy)
        if values["decision"] == "propose":
            reasons = Reasons(r for r in reasons if r.code not in ("no_proposal", "same_person"))
    if reasons:
        raise Refused(reasons)
    due = calendar.add_working_days(local_date(now), int(policy.get("supplement_days")))
    context = {
        "filing": filing,
        "name": filing.app_name or filing.provider_name,
        "decision": values["decision"],
        "comment": values["comment"].strip(),
        "article": values["article"],
        "notes": [(_label(note.field_key, policy), note) for note in notes],
        "due": due,
        "days": policy.get("supplement_days"),
        "today": now,
        "onward": filing.second_level and filing.state == FilingState.SUBMITTED,
        "nothing": values["decision"] == "return" and not notes and not values["comment"].strip(),
    }
    return render(request, "review/notice_preview.html", context)


def _label(key: str, policy: Policy) -> Any:
    item = schema.field(key, policy)
    return item.label if item is not None else key


