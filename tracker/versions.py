"""The numbers of this software and of its contract, in answers that must differ when
these do.
"""

# As in pyproject.toml. A part of every ETag: another release may say the same document
# in other bytes.
RELEASE = "0.1.0"
# The version of the contract (tracker/contract/documents.py): raised by one with every
# change of what a document looks like. The gate then writes every document anew
# (docs/decisions/sync.md), and docs/api.md#changelog says what is new.
CONTRACT = 1
