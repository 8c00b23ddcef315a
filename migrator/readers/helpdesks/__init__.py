"""Readers for the exports of one helpdesk each, where a ticket is more than one row or object."""
