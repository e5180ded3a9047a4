"""The WSGI callable that gunicorn serves: the express lane in front of Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filing_portal.settings.embedded")

django = get_wsgi_application()

from filing_portal.express import express  # noqa: E402 (models can be imported only now)

application = express(django)  # type: ignore[arg-type]
