"""Tables: their contracts, how they are read, checked, fetched and simulated."""
