"""What the public may look up of platform operators, under /platform-records/."""

from django.urls import path

from providers.views import records

urlpatterns = [path("", records.lookup, name="record_lookup")]
