"""Addresses under ``/api/v1/registry/``."""

from django.urls import path

from registry.api import blacklist, directory, public

urlpatterns = [
    path("entries/", public.Entries.as_view(), name="api_registry_entries"),
    path("entries/<path:number>/", public.OneEntry.as_view(), name="api_registry_entry"),
    path("verify/", public.VerifyMany.as_view(), name="api_registry_verify_many"),
    path("verify/<path:number>/", public.VerifyOne.as_view(), name="api_registry_verify"),
    path("blacklist/", blacklist.Blacklist.as_view(), name="api_registry_blacklist"),
    path("editions/", blacklist.Editions.as_view(), name="api_registry_editions"),
    path("directory.<slug:kind>", directory.Directory.as_view(), name="api_registry_directory"),
    path("lists/<slug:name>/", public.PublicList.as_view(), name="api_registry_list"),
]
