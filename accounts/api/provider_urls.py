"""The people of a provider, under /api/v1/provider/. Colleagues ask to join and are let in; nobody is invited."""

from accounts.api.members import people_urls
from accounts.authentication import IsProvider

urlpatterns = people_urls("provider", IsProvider, inviting=False)
