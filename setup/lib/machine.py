"""What processes have worked, and how busy the machine is beside them."""

import os
from pathlib import Path

# Where other machines take more than this of the processors, clocks say nothing; nor do
# they where more wants to run than there are processors.
MUCH_STEAL = 0.02


class Watch:
    """Looks at the machine from its making on."""

    def __init__(self):
        self._before = read_ticks()

    def is_disturbed(self):
        """Say how busy the machine was; whether clocks say nothing therefore."""
        pairs = zip(read_ticks(), self._before, strict=True)
        total, stolen = (now - then for now, then in pairs)
        steal, load = stolen / max(total, 1), os.getloadavg()[0]
        print(f"Load {load:.1f}; {steal:.0%} of the processors' time was stolen")
        is_disturbed = steal > MUCH_STEAL or load > os.cpu_count()
        if is_disturbed:
            print("The machine was busy with other things: only processor time counts")
        return is_disturbed


def read_processor_time(pid):
    """Seconds that another process has worked; 0 where that can't be found out."""
    try:
        nanoseconds = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii")
        return int(nanoseconds.split()[0]) / 1e9
    except (OSError, ValueError):
        return 0.0


def read_ticks():
    """Ticks of all processors since the machine started, and those of them that other
    machines took."""
    try:
        line = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
    except OSError:
        return 0, 0
    ticks = list(map(int, line.split()[1:9]))
    return sum(ticks), ticks[7]
