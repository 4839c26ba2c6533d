"""From a publisher's file to raw Parquet: catalog, archive, readers. Imports nothing else of the project."""
