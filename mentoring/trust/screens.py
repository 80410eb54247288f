"""What our own screens in the Wagtail admin share: its page furniture, our objects, and errors beside the button."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from mentoring.errors import MentoringError, Stale


class Screen(WagtailAdminTemplateMixin, TemplateView):
    """A page of the admin about one object, fetched by an access function of `mentoring.trust.access`.

    Subclasses give `fetch`, a template, a title and `trail`; a POST goes to `act`, which calls one service.
    """

    http_method_names = ["get", "head", "options"]
    status = 200
    error = ""

    def fetch(self, pk: int) -> Any:
        raise NotImplementedError

    @cached_property
    def object(self) -> Any:
        return self.fetch(self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        _ = self.object  # 404 before anything else, whatever the method
        return super().dispatch(request, *args, **kwargs)

    @property
    def actor(self) -> Any:
        """Who acts: somebody who may enter the admin, hence signed in."""
        return self.request.user

    def trail(self) -> list[tuple[str, str]]:
        """(address, label) of the pages above."""
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = [{"url": url, "label": label} for url, label in self.trail()]
        return [*self.breadcrumbs_items, *above, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(object=self.object, error=self.error, **kwargs)

    def act(self, request: HttpRequest) -> HttpResponse | None:
        """Does what a POST asks, by a service; None shows the page again."""
        raise NotImplementedError

    def refused(self, error: MentoringError) -> HttpResponseBase:
        """The page again with the sentence, and what was typed; 409 if it was stale, 422 otherwise."""
        self.error = str(error)
        self.__dict__.pop("object", None)
        response = self.render_to_response(self.get_context_data())
        response.status_code = 409 if isinstance(error, Stale) else 422
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            done = self.act(request)
        except MentoringError as error:
            return self.refused(error)
        return done or self.get(request, *args, **kwargs)

    def say(self, sentence: str) -> None:
        messages.success(self.request, sentence)


def number(text: str | None, default: int = -1) -> int:
    """A whole number from a form, or the default: a forged value is simply stale."""
    try:
        return int(text or "")
    except ValueError:
        return default
