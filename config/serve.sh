#!/bin/sh
# Serve on the port given, and run the publisher beside it; when the server ends, or on Ctrl-C, both end.
set -u
export PYTHONUNBUFFERED=1
.venv/bin/python manage.py publish --watch &
publisher=$!
# Django's own server takes a thread for each connection of a browser. Without the pool each would keep a connection to
# the database for minutes, and an afternoon with a few browsers would use up what the desk's login may have.
DATABASE_POOL=on .venv/bin/python manage.py runserver "127.0.0.1:$1" &
server=$!
trap 'kill "$publisher" "$server" 2>/dev/null; wait' EXIT
trap 'exit 0' INT TERM HUP
wait "$server"
