"""Who works for a unit, and who is invited to: the same verbs as the pages, for three audiences.

A token does what its person may do and no more; it touches the roles of its scope alone, and units at and below the
one that it is bound to (``rules.within_token``). No answer holds the secret of an invitation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import rules
from accounts.api import serializers as shapes
from accounts.api.base import ActorView
from accounts.api.once import KEY
from accounts.domain import (
    admit_member,
    change_role,
    end_membership,
    invite,
    refuse_member,
    resend_invitation,
    withdraw_invitation,
)
from accounts.enums import MembershipStatus
from accounts.models import Invitation, Membership, Unit
from rulebook.time import now as moment

PAGE = 100
BEFORE = OpenApiParameter("before", OpenApiTypes.INT, description="Rows older than this id")
UNIT = OpenApiParameter("unit", OpenApiTypes.INT, description="A unit at or below one's own; left out: one's own")
STATUS = OpenApiParameter(
    "status", OpenApiTypes.STR, enum=["requested", "active"], description="Only members in this state"
)


def number_of(request: Request, name: str) -> int | None:
    """A number of the address; None where none was given; anything else is answered with 400."""
    text = request.query_params.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise ValidationError({name: [_("A whole number is expected here.")]})
    return int(text)


def page_of(rows: QuerySet[Any], before: int | None, size: int = PAGE) -> tuple[list[Any], int | None]:
    """The newest rows before an id, and the id from which the next page goes on."""
    kept = rows.filter(pk__lt=before) if before is not None else rows
    found = list(kept.order_by("-pk")[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


class PeopleView(ActorView):
    """Base of the calls; each audience has its own permission."""

    def place(self, wanted: int | None) -> Unit:
        """A unit at or below one's own."""
        actor = self.actor
        units = Unit.objects.visible_to(actor).filter(path__startswith=actor.unit_path)
        return get_object_or_404(units, pk=wanted if wanted is not None else actor.unit_id)

    def members(self) -> QuerySet[Membership]:
        """Members that one sees, at and below the unit that the caller is bound to: never one's own elsewhere."""
        actor = self.actor
        rows = Membership.objects.visible_to(actor).filter(unit__path__startswith=actor.unit_path)
        return rows.exclude(status=MembershipStatus.ENDED).select_related("person", "unit")


class Members(PeopleView):
    """The people of one unit."""

    @extend_schema(parameters=[UNIT, STATUS, BEFORE], responses=shapes.MembersOut)
    def get(self, request: Request) -> Response:
        rows = self.members().filter(unit=self.place(number_of(request, "unit")))
        status = request.query_params.get("status", "")
        if status:
            if status not in (MembershipStatus.REQUESTED, MembershipStatus.ACTIVE):
                raise ValidationError({"status": [_("This state does not exist.")]})
            rows = rows.filter(status=status)
        found, following = page_of(rows, number_of(request, "before"))
        return Response({"results": shapes.MemberOut(found, many=True).data, "next_before": following})


class _OnMember(PeopleView):
    """An act on a member; the answer is the member as it is then."""

    verb: Callable[..., Membership]

    def member(self, pk: int) -> Membership:
        return get_object_or_404(self.members(), pk=pk)

    def act(self, pk: int, **values: Any) -> Response:
        done = type(self).verb(membership=self.member(pk), by=self.actor, now=moment(), **values)
        row = Membership.objects.select_related("person", "unit").get(pk=done.pk)
        return Response(shapes.MemberOut(row).data)


class Admit(_OnMember):
    """Lets in somebody who has asked to join."""

    verb = staticmethod(admit_member)

    @extend_schema(request=None, responses=shapes.MemberOut)
    def post(self, request: Request, pk: int) -> Response:
        return self.act(pk)


class Refuse(_OnMember):
    """Does not let in somebody who has asked to join."""

    verb = staticmethod(refuse_member)

    @extend_schema(request=None, responses=shapes.MemberOut)
    def post(self, request: Request, pk: int) -> Response:
        return self.act(pk)


class ChangeRole(_OnMember):
    """Gives a member another role; its tokens beyond the new role end."""

    verb = staticmethod(change_role)

    @extend_schema(request=shapes.RoleIn, responses=shapes.MemberOut)
    def post(self, request: Request, pk: int) -> Response:
        self.member(pk)
        return self.act(pk, **self.read(shapes.RoleIn, request))


class End(_OnMember):
    """Somebody no longer works for the unit; the member's tokens end."""

    verb = staticmethod(end_membership)

    @extend_schema(request=None, responses=shapes.MemberOut)
    def post(self, request: Request, pk: int) -> Response:
        return self.act(pk)


