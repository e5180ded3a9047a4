"""Personal tokens: made, shown once, revoked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain import issue_token, revoke_token
from accounts.forms import TokenForm
from accounts.models import ApiToken
from accounts.views.base import actor_of, membership_required, refusals
from ledger.acts import Refused
from rulebook.time import now


@never_cache
@membership_required
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """My tokens; a new one is shown in the answer to its making and never again."""
    membership = request.membership  # type: ignore[attr-defined]
    form = TokenForm(request.POST or None, membership=membership)
    made, secret = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = issue_token(
                membership=membership, by=actor_of(request), now=now(), **form.cleaned_data
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            form = TokenForm(membership=membership)
    moment = now()
    rows = list(
        ApiToken.objects.filter(membership__person=request.user)
        .select_related("membership__unit")
        .order_by("-pk")[:100]
    )
    for row in rows:
        ended = row.revoked_at or moment >= row.expires_at or not row.membership.active
        row.in_force = not ended  # type: ignore[attr-defined]
    return render(
        request,
        "accounts/tokens.html",
        {"form": form, "made": made, "secret": secret, "rows": rows, "tab": "tokens"},
        status=422 if form.errors else 200,
    )


@membership_required
@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends one of my tokens at once."""
    actor = actor_of(request)
    token = get_object_or_404(ApiToken.objects.visible_to(actor).select_related("membership"), pk=pk)
    with refusals(request, _("The token has been revoked.")):
        revoke_token(token=token, by=actor, now=now())
    return redirect("tokens")
