"""What an appraisal's experts do, under /api/v1/expert/."""

from django.urls import path

from review.api import experts

urlpatterns = [
    path("appraisals/", experts.Duties.as_view(), name="api_expert_appraisals"),
    path("appraisals/<int:pk>/", experts.OneDuty.as_view(), name="api_expert_appraisal"),
    path("appraisals/<int:pk>/declare/", experts.Declare.as_view(), name="api_expert_declare"),
    path(
        "appraisals/<int:pk>/candidates/<int:candidate>/score/", experts.GivePoints.as_view(), name="api_expert_score"
    ),
]
