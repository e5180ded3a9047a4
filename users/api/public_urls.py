"""Addresses of the public interface on uses, under ``/api/v1/registry/``."""

from django.urls import path

from users.api import public

urlpatterns = [
    path("institutions/", public.Institutions.as_view(), name="api_registry_institutions"),
    path("institutions/<int:pk>/", public.InstitutionDetail.as_view(), name="api_registry_institution"),
    path("users/<str:number>/", public.Users.as_view(), name="api_registry_entry_users"),
]
