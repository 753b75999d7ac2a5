"""The addresses of notices."""

from django.urls import path

from . import views

urlpatterns = [
    path("account/notices", views.preferences, name="notices_preferences"),
    path("account/notices/calendar", views.calendar_address, name="notices_calendar"),
    path("account/notices/reminders", views.reminder_days, name="notices_reminders"),
    path("calendar/cases/<str:number>.ics", views.limits_of_case),
    path("calendar/<str:secret>.ics", views.calendar),
]
