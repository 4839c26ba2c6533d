"""The dossier feed: what the one-stop system drops, checked and typed, into raw Parquet by month of receipt.

Belongs here: how files are found, read, refused and loaded once. Out of core: every record stays inside DuckDB. Only
hashed dossier numbers reach the disk.
"""
