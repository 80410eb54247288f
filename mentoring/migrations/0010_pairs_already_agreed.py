"""Until now an approval made the pair and told both how to reach each other. Those pairs are under way."""

from django.db import migrations
from django.utils import timezone


def approvals_become_pairs(apps, schema_editor):
    Proposal = apps.get_model("mentoring", "Proposal")
    Relationship = apps.get_model("mentoring", "Relationship")
    over = {"closed": "completed", "cancelled": "ended"}
    for proposal in Proposal.objects.filter(state="approved").select_related("cohort").iterator():
        cohort = proposal.cohort
        at = proposal.decided_at or timezone.now()
        state = over.get(cohort.state, "active")
        proposal.state = "published"
        proposal.mentee_answer = proposal.mentor_answer = "yes"
        proposal.offered_at = proposal.mentee_answered_at = proposal.mentor_answered_at = at
        proposal.save()
        Relationship.objects.create(
            proposal=proposal,
            cohort=cohort,
            mentee_id=proposal.mentee_id,
            mentor_id=proposal.mentor_id,
            state=state,
            began_on=timezone.localdate(at),
            expected_end=cohort.end,
            turn="nobody",
            turn_since=at,
            ended_at=timezone.now() if state != "active" else None,
            ended_by="coordinator" if state == "ended" else "",
        )


def pairs_become_approvals(apps, schema_editor):
    """What is newer than this migration (agreements, meetings) goes with its pair; the earlier tables have no room."""
    Proposal = apps.get_model("mentoring", "Proposal")
    apps.get_model("mentoring", "Relationship").objects.all().delete()
    Proposal.objects.filter(state="published").update(
        state="approved",
        mentee_answer="",
        mentor_answer="",
        offered_at=None,
        mentee_answered_at=None,
        mentor_answered_at=None,
    )


class Migration(migrations.Migration):
    dependencies = [("mentoring", "0009_offers_and_answers")]

    operations = [migrations.RunPython(approvals_become_pairs, pairs_become_approvals)]
