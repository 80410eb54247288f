"""What a browser may load and run: one policy for everything people visit, another for the Wagtail admin.

Each directive is pinned by tests/config/test_csp.py; change both together and say why here.
"""

from __future__ import annotations

from typing import Any

from csp.constants import NONCE, NONE, SELF, UNSAFE_INLINE

Directives = dict[str, Any]


def public(*, pictures: list[str], sign_in_servers: list[str]) -> Directives:
    """For public and member pages: nothing but our own files; scripts and styles from files, never inline.

    `pictures` are origins of our own media; `sign_in_servers` those that a sign-in form may be sent on to.
    """
    return {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *pictures],  # data: the small drawings in our own style sheets
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF, *pictures],
        "manifest-src": [SELF],
        "frame-src": [NONE],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *sign_in_servers],  # browsers apply it to the redirect after the form as well
        "frame-ancestors": [NONE],
    }


def admin(*, pictures: list[str]) -> Directives:
    """For /admin/: Wagtail writes inline scripts (date pickers, inline panels) and style attributes (rich text)."""
    return {
        "default-src": [NONE],
        "script-src": [SELF, UNSAFE_INLINE],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:", "blob:", *pictures],  # blob: previews of pictures about to be uploaded
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "media-src": [SELF, *pictures],
        "manifest-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "frame-src": [SELF],  # the preview beside the editor
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],  # the same preview, seen from inside
    }
