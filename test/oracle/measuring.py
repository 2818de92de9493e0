"""Time and memory of the benchmarks' peers, and their answers.

Not run on its own: the benchmarks of this folder import it.
"""
import json
import time


def now(device="cpu"):
    """Seconds, after the device has done what it was given."""
    if device == "cuda":
        import torch

        torch.cuda.synchronize()
    return time.perf_counter()


def peak_rss_bytes():
    """The largest resident size of this program. Not `ru_maxrss`, which after fork and exec begins with the size
    of the parent process."""
    with open("/proc/self/status") as file:
        (line,) = [line for line in file if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


def reply(message):
    print(json.dumps(message), flush=True)
