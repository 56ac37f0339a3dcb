"""What somebody typed at the desk and has not saved yet: theirs alone, for some days."""
