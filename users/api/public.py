"""The public interface on uses, beside that of the registry: no sign-in, throttled."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ParseError, ValidationError
from rest_framework.request import Request

from accounts.enums import Province, UnitKind
from ledger.text import storable
from registry import answers, opening, queries, usage
from registry.api.public import PublicView
from registry.enums import EntryState
from registry.numbers import Number, read
from users import public
from users.enums import Nature, Source, UseState

CACHE = "no-cache"


class PublicInstitution(serializers.Serializer):
    """An institution, as everybody may know it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    school_code = serializers.CharField()
    kind = serializers.ChoiceField(choices=UnitKind.choices)
    province_code = serializers.CharField()
    superior = serializers.CharField()
    url = serializers.CharField()


class PublicUse(serializers.Serializer):
    """A confirmed use: the public snapshot."""

    app_name = serializers.CharField()
    number = serializers.CharField(help_text="Empty for an app that the unit developed for itself")
    own_app = serializers.BooleanField()
    status = serializers.ChoiceField(choices=UseState.choices)
    confirmed_on = serializers.DateField()
    nature = serializers.ChoiceField(choices=Nature.choices)
    source = serializers.ChoiceField(choices=Source.choices)
    fee = serializers.CharField(allow_null=True)
    decision_on = serializers.DateField(allow_null=True)
    start_on = serializers.DateField(allow_null=True)
    user_groups = serializers.ListField(child=serializers.CharField())
    stages = serializers.ListField(child=serializers.CharField())
    functions = serializers.ListField(child=serializers.CharField())
    url = serializers.CharField(required=False, help_text="The entry of the registry")


class UseWithInstitution(PublicUse):
    institution = PublicInstitution()


class InstitutionPage(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    results = PublicInstitution(many=True)


class InstitutionUses(serializers.Serializer):
    institution = PublicInstitution()
    uses = PublicUse(many=True)


class EntryUsers(serializers.Serializer):
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=EntryState.choices)
    total = serializers.IntegerField(help_text="Institutions that use the app now")
    next = serializers.CharField(allow_null=True)
    results = UseWithInstitution(many=True)


def _after(request: Request) -> int:
    text = request.GET.get("after", "")
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise ParseError("“after” is no place in these results; start from the first page.")
    return int(text)


def _province(request: Request) -> str:
    code = request.GET.get("province", "")
    if code and code not in Province.values:
        raise ValidationError({"province": ["Two digits (GB/T 2260)."]})
    return code


def _following(request: HttpRequest, after: int | None) -> str | None:
    if not after:
        return None
    query = request.GET.copy()
    query["after"] = str(after)
    return f"{request.path}?{query.urlencode()}"


_PROVINCE = OpenApiParameter("province", OpenApiTypes.STR, description="Two digits (GB/T 2260)")
_AFTER = OpenApiParameter("after", OpenApiTypes.STR, description="Place from next of another page")


class Institutions(PublicView):
    """Institutions by name or school code."""

    @extend_schema(
        operation_id="public_institutions",
        summary="Find an institution that uses filed apps",
        parameters=[
            OpenApiParameter("q", OpenApiTypes.STR, required=True, description="Two characters of the name, or a code"),
            _PROVINCE,
            _AFTER,
        ],
        responses={200: InstitutionPage},
    )
    def get(self, request: Request) -> HttpResponse:
        q = request.GET.get("q", "").strip()[:60]
        if len(q) < 2 or not storable(q):
            raise ValidationError({"q": ["At least two characters of the name, or the school code."]})
        rows, after = public.page_of(public.institutions(q, _province(request)), _after(request))
        body = {"next": _following(request._request, after), "results": [public.unit_record(row) for row in rows]}
        return self.raw(answers.dumps(body), cache=CACHE)


class InstitutionDetail(PublicView):
    """The apps of one institution."""

    @extend_schema(
        operation_id="public_institution_uses",
        summary="Which apps an institution uses",
        description="Nature of use, fee and day of the collective decision of every confirmed use.",
        responses={200: InstitutionUses},
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        unit = public.institution(pk)
        if unit is None:
            raise NotFound("There is no such institution, or it uses no app.")
        uses = [public.record(row) for row in public.uses_of(unit)]
        return self.raw(answers.dumps({"institution": public.unit_record(unit), "uses": uses}), cache=CACHE)


class Users(PublicView):
    """The institutions that use one app."""

    @extend_schema(
        operation_id="public_entry_users",
        summary="Which institutions use an app",
        parameters=[_PROVINCE, _AFTER],
        responses={200: EntryUsers},
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        reading = read(number)
        open_now = isinstance(reading, Number) and opening.opens_on(reading.prefix) is None
        entry = queries.entry_by_number(reading) if isinstance(reading, Number) and open_now else None
        if entry is None:
            raise NotFound("This number was never issued.")
        rows, after = public.page_of(public.users_of(entry, province=_province(request)), _after(request))
        body = {
            "number": entry.number,
            "status": entry.state,
            "total": usage.used_by(entry.pk) or 0,
            "next": _following(request._request, after),
            "results": [public.record(row, with_unit=True) for row in rows],
        }
        return self.raw(answers.dumps(body), cache=CACHE)
