"""Scoring more customers than fit in memory: chunk by chunk on one machine, or on the executors of Spark."""
