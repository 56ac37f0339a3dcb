"""The web server's way in: `granian --interface wsgi config.wsgi:application`."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DATABASE_POOL", "on")
_django = get_wsgi_application()
# Models are there only once Django is set up.
application = import_module("config.ahead").in_front_of(_django)
