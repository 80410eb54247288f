"""Addresses of the plugin. A site includes them where it likes."""

from django.urls import path
from django.urls.resolvers import URLPattern

from mentoring.concerns import views as concerns
from mentoring.equality import views as equality
from mentoring.people import views as people
from mentoring.personal import views as personal
from mentoring.placements import host_views as hosts
from mentoring.placements import link_views as visit_links
from mentoring.placements import record as records
from mentoring.placements import views as visits
from mentoring.programmes import application_views as applications
from mentoring.programmes import choosing_views as choosing
from mentoring.programmes import head_views as head
from mentoring.programmes import views as programmes
from mentoring.proposals import views as proposals
from mentoring.relationships import meeting_views as meetings
from mentoring.relationships import views as pairs

app_name = "mentoring"
urlpatterns: list[URLPattern] = [
    path("", programmes.home, name="home"),
    path("profile/", people.profile, name="profile"),
    path("profile/<slug:slug>/", people.profile_step, name="profile_step"),
    path("apply/<int:pk>/<slug:as_role>/", applications.apply, name="apply"),
    path("applications/<int:pk>/", applications.application, name="application"),
    path("applications/<int:pk>/withdraw/", applications.withdraw, name="withdraw"),
    path("applications/<int:pk>/ask-head/", applications.ask_head, name="ask_head"),
    path("applications/<int:pk>/mentors/", choosing.choose, name="choose"),
    path("applications/<int:pk>/<slug:slug>/", applications.step, name="application_step"),
    path("offers/<int:pk>/", proposals.offer, name="offer"),
    path("questions/<int:pk>/", equality.questions, name="equality"),
    path("head/<str:token>/", head.support, name="link_head_support"),
    path("pairs/<int:pk>/", pairs.space, name="pair"),
    path("pairs/<int:pk>/agreement/", pairs.agree, name="pair_agreement"),
    path("pairs/<int:pk>/goals/", pairs.goals, name="pair_goals"),
    path("pairs/<int:pk>/stages/", pairs.stages, name="pair_stages"),
    path("pairs/<int:pk>/notes/", pairs.note_list, name="pair_notes"),
    path("pairs/<int:pk>/notes/<int:note>/", pairs.note, name="pair_note"),
    path("pairs/<int:pk>/meetings/new/", meetings.propose, name="pair_meeting_new"),
    path("pairs/<int:pk>/meetings/<int:meeting>/", meetings.meeting, name="pair_meeting"),
    path("pairs/<int:pk>/meetings/<int:meeting>/times/", meetings.other_times, name="pair_meeting_times"),
    path("pairs/<int:pk>/pause/", pairs.pause, name="pair_pause"),
    path("pairs/<int:pk>/end/", pairs.end, name="pair_end"),
    path("pairs/<int:pk>/next/", pairs.after, name="pair_next"),
    path("pairs/<int:pk>/help/", pairs.ask_help, name="pair_help"),
    path("pairs/<int:pk>/closing/", pairs.close, name="pair_closing"),
    path("check/<str:token>/", pairs.check, name="check"),
    path("concerns/", concerns.concern, name="concern"),
    path("data/", personal.my_data, name="my_data"),
    path("data/download/", personal.download, name="my_data_download"),
    path("data/mail/", personal.mail, name="my_data_mail"),
    path("data/erase/", personal.erase, name="my_data_erase"),
    path("calendar/", meetings.calendar, name="calendar"),
    path("calendar/<str:token>.ics", meetings.feed, name="feed"),
    path("record/", records.record, name="record"),
    path("visits/", visits.visits, name="visits"),
    path("visits/<int:pk>/", visits.placement, name="placement"),
    path("visits/<int:pk>/return/", visits.visit_return, name="visit_return"),
    path("visits/<int:pk>/sheet/", visits.sheet, name="placement_sheet"),
    path("visits/<int:pk>/certificate/", visits.certificate, name="placement_certificate"),
    path("visits/ask/<int:pk>/", visits.ask, name="visit_ask"),
    path("visits/offers/new/<int:programme_pk>/", hosts.new_offer, name="host_offer_new"),
    path("visits/offers/<int:pk>/", hosts.offer, name="host_offer"),
    path("visits/agree/offer/<str:token>/", visit_links.host_offer, name="link_host_offer"),
    path("visits/agree/visit/<str:token>/", visit_links.placement, name="link_placement"),
]
