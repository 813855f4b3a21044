"""`python -m web` serves the web app."""

from web.app import main

if __name__ == "__main__":
    main()
