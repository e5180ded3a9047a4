"""Which help page belongs to which page of the workspaces, by the name of its address.

The longest beginning that fits counts; where none does, the page that everybody of that workspace starts with.
"""

from __future__ import annotations

#: beginning of an address's name → stable key of a help page
PLACES = {
    # providers
    "filing": "first-filing",
    "filing_section": "icp-and-mlps",
    "filing_versions": "filing-states",
    "filing_withdraw": "filing-states",
    "filing_done": "how-long-approval",
    "filing_receipt": "how-long-approval",
    "provider_apps": "pause-resume-cancel",
    "provider_confirm": "report-a-change",
    "provider_unit": "report-a-change",
    "provider_branches": "where-to-file",
    "platform": "where-to-file",
    "provider_supervision": "rectification-and-bar",
    "provider_order": "rectification-and-bar",
    "provider_listing": "rectification-and-bar",
    "provider_forwarding": "how-to-complain",
    # authorities
    "uses": "confirming-uses",
    "use_case": "confirming-uses",
    "appraisal": "required-or-recommended",
    "appraisals": "required-or-recommended",
    "assessment": "required-or-recommended",
    "units": "accounts-for-schools",
    "oversight": "report-a-change",
    "filing_campaign": "confirming-uses",
    "filing_campaigns": "confirming-uses",
    "supervision_home": "how-to-complain",
    "sv": "rectification-and-bar",
    "sv_complaint": "how-to-complain",
    "sv_identity": "how-to-complain",
    "sv_tasks": "tasks-of-the-region",
    "sv_task": "tasks-of-the-region",
    "sv_work": "tasks-of-the-region",
    "sv_institutions": "tasks-of-the-region",
    "sv_institution": "tasks-of-the-region",
    "sv_takedown": "stores",
    "sv_takedowns": "stores",
    "dashboard": "confirming-uses",
    # institutions
    "institution_unit": "dual-review",
    "institution_responsible": "dual-review",
    "institution_system": "dual-review",
    "use": "select-an-app",
    "use_review": "dual-review",
    "use_change": "report-a-change",
    "use_withdraw": "end-a-use",
    # everybody
    "help_hosted": "holding-trainings",
    "members": "accounts-for-schools",
}
STARTS = {
    "provider": "first-filing",
    "authority": "review-queue",
    "institution": "select-an-app",
    "partner": "tasks-of-the-region",
}


def place(name: str, audience: str) -> str:
    """The key of the help page for the page of that address name, shown to people of that workspace; "" for none."""
    parts = name.split("_")
    for length in range(len(parts), 0, -1):
        found = PLACES.get("_".join(parts[:length]))
        if found:
            return found
    return STARTS.get(audience, "")
