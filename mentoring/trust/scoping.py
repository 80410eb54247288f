"""Scopes Wagtail's generic admin views to rows.

Wagtail's model views ask for permissions of the *model*: they list, open, copy, inspect and delete rows that a policy
denies for the instance. Every viewset of ours therefore builds its views with these two mixins. The mixins only ask the
registered policy; the policies are `mentoring.trust.policies`.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.urls.resolvers import URLPattern
from wagtail.admin.views import generic
from wagtail.admin.views.generic import chooser, history, usage
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import policy_registry

from mentoring.errors import MentoringError

from .access import programmes_for
from .exports import SafeExportMixin
from .tables import CardTable

READ = ("view", "change", "add", "delete")


class HiddenMixin:
    """Answers 404 where Wagtail would redirect with "no permission": absent and forbidden look alike."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # a mixin before a View
        except PermissionDenied as denied:
            raise Http404("There is nothing here, or it is not yours to see.") from denied


class CoordinatorsOnlyMixin:
    """A page of the admin that lists or changes many rows: 404 for whoever runs no programme."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not programmes_for(request.user).exists():
            raise Http404("There is nothing here, or it is not yours to see.")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # a mixin before a View


class ScopedIndexMixin(HiddenMixin):
    """Listings, exports and choosers show the rows that the policy gives, and per-row buttons follow it."""

    def get_base_queryset(self) -> QuerySet[Any]:
        view: Any = self
        policy = policy_registry.get_by_type(view.model)
        allowed = policy.instances_user_has_any_permission_for(view.request.user, READ)
        given = view.queryset
        if given is None:
            return allowed
        return given.all() & allowed

    def _url_if(self, action: str, name: str | None, instance: Any) -> str | None:
        view: Any = self
        policy = policy_registry.get_by_type(view.model)
        if name and policy.user_has_permission_for_instance(view.request.user, action, instance):
            return reverse(name, args=(instance.pk,))
        return None

    def get_edit_url(self, instance: Any) -> str | None:
        return self._url_if("change", getattr(self, "edit_url_name", None), instance)

    def get_delete_url(self, instance: Any) -> str | None:
        return self._url_if("delete", getattr(self, "delete_url_name", None), instance)

    def get_copy_url(self, instance: Any) -> str | None:
        return self._url_if("add", getattr(self, "copy_url_name", None), instance)

    def get_inspect_url(self, instance: Any) -> str | None:
        return self._url_if("view", getattr(self, "inspect_url_name", None), instance)


class ScopedObjectMixin(HiddenMixin):
    """Every view of one row asks the policy about that row, and looks for it among the rows it may show."""

    object_actions: tuple[str, ...] = ()

    def get_object(self, *args: Any, **kwargs: Any) -> Any:
        view: Any = self
        try:
            found = super().get_object(*args, **kwargs)  # type: ignore[misc]  # a mixin before a View
        except PermissionDenied as denied:
            raise Http404 from denied
        policy = policy_registry.get_by_type(type(found))
        user = view.request.user
        required = getattr(view, "permission_required", None)
        actions = self.object_actions or ((required,) if required else tuple(view.any_permission_required or READ))
        if not policy.user_has_any_permission_for_instance(user, actions, found):
            raise Http404("There is nothing here, or it is not yours to see.")
        if not policy.instances_user_has_any_permission_for(user, READ).filter(pk=found.pk).exists():
            raise Http404("There is nothing here, or it is not yours to see.")
        return found


class ScopedIndexView(SafeExportMixin, ScopedIndexMixin, generic.IndexView):
    table_class = CardTable


class ScopedCreateView(HiddenMixin, generic.CreateView):
    pass


class ServiceCreateView(ScopedCreateView):
    """A form whose `save_instance` calls a service: its refusal stands above the form, which keeps what was typed."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        try:
            return super().form_valid(form)
        except MentoringError as error:
            form.add_error(None, str(error))
        self.produced_error_message = self.get_error_message()
        response = self.form_invalid(form)
        response.status_code = 422
        return response

    def get_success_buttons(self) -> list[Any]:
        return []


class ScopedEditView(ScopedObjectMixin, generic.EditView):
    pass


