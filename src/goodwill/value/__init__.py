"""What the scores of customers mean for the business: classes, tiers, matrix, migration, concentration."""
