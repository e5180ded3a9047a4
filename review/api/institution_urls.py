"""What institutions do with appraisals, under /api/v1/institution/."""

from django.urls import path

from review.api import nominations

urlpatterns = [
    path(
        "appraisals/<int:pk>/candidates/", nominations.InstitutionNominate.as_view(), name="api_institution_nominate"
    ),
]
