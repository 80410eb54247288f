"""Registers; computes nothing."""

from __future__ import annotations

from mentoring.trust.exports import make_wagtail_exports_safe
from mentoring.trust.registration import register_policies

register_policies()
make_wagtail_exports_safe()
