"""The pipeline with its tables built by a real Spark cluster on loopback, held against the same built by DuckDB."""
