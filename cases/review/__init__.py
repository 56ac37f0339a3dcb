"""A second person looks before anything is published: what has changed, who may decide,
what was sent back, the queue.

second_person.py holds the rule; difference.py compares the last edition with the
present, wording.py says it in words; sending_back.py is the other answer; waiting.py
keeps the queue, for the gate.
"""
