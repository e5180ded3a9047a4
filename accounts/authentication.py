"""Personal tokens in the API: ``Authorization: Bearer fp_…``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts import actors, rules, secrets
from accounts.enums import TokenScope
from accounts.models import ApiToken, Person
from rulebook.time import now as moment

USED_EVERY = timedelta(minutes=1)


class TokenAuthentication(BaseAuthentication):
    """Signs a request in by a personal token, in the membership it was made for.

    The token is found by its SHA-256 digest through a unique index: no comparison of secrets takes
    a time that depends on them. Refused: unknown, run out, revoked, membership or unit or person no
    longer in force, second factor due and missing. All get the same answer.
    """

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed(_("Write the token as “Authorization: Bearer fp_…”."))
        now = moment()
        token = find_token(parts[1].decode("ascii", "replace"), now=now)
        if token is None:
            raise AuthenticationFailed(_("This token is unknown, has run out or was revoked."))
        if token.last_used_at is None or now - token.last_used_at >= USED_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        actors.work_as(request, token.membership, token=True, scope=token.scope)
        return token.membership.person, token

    def authenticate_header(self, request: Request) -> str:
        return f'{self.keyword} realm="api"'


def find_token(secret: str, *, now: datetime) -> ApiToken | None:
    """The token in force with this secret; one query."""
    if not secret.startswith(secrets.TOKEN_MARK):
        return None
    token = (
        ApiToken.objects.select_related("membership__unit", "membership__person")
        .filter(digest=secrets.digest(secret), revoked_at__isnull=True, expires_at__gt=now)
        .first()
    )
    if token is None:
        return None
    membership = token.membership
    person = membership.person
    if not (membership.active and membership.unit.active and person.is_active):
        return None
    if token.scope not in rules.scopes_for(membership.role):
        return None
    if rules.needs_mfa(membership.role, is_staff=person.is_staff) and not rules.has_mfa(person):
        return None
    return token


class _InRole(BasePermission):
    """Base: a membership in one of ``roles``; a token also needs the scope, or READ for reading."""

    scope: TokenScope
    message = _("Your role or your token does not allow this.")

    def has_permission(self, request: Request, view: Any) -> bool:
        actor = actors.actor_for(request)  # type: ignore[arg-type]
        if actor is None or self.scope not in rules.scopes_for(actor.role):
            return False
        if actor.kind != "token":
            return True
        if self.scope in actor.scopes:
            return True
        return TokenScope.READ in actor.scopes and request.method in ("GET", "HEAD", "OPTIONS")


class IsProvider(_InRole):
    """Provider roles; tokens of the scope ``provider``."""

    scope = TokenScope.PROVIDER


class IsAuthority(_InRole):
    """Reviewers and leads; tokens of the scope ``authority``."""

    scope = TokenScope.AUTHORITY


class IsInstitution(_InRole):
    """Institutional users; tokens of the scope ``institution``."""

    scope = TokenScope.INSTITUTION


class IsPartner(_InRole):
    """Partner departments; tokens of the scope ``partner``."""

    scope = TokenScope.PARTNER


class HasMembership(BasePermission):
    """Any membership in force; tokens of any scope read, none but their own scope writes."""

    def has_permission(self, request: Request, view: Any) -> bool:
        actor = actors.actor_for(request)  # type: ignore[arg-type]
        if actor is None:
            return False
        reading = request.method in ("GET", "HEAD", "OPTIONS")
        return reading or actor.kind != "token" or TokenScope.READ not in actor.scopes


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema describes the tokens."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A personal token, fp_…"}
