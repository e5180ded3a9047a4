"""What every page of the institution's workspace shares: who may come in, the scoped lookup, the refusals."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from accounts.models import Unit
from ledger.acts import ActError, Actor
from providers.views.base import refusal_page
from providers.views.desk import actor_of
from users import rules
from users.models import UserFiling
from users.views.desk import DESK

__all__ = ["DESK", "actor_of", "institution_view", "number_of", "own_uses", "unit_of"]

View = Callable[..., HttpResponseBase]


def institution_view(view: View) -> View:
    """For people of an institution, and the lead of an authority for its own uses; others are told where to go."""

    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        if actor is None or actor.unit_id is None:
            return redirect("account_home")
        if rules.is_of_unit(actor, actor.unit_id):
            return render(request, "users/not_an_institution.html", status=403)
        try:
            return view(request, *args, **kwargs)
        except ActError as error:
            return refusal_page(request, error, DESK)

    return wrapped


def unit_of(request: HttpRequest) -> Unit:
    """The unit for which the request acts."""
    return request.membership.unit  # type: ignore[attr-defined,no-any-return]


def own_uses(request: HttpRequest) -> Any:
    """The unit's own uses, as far as the actor may see them."""
    actor = actor_of(request)
    return UserFiling.objects.visible_to(actor).filter(unit_id=actor.unit_id)


def number_of(text: str | None) -> int | None:
    """A small positive number of an address, or None."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None
