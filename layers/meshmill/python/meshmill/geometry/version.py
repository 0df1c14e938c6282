"""The version of the engine's output: part of every artefact's storage key."""

#: Changes whenever any spec would produce other bytes than before.
ENGINE_VERSION = "0.2.0"
