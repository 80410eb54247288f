"""The mails that can wait: held back while somebody is paused, and for those who want one message a day.

Never here: an offer, a question with a last day, a date, a last call, and what somebody asked for by a click.
"""

from __future__ import annotations

#: Mail → whether it is of use when a pause ends; otherwise it is dropped then.
WAITING: dict[str, bool] = {
    # Reminders that are not the last call
    "offer_reminder": False,
    "placement_debrief": True,
    # News that asks nothing by a day
    "pair_stage": True,
    "pair_agreement_changed": True,
    "host_offer_open": True,
    "choice_asked": False,
    "choices_exhausted": True,
    # Thanks
    "pair_completed": True,
    "placement_completed": True,
    "placement_thanks": True,
}


def can_wait(name: str) -> bool:
    return name in WAITING


def useful_later(name: str) -> bool:
    return WAITING.get(name, True)
