"""Whether the model in force still holds, and whether a new one may take its place."""
