"""From scores to money: who gets which offer, what it returned, and what to do next."""
