"""Loaded by pytest while mutants are tested. A property that fails is not shrunk to its
smallest example: that it fails is enough. Nothing fails for being slow: caches are left
out, and there may be others on the machine.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "hasty",
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("hasty")

SUSPICIOUS = 35  # what mutmut calls so


def pytest_sessionfinish(exitstatus: int) -> None:
    """What pytest could not run at all, such as a test that it does not find, mutmut
    would take for a test that hangs.
    """
    if exitstatus == pytest.ExitCode.USAGE_ERROR:
        os._exit(SUSPICIOUS)
