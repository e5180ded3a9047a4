"""People and units, under /api/v1/authority/."""

from accounts.api.imports import urls
from accounts.api.members import people_urls
from accounts.authentication import IsAuthority

urlpatterns = [*people_urls("authority", IsAuthority), *urls]
