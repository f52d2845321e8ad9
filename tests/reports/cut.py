"""Runs something in a child that is killed just before something it does to the disk, or finds it full."""

import errno
import os
import sys
import threading

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir")
CUT, RAISED = 9, 7


class Steps:
    """Counts what changes a folder: files that are opened to write, flushed, renamed, removed; folders made.

    last : the step before which this process ends; never where it is 0. full : the disk is full then instead.
    """

    def __init__(self, folder, last=0, full=False):
        self.full = full
        self.folder, self.last, self.count, self.lock = f"{folder}{os.sep}", last, 0, threading.Lock()
        self.fsync = os.fsync
        os.fsync = self.flush
        sys.addaudithook(self.hear)

    def hear(self, event, about):
        changes = event in CHANGES or (event == "open" and isinstance(about[2], int) and about[2] & WRITES)
        # What shutil removes is named as seen from the folder that it has open.
        if changes and (str(about[0]).startswith(self.folder) or not os.path.isabs(str(about[0]))):
            self.step()

    def flush(self, handle):
        if os.readlink(f"/proc/self/fd/{handle}").startswith(self.folder):
            self.step()  # the disk of a test need not keep anything

    def step(self):
        with self.lock:
            self.count += 1
            if self.count == self.last and self.full:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "here")
            if self.count == self.last:
                os._exit(CUT)


def child(folder, act, last=0, full=False):
    """Run in a child; give its exit code, that of a traceback where it raises, and how many steps it took."""
    told, say = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = RAISED
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            steps = Steps(folder, last, full)
            code = act()
            os.write(say, str(steps.count).encode())
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(say)
    count = os.read(told, 20)
    os.close(told)
    return code, int(count or 0)
