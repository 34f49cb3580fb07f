"""Seminars that ship with the product, their schema and their attachments."""
