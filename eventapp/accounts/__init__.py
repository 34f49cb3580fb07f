"""People who sign in: staff, trainers, jurors; their links, codes and sessions."""
