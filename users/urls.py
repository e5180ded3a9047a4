"""The institution's workspace."""

from django.urls import path

from users.views import afterwards, filing, home, sections, selection, unit

urlpatterns = [
    path("", home.home, name="institution_home"),
    path("uses/", home.uses, name="institution_uses"),
    path("select/", selection.search, name="institution_search"),
    path("select/own/", selection.start_own, name="use_start_own"),
    path("select/<str:number>/", selection.start, name="use_start"),
    path("unit/", unit.unit, name="institution_unit"),
    path("unit/responsible/", unit.responsible, name="institution_responsible"),
    path("unit/system/", unit.system, name="institution_system"),
    path("uses/<int:pk>/", filing.use, name="use"),
    path("uses/<int:pk>/check/", filing.check, name="use_check"),
    path("uses/<int:pk>/submit/", filing.submit, name="use_submit"),
    path("uses/<int:pk>/done/", filing.done, name="use_done"),
    path("uses/<int:pk>/receipt/", filing.receipt, name="use_receipt"),
    path("uses/<int:pk>/versions/", filing.versions, name="use_versions"),
    path("uses/<int:pk>/change/", filing.change, name="use_change"),
    path("uses/<int:pk>/review/", afterwards.review, name="use_review"),
    path("uses/<int:pk>/checked/", afterwards.checked, name="use_checked"),
    path("uses/<int:pk>/withdraw/", afterwards.withdraw, name="use_withdraw"),
    path("uses/<int:pk>/autosave/<slug:section>/", sections.autosave, name="use_autosave"),
    path("uses/<int:pk>/upload/<slug:section>/", sections.upload, name="use_upload"),
    path("uses/<int:pk>/part/<slug:section>/", sections.section, name="use_section"),
    path("materials/<int:pk>/", sections.material, name="use_material"),
]
