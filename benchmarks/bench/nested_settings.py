"""The same record by an API as they are usually written: without keys or limits, so that
nothing is measured of it that it need not do.
"""

from config.settings import *  # noqa: F403

DEBUG = False  # it would keep every query
ROOT_URLCONF = "benchmarks.bench.nested"
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
}
