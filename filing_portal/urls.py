"""The addresses of the portal. Each room brings its own under its audience's prefix."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from filing_portal.health import healthz

# One way to sign in: with the second factor and the limits of the sign-in page.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

#: What is asked most stands first: each address is compared with those above it.
ROOMS = [
    ("api/v1/registry/", "users.api.public_urls"),
    ("api/v1/registry/", "registry.api.urls"),
    ("api/v1/registry/", "supervision.api.public_urls"),
    ("", "filing_portal.views.pages"),
    ("", "registry.urls"),
    ("articles/", "rulebook.urls"),
    ("help/", "guidance.urls"),
    ("account/", "accounts.urls"),
    ("notices/", "notices.urls"),
    ("", "supervision.public_urls"),
    ("provider/", "providers.urls"),
    ("", "users.public_urls"),
    ("provider/supervision/", "supervision.provider_urls"),
    ("institution/", "users.urls"),
    ("oversight/", "providers.oversight_urls"),
    ("platform-records/", "providers.public_urls"),
    ("review/", "review.urls"),
    ("supervision/", "supervision.urls"),
    ("", "review.public_urls"),
    ("overview/", "filing_portal.dashboards.urls"),
    ("api/v1/notices/", "notices.api_urls"),
    ("api/v1/platform-records/", "providers.api.public_urls"),
    ("api/v1/provider/", "accounts.api.provider_urls"),
    ("api/v1/provider/", "providers.api.urls"),
    ("api/v1/provider/", "review.api.provider_urls"),
    ("api/v1/provider/", "supervision.api.provider_urls"),
    ("api/v1/institution/", "accounts.api.institution_urls"),
    ("api/v1/institution/", "users.api.urls"),
    ("api/v1/institution/", "review.api.institution_urls"),
    ("api/v1/institution/", "supervision.api.institution_urls"),
    ("api/v1/authority/", "accounts.api.authority_urls"),
    ("api/v1/authority/", "review.api.urls"),
    ("api/v1/authority/", "supervision.api.urls"),
    ("api/v1/expert/", "review.api.expert_urls"),
    ("api/v1/partner/", "supervision.api.partner_urls"),
]


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    *[path(prefix, include(room)) for prefix, room in ROOMS],
]

handler400 = "filing_portal.views.errors.bad_request"
handler403 = "filing_portal.views.errors.permission_denied"
handler404 = "filing_portal.views.errors.page_not_found"
handler500 = "filing_portal.views.errors.server_error"
