"""The e-mail of a notice: subject line and text in the recipient's language."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from notices import kinds, links
from notices.models import EmailDelivery
from notices.secrets import secret_link


def compose(delivery: EmailDelivery) -> EmailMessage:
    """The message. Its Message-ID is the same at every try, so that a second copy can be told as one."""
    notice = delivery.notice
    with translation.override(delivery.language):
        title = kinds.title(notice.kind, notice.params)
        context = {
            "title": title,
            "body": kinds.body(notice.kind, notice.params),
            "link": secret_link(notice) or links.absolute(_inbox_address(notice.pk)),
            "legal": notice.legal,
            "received_at": notice.received_at,
            "unit": notice.to_unit,
            "is_invitation": notice.kind == "invitation",
        }
        text = render_to_string("notices/mail/notice.txt", context)
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >") or "portal.test"
    return EmailMessage(
        subject=title,
        body=text,
        to=[delivery.address],
        headers={
            "Message-ID": f"<notice-{notice.pk}-{delivery.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def _inbox_address(notice_id: int) -> str:
    try:
        return reverse("notice", args=[notice_id])
    except NoReverseMatch:
        return "/"