class ScopedDeleteView(ScopedObjectMixin, generic.DeleteView):
    pass


class ScopedHistoryView(ScopedObjectMixin, history.HistoryView):
    object_actions = READ


class ScopedUsageView(ScopedObjectMixin, usage.UsageView):
    pass


class ScopedCopyView(ScopedObjectMixin, generic.CopyView):
    object_actions = ("view", "change")


class ScopedInspectView(ScopedObjectMixin, generic.InspectView):
    object_actions = READ


_VIEWS = frozenset(("add", "edit", "delete", "usage", "history"))
LIST_ONLY = ("index", "index_results")


class ScopedModelViewSet(ModelViewSet):
    """A `ModelViewSet` whose every view is scoped. Copying is off: none of our rows is meant to be copied."""

    index_view_class = ScopedIndexView
    add_view_class = ScopedCreateView
    edit_view_class = ScopedEditView
    delete_view_class = ScopedDeleteView
    history_view_class = ScopedHistoryView
    usage_view_class = ScopedUsageView
    copy_view_class = ScopedCopyView
    inspect_view_class = ScopedInspectView
    copy_view_enabled = False
    add_to_reference_index = False
    #: Names of Wagtail's own views that stay, where not all do: a list whose rows are decided about on screens of ours
    #: keeps "index" and "index_results". Nothing then links to the others, or finds the edit page of a row.
    kept_views: tuple[str, ...] | None = None

    def get_urlpatterns(self) -> list[URLPattern]:
        patterns: list[URLPattern] = super().get_urlpatterns()
        return patterns if self.kept_views is None else [p for p in patterns if p.name in self.kept_views]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        gone = _VIEWS.difference(_VIEWS if self.kept_views is None else self.kept_views)
        return super().get_common_view_kwargs(**{**{f"{name}_url_name": None for name in gone}, **kwargs})

    def register_admin_url_finder(self) -> None:
        if self.kept_views is None or "edit" in self.kept_views:
            super().register_admin_url_finder()

    def get_permissions_to_register(self) -> Any:
        """None: grants decide about these rows; a group's permissions would be switches without wires."""
        return super().get_permissions_to_register().none()


class _ScopedChooseMixin:
    """The list, its search results and its filters offer only allowed rows."""

    def get_object_list(self) -> QuerySet[Any]:
        view: Any = self
        policy = policy_registry.get_by_type(view.model_class)
        return policy.instances_user_has_any_permission_for(view.request.user, READ)


class ScopedChooseView(HiddenMixin, _ScopedChooseMixin, chooser.ChooseView):
    pass


class ScopedChooseResultsView(HiddenMixin, _ScopedChooseMixin, chooser.ChooseResultsView):
    pass


class _ScopedChosenMixin:
    """Confirming a choice by id asks again: the id comes from the browser."""

    def get_object(self, pk: Any) -> Any:
        view: Any = self
        found = super().get_object(pk)  # type: ignore[misc]  # a mixin before a View
        policy = policy_registry.get_by_type(type(found))
        if not policy.instances_user_has_any_permission_for(view.request.user, READ).filter(pk=found.pk).exists():
            raise Http404("There is nothing here, or it is not yours to see.")
        return found

    def get_objects(self, pks: Any) -> Any:
        view: Any = self
        found = super().get_objects(pks)  # type: ignore[misc]  # a mixin before a View
        allowed = policy_registry.get_by_type(view.model_class).instances_user_has_any_permission_for(
            view.request.user, READ
        )
        return found.filter(pk__in=allowed.values("pk"))


class ScopedChosenView(HiddenMixin, _ScopedChosenMixin, chooser.ChosenView):
    pass


class ScopedChosenMultipleView(HiddenMixin, _ScopedChosenMixin, chooser.ChosenMultipleView):
    pass


class ScopedChooserViewSet(ChooserViewSet):
    """A chooser that neither lists nor confirms rows outside the policy; it creates none."""

    choose_view_class = ScopedChooseView
    choose_results_view_class = ScopedChooseResultsView
    chosen_view_class = ScopedChosenView
    chosen_multiple_view_class = ScopedChosenMultipleView
    creation_form_class = None
    register_widget = False
