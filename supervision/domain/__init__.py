"""The verbs of supervision, by subject.

    intake          receive, answer_question: what the public does
    complaints      take, accept … resolve, look_at_identity
    forwarding      what the provider learns of a complaint, and its reply
    rectification   order … clear, run_out
    listing         list_provider: blacklisting with all that follows
    entries         one entry offline, resumed, revoked
    campaigns       draft, decide and carry out category campaigns
    inspection      samples, findings, re-checks
    referrals       partner departments, their measures, app stores
    checklists      comments on them
    circulars       circulars, letters, interviews, and their spreading
    accountability  what followed for persons, restricted
    assessments     figures kept for an assessment
    work            work plans and tasks
    reports         progress reports
    editions        half-yearly editions of the lists
"""

from supervision.domain.accountability import look_at_outcomes, record_outcome
from supervision.domain.assessments import take_assessment, verify_assessment
from supervision.domain.campaigns import (
    decide_campaign,
    draft_campaign,
    edit_campaign,
    run_campaign,
    withdraw_campaign,
)
from supervision.domain.checklists import comment_on_checklist
from supervision.domain.circulars import (
    edit_circular,
    publish_circular,
    record_interview,
    spread,
    write_circular,
)
from supervision.domain.complaints import (
    accept,
    add_note,
    ask_back,
    do_not_accept,
    investigate,
    look_at_identity,
    merge,
    publish_reply,
    resolve,
    take,
)
from supervision.domain.editions import publish_due_editions, publish_list
from supervision.domain.entries import resume_entry, revoke_entry, take_entry_offline
from supervision.domain.errors import Invalid
from supervision.domain.forwarding import forward_to_provider, provider_reply, recall
from supervision.domain.inspection import (
    assign_inspection,
    close_plan,
    draw,
    make_plan,
    order_from_inspection,
    plan_inspection,
    recheck,
    record_findings,
    settle_warning,
)
from supervision.domain.intake import Received, answer_question, receive
from supervision.domain.listing import list_provider
from supervision.domain.ratings import record_rating
from supervision.domain.rectification import (
    clear,
    extend,
    order,
    refuse,
    run_out,
    send_back,
    submit_evidence,
)
from supervision.domain.referrals import (
    answer_referral,
    answer_takedown,
    close_referral,
    record_measure,
    refer,
    request_takedown,
)
from supervision.domain.reports import edit_report, generate_report, publish_report
from supervision.domain.task_watch import authority_closed, authority_reopened, tell_overdue
from supervision.domain.work import (
    drop_task,
    finish_task,
    give_task,
    make_work_plan,
    move_task,
    note_progress,
    reach_milestone,
    reopen_task,
    start_task,
)

__all__ = [
    "Invalid",
    "Received",
    "accept",
    "add_note",
    "answer_question",
    "answer_referral",
    "answer_takedown",
    "ask_back",
    "assign_inspection",
    "authority_closed",
    "authority_reopened",
    "clear",
    "close_plan",
    "close_referral",
    "comment_on_checklist",
    "decide_campaign",
    "do_not_accept",
    "draft_campaign",
    "draw",
    "drop_task",
    "edit_campaign",
    "edit_circular",
    "edit_report",
    "extend",
    "finish_task",
    "forward_to_provider",
    "generate_report",
    "give_task",
    "investigate",
    "list_provider",
    "look_at_identity",
    "look_at_outcomes",
    "make_plan",
    "make_work_plan",
    "merge",
    "move_task",
    "note_progress",
    "order",
    "order_from_inspection",
    "plan_inspection",
    "provider_reply",
    "publish_circular",
    "publish_due_editions",
    "publish_list",
    "publish_reply",
    "publish_report",
    "reach_milestone",
    "recall",
    "receive",
    "recheck",
    "record_findings",
    "record_interview",
    "record_measure",
    "record_outcome",
    "record_rating",
    "refer",
    "refuse",
    "reopen_task",
    "request_takedown",
    "resolve",
    "resume_entry",
    "revoke_entry",
    "run_campaign",
    "run_out",
    "send_back",
    "settle_warning",
    "spread",
    "start_task",
    "submit_evidence",
    "take",
    "take_assessment",
    "take_entry_offline",
    "tell_overdue",
    "verify_assessment",
    "withdraw_campaign",
    "write_circular",
]
