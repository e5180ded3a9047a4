"""The people of an institution, under /api/v1/institution/."""

from accounts.api.members import people_urls
from accounts.authentication import IsInstitution

urlpatterns = people_urls("institution", IsInstitution)
