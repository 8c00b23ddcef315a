"""A local stand-in for Featurebase, for rehearsals and tests.

It shares no code with the rest of the program and holds every request against the API's description, so that
a mistake in the client cannot hide in a mirror of itself. `Sandbox` is the door; the API's operations are in
`tickets`, `conversations` and `people`, what may be sent in `contract`, the HTTP in `server`.
"""

from migrator.sandbox.faults import Fault, FaultPlan
from migrator.sandbox.options import SandboxError, SandboxOptions
from migrator.sandbox.sandbox import Sandbox

__all__ = ["Fault", "FaultPlan", "Sandbox", "SandboxError", "SandboxOptions"]
