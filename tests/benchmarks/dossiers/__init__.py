"""The ways to take dossiers from the feed to judged tables that the benchmark sets beside each other.

Each is a program of its own: `PROGRAM STEP STORE SMALL [FILE …]`. STORE is its folder, SMALL holds the small tables
(`calendar`, `crosswalk`, `unit`) as Parquet. It prints one line of JSON by step: `seconds` without the start of the
process, and `counts`, which must be the same whichever program made them.

load FILE …          feed files -> raw Parquet by month: typed, ids hashed with a key, contents hashed
fact                 raw -> one row a dossier in its latest version, with today's unit and its working days
aggregates           facts -> counts by unit, field and day, then by month
expectations         facts -> faults by unit and month, in one reading
day FILE …           all four for what one evening delivers, for the months that it touches
"""
