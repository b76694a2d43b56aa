"""What customers feel they get for what they pay: surveys, gaps, wishes, loyalty and rivals."""
