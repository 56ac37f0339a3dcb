"""The number of this software, in answers that must differ when it does. That of the
contract stands with the contract (tracker/contract/documents.py).
"""

# As in pyproject.toml. A part of every ETag: another release may say the same document
# in other bytes.
RELEASE = "0.1.0"
