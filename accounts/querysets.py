"""``visible_to`` of this room: the one definition of who sees which people and units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q

from accounts.enums import Level, MembershipStatus, Role, UnitKind
from accounts.scope import Scope, scope_of
from ledger.acts import Actor

if TYPE_CHECKING:
    from accounts.models import Person, Unit

OUTSIDE_THE_TREE = Q(parent__isnull=True) & ~Q(kind=UnitKind.AUTHORITY)
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
MAY_INVITE = frozenset({Role.REVIEW_LEAD, Role.MINISTRY_REVIEWER, Role.INSTITUTION_LEAD})


def name_marks(q: str) -> list[str]:
    """The pairs of characters that a name with ``q`` in it must have; of a single character itself.

    As ``accounts_name_marks`` makes them in the database. Letters beyond ASCII that have a case are left out, since
    databases differ in how they fold them; the comparison of the names themselves decides.
    """
    text = q.translate(_LOWER)
    marks = {text[at : at + 2] for at in range(len(text) - 1)} if len(text) > 1 else {text}
    return sorted(mark for mark in marks if mark and (mark.isascii() or mark.lower() == mark.upper()))


class UnitQuerySet(models.QuerySet[Any]):
    """Units by place in the tree."""

    def below(self, unit: Unit) -> UnitQuerySet:
        """``unit`` itself and everything under it."""
        return self.filter(path__startswith=unit.path)

    def matching(self, q: str, *codes: str) -> UnitQuerySet:
        """Units with ``q`` in their names, or whose code in one of the columns ``codes`` it is.

        Goes through an index from one character on, however many units there are. ``q`` has to be storable.
        """
        marks, named = name_marks(q), Q(name__icontains=q)
        found: UnitQuerySet = self
        if marks:
            function = Func("name", function="accounts_name_marks", output_field=ArrayField(models.TextField()))
            found = self.alias(name_marks=function)
            named &= Q(name_marks__contains=marks)
        for code in codes:
            named |= Q(**{f"{code}__in": {q, q.upper()}})
        return found.filter(named)

    def authorities(self) -> UnitQuerySet:
        """Education authorities only."""
        return self.filter(kind=UnitKind.AUTHORITY)

    def visible_to(self, actor: Actor | None) -> UnitQuerySet:
        """Units that ``actor`` may see.

        Everybody: his unit, what stands below it in the tree, and its branches. A provincial
        authority also sees the units outside the tree that are registered in its province, since
        they file with it (Measures Art. 10). The ministry and the administrators see all.
        """
        scope = scope_of(actor)
        if scope.everything:
            return self.all()
        if not scope.path:
            return self.none()
        seen = Q(path__startswith=scope.path) | Q(head_office_id=scope.unit_id)
        if scope.whole_province:
            seen |= OUTSIDE_THE_TREE & Q(province_code=scope.whole_province)
        return self.filter(seen)


class MembershipQuerySet(models.QuerySet[Any]):
    """Memberships by state and visibility."""

    def active(self) -> MembershipQuerySet:
        """In force: let in, not ended, of a unit that is not closed."""
        return self.filter(status=MembershipStatus.ACTIVE, unit__active=True)

    def visible_to(self, actor: Actor | None) -> MembershipQuerySet:
        """One's own; those of one's unit; for leads of authorities those of the subtree."""
        scope = scope_of(actor)
        if scope.everything and scope.role in ("", Role.SYSADMIN):
            return self.all()
        return self.filter(_memberships(scope))


def _memberships(scope: Scope) -> Q:
    seen = Q(person_id=scope.person_id) if scope.person_id else Q(pk__in=[])
    if scope.is_lead:
        seen |= Q(unit__path__startswith=scope.path)
    elif scope.unit_id:
        seen |= Q(unit_id=scope.unit_id)
    return seen


class InvitationQuerySet(models.QuerySet[Any]):
    """Invitations by visibility."""

    def visible_to(self, actor: Actor | None) -> InvitationQuerySet:
        """Those into one's subtree, for the roles that may invite.

        Who is in charge of an authority's own uses invites into that authority alone, and sees no others.
        """
        scope = scope_of(actor)
        if scope.everything and scope.role in ("", Role.SYSADMIN):
            return self.all()
        if scope.role not in MAY_INVITE or not scope.path:
            return self.none()
        if scope.role == Role.INSTITUTION_LEAD and scope.level != Level.NONE:
            return self.filter(unit_id=scope.unit_id)
        return self.filter(unit__path__startswith=scope.path)


class ApiTokenQuerySet(models.QuerySet[Any]):
    """Tokens by visibility."""

    def visible_to(self, actor: Actor | None) -> ApiTokenQuerySet:
        """One's own; the administrators see all (never the secret, which is not stored)."""
        scope = scope_of(actor)
        if scope.everything and scope.role in ("", Role.SYSADMIN):
            return self.all()
        return self.filter(membership__person_id=scope.person_id) if scope.person_id else self.none()


class ImportBatchQuerySet(models.QuerySet[Any]):
    """Imports of units by visibility."""

    def visible_to(self, actor: Actor | None) -> ImportBatchQuerySet:
        """One's own authority's, for those who answer for its work: the rows carry names and addresses."""
        scope = scope_of(actor)
        return self.filter(unit_id=scope.unit_id) if scope.is_lead else self.none()


class PersonQuerySet(models.QuerySet[Any]):
    """People by visibility."""

    def visible_to(self, actor: Actor | None) -> PersonQuerySet:
        """Oneself, and the people whose membership one sees."""
        from accounts.models import Membership

        scope = scope_of(actor)
        if scope.everything and scope.role in ("", Role.SYSADMIN):
            return self.all()
        if not scope.person_id:
            return self.none()
        colleagues = Membership.objects.filter(_memberships(scope)).values("person_id")
        return self.filter(Q(pk=scope.person_id) | Q(pk__in=colleagues))


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Creates people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **extra: object) -> Person:
        """A person who can sign in; the address is kept in lower case."""
        person = self.model(email=email.strip().lower(), **extra)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **extra: object) -> Person:
        """An administrator of the portal."""
        extra.setdefault("is_staff", True)
        extra.setdefault("is_superuser", True)
        return self.create_user(email, password, **extra)

    def get_by_natural_key(self, username: str | None) -> Person:
        """Addresses are compared in lower case."""
        return self.get(email=(username or "").strip().lower())
