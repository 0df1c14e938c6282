"""Meshmill: a serverless pipeline that turns validated requests into 3D assets.

The arrows between its packages are one-way: ``http`` and ``aws`` know ``usecases`` and
``domain``; ``domain`` knows the specs of ``geometry``; ``geometry`` knows nobody.
"""

__version__ = "0.1.0"
