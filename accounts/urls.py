"""Addresses of the account pages."""

from django.urls import path, re_path

from accounts.views import account, imports, invitations, members, tokens, units

urlpatterns = [
    path("", account.account_home, name="account_home"),
    path("workspace/", account.after_login, name="after_login"),
    path("workspace/", account.after_login, name="workspace"),  # the name that the shell links to
    path("switch/", account.switch_unit, name="switch_unit"),
    path("leave/<int:pk>/", account.leave_unit, name="leave_unit"),
    path("unit/new/", account.register_unit, name="register_unit"),
    path("unit/new/authority/", account.competent_authority, name="competent_authority"),
    path("unit/join/", account.join_unit, name="join_unit"),
    path("members/", members.members, name="members"),
    re_path(
        r"^members/(?P<pk>\d{1,18})/(?P<verb>admit|refuse|role|end)/$", members.member_act, name="member_act"
    ),
    path("invitations/", invitations.invitations, name="invitations"),
    path("invitations/<int:pk>/withdraw/", invitations.invitation_withdraw, name="invitation_withdraw"),
    path("invitation/<str:secret>/", invitations.accept, name="accept_invitation"),
    path("units/", units.units, name="units"),
    path("units/new/", units.new, name="unit_new"),
    path("units/act/", units.act, name="units_act"),
    path("units/import/", imports.upload, name="unit_import"),
    path("units/import/template/", imports.template, name="unit_import_template"),
    path("units/import/<int:pk>/", imports.batch, name="unit_import_batch"),
    path("units/import/<int:pk>/start/", imports.start, name="unit_import_start"),
    path("units/import/<int:pk>/discard/", imports.discard, name="unit_import_discard"),
    path("units/import/<int:pk>/progress/", imports.progress, name="unit_import_progress"),
    path("units/import/<int:pk>/result/", imports.result, name="unit_import_result"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
]
