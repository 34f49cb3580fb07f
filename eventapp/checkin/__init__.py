"""The door: devices, checkpoints, scans, presence."""
