"""Faults between a client and a service, by schedules that can be replayed.

:class:`~tests.support.fault_proxy.proxy.FaultProxy` puts them on real connections; stand-ins in
memory use the same words (:mod:`~tests.support.fault_proxy.faults`).
"""
