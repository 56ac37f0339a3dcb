"""One style of dates and times: “27 ноября 2026 г., 14:05 UTC”."""

DATE_FORMAT = SHORT_DATE_FORMAT = "j E Y г."
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j E Y г., H:i T"
TIME_FORMAT = "H:i T"
DATE_INPUT_FORMATS = ["%d.%m.%Y"]
