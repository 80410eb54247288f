"""What forbids a pair whatever its score, checked on rows when a coordinator decides.

The engine keeps the same rules when it proposes. People move school and get new managers between the two moments.
"""

from __future__ import annotations

from mentoring.people.models import Profile
from mentoring.programmes.models import Enrolment, EnrolmentRole, EnrolmentState
from mentoring.programmes.services import email_of
from mentoring.trust.decision import YES, Decision, no


def manages(boss: Profile, report: Profile) -> bool:
    """By profile, or by the address that was noted before the manager had one."""
    if report.line_manager_id is not None:
        return report.line_manager_id == boss.pk
    noted = report.line_manager_email.strip().casefold()
    return bool(noted) and noted == email_of(boss).strip().casefold()


def may_meet(mentee: Enrolment, mentor: Enrolment) -> Decision:
    """Whether nothing bars the two, and both are still ready to be matched."""
    one, other = mentee.profile, mentor.profile
    if mentee.cohort_id != mentor.cohort_id:
        return no("The two are not in the same cohort.")
    if (mentee.as_role, mentor.as_role) != (EnrolmentRole.MENTEE, EnrolmentRole.MENTOR):
        return no("A pair needs one mentee and one mentor.")
    if one.pk == other.pk:
        return no("Nobody can be their own mentor.")
    for row in (mentee, mentor):
        if row.state != EnrolmentState.ELIGIBLE:
            return no(f"{row.profile} is no longer ready to be matched: {row.get_state_display().lower()}.")
        if not email_of(row.profile):
            return no(f"{row.profile} has no e-mail address, so nobody could tell them.")
    if one.organisation_id == other.organisation_id:
        return no(f"Both work at {one.organisation}. Mentor and mentee come from different organisations.")
    if manages(one, other) or manages(other, one):
        return no("One of the two manages the other.")
    return YES
