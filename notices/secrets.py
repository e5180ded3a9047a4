"""Links that stand in an e-mail and nowhere else."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from accounts.models import Invitation
from accounts.secrets import invitation_secret
from notices import links
from notices.models import Notice


def secret_link(notice: Notice) -> str:
    """The link of an invitation, made at the moment of sending: no row and no inbox ever holds it."""
    if notice.kind != "invitation" or notice.subject_type != "accounts.invitation":
        return ""
    invitation = Invitation.objects.filter(pk=notice.subject_id).first()
    if invitation is None or invitation.withdrawn_at or invitation.accepted_at:
        return ""
    try:
        return links.absolute(reverse("accept_invitation", args=[invitation_secret(invitation.nonce)]))
    except NoReverseMatch:
        return ""
