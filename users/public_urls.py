"""Addresses for everybody: what institutions use."""

from django.urls import path

from users.views import public

urlpatterns = [
    path("institutions/", public.institutions, name="institutions_public"),
    path("institutions/<int:pk>/", public.institution, name="institution_public"),
    path("registry/<str:number>/users/", public.entry_users, name="entry_users"),
]
