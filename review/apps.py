"""The room of the authority's review."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    name = "review"
    verbose_name = _("Review")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from providers.domain import submission
        from review import clocks, domain, kinds, pages, tasks
        from users.domain import on_reroute

        clocks.register()
        kinds.register_all()
        pages.register()
        on_reroute(domain.follow)
        if tasks.after_submit not in submission.after_submit:
            submission.after_submit.append(tasks.after_submit)
