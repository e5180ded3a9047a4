"""Addresses under ``/api/v1/notices/``."""

from django.urls import path

from notices import api

urlpatterns = [
    path("", api.Inbox.as_view(), name="api_notices"),
    path("<int:pk>/", api.OneNotice.as_view(), name="api_notice"),
    path("<int:pk>/read/", api.ReadNotice.as_view(), name="api_notice_read"),
]
