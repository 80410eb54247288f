"""Documents that editors upload."""

from __future__ import annotations

from django.db import models
from wagtail.documents.models import AbstractDocument
from wagtail.documents.models import Document as WagtailDocument

from .storage import private_storage
from .uploads import check_document


class PrivateDocument(AbstractDocument):
    """A document in the private storage: served by Wagtail after its own access check, never by the web server."""

    file = models.FileField(upload_to="documents", storage=private_storage, validators=[check_document])

    admin_form_fields = WagtailDocument.admin_form_fields

    class Meta(AbstractDocument.Meta):
        permissions = [("choose_document", "Can choose document")]
