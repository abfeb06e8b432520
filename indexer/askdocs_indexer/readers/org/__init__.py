"""Org mode."""
