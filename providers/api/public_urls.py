"""The public look-up of platform records, under /api/v1/platform-records/."""

from django.urls import path

from providers.api import records

urlpatterns = [path("", records.PublicRecords.as_view(), name="api_platform_records")]
