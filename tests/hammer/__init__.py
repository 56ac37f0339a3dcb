"""Everything at once: eight writers, publishers and mirrors killed at random, and what
the copies hold in the end.

`test_hammer.py` runs it for seconds, `benchmarks/hammer.py` for as long as one likes.
"""
