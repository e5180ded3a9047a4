"""The verbs of this room."""

from accounts.domain.closing import close_authority, reopen_authority
from accounts.domain.hand_over import end_sessions, hand_over_unit
from accounts.domain.imports import discard_import, read_table, start_import, work_off
from accounts.domain.invitations import accept_invitation, invite, resend_invitation, withdraw_invitation
from accounts.domain.members import admit_member, change_role, end_membership, refuse_member, request_to_join
from accounts.domain.people import open_account
from accounts.domain.security import reset_second_factor, sign_out_everywhere
from accounts.domain.setting_up import set_up_unit
from accounts.domain.tokens import issue_token, revoke_token
from accounts.domain.units import create_unit, move_unit, register_provider_unit

__all__ = [
    "accept_invitation",
    "admit_member",
    "change_role",
    "close_authority",
    "create_unit",
    "discard_import",
    "end_membership",
    "end_sessions",
    "hand_over_unit",
    "invite",
    "issue_token",
    "move_unit",
    "open_account",
    "read_table",
    "refuse_member",
    "register_provider_unit",
    "reopen_authority",
    "request_to_join",
    "resend_invitation",
    "reset_second_factor",
    "revoke_token",
    "set_up_unit",
    "sign_out_everywhere",
    "start_import",
    "withdraw_invitation",
    "work_off",
]
