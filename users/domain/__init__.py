"""The verbs on uses; each takes ``by`` and ``now``, and goes through ``ledger.acts.perform``.

    drafts       start_use, start_self_use, save_part, add_material        select an app, fill in the form
    submission   submit, report_change, unit_approve, unit_send_back       hand in; the school's second person
    decisions    confirm, confirm_many, return_for_correction, withdraw    the authority; the end
    effects      suspend, resume, propose_withdrawal, clear_proposal       what befalls the app's entry
                 note_checked                                              its unit has looked at what changed
    units        upload_selection_system, name_responsible                 what a unit says of itself
    lists        publish_edition                                           recommended lists
    campaigns    set_up_campaign, close_campaign, remind                   what an authority asks of those below it
    sweeps       entry_moved, entry_renewed, work_off, open_sweeps         the same for everybody who uses an app
    moves        unit_moved, authority_closed, authority_reopened, reroute a unit comes under another authority
                 open_reroutes, work_off_reroute                          the same for many, by a job
"""

from users.domain.campaigns import (
    MATTERS,
    Reminded,
    campaign_mark,
    close_campaign,
    may_run_campaigns,
    remind,
    set_up_campaign,
)
from users.domain.decisions import confirm, confirm_many, return_for_correction, withdraw
from users.domain.drafts import PARTS, add_material, save_part, start_self_use, start_use
from users.domain.effects import clear_proposal, note_checked, propose_withdrawal, resume, suspend
from users.domain.errors import FileRefused, Incomplete, NotEditable
from users.domain.lists import publish_edition
from users.domain.moves import (
    authority_closed,
    authority_reopened,
    on_reroute,
    open_reroutes,
    reroute,
    unit_moved,
    work_off_reroute,
)
from users.domain.submission import report_change, stays_handed_in, submit, unit_approve, unit_send_back
from users.domain.sweeps import Marked, entries_in_use, entry_moved, entry_renewed, open_sweeps, work_off
from users.domain.units import name_responsible, upload_selection_system

__all__ = [
    "MATTERS",
    "PARTS",
    "FileRefused",
    "Incomplete",
    "Marked",
    "NotEditable",
    "Reminded",
    "add_material",
    "authority_closed",
    "authority_reopened",
    "campaign_mark",
    "clear_proposal",
    "close_campaign",
    "confirm",
    "confirm_many",
    "entries_in_use",
    "entry_moved",
    "entry_renewed",
    "may_run_campaigns",
    "name_responsible",
    "note_checked",
    "on_reroute",
    "open_reroutes",
    "open_sweeps",
    "propose_withdrawal",
    "publish_edition",
    "remind",
    "report_change",
    "reroute",
    "resume",
    "return_for_correction",
    "save_part",
    "set_up_campaign",
    "start_self_use",
    "start_use",
    "stays_handed_in",
    "submit",
    "suspend",
    "unit_approve",
    "unit_moved",
    "unit_send_back",
    "upload_selection_system",
    "withdraw",
    "work_off",
    "work_off_reroute",
]
