#!/usr/bin/env python
"""Run an administrative command: `python manage.py help` lists them."""

from config.manage import main

if __name__ == "__main__":
    main()
