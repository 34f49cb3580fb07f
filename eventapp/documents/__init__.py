"""What leaves the house on paper: evidence figures, badges, lists."""
