"""Speaks to people: commands, options, progress, exit codes. No row is touched here."""
