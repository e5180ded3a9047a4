"""What an authority sees of its providers beside the review, under /oversight/."""

from django.urls import path

from providers.views import branches, oversight, records

urlpatterns = [
    path("", oversight.home, name="oversight"),
    path("remind/", oversight.remind, name="oversight_remind"),
    path("branches/", branches.listing, name="oversight_branches"),
    path("branches/<int:pk>/<slug:verb>/", branches.decide_as_authority, name="oversight_branch_decide"),
    path("platform-records/", records.listing, name="platform_records"),
    path("platform-operators/", records.operators, name="platform_operators"),
    path("platform-operators/<int:pk>/end/", records.end, name="platform_operator_end"),
]
