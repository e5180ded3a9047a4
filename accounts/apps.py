"""The room of people, units and roles."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Floor 2: who may see and do what."""

    name = "accounts"
    verbose_name = _("Accounts and units")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import tasks  # noqa: F401  they tell the verbs who queues an import
