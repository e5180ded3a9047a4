"""The account: my units, switching, registering or joining a unit."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import actors, queries, rules
from accounts.domain import end_membership, register_provider_unit, request_to_join
from accounts.domain.units import normalise_uscc
from accounts.enums import PROVIDER_ROLES, MembershipStatus, Province
from accounts.forms import JoinUnitForm, ProfileForm, RegisterUnitForm
from accounts.models import Invitation, Membership, Unit
from accounts.views.base import actor_of, refusals, safe_next, workspace_of
from ledger.acts import Refused
from rulebook.time import now


@login_required
def after_login(request: HttpRequest) -> HttpResponse:
    """Sends everybody to where he works in his present role."""
    membership = request.membership  # type: ignore[attr-defined]
    if membership is not None:
        return redirect(workspace_of(membership))
    if request.user.is_staff:
        return redirect("admin:index")
    waiting = Membership.objects.filter(person=request.user, status=MembershipStatus.REQUESTED).exists()
    if waiting or _open_invitations(request).exists():
        return redirect("account_home")
    return redirect("register_unit")


def _open_invitations(request: HttpRequest):  # type: ignore[no-untyped-def]
    return Invitation.objects.filter(
        email__iexact=request.user.email,  # type: ignore[union-attr]
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=now(),
    ).select_related("unit")


@login_required
@require_http_methods(["GET", "POST"])
def account_home(request: HttpRequest) -> HttpResponse:
    """My units and roles, requests that wait, security, name and language."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("account_home")
    present = request.membership  # type: ignore[attr-defined]
    competence = None
    if present is not None and present.role in PROVIDER_ROLES:
        try:
            competence = queries.competence(present.unit)
        except queries.NoAuthority:
            competence = None
    return render(
        request,
        "accounts/home.html",
        {
            "form": form,
            "memberships": request.memberships,  # type: ignore[attr-defined]
            "present": present,
            "waiting": Membership.objects.filter(
                person=request.user, status=MembershipStatus.REQUESTED
            ).select_related("unit"),
            "invitations": _open_invitations(request),
            "competence": competence,
            "mfa_ready": rules.has_mfa(request.user),  # type: ignore[arg-type]
            "mfa_due": rules.needs_mfa(present.role if present else "", is_staff=request.user.is_staff),
            "tab": "home",
        },
    )


@login_required
@require_POST
def switch_unit(request: HttpRequest) -> HttpResponse:
    """Works for another of my units from now on."""
    wanted = request.POST.get("membership", "")
    membership = actors.choose(
        [m for m in request.memberships if str(m.pk) == wanted],  # type: ignore[attr-defined]
        wanted,
    )
    if membership is None:
        messages.error(request, _("You do not work for this unit, or no longer."))
        return redirect("account_home")
    request.session[actors.SESSION_KEY] = membership.pk
    request.session.pop("mfa_ready", None)
    messages.success(
        request,
        _("You now work for %(unit)s as: %(role)s.")
        % {"unit": membership.unit.name, "role": membership.get_role_display()},
    )
    target = safe_next(request, "")
    # The page one came from may belong to the other role: the workspace of the new one is safe.
    return redirect(target if target == reverse("account_home") else workspace_of(membership))


@login_required
@require_POST
def leave_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends my own place in a unit, or takes back my request to join."""
    membership = (
        Membership.objects.filter(person=request.user, pk=pk)
        .exclude(status=MembershipStatus.ENDED)
        .select_related("unit", "person")
        .first()
    )
    if membership is None:
        messages.error(request, _("You do not work for this unit, or no longer."))
        return redirect("account_home")
    with refusals(request, _("You no longer belong to %(unit)s.") % {"unit": membership.unit.name}):
        end_membership(membership=membership, by=actor_of(request), now=now())
    return redirect("account_home")


@login_required
@require_http_methods(["GET", "POST"])
def register_unit(request: HttpRequest) -> HttpResponse:
    """A provider registers its unit; the page says which authority will be competent, and why."""
    form = RegisterUnitForm(request.POST or None)
    taken, legacy = "", "as_certified" in request.POST
    if request.method == "POST" and form.is_valid():
        try:
            membership = register_provider_unit(
                person=request.user,  # type: ignore[arg-type]
                by=actor_of(request),
                now=now(),
                **form.cleaned_data,
            )
        except Refused as refused:
            form.refuse(refused)
            legacy = legacy or "uscc_checksum" in refused.reasons.codes
            if "uscc_taken" in refused.reasons.codes:
                taken = normalise_uscc(request.POST.get("uscc", ""))
        else:
            request.session[actors.SESSION_KEY] = membership.pk
            messages.success(
                request,
                _("%(unit)s is registered. Its filings go to %(authority)s.")
                % {"unit": membership.unit.name, "authority": queries.filing_authority(membership.unit).name},
            )
            return redirect(workspace_of(membership))
    return render(
        request,
        "accounts/register_unit.html",
        {
            "form": form,
            "taken": taken,
            "legacy": legacy,
            "competence": _competence(request.POST.get("province", "")),
            "tab": "",
        },
        status=422 if form.errors else 200,
    )


@login_required
@require_GET
def competent_authority(request: HttpRequest) -> HttpResponse:
    """The part of the page that names the competent authority for a province."""
    return render(
        request, "accounts/_competence.html", {"competence": _competence(request.GET.get("province", ""))}
    )


def _competence(province: str) -> queries.Competence | None:
    if province not in Province.values:
        return None
    try:
        return queries.competence_in(province)
    except queries.NoAuthority:
        return None


@login_required
@require_http_methods(["GET", "POST"])
def join_unit(request: HttpRequest) -> HttpResponse:
    """Asks the owner of a registered unit to be let in."""
    form = JoinUnitForm(request.POST or None, initial={"uscc": request.GET.get("uscc", "")[:40]})
    if request.method == "POST" and form.is_valid():
        try:
            membership = request_to_join(
                person=request.user,  # type: ignore[arg-type]
                uscc=form.cleaned_data["uscc"],
                by=actor_of(request),
                now=now(),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(
                request,
                _("Your request has gone to the owner of %(unit)s. You will get an e-mail with the answer.")
                % {"unit": membership.unit.name},
            )
            return redirect("account_home")
    return render(
        request, "accounts/join_unit.html", {"form": form, "tab": ""}, status=422 if form.errors else 200
    )


def unit_of(request: HttpRequest) -> Unit:
    """The unit whose people a page shows: ``?unit=`` where one may see it, else one's own."""
    own = request.membership.unit  # type: ignore[attr-defined]
    wanted = request.POST.get("unit") or request.GET.get("unit") or ""
    if wanted.isdecimal() and len(wanted) < 19 and int(wanted) != own.pk:
        return Unit.objects.visible_to(actor_of(request)).filter(pk=int(wanted)).first() or own
    return own
