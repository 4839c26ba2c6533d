"""Dagster assets, checks, sensors and schedules, publication, and the command line."""
