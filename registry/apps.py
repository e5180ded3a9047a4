"""The room of the public registry."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    """Numbers, public entries and their life, search, verification, public lists."""

    name = "registry"
    verbose_name = _("Registry")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from registry import opening
        from rulebook.domain.policies import after_publish

        if opening.forget not in after_publish:
            after_publish.append(opening.forget)
