"""One style of dates and times: “27 лістапада 2026 г., 14:05 UTC”; “1 300” with a space
that does not break, as Russian has it.
"""

DATE_FORMAT = SHORT_DATE_FORMAT = "j E Y г."
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j E Y г., H:i T"
TIME_FORMAT = "H:i T"
DATE_INPUT_FORMATS = ["%d.%m.%Y"]
DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\xa0"
NUMBER_GROUPING = 3
