"""How often one may ask.

A key is counted by the database, for all processes together; an address by each process
in its own memory, since the public's login can write nothing: several workers let
several times as many through.
"""

import ipaddress
import math
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import caches
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle

MINUTE = 60  # seconds


@dataclass(frozen=True)
class Quota:
    """How many requests more one may make, until there are more again in some seconds.
    Written as draft-ietf-httpapi-ratelimit-headers has it.
    """

    name: str
    limit: int
    left: int
    seconds: int

    @property
    def policy(self) -> str:
        return f'"{self.name}";q={self.limit};w={MINUTE}'

    def __str__(self) -> str:
        return f'"{self.name}";r={self.left};t={self.seconds}'

    @property
    def is_low(self) -> bool:
        return self.left < self.limit / 2


class ByAddress(SimpleRateThrottle):
    """Comes before keys are looked at, so that nobody can try out one after the other."""

    scope = "address"

    def __init__(self) -> None:
        self.rate = None
        if settings.ADDRESS_REQUESTS_A_MINUTE:
            self.rate = f"{settings.ADDRESS_REQUESTS_A_MINUTE}/min"
        self.cache = caches["throttles"]
        super().__init__()

    def is_counted(self, request: Request) -> bool:
        return self.rate is not None and self.get_cache_key(request, None) is not None

    def has_plenty(self, request: Request) -> bool:
        """After this request, so that nothing is to be said of it? Nothing is counted."""
        key = self.get_cache_key(request, None) if self.rate else None
        if key is None:
            return True
        limit, since = settings.ADDRESS_REQUESTS_A_MINUTE, self.timer() - MINUTE
        times = self.cache.get(key, [])
        count = 1 + len([time for time in times if time > since])
        return not Quota("address", limit, limit - count, MINUTE).is_low

    def get_rate(self) -> None:
        """None: no limit."""

    def get_cache_key(self, request: Request, view: object) -> str | None:
        return _caller(self.get_ident(request))

    def quota(self) -> Quota | None:
        """None where nothing was counted. The oldest request is forgotten first."""
        history = getattr(self, "history", None)
        if not history:
            return None
        limit = settings.ADDRESS_REQUESTS_A_MINUTE
        wait = math.ceil(MINUTE - (self.now - history[-1]))
        return Quota("address", limit, max(limit - len(history), 0), wait)


def _caller(address: str) -> str | None:
    """None for an address that is none of the Internet's: a proxy or an onion service,
    with many callers behind it. Who has one IPv6 address has all of its network's.
    """
    try:
        caller = ipaddress.ip_address(address)
    except ValueError:
        return None
    if not caller.is_global:
        return None
    if caller.version == 4:
        return address
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


class ByKey(BaseThrottle):
    """By the minute of the clock."""

    count = 0

    def allow_request(self, request: Request, view: object) -> bool:
        key: Any = request.auth
        limit = settings.KEY_REQUESTS_A_MINUTE
        if not key or not limit:
            return True
        self.count = key.counted()
        return self.count <= limit

    def quota(self) -> Quota | None:
        if not self.count:
            return None
        limit = settings.KEY_REQUESTS_A_MINUTE
        return Quota("key", limit, max(limit - self.count, 0), math.ceil(self.wait()))

    def wait(self) -> float:
        return MINUTE - time.time() % MINUTE
