"""The jobs: each reads a config, calls the library in order, and returns what a person should see."""
