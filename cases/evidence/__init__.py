"""Evidence packs: what one audience may see of a case, sealed with hashes, to be handed
over.

making.py makes and logs one; files.py says what is in it, page.py shows it to people,
bag.py seals it.
docs/decisions/evidence-pack.md
"""

from cases.evidence.making import Pack, make_pack
from cases.publishing.evidence import BeingPublished, NotPublished

__all__ = ["BeingPublished", "NotPublished", "Pack", "make_pack"]
