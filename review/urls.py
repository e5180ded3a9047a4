"""Addresses of the authority's review workspace, under /review/."""

from django.urls import path

from review.views import appraisals, bulk, case, decision, people, queue, work

urlpatterns = [
    path("", queue.queue, name="review_home"),
    path("", queue.queue, name="review_queue"),
    path("queue/", queue.queue, name="queue"),
    path("queue/export/", queue.export, name="queue_export"),
    path("queue/bulk/", bulk.bulk, name="queue_bulk"),
    path("queue/views/", queue.save_view, name="queue_save_view"),
    path("queue/views/<int:pk>/remove/", queue.remove_view, name="queue_remove_view"),
    path("hand-over/", people.hand_over, name="review_hand_over"),
    path("cases/<int:pk>/", case.case, name="case"),
    path("cases/<int:pk>/verdict/", work.verdict, name="case_verdict"),
    path("cases/<int:pk>/checklist/", work.checklist, name="case_checklist"),
    path("cases/<int:pk>/checks/<slug:code>/override/", work.override, name="case_override"),
    path("cases/<int:pk>/checks/run/", work.run_again, name="case_run_checks"),
    path("cases/<int:pk>/claim/", people.claim, name="case_claim"),
    path("cases/<int:pk>/assign/", people.assign, name="case_assign"),
    path("cases/<int:pk>/release/", people.release, name="case_release"),
    path("cases/<int:pk>/decide/", decision.decide, name="case_decide"),
    path("cases/<int:pk>/previous/", work.step, {"way": "previous"}, name="case_previous"),
    path("cases/<int:pk>/next/", work.step, {"way": "next"}, name="case_next"),
    path("appraisals/", appraisals.appraisals, name="appraisals"),
    path("appraisals/<int:pk>/", appraisals.appraisal, name="appraisal"),
    path("appraisals/<int:pk>/edit/", appraisals.edit_appraisal, name="appraisal_edit"),
    path("appraisals/<int:pk>/nominate/", appraisals.appraisal_nominate, name="appraisal_nominate"),
    path("appraisals/<int:pk>/experts/", appraisals.appoint, name="appraisal_appoint"),
    path("appraisals/<int:pk>/experts/<int:expert>/dismiss/", appraisals.dismiss, name="appraisal_dismiss"),
    path(
        "appraisals/<int:pk>/objections/<int:objection>/",
        appraisals.decide_objection,
        name="appraisal_decide_objection",
    ),
    path("appraisals/<int:pk>/act/<slug:act>/", appraisals.appraisal_act, name="appraisal_act"),
    path("lists/<int:pk>/", appraisals.appraisal_list, name="appraisal_list"),
    path("lists/<int:pk>/appraise/", appraisals.new_appraisal, name="appraisal_new"),
]
