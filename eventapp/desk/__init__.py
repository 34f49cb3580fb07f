"""Pages and reads that span slices."""
