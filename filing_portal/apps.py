from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilingPortalConfig(AppConfig):
    name = "filing_portal"
    verbose_name = _("filing portal")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from filing_portal import checks  # noqa: F401  registers the system checks
