"""`python -m risiko.cli` is the command `risiko`."""

from risiko.cli.main import main

if __name__ == "__main__":
    main()
