"""How the work on cases is shared at the desk. None of it is part of the record."""
