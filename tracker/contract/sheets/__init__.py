"""Tables to compute with, read off the contract: a row for each record, one value in a
cell, and the same cells in each row.

Beside a date stand its first and its last possible day; beside an id the name of what
it leads to; beside a fact how surely it is known and whether a source denies it. What
holds several values, such as occupations, has a row for each of them in the sheet of
values. What may not stand beside the data of many people says so (in_rows).
"""
