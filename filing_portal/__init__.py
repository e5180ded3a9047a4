"""Floor 10: settings, addresses, the Celery app, home pages, the embedded services and health."""

from filing_portal.celery import app as celery_app

__all__ = ["celery_app"]
