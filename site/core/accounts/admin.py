"""People in the Wagtail admin: by e-mail and one name, invited by mail, no password typed by others."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.ui.tables import Column
from wagtail.users.forms import UserCreationForm as WagtailCreationForm
from wagtail.users.forms import UserEditForm as WagtailEditForm
from wagtail.users.views.users import CreateView as WagtailCreateView
from wagtail.users.views.users import EditView as WagtailEditView
from wagtail.users.views.users import IndexView as WagtailIndexView
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from core.accounts import services
from core.accounts.models import User
from core.accounts.signup import NameField


class PersonFields(forms.ModelForm):
    """What both forms share: the actor decides whether the administrator's tick is there at all."""

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not actor.is_superuser:
            self.fields.pop("is_superuser", None)  # stock Wagtail lets whoever may edit users make administrators

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].strip().lower()
        if User.objects.exclude(pk=self.instance.pk).filter(email__iexact=email).exists():
            raise forms.ValidationError("Somebody already uses this address.")
        return email


class UserCreationForm(PersonFields, WagtailCreationForm):
    """A new person."""

    first_name = None
    last_name = None
    name = NameField(label="Name", help_text="As colleagues will see it.")

    class Meta(WagtailCreationForm.Meta):
        fields = ["email", "name", "is_superuser", "groups"]

    def save(self, commit: bool = True) -> User:
        self.instance.set_unusable_password()
        return super().save(commit=commit)


class UserEditForm(PersonFields, WagtailEditForm):
    """An existing person."""

    first_name = None
    last_name = None
    name = NameField(label="Name", help_text="As colleagues will see it.")

    class Meta(WagtailEditForm.Meta):
        fields = ["email", "name", "is_active", "is_superuser", "groups"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.old_email = self.instance.email
        if kwargs.get("editing_self"):
            # One's own address changes on the account page, where the new one is proved first.
            self.fields["email"].disabled = True
            self.fields["email"].help_text = "Change your own address on your account page."


class ActorInForm:
    """Tells the form who is asking."""

    request: HttpRequest

    @property
    def actor(self) -> User:
        """Whoever is asking: never anonymous here."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "actor": self.actor}  # type: ignore[misc]  # the view behind the mixin


class CreateView(ActorInForm, WagtailCreateView):
    """Creates the person and sends the invitation in one transaction."""

    def save_instance(self) -> User:
        user: User = super().save_instance()
        services.invite(user=user, actor=self.actor)
        return user

    def get_success_message(self, instance: User) -> str:
        return f"{instance} is added. An invitation is on its way to {instance.email}."


class EditView(ActorInForm, WagtailEditView):
    """Administrators are edited by administrators only; a changed address must be proved anew."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if self.object.is_superuser and not request.user.is_superuser:
            raise PermissionDenied

    def save_instance(self) -> User:
        user: User = super().save_instance()
        if user.email != self.form.old_email:
            services.change_address(user=user, old=self.form.old_email, actor=self.actor)
            messages.info(
                self.request, f"{user.email} must be confirmed at the next sign-in. The old address was told."
            )
        return user


class IndexView(WagtailIndexView):
    """Found and sorted by name and address."""

    default_ordering = "name"

    @cached_property
    def columns(self) -> list[Column]:
        columns = super().columns
        for column in columns:
            if column.name == "name":
                column.sort_key = "name"
            elif column.name == User.USERNAME_FIELD:
                column.label = "E-mail"
        return columns

    @cached_property
    def search_fields(self) -> set[str]:
        return {"name", "email"}

    def order_queryset(self, queryset: Any) -> Any:
        if self.ordering in {"name", "-name"}:
            return queryset.order_by(self.ordering, "email")
        return super().order_queryset(queryset)


def keep_administrators_out_of_bulk(request: HttpRequest, action_type: str, objects: Any, action: Any) -> None:
    """Wagtail's bulk actions on users ask for the model permission only: ask who is among them as well."""
    if User in action.models and not request.user.is_superuser and any(person.is_superuser for person in objects):
        raise PermissionDenied


def security_menu_item(request: HttpRequest) -> dict[str, str]:
    """Wagtail's account settings point to where password, addresses and second step live."""
    return {
        "url": reverse("account_start"),
        "label": "Password, e-mail and second step",
        "help_text": "How you sign in: on your account page.",
    }


class UserViewSet(WagtailUserViewSet):
    """Wagtail's user screens with these forms and views."""

    index_view_class = IndexView
    add_view_class = CreateView
    edit_view_class = EditView
    copy_view_enabled = False  # an account belongs to one person

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return UserEditForm if for_update else UserCreationForm
