"""Imports of people and schools: read, preview, confirm, apply."""
