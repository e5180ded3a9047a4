"""Notices of this room, with their wording."""

from django.utils.translation import gettext_lazy as _

from notices.kinds import Kind, register

KINDS = (
    Kind(
        "provider_listed",
        label=_("My unit is blacklisted"),
        title=_("Blacklisted: no filing until %(until)s"),
        body=_(
            "%(authority)s has put %(provider_name)s on the blacklist. Reason: %(reason)s Revoked: %(numbers)s. "
            "The unit, its head office and its branches may not file until %(until)s, 24:00. You may object to the "
            "listing on its page; somebody else than who decided will review it."
        ),
        article="me-24",
        tone="late",
    ),
    Kind(
        "bar_ended",
        label=_("A bar ends"),
        title=_("The bar has ended: %(provider_name)s may file again"),
        body=_("The bar of %(provider_name)s ended on %(until)s, 24:00. Revoked filings stay revoked; file anew."),
        article="me-24",
        tone="ok",
    ),
    Kind(
        "listing_lifted",
        label=_("A listing is lifted"),
        title=_("Blacklisting lifted: %(provider_name)s"),
        body=_(
            "%(authority)s has taken %(provider_name)s off the blacklist. Reason: %(lift_reason)s Revoked filings stay "
            "revoked; file anew."
        ),
        article="me-24",
        tone="ok",
    ),
    Kind(
        "listing_objection",
        label=_("A listed unit objects"),
        title=_("Objection to a blacklisting: %(provider_name)s"),
        body=_(
            "%(provider_name)s, blacklisted on %(listed_on)s, objects. Somebody else than who decided reviews the "
            "objection; the bar goes on meanwhile."
        ),
        article="me-24",
        tone="auth",
    ),
    Kind(
        "objection_granted",
        label=_("My objection is granted"),
        title=_("Objection granted: %(provider_name)s"),
        body=_("The objection of %(provider_name)s has been granted. %(decision)s"),
        article="me-24",
        tone="ok",
    ),
    Kind(
        "objection_rejected",
        label=_("My objection is rejected"),
        title=_("Objection rejected: %(provider_name)s"),
        body=_("The objection of %(provider_name)s has been rejected. The bar goes on until %(until)s. %(decision)s"),
        article="me-24",
        tone="end",
    ),
)


def register_kinds() -> None:
    for kind in KINDS:
        register(kind)
