"""Brings each folder's models to where Django looks for them."""

from .messages.models import Outbox
from .people.import_models import ImportJob, ImportRow
from .people.models import Interest, Organisation, Profile, ProfileInterest, RoleLevel
from .programmes.models import Cohort, CoordinatorGrant, Enrolment, Programme
from .proposals.models import MatchRun, Proposal
from .trust.models import AuditEvent

__all__ = [
    "AuditEvent",
    "Cohort",
    "CoordinatorGrant",
    "Enrolment",
    "ImportJob",
    "ImportRow",
    "Interest",
    "MatchRun",
    "Organisation",
    "Outbox",
    "Profile",
    "ProfileInterest",
    "Programme",
    "Proposal",
    "RoleLevel",
]
