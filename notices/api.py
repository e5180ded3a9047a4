"""The inbox under ``/api/v1/notices/``: of the unit that a token belongs to, for tokens of any scope."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from accounts.actors import actor_for
from accounts.authentication import HasMembership
from ledger.acts import Actor
from notices import kinds, links, queries
from notices.domain import mark_read
from notices.models import Notice
from rulebook.time import now

PAGE = 50


class NoticeOut(serializers.Serializer):
    """A notice as it lies in the inbox, in the caller's language."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.CharField()
    legal = serializers.BooleanField(help_text="Served with legal effect; cannot be switched off")
    title = serializers.SerializerMethodField()
    body = serializers.SerializerMethodField()
    article = serializers.SerializerMethodField(help_text="Key of the article that it rests on")
    received_at = serializers.DateTimeField(help_text="When it reached the inbox: service counts from then")
    first_read_at = serializers.DateTimeField(allow_null=True)
    url = serializers.SerializerMethodField(help_text="Page of what it is about")

    def get_title(self, row: Notice) -> str:
        return kinds.title(row.kind, row.params)

    def get_body(self, row: Notice) -> str:
        return kinds.body(row.kind, row.params)

    def get_article(self, row: Notice) -> str:
        return kinds.get(row.kind).article

    def get_url(self, row: Notice) -> str:
        return links.subject_url(row, self.context["actor"])


class NoticePage(serializers.Serializer):
    """A page of the inbox, newest first."""

    unread = serializers.IntegerField(help_text="Not opened yet, counted up to 100")
    next = serializers.IntegerField(allow_null=True, help_text="Give it as “before” for the page behind")
    results = NoticeOut(many=True)


class InboxView(APIView):
    """Who has no unit has no inbox here; everybody else sees his own and nobody's else."""

    permission_classes: list[Any] = [HasMembership]
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "token"

    @property
    def actor(self) -> Actor:
        actor = actor_for(self.request)  # type: ignore[arg-type]
        if actor is None:
            raise Http404
        return actor

    def notice(self, pk: int) -> Notice:
        row = Notice.objects.in_inbox_of(self.actor).filter(pk=pk).first() if pk < 2**63 else None
        if row is None:
            raise Http404
        return row

    def shown(self, rows: Any, *, many: bool = False) -> Any:
        return NoticeOut(rows, many=many, context={"actor": self.actor}).data


class Inbox(InboxView):
    """The inbox."""

    @extend_schema(
        operation_id="notices_list",
        summary="Notices in the inbox",
        parameters=[
            OpenApiParameter("show", str, enum=["unread", "legal"]),
            OpenApiParameter("before", int, description="Notices behind this one"),
        ],
        responses={200: NoticePage},
    )
    def get(self, request: Request) -> Response:
        rows = queries.inbox(self.actor)
        show = request.GET.get("show", "")
        if show == "unread":
            rows = rows.unread()
        elif show == "legal":
            rows = rows.filter(legal=True)
        before = request.GET.get("before", "")
        if before.isascii() and before.isdecimal() and len(before) < 19:
            last = Notice.objects.in_inbox_of(self.actor).filter(pk=int(before)).first()
            if last is not None:
                rows = rows.after(last.received_at, last.pk)
        page = list(rows[: PAGE + 1])
        following = page[PAGE - 1].pk if len(page) > PAGE else None
        body = {"unread": queries.unread_count(self.actor), "next": following}
        return Response({**body, "results": self.shown(page[:PAGE], many=True)})


class OneNotice(InboxView):
    """One notice; looking at it here is no reading yet."""

    @extend_schema(operation_id="notices_one", summary="One notice", responses={200: NoticeOut})
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.shown(self.notice(pk)))


class ReadNotice(InboxView):
    """Says that a notice has been read: stored once, with who and when."""

    @extend_schema(
        operation_id="notices_read", summary="Mark a notice as read", request=None, responses={200: NoticeOut}
    )
    def post(self, request: Request, pk: int) -> Response:
        row = self.notice(pk)
        if mark_read(notice=row, by=self.actor, now=now()):
            row.refresh_from_db()
        return Response(self.shown(row))
