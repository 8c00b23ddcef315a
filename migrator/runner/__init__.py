"""Tells the stories: prepare, plan, send, resolve, report where it stands. Knows every room below it."""
