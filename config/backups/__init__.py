"""Everything in one encrypted file, and what makes a running site of it again.

The file is a tar within age (age-encryption.org): `about.json`, the database as
`pg_dump --format=custom` writes it, in pieces, the kept files, and `end.json`. Nothing
readable touches a disk. Whoever has the key needs no software of ours:
`age --decrypt`, `tar`, `pg_restore`. docs/decisions/backups.md says why it is so.
"""
