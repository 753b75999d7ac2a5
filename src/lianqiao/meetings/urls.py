"""The addresses of the meetings."""

from django.urls import path

from .views import doing, joint, pages, papers, public, running

urlpatterns = [
    path("meetings", pages.listing),
    path("meetings/coverage", pages.covered),
    path("meetings/establish", pages.establish),
    path("meetings/establish/done", doing.establish),
    path("meetings/bodies/<uuid:body>", pages.body),
    path("meetings/bodies/<uuid:body>/<str:deed>", doing.for_body),
    path("meetings/series", doing.open_series),
    path("meetings/series/<uuid:series>", pages.series),
    path("meetings/series/<uuid:series>/figures", pages.series_figures),
    path("meetings/series/<uuid:series>/<str:deed>", doing.for_series),
    path("meetings/invitation/<str:code>", public.invitation),
    path("meetings/invitation/<str:code>/meeting.ics", public.invitation_calendar),
    path("meetings/invitation/<str:code>/minutes", public.invitation_minutes),
    path("meetings/invitation/<str:code>/papers/<uuid:paper>", papers.read_as_guest),
    path("meetings/published", public.published),
    path("meetings/published/<uuid:meeting>", public.published_one),
    path("meetings/joint/<uuid:body>", joint.body),
    path("meetings/joint/<uuid:body>/<str:deed>", joint.do),
    path("meetings/lines/<uuid:line>", pages.opened_line),
    path("meetings/<uuid:meeting>", pages.meeting),
    path("meetings/<uuid:meeting>/run", running.run),
    path("meetings/<uuid:meeting>/attendance", pages.attendance),
    path("meetings/<uuid:meeting>/write", running.write),
    path("meetings/<uuid:meeting>/lines", pages.lines),
    path("meetings/<uuid:meeting>/lines/<int:number>", pages.line),
    path("meetings/<uuid:meeting>/minutes", pages.after),
    path("meetings/<uuid:meeting>/figures", pages.meeting_figures),
    path("meetings/<uuid:meeting>/meeting.ics", pages.calendar),
    path("meetings/<uuid:meeting>/papers", papers.add),
    path("meetings/<uuid:meeting>/papers/<uuid:paper>", papers.read),
    path("meetings/<uuid:meeting>/invite", doing.invite),
    path("meetings/<uuid:meeting>/do/<str:deed>", doing.do),
]
