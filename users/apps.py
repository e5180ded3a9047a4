"""The room of institutional users' filings."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UsersConfig(AppConfig):
    name = "users"
    verbose_name = _("institutional users' filings")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import hooks
        from notices.domain import speaks_to
        from notices.enums import Side
        from registry import domain as registry
        from registry import usage
        from users import (
            clocks,
            domain,
            kinds,
            schema,  # noqa: F401  its forms register themselves
            tally,
            tasks,  # noqa: F401  the tasks say who works jobs off
        )

        speaks_to("users", Side.INSTITUTION)
        clocks.register()
        kinds.register_all()
        usage.register(tally.users_of)
        registry.on_move(domain.entry_moved, concerned=domain.entries_in_use)
        registry.on_renewal(domain.entry_renewed)
        hooks.listen(hooks.UNIT_MOVED, domain.unit_moved)
        hooks.listen(hooks.AUTHORITY_CLOSED, domain.authority_closed)
        hooks.listen(hooks.AUTHORITY_REOPENED, domain.authority_reopened)
