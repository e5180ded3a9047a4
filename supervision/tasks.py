"""What Celery runs for supervision; the long jobs stand on the queue ``bulk``."""

from __future__ import annotations

from celery import shared_task

from rulebook.time import now
from supervision import monitors
from supervision.domain import campaigns, circulars, editions, task_watch
from supervision.enums import CampaignState
from supervision.models import Broadcast, Campaign

#: batches of 500 in one run of a task, so that a worker is free for others now and then
BATCHES = 40
ITEMS = 10_000
#: how long a call can be repeated under its key


@shared_task(name="supervision.tasks.bulk_campaign")
def bulk_campaign(campaign_id: int) -> str:
    """Carries a decided campaign out; goes on in a task of its own after some thousand entries."""
    worked = campaigns.run_campaign(campaign_id=campaign_id, now=now(), limit=ITEMS)
    if not worked.finished and worked.handled >= ITEMS:
        bulk_campaign.apply_async(args=[campaign_id], retry=False)
    return f"done {worked.done}, skipped {worked.skipped}, failed {worked.failed}"


@shared_task(name="supervision.tasks.bulk_spread")
def bulk_spread(broadcast_id: int) -> bool:
    """Serves the next batches of a circular."""
    return circulars.spread(broadcast_id=broadcast_id, now=now(), batches=BATCHES)


@shared_task(name="supervision.tasks.bulk_unfinished")
def bulk_unfinished() -> int:
    """Every minute by beat: takes up campaigns and circulars that a worker left behind, and new ones."""
    found = 0
    for pk in Campaign.objects.filter(state=CampaignState.RUNNING).order_by("pk").values_list("pk", flat=True)[:5]:
        bulk_campaign(pk)
        found += 1
    for pk in Broadcast.objects.filter(finished_at__isnull=True).order_by("pk").values_list("pk", flat=True)[:20]:
        bulk_spread(pk)
        found += 1
    return found


@shared_task(name="supervision.tasks.bulk_monitors")
def bulk_monitors() -> str:
    """Every night by beat: all monitors over all entries in force."""
    runs = [monitors.run(key=key, now=now()) for key in monitors.names()]
    return ", ".join(f"{run.monitor} {run.raised}" for run in runs)


@shared_task(name="supervision.tasks.bulk_editions")
def bulk_editions() -> int:
    """Every night by beat: the editions of the half-year that are missing."""
    return len(editions.publish_due_editions(now=now()))


@shared_task(name="supervision.tasks.tell_overdue_tasks")
def tell_overdue_tasks() -> int:
    """Every hour by beat: tells of tasks of the region whose last day is over, once for each last day."""
    return task_watch.tell_overdue(now=now())


campaigns.worked_off_by(bulk_campaign)
circulars.spread_by(bulk_spread)
