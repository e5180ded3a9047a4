"""The room of provider filings."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProvidersConfig(AppConfig):
    name = "providers"
    verbose_name = _("Provider filings")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from providers import clocks, pages

        clocks.register()
        pages.register()
