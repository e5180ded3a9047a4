"""Addresses of supervision for authorities, under /api/v1/authority/."""

from django.urls import path

from supervision.api import campaigns, complaints, entries, inspections, orders, referrals

urlpatterns = [
    path("complaints/", complaints.Complaints.as_view(), name="api_authority_complaints"),
    path("complaints/<int:pk>/", complaints.OneComplaint.as_view(), name="api_authority_complaint"),
    path("complaints/<int:pk>/identity/", complaints.Identity.as_view(), name="api_authority_complaint_identity"),
    path(
        "complaints/<int:pk>/files/<int:file>/", complaints.Screenshot.as_view(), name="api_authority_complaint_file"
    ),
    *complaints.ACTS,
    path("orders/", orders.Orders.as_view(), name="api_authority_orders"),
    path("orders/<int:pk>/", orders.OneOrder.as_view(), name="api_authority_order"),
    path("orders/<int:pk>/files/<int:file>/", orders.Evidence.as_view(), name="api_authority_order_file"),
    *orders.ORDER_ACTS,
    path("listings/", orders.Listings.as_view(), name="api_authority_listings"),
    path("listings/<int:pk>/", orders.OneListing.as_view(), name="api_authority_listing"),
    *orders.LISTING_ACTS,
    path("campaigns/", campaigns.Campaigns.as_view(), name="api_authority_campaigns"),
    path("campaigns/preview/", campaigns.Preview.as_view(), name="api_authority_campaign_preview"),
    path("campaigns/<int:pk>/", campaigns.OneCampaign.as_view(), name="api_authority_campaign"),
    path("campaigns/<int:pk>/items/", campaigns.Items.as_view(), name="api_authority_campaign_items"),
    *campaigns.CAMPAIGN_ACTS,
    path("plans/", inspections.Plans.as_view(), name="api_authority_plans"),
    path("plans/<int:pk>/", inspections.OnePlan.as_view(), name="api_authority_plan"),
    *inspections.PLAN_ACTS,
    path("inspections/", inspections.Inspections.as_view(), name="api_authority_inspections"),
    path("inspections/<int:pk>/", inspections.OneInspection.as_view(), name="api_authority_inspection"),
    *inspections.INSPECTION_ACTS,
    path("warnings/", inspections.Warnings.as_view(), name="api_authority_warnings"),
    path("warnings/<int:pk>/", inspections.OneWarning.as_view(), name="api_authority_warning"),
    *inspections.WARNING_ACTS,
    path("referrals/", referrals.Referrals.as_view(), name="api_authority_referrals"),
    path("referrals/<int:pk>/", referrals.OneReferral.as_view(), name="api_authority_referral"),
    *referrals.REFERRAL_ACTS,
    path("takedowns/", referrals.Takedowns.as_view(), name="api_authority_takedowns"),
    path("takedowns/<int:pk>/", referrals.OneTakedown.as_view(), name="api_authority_takedown"),
    *referrals.TAKEDOWN_ACTS,
    path("credit/", referrals.AuthorityCredit.as_view(), name="api_authority_credit"),
    path("entries/", entries.Entries.as_view(), name="api_authority_entry_by_number"),
    path("entries/<int:pk>/", entries.OneEntry.as_view(), name="api_authority_entry"),
    *entries.ENTRY_ACTS,
]
