"""Addresses of supervision for institutions, under /api/v1/institution/."""

from django.urls import path

from supervision.api import checklists, work

urlpatterns = [
    path("tasks/", work.InstitutionTasks.as_view(), name="api_institution_tasks"),
    path("tasks/file/", work.InstitutionTaskFile.as_view(), name="api_institution_task_file"),
    path("tasks/<int:pk>/", work.InstitutionTask.as_view(), name="api_institution_task"),
    *work.INSTITUTION_TASK_ACTS,
    path("checklist/", checklists.InstitutionChecklist.as_view(), name="api_institution_inspection_checklist"),
]
