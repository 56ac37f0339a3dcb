#!/bin/sh
# Serve on the port given, and run the publisher beside it; when the server ends, or on Ctrl-C, both end.
set -u
export PYTHONUNBUFFERED=1
.venv/bin/python manage.py publish --watch &
publisher=$!
.venv/bin/python manage.py runserver "127.0.0.1:$1" &
server=$!
trap 'kill "$publisher" "$server" 2>/dev/null; wait' EXIT
trap 'exit 0' INT TERM HUP
wait "$server"
