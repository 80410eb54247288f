"""The mails whose words may be changed, one by one. `catalogue.py` says what each token stands for.

Not here, and so written from their files alone: mails that choose their words by whom they go to or what came before
(docs/mentoring.md lists them), those to coordinators, and those about concerns and erasure, whose words are fixed.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import waiting

#: What a subject may hold: mail programs show it on locked screens.
IN_SUBJECTS = frozenset({"programme", "organisation", "cohort", "role", "partner_role"})
_ALWAYS = ("name", "programme", "organisation", "contact")


@dataclass(frozen=True)
class Kind:
    """One kind of mail.

    Attributes:
        tokens: what its words may hold beside those that every mail knows.
        required: what its text must hold.
        in_subject: what its subject may hold, too: the page behind it says the same.
    """

    name: str
    label: str
    to: str
    tokens: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    in_subject: tuple[str, ...] = ()

    @property
    def subject_tokens(self) -> tuple[str, ...]:
        return tuple(token for token in self.all_tokens if token in IN_SUBJECTS or token in self.in_subject)

    @property
    def can_wait(self) -> bool:
        return waiting.can_wait(self.name)

    @property
    def useful_later(self) -> bool:
        return waiting.useful_later(self.name)

    @property
    def all_tokens(self) -> tuple[str, ...]:
        return (*_ALWAYS, *self.tokens)


_COHORT = ("cohort", "cohort_start", "role", "link")
#: No address: that comes with the second yes.
_OFFER = ("partner", "partner_role", "partner_work", "reasons", "answer_by")
_PAIR = (*_COHORT, "partner", "partner_role", "partner_work")
_HEAD = ("cohort", "cohort_start", "link", "person", "person_job", "person_place", "last_day")
_VISIT = ("person", "person_job", "person_place", "visit", "visit_place", "host", "days", "link")

_APPLICANT, _BOTH = "the applicant", "mentee and mentor"
_WHO, _WHERE = ("person",), ("visit_place",)

ALL = (
    Kind("application_received", "Application received", _APPLICANT, _COHORT, ("link",)),
    Kind("application_accepted", "Application accepted", _APPLICANT, (*_COHORT, "note"), ("link", "note")),
    Kind("application_declined", "Application not accepted", _APPLICANT, (*_COHORT, "note"), ("note",)),
    Kind("application_returned", "Question about an application", _APPLICANT, (*_COHORT, "note"), ("note", "link")),
    Kind("application_waitlisted", "On the waiting list", _APPLICANT, (*_COHORT, "note"), ("note",)),
    Kind("you_are_next", "Next on the waiting list", _APPLICANT, _COHORT, ("link",)),
    # The head
    Kind("head_asked", "The head is asked", "the head", _HEAD, ("person", "last_day", "link")),
    Kind("head_reminder", "Reminder to the head", "the head", _HEAD, ("person", "last_day", "link")),
    Kind("head_yes", "The head said yes", _APPLICANT, (*_COHORT, "wrote"), ("wrote", "link")),
    Kind("head_no", "The head said no", _APPLICANT, (*_COHORT, "wrote"), ("wrote", "link")),
    Kind("head_question", "The head has a question", _APPLICANT, (*_COHORT, "wrote", "head_email"), ("wrote", "link")),
    Kind("head_lapsed", "The head has not answered", _APPLICANT, (*_COHORT, "head_email"), ("link",)),
    # Matching
    Kind("offer", "Offer", "whoever is asked", (*_COHORT, *_OFFER), ("partner", "reasons", "answer_by", "link")),
    Kind(
        "offer_reminder",
        "Reminder of an offer",
        "whoever has not answered",
        (*_COHORT, *_OFFER),
        ("partner", "answer_by", "link"),
    ),
    Kind("offer_lapsed", "Offer lapsed", _BOTH, (*_COHORT, "partner_role"), ("link",)),
    Kind("offer_closed", "Offer no longer stands", "whoever was asked", (*_COHORT, "partner_role"), ("link",)),
    Kind("choice_asked", "A chosen mentor is asked", "the mentee", (*_COHORT, "answer_by"), ("answer_by", "link")),
    Kind("choices_exhausted", "All choices were asked", "the mentee", _COHORT, ("link",)),
    Kind("match_ended", "Match no longer stands", _BOTH, _COHORT, ("link",)),
    # Pairs
    Kind(
        "pair_begun",
        "A pair begins",
        _BOTH,
        (*_PAIR, "partner_email", "sign_by"),
        ("partner", "partner_email", "sign_by", "link"),
        in_subject=("partner",),
    ),
    Kind(
        "pair_agreement_reminder",
        "Reminder of the agreement",
        "whoever has not signed",
        (*_PAIR, "due"),
        ("partner", "due", "link"),
    ),
    Kind("pair_sign", "The agreement is to be signed", "whoever signs next", (*_PAIR, "due"), ("partner", "link")),
    Kind("pair_active", "A pair is under way", _BOTH, (*_PAIR, "last_day", "next"), ("partner", "next", "link")),
    Kind("pair_agreement_changed", "The agreement is changed", _BOTH, _PAIR, ("link",)),
    Kind("pair_stage", "The next stage", _BOTH, (*_PAIR, "stage", "tasks"), ("stage", "link"), in_subject=("stage",)),
    Kind("pair_check", "Is all well?", _BOTH, (*_PAIR, "due"), ("due", "link")),
    Kind("pair_paused", "A pause", _BOTH, (*_PAIR, "until"), ("until", "link")),
    Kind("pair_resumed", "A pause is over", _BOTH, (*_PAIR, "next"), ("partner", "next", "link")),
    Kind("pair_lapsed", "A match has lapsed unsigned", _BOTH, (*_PAIR, "next"), ("partner", "next", "link")),
    Kind("pair_ended", "A pair has ended early", _BOTH, (*_PAIR, "next"), ("partner", "next", "link")),
    Kind("pair_reopened", "A pair goes on after all", _BOTH, (*_PAIR, "next"), ("partner", "next", "link")),
    Kind("pair_held", "Held back by a handler of concerns", _BOTH, (*_COHORT, "words"), ("words",)),
    Kind("pair_extended", "Another last day", _BOTH, (*_PAIR, "until"), ("until", "link")),
    Kind("pair_closing", "Closing questions", _BOTH, (*_PAIR, "due"), ("due", "link")),
    Kind("pair_completed", "Completed", _BOTH, (*_PAIR, "keep_months"), ("keep_months", "link")),
    # Meetings
    Kind(
        "meeting_times",
        "Times for a meeting",
        "whoever picks",
        (*_PAIR, "times", "minutes", "place"),
        ("partner", "times", "link"),
        in_subject=("partner",),
    ),
    Kind(
        "meeting_booked",
        "A meeting is booked or moved",
        _BOTH,
        (*_PAIR, "when", "place"),
        ("partner", "when", "link"),
        in_subject=("partner",),
    ),
    Kind(
        "meeting_cancelled",
        "A meeting is called off",
        _BOTH,
        (*_PAIR, "when"),
        ("partner", "when", "link"),
        in_subject=("partner",),
    ),
    # Visits
    Kind(
        "host_offer_asked",
        "The head is asked about visitors",
        "the host’s head",
        ("visit", "visit_place", "host", "link"),
        ("host", "visit", "link"),
        in_subject=_WHERE,
    ),
    Kind(
        "host_offer_open",
        "An offer to visitors is open",
        "the host",
        ("visit", "visit_place", "host", "wrote"),
        ("wrote",),
    ),
    Kind(
        "placement_suggested",
        "A visit is suggested",
        "the visitor",
        ("visit", "visit_place", "host", "days", "reasons", "answer_by", "link"),
        ("visit", "visit_place", "days", "answer_by", "link"),
        in_subject=_WHERE,
    ),
    Kind(
        "host_offer_refused",
        "The head does not agree to visitors",
        "the host",
        ("visit", "visit_place", "host", "wrote"),
        ("wrote",),
    ),
    Kind(
        "placement_asked",
        "A head is asked about a visit",
        "the heads of visitor and host",
        (*_VISIT, "next", "last_day"),
        ("person", "days", "next", "last_day", "link"),
        in_subject=("person", "visit_place"),
    ),
    Kind(
        "placement_requested",
        "A visit was asked for",
        "the visitor",
        (*_VISIT, "answer_by"),
        ("days", "link"),
        in_subject=_WHERE,
    ),
    Kind(
        "placement_declined",
        "A head does not agree to a visit",
        "the visitor",
        (*_VISIT, "wrote"),
        ("wrote", "link"),
        in_subject=_WHERE,
    ),
    Kind(
        "placement_heard",
        "Somebody asks for a visit",
        "the host",
        (*_VISIT, "questions"),
        ("person", "days", "link"),
        in_subject=_WHO,
    ),
    Kind(
        "placement_one_way",
        "An exchange lost its other half",
        "the visitor",
        (*_VISIT, "answer_by"),
        ("days", "answer_by", "link"),
        in_subject=_WHERE,
    ),
    Kind("placement_moved", "The days of a visit moved", "visitor and host", _VISIT, ("person", "days", "link")),
    Kind("placement_question", "A head’s question", "the visitor", (*_VISIT, "wrote"), ("wrote",), in_subject=_WHERE),
    Kind("placement_lapsed", "A visit ran out of time", "the visitor", _VISIT, ("link",), in_subject=_WHERE),
    Kind("placement_off", "A visit will not take place", "the host", _VISIT, ("person", "days")),
    Kind(
        "placement_cancelled",
        "A visit is cancelled",
        "all concerned",
        _VISIT,
        ("days",),
        in_subject=("person", "visit_place"),
    ),
    Kind(
        "placement_on_hold",
        "A visit is on hold",
        "all concerned",
        (*_VISIT, "reason"),
        ("reason",),
        in_subject=("person", "visit_place"),
    ),
    Kind(
        "placement_tomorrow",
        "The day before a visit",
        "visitor and host",
        _VISIT,
        ("person", "host", "link"),
        in_subject=_WHERE,
    ),
    Kind("placement_debrief", "Please write the debrief", "the visitor", _VISIT, ("link",), in_subject=_WHERE),
    Kind("placement_completed", "A visit is complete", "the visitor", _VISIT, ("link",), in_subject=_WHERE),
    Kind("placement_thanks", "Thanks to the host", "the host", _VISIT, in_subject=_WHO),
)
