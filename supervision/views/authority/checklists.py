"""The checklist of inspections with what is said to it; everybody who works for a unit may comment (R169)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.enums import AUTHORITY_ROLES, Role
from rulebook.time import now as moment
from supervision import domain
from supervision.domain.checklists import checklist_for
from supervision.forms import CommentForm
from supervision.models import ChecklistComment
from supervision.views.authority.base import Section, actor_of, form_page, guard
from supervision.views.authority.refusing import attempt

SHOWN = 200
EVERYBODY = frozenset(Role)

anybody_view = guard(EVERYBODY)


@anybody_view
def checklist(request: HttpRequest) -> HttpResponse:
    """Items with their articles, the comments that the reader may see, and a form."""
    actor, now = actor_of(request, EVERYBODY), moment()
    items, label = checklist_for(actor, now)
    english = (get_language() or "").startswith("en")
    words = {
        str(item["key"]): str((item.get("label_en") if english else "") or item.get("label_zh") or item["key"])
        for item in items
    }
    form = CommentForm(request.POST if request.method == "POST" else None, items=list(words.items()))
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: domain.comment_on_checklist(by=actor, now=now, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("Your comment has reached the authorities."))
            return redirect(request.path)
    seen = ChecklistComment.objects.visible_to(actor).select_related("unit")[:SHOWN]
    said: list[dict[str, Any]] = [
        {"title": f"{one.unit.title} · {words.get(one.key, one.key) or _('The checklist as a whole')}", "at": one.at,
         "text": one.text, "who": one.label}
        for one in seen
    ]  # fmt: skip
    everything = actor.role in AUTHORITY_ROLES
    sections = [
        Section(_("The checklist in force"), note=label, empty=_("No checklist is in force."), lines=[
            {"title": words[str(item["key"])], "article": item.get("article") or ""} for item in items
        ], articles=["op-18"]),
        Section(_("What was said") if everything else _("What your unit has said"), lines=said,
                empty=_("Nobody has said anything yet.")),
    ]  # fmt: skip
    return form_page(
        request, section="plan", title=_("Checklist of inspections"), form=form, button=_("Send the comment"),
        crumbs=[],
        lead=_("Experts, firms and institutions improve the standards together: say what is missing or unclear."),
        sections=sections,
    )  # fmt: skip
