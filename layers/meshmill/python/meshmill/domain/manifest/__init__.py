"""Manifests: many requests in one file, a line each, as JSON or with columns.

Everything here is pure: bytes in, requests and plans out, in bounded memory.
"""
