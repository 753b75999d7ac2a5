"""The registers at the desk: agencies, people, enterprises, agreements, nodes, law. Few parts for all of them (`parts`), one module each.
In comes who sits at the desk; what they send goes through the verbs of the registry, of the cases and of the exchange.
Out go tables, entries and forms, which say nothing that the JSON API would not say to the same person."""

from lianqiao.desk.registers import agencies, agreements, audit, calendars, enterprises, nodes, people, regimes
from lianqiao.desk.registers.parts import Register

REGISTERS: dict[str, Register] = {
    one.code: one
    for one in (
        agencies.REGISTER,
        agencies.COMPETENCE,
        people.REGISTER,
        enterprises.REGISTER,
        enterprises.DUPLICATES,
        agreements.REGISTER,
        nodes.REGISTER,
        nodes.ALARMS,
        regimes.REGISTER,
        calendars.REGISTER,
        audit.DEEDS,
        audit.READS,
        audit.DEPARTURES,
        audit.SEALS,
    )
}
"""By code, in the order of the tabs."""
