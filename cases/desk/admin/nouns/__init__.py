"""One module a noun, named as in cases/models; accounts are in people.py. What several
nouns share stands beside this folder, one module a concern.

Each module here registers its pages when it is imported, and all of them are.
"""

from importlib import import_module
from pkgutil import iter_modules

for module in iter_modules(__path__, f"{__name__}."):
    import_module(module.name)
