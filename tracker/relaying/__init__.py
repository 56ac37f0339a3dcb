"""The copy that a relay keeps, in tables of PostgreSQL like those of the published
tracker, so that a process which serves the public, or partners, runs on it.

It is filled by reading, with nothing but the right to read
(docs/decisions/replication.md).
"""
