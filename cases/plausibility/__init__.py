"""What of a case is hardly so: asked of whoever saves it, and told to the reviewer.

Nothing here refuses anything. Sources may say what is odd, and then a person says that
they do.
"""

from cases.plausibility.addresses import same_address
from cases.plausibility.asking import doubts_of, new_doubts
from cases.plausibility.doubt import Doubt
from cases.plausibility.namesakes import doubts_about_new, known
from cases.plausibility.reviewing import AnsweredDoubt, doubts_in

__all__ = [
    "AnsweredDoubt",
    "Doubt",
    "doubts_about_new",
    "doubts_in",
    "doubts_of",
    "known",
    "new_doubts",
    "same_address",
]
