"""The gate as a process that is killed at random, in the middle of whatever it does,
and started again.

python -m tests.hammer.publishers SECONDS SEED
"""

import os
import signal
import sys
import threading
import time
from random import Random

import django

django.setup()

from django.db import OperationalError, connections  # noqa: E402

from cases.publishing import publish_pending  # noqa: E402

PUBLISHERS = 2
LONGEST_LIFE = 1.0  # seconds


def publish_for_ever() -> None:
    while True:
        try:
            publish_pending()
        except OperationalError:  # the lock was not to be had
            connections.close_all()
        time.sleep(0.02)


def born() -> int:
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        publish_for_ever()
    return child


def main(seed: int) -> None:
    random, killed, ended = Random(seed), 0, threading.Event()
    signal.signal(signal.SIGTERM, lambda *_signal: ended.set())
    living = [born() for _publisher in range(PUBLISHERS)]
    try:
        while not ended.wait(random.random() * LONGEST_LIFE / PUBLISHERS):
            victim = living.pop(0)
            os.kill(victim, signal.SIGKILL)
            os.waitpid(victim, 0)
            killed += 1
            living.append(born())
    finally:
        for child in living:
            os.kill(child, signal.SIGKILL)
    print(killed)


if __name__ == "__main__":
    main(int(sys.argv[1]))
