"""``python -m app`` is the command ``detainee-watch``."""

from app.cli import main

if __name__ == "__main__":
    main()
