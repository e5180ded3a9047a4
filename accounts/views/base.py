"""What the pages of this room share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.enums import AUTHORITY_ROLES, PROVIDER_ROLES, Role
from accounts.models import Membership
from ledger.acts import ActError, Actor, Refused

View = Callable[..., HttpResponseBase]

#: Where each audience works. Rooms above are named, not imported; a page that is not there is passed over.
PROVIDER_PAGES = ("provider_home",)
REVIEW_PAGES = ("review_home", "review_queue", "queue")
INSTITUTION_PAGES = ("institution_home", "account_home")


def membership_required(view: View) -> View:
    """Signed in and working for a unit; else to the page where one gets a unit."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.membership is None:  # type: ignore[attr-defined]
            return redirect("account_home")
        return view(request, *args, **kwargs)

    return guarded


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a page behind :func:`membership_required`; without a unit, the person alone."""
    actor = request.actor  # type: ignore[attr-defined]
    return actor or Actor(person_id=request.user.pk, unit_id=None, role="", person_name=str(request.user))


@contextmanager
def refusals(request: HttpRequest, done: object = "") -> Iterator[None]:
    """Runs one verb; says on the next page that it was done, or why not."""
    try:
        yield
    except Refused as refused:
        for reason in refused.reasons:
            messages.error(request, str(reason.message))
    except ActError as error:
        messages.error(request, str(error))
    else:
        if done:
            messages.success(request, str(done))


def first_page(*names: str) -> str:
    """Address of the first of these pages that exists."""
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return reverse("account_home")


def workspace_of(membership: Membership) -> str:
    """Where somebody works in this role."""
    if membership.role in PROVIDER_ROLES:
        return first_page(*PROVIDER_PAGES)
    if membership.role in AUTHORITY_ROLES:
        return first_page(*REVIEW_PAGES)
    if membership.role == Role.SYSADMIN and membership.person.is_staff:
        return reverse("admin:index")
    return first_page(*INSTITUTION_PAGES)


def safe_next(request: HttpRequest, fallback: str) -> str:
    """The address that a form carries as ``next``, if it is one of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return target
    return fallback
