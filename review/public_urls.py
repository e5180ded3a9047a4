"""Addresses of recommended lists and appraisals for everybody, and of the experts' own page."""

from django.urls import path

from review.views import experts, recommended

urlpatterns = [
    path("recommended/", recommended.recommended, name="recommended"),
    path("recommended/<int:pk>/", recommended.recommended_list, name="recommended_list"),
    path("recommended/<int:pk>/<int:number>/", recommended.recommended_list, name="recommended_edition"),
    path("recommended/appraisals/<int:pk>/", recommended.public_appraisal, name="appraisal_public"),
    path("recommended/appraisals/<int:pk>/nominate/", recommended.public_nominate, name="appraisal_public_nominate"),
    path("recommended/appraisals/<int:pk>/object/", recommended.public_object, name="appraisal_public_object"),
    path("recommended/appraisals/<int:pk>/expert/", experts.expert_page, name="expert"),
    path("recommended/appraisals/<int:pk>/expert/declare/", experts.declare, name="expert_declare"),
    path("recommended/appraisals/<int:pk>/expert/<int:candidate>/", experts.score, name="expert_score"),
]
