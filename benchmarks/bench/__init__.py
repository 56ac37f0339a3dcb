"""`make bench`: ours and what is measured beside it, in one table (docs/performance.md).

Nothing is imported here: load.py and beside.py run without Django.
"""
