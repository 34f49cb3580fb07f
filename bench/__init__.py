"""Repeatable measurements: `python -m bench [NAME …]`, each beside a yardstick in the same run."""
