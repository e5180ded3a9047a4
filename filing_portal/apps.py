from typing import Any

from django.apps import AppConfig
from django.db.models.signals import class_prepared
from django.utils.translation import gettext_lazy as _


class FilingPortalConfig(AppConfig):
    name = "filing_portal"
    verbose_name = _("filing portal")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from filing_portal import checks  # noqa: F401  registers the system checks

        class_prepared.connect(_leave_historical_models_alone, dispatch_uid="historical models")


def _leave_historical_models_alone(sender: Any, **more: Any) -> None:
    """Takes the states of models that a migration renders out of the circle of those told of every new model.

    django_fsm has each state look for transitions in each model that is made from then on. A migration renders
    thousands of models without transitions: that they all looked at one another took half of its time.
    """
    from django_fsm import FSMFieldMixin

    if sender.__module__ == "__fake__":  # Django's mark of a model of the past
        for field in sender._meta.local_fields:
            if isinstance(field, FSMFieldMixin):
                class_prepared.disconnect(field._collect_transitions)
