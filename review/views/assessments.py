"""Third parties' assessment reports on candidates of an appraisal (Opinions, 9)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ledger.acts import Refused
from providers import materials
from providers.views.materials import stream
from review import domain
from review.forms import AssessmentForm
from review.models import Assessment, Candidate
from review.views.appraisals import appraisal_of
from review.views.base import actor_of, authority_view
from rulebook.time import now as moment


@require_http_methods(["GET", "POST"])
@authority_view
def attach(request: HttpRequest, pk: int, candidate: int) -> HttpResponse:
    """Attaches a third party's assessment report to a candidate (Opinions, 9)."""
    actor, row = actor_of(request), appraisal_of(request, pk)
    one = get_object_or_404(Candidate.objects.select_related("entry", "appraisal"), pk=candidate, appraisal=row)
    form = AssessmentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = materials.examine(form.cleaned_data["file"])
            taken = {name: kept[name] for name in ("upload", "name", "content_type", "sha256")}
            domain.attach_assessment(
                candidate=one, kind=form.cleaned_data["kind"], body=form.cleaned_data["body"],
                issued_on=form.cleaned_data["issued_on"], by=actor, now=moment(), **taken,
            )  # fmt: skip
        except materials.Refused as refused_file:
            form.add_error("file", str(refused_file))
        except Refused as refused:
            for reason in refused.reasons:
                form.add_error("file", str(reason.message))
        else:
            messages.success(request, _("The report is attached."))
            return redirect(reverse("appraisal", args=[pk]) + "#candidates")
    context = {"appraisal": row, "candidate": one, "form": form}
    return render(request, "review/assessment_form.html", context, status=422 if form.is_bound else 200)


@require_safe
@authority_view
def assessment(request: HttpRequest, pk: int, report: int) -> HttpResponseBase:
    """A report itself, for those who see the appraisal."""
    row = Assessment.objects.filter(pk=report, candidate__appraisal=appraisal_of(request, pk)).first()
    return stream(request, row)
