"""“What happened?”: what is asked when the next thing happens to somebody. The rest is
on the page of its section.
"""

from django.utils.translation import gettext_lazy as _

from cases.desk.admin.sections import Happening

ARRESTED = Happening(
    "arrested",
    _("arrested"),
    "detentions",
    [("started_on", "ground"), "authority", "term_days"],
)
MOVED = Happening(
    "moved",
    _("moved"),
    "placements",
    [("facility", "place_kind"), "from_on", "conditions"],
)
CHARGED = Happening(
    "charged",
    _("charged"),
    "charges",
    [("code", "article"), "label_as_stated", "brought_on"],
)
SENTENCED = Happening(
    "sentenced",
    _("sentenced"),
    "sentences",
    [
        ("decision", "punishment", "regime"),
        ("term_months", "term_days", "term_as_stated"),
        ("court", "handed_down_on", "in_force_on"),
        "charges",
    ],
)
RELEASED = Happening(
    "released",
    _("released"),
    "releases",
    [("released_on", "ground", "to_liberty"), "release_event", "conditions"],
)
EXPELLED = Happening(
    "expelled",
    _("expelled"),
    "deportations",
    [("outcome", "deported_on"), ("to_country", "crossing"), "passport_fate"],
    initial={"outcome": "expelled"},
)
HEARD_OF = Happening(
    "heard-of",
    _("heard of"),
    "sightings",
    [("heard_on", "how"), ("heard_where", "facility"), "visibility"],
)
DIED = Happening("died", _("died"), "died_on")
