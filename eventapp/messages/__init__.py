"""Letters: the words of those that the product sends by itself, and letters to many."""
