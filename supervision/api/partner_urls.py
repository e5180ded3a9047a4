"""Addresses for partner departments, under /api/v1/partner/."""

from django.urls import path

from supervision.api import checklists, referrals, work

urlpatterns = [
    path("referrals/", referrals.PartnerReferrals.as_view(), name="api_partner_referrals"),
    path("referrals/<int:pk>/", referrals.PartnerReferral.as_view(), name="api_partner_referral"),
    *referrals.PARTNER_ACTS,
    path("measures/", referrals.PartnerMeasures.as_view(), name="api_partner_measures"),
    path("tasks/", work.PartnerTasks.as_view(), name="api_partner_tasks"),
    path("tasks/file/", work.PartnerTaskFile.as_view(), name="api_partner_task_file"),
    path("tasks/<int:pk>/", work.PartnerTask.as_view(), name="api_partner_task"),
    *work.PARTNER_TASK_ACTS,
    path("checklist/", checklists.PartnerChecklist.as_view(), name="api_partner_inspection_checklist"),
    path("credit/", referrals.PartnerCredit.as_view(), name="api_partner_credit"),
]
