"""The provider's workspace."""

from django.urls import path

from providers.views import branches, filing, materials, platforms, sections, upkeep, workspace

urlpatterns = [
    path("", workspace.home, name="provider_home"),
    path("apps/", workspace.apps, name="provider_apps"),
    path("confirm/", upkeep.confirm, name="provider_confirm"),
    path("platform/", platforms.home, name="platform_home"),
    path("platform/template.csv", platforms.template, name="platform_template"),
    path("platform/batches/<int:pk>/", platforms.batch, name="platform_batch"),
    path("platform/batches/<int:pk>/take/", platforms.take, name="platform_batch_take"),
    path("branches/", branches.home, name="provider_branches"),
    path("branches/<int:pk>/<slug:verb>/", branches.decide, name="provider_branch_decide"),
    path("unit/", workspace.unit, name="provider_unit"),
    path("start/", workspace.start, name="provider_start"),
    path("submit-many/", workspace.batch, name="provider_batch"),
    path("filings/<int:pk>/", filing.tasks, name="filing"),
    path("filings/<int:pk>/check/", filing.check, name="filing_check"),
    path("filings/<int:pk>/submit/", filing.submit, name="filing_submit"),
    path("filings/<int:pk>/done/", filing.done, name="filing_done"),
    path("filings/<int:pk>/receipt/", filing.receipt, name="filing_receipt"),
    path("filings/<int:pk>/withdraw/", filing.withdraw, name="filing_withdraw"),
    path("filings/<int:pk>/versions/", filing.versions, name="filing_versions"),
    path("filings/<int:pk>/autosave/<slug:section>/", sections.autosave, name="filing_autosave"),
    path("filings/<int:pk>/upload/<slug:section>/", sections.upload, name="filing_upload"),
    path("filings/<int:pk>/part/<slug:section>/", sections.section, name="filing_section"),
    path("materials/<int:pk>/", materials.material, name="material"),
]
