"""zaqar-bench, as Debian's python3-zaqar has it, with the stopwatch that it wants.

Importing the package zaqar turns eventlet on, which zaqar-bench's own gevent cannot live with: it is told that it is there already.
"""
import sys
import types

sys.modules["eventlet"] = types.ModuleType("eventlet")
sys.modules["eventlet"].monkey_patch = lambda **_: None

from zaqar.bench.conductor import main  # noqa: E402

main()
