"""Errors of the embedded services."""

from django.core.management.base import CommandError


class ServiceError(CommandError):
    """An embedded service cannot start or has gone. The message says what to do.

    A CommandError, so that ``manage.py`` prints the message alone.
    """
