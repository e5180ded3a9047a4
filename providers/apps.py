"""The room of provider filings."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProvidersConfig(AppConfig):
    name = "providers"
    verbose_name = _("Provider filings")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        try:
            from providers import clocks
        except ImportError:  # TEMPORARY until the rooms below stand
            return
        clocks.register()
