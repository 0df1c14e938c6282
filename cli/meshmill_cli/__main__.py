"""``python -m meshmill_cli``: the same as the command ``meshmill``."""

from meshmill_cli.app import main

if __name__ == "__main__":
    main()
