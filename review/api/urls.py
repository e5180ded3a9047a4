"""Addresses of the authority's interface, under /api/v1/authority/."""

from django.urls import path

from review.api import units, uses, views

urlpatterns = [
    path("queue/", views.Queue.as_view(), name="api_authority_queue"),
    path("cases/<int:pk>/", views.Case.as_view(), name="api_authority_case"),
    path("cases/<int:pk>/versions/", views.Versions.as_view(), name="api_authority_versions"),
    path("cases/<int:pk>/diff/", views.Diff.as_view(), name="api_authority_diff"),
    path("cases/<int:pk>/verdicts/", views.Verdicts.as_view(), name="api_authority_verdicts"),
    path("cases/<int:pk>/checks/", views.Checks.as_view(), name="api_authority_checks"),
    path("cases/<int:pk>/claim/", views.Claim.as_view(), name="api_authority_claim"),
    path("cases/<int:pk>/assign/", views.Assign.as_view(), name="api_authority_assign"),
    path("cases/<int:pk>/return/", views.Return.as_view(), name="api_authority_return"),
    path("cases/<int:pk>/approve/", views.Approve.as_view(), name="api_authority_approve"),
    path("cases/<int:pk>/decline/", views.Decline.as_view(), name="api_authority_decline"),
    path("cases/<int:pk>/materials/", views.Materials.as_view(), name="api_authority_materials"),
    path("materials/<int:pk>/", views.MaterialFile.as_view(), name="api_authority_material"),
    path("uses/", uses.UseQueue.as_view(), name="api_authority_uses"),
    path("uses/<int:pk>/", uses.UseCase.as_view(), name="api_authority_use"),
    path("uses/<int:pk>/verdicts/", uses.UseVerdicts.as_view(), name="api_authority_use_verdicts"),
    path("uses/<int:pk>/claim/", uses.UseClaim.as_view(), name="api_authority_use_claim"),
    path("uses/<int:pk>/assign/", uses.UseAssign.as_view(), name="api_authority_use_assign"),
    path("uses/<int:pk>/return/", uses.UseReturn.as_view(), name="api_authority_use_return"),
    path("uses/<int:pk>/confirm/", uses.UseConfirm.as_view(), name="api_authority_use_confirm"),
    path("uses/<int:pk>/remind/", uses.UseRemind.as_view(), name="api_authority_use_remind"),
    path("units/", units.Units.as_view(), name="api_authority_units"),
    path("units/invitations/<int:pk>/resend/", units.Resend.as_view(), name="api_authority_invitation_resend"),
    path("units/invitations/<int:pk>/withdraw/", units.Withdraw.as_view(), name="api_authority_invitation_withdraw"),
]
