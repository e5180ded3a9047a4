"""The room of the help centre."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GuidanceConfig(AppConfig):
    """Help pages in versions, training with attendance, contacts of the authorities."""

    name = "guidance"
    verbose_name = _("help centre")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guidance import kinds, tasks  # noqa: F401  beat names the task

        kinds.register_all()
