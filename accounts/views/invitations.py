"""Accounts from above: inviting, withdrawing, accepting; setting up units below."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actors, rules
from accounts.domain import accept_invitation, create_unit, invite, open_account, withdraw_invitation
from accounts.enums import Role
from accounts.forms import InviteForm, NewUnitForm, OpenAccountForm
from accounts.models import Invitation, Person, Unit
from accounts.queries import invitation_by_secret
from accounts.views.base import actor_of, membership_required, refusals, workspace_of
from ledger.acts import Refused
from rulebook.time import now

SHOWN = 100


@membership_required
@require_http_methods(["GET", "POST"])
def invitations(request: HttpRequest) -> HttpResponse:
    """Invites people into one's own unit and those below, and shows what became of it."""
    actor = actor_of(request)
    if actor.role not in rules.INVITING_ROLES | {Role.SYSADMIN}:
        return render(request, "accounts/not_yours.html", {"tab": "invitations"}, status=403)
    units = (
        Unit.objects.visible_to(actor).filter(active=True, path__startswith=actor.unit_path).order_by("path")
    )
    form = InviteForm(
        request.POST if request.POST.get("form") == "invite" else None,
        units=units,
        initial={"unit": request.GET.get("unit") or actor.unit_id},
    )
    unit_form = NewUnitForm(
        request.POST if request.POST.get("form") == "unit" else None,
        units=units.authorities(),
        auto_id="id_new_%s",  # two forms on one page
    )
    if form.is_bound and form.is_valid():
        try:
            invitation, _secret = invite(by=actor, now=now(), **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(
                request,
                _("%(email)s has been invited. The link is valid for 14 days.") % {"email": invitation.email},
            )
            return redirect("invitations")
    if unit_form.is_bound and unit_form.is_valid():
        try:
            unit = create_unit(by=actor, now=now(), **unit_form.cleaned_data)
        except Refused as refused:
            unit_form.refuse(refused)
        else:
            messages.success(
                request, _("%(unit)s has been set up. Invite its people now.") % {"unit": unit.name}
            )
            return redirect(f"{reverse('invitations')}?unit={unit.pk}")
    moment = now()
    rows = list(
        Invitation.objects.visible_to(actor).select_related("unit", "invited_by").order_by("-pk")[:SHOWN]
    )
    for row in rows:
        row.look = _look(row, moment)  # type: ignore[attr-defined]
    return render(
        request,
        "accounts/invitations.html",
        {
            "form": form,
            "unit_form": unit_form,
            "rows": rows,
            "may_create": not rules.may_create_below(actor, request.membership.unit),  # type: ignore[attr-defined]
            "tab": "invitations",
        },
        status=422 if form.errors or unit_form.errors else 200,
    )


def _look(row: Invitation, moment: Any) -> str:
    if row.accepted_at:
        return "accepted"
    if row.withdrawn_at:
        return "withdrawn"
    return "run_out" if moment >= row.expires_at else "open"


@membership_required
@require_POST
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes an open invitation worthless."""
    actor = actor_of(request)
    row = get_object_or_404(Invitation.objects.visible_to(actor).select_related("unit"), pk=pk)
    with refusals(request, _("The invitation has been withdrawn.")):
        withdraw_invitation(invitation=row, by=actor, now=now())
    return redirect("invitations")


@never_cache
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """The page behind the secret link: sign in, or open an account, and join."""
    invitation = invitation_by_secret(secret)
    if invitation is None:
        return render(request, "accounts/accept.html", {"invitation": None}, status=404)
    state = _look(invitation, now())
    signed_in = request.user.is_authenticated
    mine = isinstance(request.user, Person) and request.user.email.lower() == invitation.email.lower()
    known = Person.objects.filter(email=invitation.email).exists()
    form = None
    if state == "open" and not signed_in and not known:
        form = OpenAccountForm(
            request.POST if request.method == "POST" else None,
            email=invitation.email,
            initial={"name": invitation.name},
        )
    if request.method == "POST" and state == "open":
        answer = _accept(request, invitation, secret, form, mine=mine)
        if answer is not None:
            return answer
    return render(
        request,
        "accounts/accept.html",
        {
            "invitation": invitation,
            "state": state,
            "mine": mine,
            "known": known,
            "form": form,
            "login": f"{reverse(settings.LOGIN_URL)}?next={request.path}",
        },
        status=422 if form is not None and form.errors else 200,
    )


def _accept(
    request: HttpRequest, invitation: Invitation, secret: str, form: OpenAccountForm | None, *, mine: bool
) -> HttpResponse | None:
    """Joins by an existing account or a new one; None where the page is to be shown again."""
    try:
        if mine:
            membership = accept_invitation(
                invitation=invitation,
                secret=secret,
                person=request.user,  # type: ignore[arg-type]
                by=actor_of(request),
                now=now(),
            )
        elif form is not None and form.is_valid():
            membership = open_account(
                invitation=invitation,
                secret=secret,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
                language=get_language() or "zh-hans",
                now=now(),
            )
            login(request, membership.person, backend=settings.AUTHENTICATION_BACKENDS[0])
        else:
            return None
    except Refused as refused:
        if form is not None:
            form.refuse(refused)
        else:
            for reason in refused.reasons:
                messages.error(request, str(reason.message))
        return None
    request.session[actors.SESSION_KEY] = membership.pk
    messages.success(
        request,
        _("You now work for %(unit)s as: %(role)s.")
        % {"unit": membership.unit.name, "role": membership.get_role_display()},
    )
    return redirect(workspace_of(membership))
