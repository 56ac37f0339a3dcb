"""Everything goes wrong at once: writers by every way in, while processes are killed,
the disk is full, tables are locked, the clock moves and readers storm in. In the end
nothing that was acknowledged is lost, and nothing that was taken back is seen.

`tests/hammer/test_chaos.py` runs it for half a minute, `python -m benchmarks.chaos` for
ten. It makes a server, a site and a file system of its own.
"""
