from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BlacklistConfig(AppConfig):
    name = "blacklist"
    verbose_name = _("blacklist")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from blacklist.domain.listing import cool_off_all_when_due, cool_off_when_due
        from blacklist.kinds import register_kinds
        from rulebook import clocks
        from rulebook.enums import ClockKind

        register_kinds()
        clocks.register(ClockKind.BAR, on_due=cool_off_when_due, on_due_many=cool_off_all_when_due)
