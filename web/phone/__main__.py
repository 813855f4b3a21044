"""`python -m web.phone` serves the stand-in WeChat."""

from web.phone.server import main

if __name__ == "__main__":
    main()
