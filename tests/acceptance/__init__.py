"""What a studio checks before it accepts an asset: measurements, reports and tests.

``python -m tests.acceptance GENERATOR [--options JSON] [--quality low]`` reports on one asset, with
every measurement beside what is accepted; ``python -m tests.acceptance.survey`` on all samples. The
modules are the points of the list by theme, ``domain`` holds what only one kind of thing can get
wrong. ``MESHMILL_NIGHTLY=1`` adds all samples at finer qualities and more random specs.
"""
