"""Where the site around the plugin adds what it knows about a person, and forgets it with the plugin."""

from __future__ import annotations

from django.dispatch import Signal

#: Sent with `user` and `export`, a `Gathered`; receivers call `export.add(...)`.
person_gathered = Signal()

#: Sent with `user`, `name` and `email`, inside the erasing transaction, before the account goes. Receivers remove what
#: they keep about the person; an exception stops the erasure as a whole.
person_erased = Signal()
