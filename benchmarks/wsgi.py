"""What gunicorn serves while measuring; the settings come from the environment."""

import os

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
if os.environ["DJANGO_SETTINGS_MODULE"] != "benchmarks.ceiling":
    from filing_portal.express import express

    application = express(application)
