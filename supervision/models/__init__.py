"""What happens after the number: tables of supervision. Rows are written by ``supervision.domain`` alone."""

from supervision.models.accountability import Assessment, CaseOutcome
from supervision.models.campaigns import Campaign, CampaignItem
from supervision.models.checklists import ChecklistComment
from supervision.models.circulars import Broadcast, Circular, CircularUnit, LetterTemplate, ProgressReport
from supervision.models.complaints import (
    ComplainantIdentity,
    Complaint,
    ComplaintAttachment,
    ComplaintCategory,
    ComplaintGuide,
    ComplaintMessage,
    Forwarding,
)
from supervision.models.counters import CaseCounter
from supervision.models.inspection import Inspection, InspectionFinding, MonitorRun, SamplingPlan, Warning  # noqa: A004
from supervision.models.institutions import InstitutionBatch
from supervision.models.ratings import IndustryRating
from supervision.models.rectification import OrderFile, OrderStep, RectificationOrder
from supervision.models.referrals import JointMeasure, Partner, Referral, Takedown, TrainingInstitution
from supervision.models.work import Milestone, TaskNote, TaskUnit, WorkPlan, WorkTask

__all__ = [
    "Assessment",
    "Broadcast",
    "Campaign",
    "CampaignItem",
    "CaseCounter",
    "CaseOutcome",
    "ChecklistComment",
    "Circular",
    "CircularUnit",
    "ComplainantIdentity",
    "Complaint",
    "ComplaintAttachment",
    "ComplaintCategory",
    "ComplaintGuide",
    "ComplaintMessage",
    "Forwarding",
    "IndustryRating",
    "Inspection",
    "InspectionFinding",
    "InstitutionBatch",
    "JointMeasure",
    "LetterTemplate",
    "Milestone",
    "MonitorRun",
    "OrderFile",
    "OrderStep",
    "Partner",
    "ProgressReport",
    "RectificationOrder",
    "Referral",
    "SamplingPlan",
    "Takedown",
    "TaskNote",
    "TaskUnit",
    "TrainingInstitution",
    "Warning",
    "WorkPlan",
    "WorkTask",
]
