"""Addresses of the help centre, under /help/. A slug is a category's or a page's."""

from django.urls import path

from guidance.views import keeping, public, training

urlpatterns = [
    path("", public.home, name="help_home"),
    path("contacts/", public.contacts, name="help_contacts"),
    path("contacts/edit/", keeping.own_contacts, name="help_own_contacts"),
    path("training/", training.events, name="help_training"),
    path("training/hosted/", training.hosted, name="help_hosted"),
    path("training/<int:pk>/", training.event, name="help_event"),
    path("training/<int:pk>/register/", training.register, name="help_register"),
    path("training/<int:pk>/leave/", training.leave, name="help_leave"),
    path("training/<int:pk>/attendance/", training.attendance, name="help_attendance"),
    path("files/<int:pk>/", public.file, name="help_file"),
    path("drafts/<int:pk>/", keeping.draft, name="help_draft"),
    path("<slug:slug>/", public.section, name="help_section"),
    path("<slug:slug>/versions/<int:number>/", public.version, name="help_version"),
]
