"""The room of supervision."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupervisionConfig(AppConfig):
    """Complaints, inspection and monitoring, rectification orders, campaigns, referrals, circulars."""

    name = "supervision"
    verbose_name = _("supervision")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import hooks
        from supervision import clocks, domain, kinds, pages, provider_pages, tasks  # noqa: F401  the tasks say who works

        kinds.register_kinds()
        clocks.register()
        provider_pages.register()
        pages.register()
        hooks.listen(hooks.AUTHORITY_CLOSED, domain.authority_closed)
        hooks.listen(hooks.AUTHORITY_REOPENED, domain.authority_reopened)
