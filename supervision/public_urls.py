"""Addresses that everybody may open: complaints, the lists beside the registry's, circulars."""

from django.urls import path, re_path

from supervision.views import lists, public, reports

urlpatterns = [
    path("complaints/", public.complain, name="complain"),
    path("complaints/new/", public.complain_new, name="complain_new"),
    path("complaints/follow/", public.follow, name="complain_follow"),
    path("complaints/follow/answer/", public.answer, name="complain_answer"),
    path("complaints/replies/", public.replies, name="complain_replies"),
    path("lists/blacklist/", lists.blacklist, name="blacklist"),
    re_path(r"^lists/blacklist\.(?P<kind>csv|json)$", lists.blacklist_file, name="blacklist_file"),
    path("lists/negative/", lists.items, {"kind": "negative"}, name="negative_list"),
    path("lists/exit/", lists.items, {"kind": "exit"}, name="exit_list"),
    path("lists/editions/", lists.editions, name="editions"),
    path("lists/editions/<int:pk>/", lists.edition, name="edition"),
    path("lists/editions/<int:pk>/file/", lists.edition_file, name="edition_file"),
    path("progress-reports/", reports.reports, name="progress_reports"),
    path("progress-reports/<int:pk>/", reports.report, name="progress_report"),
    path("circulars/", lists.circulars, name="circulars"),
    path("circulars/<int:pk>/", lists.circular, name="circular"),
]
