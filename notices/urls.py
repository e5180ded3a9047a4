"""Addresses of the inbox."""

from django.urls import path

from notices import views

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("<int:pk>/", views.notice, name="notice"),
    path("read/", views.read_all, name="inbox_read_all"),
    path("preferences/", views.preferences, name="notice_preferences"),
]
