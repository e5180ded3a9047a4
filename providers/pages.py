"""Where notices about entries, branches and platforms lead their readers."""

from __future__ import annotations

from django.urls import reverse

from accounts.enums import PROVIDER_ROLES
from ledger.acts import Actor
from notices import links
from notices.models import Notice
from providers.models import Branch, PlatformOperator
from registry.models import Entry


def of_entry(notice: Notice, actor: Actor | None) -> str:
    """The provider's list of what it keeps up to date."""
    return reverse("provider_confirm") if actor is not None and actor.role in PROVIDER_ROLES else ""


def of_branch(notice: Notice, actor: Actor | None) -> str:
    """The page on which each party decides."""
    if actor is None or not Branch.objects.visible_to(actor).filter(pk=notice.subject_id).exists():
        return reverse("provider_branches") if actor is not None and actor.role in PROVIDER_ROLES else ""
    return reverse("provider_branches" if actor.role in PROVIDER_ROLES else "oversight_branches")


def of_operator(notice: Notice, actor: Actor | None) -> str:
    """The operator's page."""
    return reverse("platform_home") if actor is not None and actor.role in PROVIDER_ROLES else ""


def register() -> None:
    """Called once when the room is ready."""
    links.register(Entry._meta.label_lower, of_entry)
    links.register(Branch._meta.label_lower, of_branch)
    links.register(PlatformOperator._meta.label_lower, of_operator)
