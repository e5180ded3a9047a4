"""The verbs on uses; each takes ``by`` and ``now``, and goes through ``ledger.acts.perform``.

    drafts       start_use, start_self_use, save_part, add_material        select an app, fill in the form
    submission   submit, report_change, unit_approve, unit_send_back       hand in; the school's second person
    decisions    confirm, confirm_many, return_for_correction, withdraw    the authority; the end
    effects      suspend, resume, propose_withdrawal, clear_proposal       what befalls the app's entry
    units        upload_selection_system, name_responsible                 what a unit says of itself
    lists        publish_edition                                           recommended lists
    sweeps       entry_moved, work_off, open_sweeps                        the same for everybody who uses an app
    moves        unit_moved, reroute                                       a unit comes under another authority
"""

from users.domain.decisions import confirm, confirm_many, return_for_correction, withdraw
from users.domain.drafts import PARTS, add_material, save_part, start_self_use, start_use
from users.domain.effects import clear_proposal, propose_withdrawal, resume, suspend
from users.domain.errors import FileRefused, Incomplete, NotEditable
from users.domain.lists import publish_edition
from users.domain.moves import reroute, unit_moved
from users.domain.submission import report_change, submit, unit_approve, unit_send_back
from users.domain.sweeps import Marked, entry_moved, open_sweeps, work_off
from users.domain.units import name_responsible, upload_selection_system

__all__ = [
    "PARTS",
    "FileRefused",
    "Incomplete",
    "Marked",
    "NotEditable",
    "add_material",
    "clear_proposal",
    "confirm",
    "confirm_many",
    "entry_moved",
    "name_responsible",
    "open_sweeps",
    "propose_withdrawal",
    "publish_edition",
    "report_change",
    "reroute",
    "resume",
    "return_for_correction",
    "save_part",
    "start_self_use",
    "start_use",
    "submit",
    "suspend",
    "unit_approve",
    "unit_moved",
    "unit_send_back",
    "upload_selection_system",
    "withdraw",
    "work_off",
]
