"""What is offered (activities) and when and where (sessions), with its speakers."""
