"""People and organisations a host meets again and again, and who is busy when."""
