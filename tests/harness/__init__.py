"""What the suite stands on: databases, servers, a browser, a mailbox."""
