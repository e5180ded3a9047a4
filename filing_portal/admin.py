"""Gives the administration its sidebar and its health page, once all rooms have registered theirs."""

from django.contrib import admin

from filing_portal import admin_site

admin_site.install(admin.site)
