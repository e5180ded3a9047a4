"""Signing in, units, members, invitations, tokens, notices."""

from tests.accounts.matrix.cast import Row

ROWS: dict[str, Row] = {
    # --- allauth: sign-in, sign-up, passwords, second factor, sessions
    "account_login": Row("public"),
    "account_signup": Row("public"),
    "account_logout": Row("public"),
    "account_inactive": Row("public"),
    "account_reset_password": Row("public"),
    "account_reset_password_done": Row("public"),
    "account_reset_password_from_key": Row("public", why="needs a key from an e-mail"),
    "account_reset_password_from_key_done": Row("public"),
    "account_confirm_email": Row("public", why="needs a key from an e-mail"),
    "account_email_verification_sent": Row("public", why="needs a sign-up under way"),
    "account_request_login_code": Row("public", why="switched off"),
    "account_confirm_login_code": Row("public", why="switched off"),
    "account_signup_by_passkey": Row("public", why="switched off"),
    "account_complete_passkey_signup": Row("public", why="switched off"),
    "account_*": Row("signed_in"),
    "mfa_authenticate": Row("public", why="needs a sign-in under way"),
    "mfa_login_webauthn": Row("public", why="a step of signing in with a passkey"),
    "mfa_signup_webauthn": Row("public", why="switched off"),
    "mfa_trust": Row("public", why="needs a sign-in under way"),
    "mfa_*": Row("signed_in", why="allauth asks for the password again first"),
    "usersessions_list": Row("signed_in"),
    # --- accounts
    "account_home": Row("signed_in"),
    "after_login": Row("signed_in"),
    "workspace": Row("signed_in"),
    "switch_unit": Row("signed_in", method="post"),
    "leave_unit": Row("signed_in", "own_membership", method="post"),
    "register_unit": Row("signed_in"),
    "competent_authority": Row("signed_in"),
    "join_unit": Row("signed_in"),
    "members": Row("signed_in"),
    "member_act": Row("owner_side", "member", method="post"),
    "invitations": Row("inviting"),
    "invitation_withdraw": Row("own_lead", "invitation", method="post"),
    "accept_invitation": Row("nobody", "wrong_secret", why="open to who holds the secret: test_pages"),
    # --- notices
    "inbox": Row("signed_in"),
    "notice": Row("unit_inbox", "notice"),
    "inbox_read_all": Row("signed_in", method="post"),
    "notice_preferences": Row("signed_in"),
    "api_notice*": Row("signed_in", why="needs a token: tests/notices"),
}
