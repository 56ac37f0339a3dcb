"""Datasette over a SQLite file of the same documents. It runs in an environment of its own
(requirements-bench.txt): `uvicorn benchmarks.bench.beside:application --loop uvloop`.

DOCUMENTS names the file. Datasette is told that it never changes, which is its fastest way.
"""

import os

from datasette.app import Datasette  # type: ignore[import-not-found]

application = Datasette(immutables=[os.environ["DOCUMENTS"]]).app()
