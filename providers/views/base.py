"""What every page of the provider's workspace shares: the actor, the scoped lookup, the refusals."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from accounts.enums import PROVIDER_ROLES
from accounts.models import Unit
from ledger.acts import ActError, Actor, AlreadyMoved, Refused
from providers.models import Filing
from providers.views.desk import DESK, Desk, actor_of

__all__ = ["DESK", "View", "actor_of", "filing_or_404", "provider_view", "refusal_page", "unit_of"]

View = Callable[..., HttpResponseBase]


def provider_view(view: View) -> View:
    """For people who act for a provider; others are shown where to go. Refusals become readable pages."""

    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        if actor is None or actor.unit_id is None:
            return redirect("account_home")
        if actor.role not in PROVIDER_ROLES:
            return render(request, "providers/not_a_provider.html", status=403)
        try:
            return view(request, *args, **kwargs)
        except ActError as error:
            return refusal_page(request, error)

    return wrapped


def refusal_page(request: HttpRequest, error: ActError, desk: Desk = DESK) -> HttpResponse:
    """403 with the reasons, or 409 with who was first."""
    context = {
        "desk": desk,
        "reasons": error.reasons if isinstance(error, Refused) else [],
        "moved": error if isinstance(error, AlreadyMoved) else None,
        "error": error,
    }
    return render(request, "wizard/refused.html", context, status=error.status)


def unit_of(request: HttpRequest) -> Unit:
    """The unit for which the request acts."""
    return request.membership.unit  # type: ignore[attr-defined,no-any-return]


def filing_or_404(request: HttpRequest, pk: int) -> Filing:
    """A filing that the actor may see; everything else does not exist for him."""
    return DESK.find(request, pk)
