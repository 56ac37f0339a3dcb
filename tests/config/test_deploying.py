"""The files of deploy/, as far as they can be read without the programs that they are for."""

import re
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.mark.parametrize("name", ["nginx.conf", "edge.conf"])
def test_no_server_of_nginx_writes_who_read_what_into_the_log_of_debian(
    name: str,
) -> None:
    # Debian's nginx.conf logs addresses and searches of every server without a log of
    # its own, also beside one that stands outside the servers.
    outside, *servers = (DEPLOY / name).read_text().split("\nserver {\n")

    assert "access_log" not in outside
    assert servers
    for server in servers:
        assert re.search(r"^    access_log /\S+ (tracker|edge);$", server, re.MULTILINE)
        assert re.search(r"^    error_log /\S+ crit;$", server, re.MULTILINE)
