"""What this software calls itself, in answers that must differ when it does."""

# As in pyproject.toml. A part of every ETag: another release may say the same document in other bytes.
RELEASE = "0.1.0"
# The version of the contract, tracker/documents.py: raised by one with every change of what a document looks like.
# The gate then writes every document anew (docs/decisions/sync.md), and docs/api.md#changelog says what is new.
CONTRACT = 1
