"""The same models on Apache Spark, for more records than one machine holds. Optional, in an environment of its own."""