class _Inviting(PeopleView):
    """For those who may invite."""

    def get_throttles(self) -> list[Any]:
        if self.request.method == "POST":
            self.throttle_scope = "invite"
        return super().get_throttles()

    def rows(self) -> QuerySet[Invitation]:
        actor = self.actor
        if actor.role not in rules.INVITING_ROLES:
            raise PermissionDenied
        seen = Invitation.objects.visible_to(actor).filter(unit__path__startswith=actor.unit_path)
        return seen.select_related("unit")

    def shown(self, row: Invitation, status: int = 200) -> Response:
        return Response(shapes.InvitationOut(row, context={"now": moment()}).data, status=status)


class Invitations(_Inviting):
    """Invitations into one's own unit and those below it."""

    @extend_schema(parameters=[UNIT, BEFORE], responses=shapes.InvitationsOut)
    def get(self, request: Request) -> Response:
        rows, unit = self.rows(), number_of(request, "unit")
        if unit is not None:
            rows = rows.filter(unit=self.place(unit))
        found, following = page_of(rows, number_of(request, "before"))
        body = shapes.InvitationOut(found, many=True, context={"now": moment()}).data
        return Response({"results": body, "next_before": following})

    @extend_schema(parameters=[KEY], request=shapes.InvitationIn, responses={201: shapes.InvitationOut})
    def post(self, request: Request) -> Response:
        """Sends an invitation by e-mail; the same key again sends nothing and gives the same invitation."""
        self.rows()
        values = self.read(shapes.InvitationIn, request)
        unit = self.place(values.pop("unit"))
        pk = self.once(request, lambda: invite(unit=unit, by=self.actor, now=moment(), **values)[0])
        return self.shown(get_object_or_404(self.rows(), pk=pk), 201)


class WithdrawInvitation(_Inviting):
    """Makes an open invitation worthless."""

    @extend_schema(request=None, responses=shapes.InvitationOut)
    def post(self, request: Request, pk: int) -> Response:
        row = get_object_or_404(self.rows(), pk=pk)
        return self.shown(withdraw_invitation(invitation=row, by=self.actor, now=moment()))


class ResendInvitation(_Inviting):
    """Sends an invitation that was not taken up once more; the former link no longer works."""

    @extend_schema(request=None, responses=shapes.InvitationOut)
    def post(self, request: Request, pk: int) -> Response:
        row = get_object_or_404(self.rows(), pk=pk)
        return self.shown(resend_invitation(invitation=row, by=self.actor, now=moment()))


_MEMBER_ACTS = (("admit", Admit), ("refuse", Refuse), ("role", ChangeRole), ("end", End))
_INVITATION_ACTS = (("withdraw", WithdrawInvitation), ("resend", ResendInvitation))


def people_urls(
    audience: str, permission: type[BasePermission], *, inviting: bool = True
) -> list[URLPattern]:
    """The addresses of one audience, ``members/…`` and ``invitations/…``, named ``api_<audience>_member…``."""

    def made(base: type[PeopleView], post: str = "", get: str = "") -> Any:
        operations = {"get": f"{audience}_{get}", "post": f"{audience}_{post}"}
        view: Any = type(f"{audience.title()}{base.__name__}", (base,), {
            "permission_classes": [permission], "__doc__": base.__doc__,
        })  # fmt: skip
        for method, name in operations.items():
            if hasattr(base, method):
                setattr(view, method, extend_schema(operation_id=name)(_copied(getattr(base, method))))
        return view.as_view()

    found = [path("members/", made(Members, get="members"), name=f"api_{audience}_members")]
    for name, base in _MEMBER_ACTS:
        view = made(base, f"{'change' if name == 'role' else name}_member")
        found.append(path(f"members/<int:pk>/{name}/", view, name=f"api_{audience}_member_{name}"))
    if not inviting:
        return found
    found.append(path("invitations/", made(Invitations, "invite", "invitations"), name=f"api_{audience}_invitations"))
    for name, base in _INVITATION_ACTS:
        view = made(base, f"{name}_one_invitation")
        found.append(path(f"invitations/<int:pk>/{name}/", view, name=f"api_{audience}_invitations_{name}"))
    return found


def _copied(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method under a name of its own, so that what the description notes of one audience leaves the others."""

    def call(self: PeopleView, request: Request, **kwargs: Any) -> Response:
        return method(self, request, **kwargs)

    call.__doc__ = method.__doc__
    if hasattr(method, "kwargs"):
        call.kwargs = dict(method.kwargs)  # type: ignore[attr-defined]
    return call
