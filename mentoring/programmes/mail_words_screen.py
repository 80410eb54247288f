"""The words of a programme's mails, for its owner: which there are, and one of them to change."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from mentoring.errors import MentoringError
from mentoring.messages.catalogue import KINDS, TOKENS
from mentoring.messages.rendering import Letter, example_letter
from mentoring.messages.tokens import check
from mentoring.messages.wording_models import Wording
from mentoring.trust import access
from mentoring.trust.screens import Screen, number

from . import mail_words
from .models import Programme


class MailsScreen(Screen):
    """All mails whose words can be changed, and whose words each has at present. Two queries."""

    template_name = "mentoring/admin/mails.html"
    header_icon = "mail"
    object: Programme

    def fetch(self, pk: int) -> Programme:
        return access.programme_for_owner(self.request.user, pk)

    def get_page_title(self) -> str:
        return f"Mails of {self.object}"

    def trail(self) -> list[tuple[str, str]]:
        return [
            (reverse("mentoring_programme:index"), "Programmes"),
            (reverse("mentoring_programme:edit", args=[self.object.pk]), str(self.object)),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = Q(programme=self.object) | Q(programme__isnull=True)
        live = Wording.objects.filter(mine, live=True).values_list("name", "programme")
        own = {name for name, programme in live if programme}
        site = {name for name, _ in live}
        kinds = [
            (
                kind,
                "Your programme’s own" if kind.name in own else "The site’s" if kind.name in site else "As they came",
            )
            for kind in KINDS.values()
        ]
        return super().get_context_data(kinds=kinds, **kwargs)


class MailScreen(MailsScreen):
    """One mail: its words, what they may hold, how they would read."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/mail.html"
    letter: Letter | None = None

    def fetch(self, pk: int) -> Programme:
        if self.kwargs["name"] not in KINDS:
            raise Http404("There is nothing here, or it is not yours to see.")
        return super().fetch(pk)

    @property
    def name(self) -> str:
        return str(self.kwargs["name"])

    def get_page_title(self) -> str:
        return KINDS[self.name].label

    def trail(self) -> list[tuple[str, str]]:
        return [*super().trail(), (reverse("mentoring_programme:mails", args=[self.object.pk]), "Mails")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words, typed = mail_words.words_of(self.object, self.name), self.request.POST
        tokens = [("{{ " + t + " }}", TOKENS[t][0], t in words.kind.required) for t in words.kind.all_tokens]
        return super().get_context_data(
            words=words,
            tokens=tokens,
            subject=typed.get("subject", words.subject),
            text=typed.get("text", words.text),
            seen=typed.get("seen", words.seen) if self.letter else words.seen,
            letter=self.letter,
            **kwargs,
        )

    def act(self, request: HttpRequest) -> HttpResponse | None:
        do, typed = request.POST.get("do"), request.POST
        given: dict[str, Any] = {
            "programme": self.object,
            "name": self.name,
            "actor": self.actor,
            "seen": number(typed.get("seen")),
        }
        here = redirect("mentoring_programme:mail", self.object.pk, self.name)
        if do == "read":
            wrong = check(self.name, subject=typed.get("subject", ""), text=typed.get("text", ""))
            if wrong:
                raise MentoringError(" ".join(wrong.values()))
            self.letter = example_letter(
                Wording(
                    name=self.name, programme=self.object, subject=typed.get("subject", ""), text=typed.get("text", "")
                )
            )
            return None
        if do == "save":
            mail_words.set_words(**given, subject=typed.get("subject", ""), text=typed.get("text", ""))
            self.say("Saved. From now on this mail of your programme goes out with these words.")
        elif do == "drop":
            mail_words.drop_words(**given)
            self.say("This mail of your programme goes out with the site’s words again.")
        else:
            raise MentoringError("Please choose one of the buttons.")
        return here
