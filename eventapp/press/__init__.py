"""What the media ask for: a page with a kit, a drafted news item, who is not photographed."""
