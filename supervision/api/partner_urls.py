"""Addresses for partner departments, under /api/v1/partner/."""

from django.urls import path

from supervision.api import referrals

urlpatterns = [
    path("referrals/", referrals.PartnerReferrals.as_view(), name="api_partner_referrals"),
    path("referrals/<int:pk>/", referrals.PartnerReferral.as_view(), name="api_partner_referral"),
    *referrals.PARTNER_ACTS,
    path("measures/", referrals.PartnerMeasures.as_view(), name="api_partner_measures"),
    path("credit/", referrals.PartnerCredit.as_view(), name="api_partner_credit"),
]
