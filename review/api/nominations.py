"""Nominating for an appraisal by program: a provider names its own app, a school one that it knows."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import IsInstitution, IsProvider
from providers.api.base import ActorView
from review import domain
from review.api.appraisal_serializers import NominateIn, NominationOut
from review.api.appraisals import entry_of
from review.models import Appraisal
from rulebook.time import now as moment


class _Nominate(ActorView):
    def nominate(self, request: Request, pk: int) -> Response:
        """The candidate that came of it."""
        row, values = get_object_or_404(Appraisal.objects.public(), pk=pk), self.read(NominateIn, request)
        entry = entry_of(values["number"], closed_too=False)
        done = domain.nominate(
            appraisal=row, entry=entry, grounds=values["grounds"], by=self.actor, now=moment()
        )
        return Response(NominationOut(done).data, status=201)


class ProviderNominate(_Nominate):
    """The provider names an app of its own."""

    permission_classes = [IsProvider]

    @extend_schema(operation_id="provider_nominate", request=NominateIn, responses={201: NominationOut})
    def post(self, request: Request, pk: int) -> Response:
        return self.nominate(request, pk)


class InstitutionNominate(_Nominate):
    """A school or another unit below the authority names an app."""

    permission_classes = [IsInstitution]

    @extend_schema(operation_id="institution_nominate", request=NominateIn, responses={201: NominationOut})
    def post(self, request: Request, pk: int) -> Response:
        return self.nominate(request, pk)
