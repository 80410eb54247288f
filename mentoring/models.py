"""Brings each folder's models to where Django looks for them."""

from .concerns.models import Concern
from .equality.models import EqualityAnswer
from .jobs.models import DailyWork
from .messages.address_models import FailingAddress, MailChoice
from .messages.models import Outbox
from .messages.wording_models import Wording
from .people.calendar_models import CalendarException
from .people.exclusion_models import Exclusion
from .people.import_models import ImportJob, ImportRow
from .people.models import Interest, Organisation, Profile, ProfileInterest, RoleLevel
from .placements.models import Assurance, Placement, PlacementApproval, PlacementDay
from .placements.offer_models import HostOffer, OfferDate
from .programmes.models import Cohort, CoordinatorGrant, Enrolment, Programme
from .programmes.stage_models import Stage, StageTask
from .programmes.wish_models import Avoidance, Goal, Preference
from .proposals.models import MatchRun, Override, Proposal
from .relationships.check_models import Check, ClosingAnswer
from .relationships.meeting_models import CalendarFeed, Meeting
from .relationships.models import Relationship
from .relationships.space_models import Agreement, Note, TaskTick
from .trust.link_models import SignedLink
from .trust.models import AuditEvent
from .trust.seal_models import AuditSeal, Tombstone

__all__ = [
    "Agreement",
    "Assurance",
    "AuditEvent",
    "AuditSeal",
    "Avoidance",
    "CalendarException",
    "CalendarFeed",
    "Check",
    "ClosingAnswer",
    "Cohort",
    "Concern",
    "CoordinatorGrant",
    "DailyWork",
    "Enrolment",
    "EqualityAnswer",
    "Exclusion",
    "FailingAddress",
    "Goal",
    "HostOffer",
    "ImportJob",
    "ImportRow",
    "Interest",
    "MailChoice",
    "MatchRun",
    "Meeting",
    "Note",
    "OfferDate",
    "Organisation",
    "Outbox",
    "Override",
    "Placement",
    "PlacementApproval",
    "PlacementDay",
    "Preference",
    "Profile",
    "ProfileInterest",
    "Programme",
    "Proposal",
    "Relationship",
    "RoleLevel",
    "SignedLink",
    "Stage",
    "StageTask",
    "TaskTick",
    "Tombstone",
    "Wording",
]
