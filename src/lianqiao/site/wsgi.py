"""The door for a WSGI server: `lianqiao.site.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqiao.site.settings")
application = get_wsgi_application()
