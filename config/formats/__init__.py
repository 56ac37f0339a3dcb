"""How a language writes numbers, where Django does not know it."""
