"""System checks: what must never be true where the portal is open to the world."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def production_is_safe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Errors for DEBUG, demo accounts or a generated secret in production mode."""
    if getattr(settings, "PORTAL_MODE", "") != "production":
        return []
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(Error("DEBUG is on in production.", id="filing_portal.E001"))
    if settings.PORTAL_DEMO_ACCOUNTS:
        found.append(Error("Demonstration accounts are on in production.", id="filing_portal.E002"))
    return found
