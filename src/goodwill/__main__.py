"""The command line, for `python -m goodwill`."""

from goodwill.cli import main

if __name__ == "__main__":
    main()
