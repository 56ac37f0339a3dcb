"""One style of dates and times: “27 November 2026, 14:05 UTC”."""

DATE_FORMAT = SHORT_DATE_FORMAT = "j F Y"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j F Y, H:i T"
TIME_FORMAT = "H:i T"
