"""The register of requests to take out, to correct, or to see what is recorded of somebody.

docs/decisions/requests.md
"""
