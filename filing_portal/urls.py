"""The addresses of the portal. Each room brings its own under its audience's prefix."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from filing_portal.health import healthz

ROOMS = [
    ("", "filing_portal.views.pages"),
    ("", "registry.urls"),
    ("articles/", "rulebook.urls"),
    ("account/", "accounts.urls"),
    ("notices/", "notices.urls"),
    ("provider/", "providers.urls"),
    ("review/", "review.urls"),
    ("api/v1/registry/", "registry.api.urls"),
    ("api/v1/provider/", "providers.api.urls"),
    ("api/v1/authority/", "review.api.urls"),
]


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    *[path(prefix, include(room)) for prefix, room in ROOMS],
]
