"""What the help centre tells units, and where it leads."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guidance.models import TrainingEvent
from ledger.acts import Actor
from notices import links
from notices.kinds import Kind, register
from notices.models import Notice


def page_of_event(notice: Notice, actor: Actor | None) -> str:
    found = TrainingEvent.objects.visible_to(actor).filter(pk=notice.subject_id).exists()
    return reverse("help_event", args=[notice.subject_id]) if found else ""


def register_all() -> None:
    """Called once when the room is ready."""
    register(
        Kind(
            "training_tomorrow",
            label=_("A training you are registered for"),
            title=_("Training on %(day)s at %(hour)s: %(title)s"),
            body=_(
                "Your unit is registered with %(people)s for “%(title)s” on %(day)s at %(hour)s, %(place)s. If nobody "
                "can come, withdraw the registration so that others get the seats."
            ),
            article="op-19",
            tone="act",
        )
    )
    links.register("guidance.trainingevent", page_of_event)
