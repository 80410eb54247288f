"""Public pictures, when they lie on this machine's disk."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

# Folders of Wagtail's renditions; `original_images` is not among them: originals carry the camera's place and time.
PUBLIC_FOLDERS = frozenset({"images"})
A_WEEK = 7 * 24 * 60 * 60  # seconds; a changed picture gets a new name


@require_safe
def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serves a rendition. Everything else under MEDIA_ROOT does not exist as far as visitors are concerned."""
    parts = PurePosixPath(path)
    known = parts.suffix.lower().lstrip(".") in settings.WAGTAILIMAGES_EXTENSIONS
    if not isinstance(default_storage._wrapped, FileSystemStorage) or not known:  # type: ignore[attr-defined]  # LazyObject
        raise Http404
    if len(parts.parts) != 2 or parts.parts[0] not in PUBLIC_FOLDERS:
        raise Http404
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = f"public, max-age={A_WEEK}"
    return response
