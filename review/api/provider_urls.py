"""What providers do with appraisals, under /api/v1/provider/."""

from django.urls import path

from review.api import nominations

urlpatterns = [
    path(
        "appraisals/<int:pk>/candidates/", nominations.ProviderNominate.as_view(), name="api_provider_nominate"
    ),
]
