"""Addresses of the public lists of supervision, under /api/v1/registry/."""

from django.urls import path

from supervision.api import public, public_reports

urlpatterns = [
    path("negative-list/", public.NegativeList.as_view(), name="api_registry_negative_list"),
    path("exit-list/", public.ExitList.as_view(), name="api_registry_exit_list"),
    path("editions/<int:pk>/", public.Edition.as_view(), name="api_registry_edition"),
    path("editions/<int:pk>/file/", public.EditionFile.as_view(), name="api_registry_edition_file"),
    path("replies/", public.Replies.as_view(), name="api_registry_replies"),
    path("circulars/", public.Circulars.as_view(), name="api_registry_circulars"),
    path("circulars/<int:pk>/", public.OneCircular.as_view(), name="api_registry_circular"),
    path("progress-reports/", public_reports.Reports.as_view(), name="api_registry_progress_reports"),
    path("progress-reports/<int:pk>/", public_reports.OneReport.as_view(), name="api_registry_progress_report"),
]
