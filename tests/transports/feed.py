# SPDX-License-Identifier: MIT
"""feed.py CASE LOG [...]: has samples/pipelens-python/file_transport.py append to LOG what the case is about. feed.mjs
has the same cases; transports.sh looks at the logs."""
import asyncio
import datetime
import errno
import json
import os
import signal
import sys
import threading

from file_transport import FileTransport
from pipelens import pipeline_meta, step_meta


def step(number, **fields):
    time = {"startTs": 1000 + number, "endTs": 1001 + number, "timeUsageMs": 1}
    step = {"name": f"step_{number}", "key": f"p.step_{number}", "time": time}
    return {**step, "records": {}, "result": None, "error": None, **fields}


async def finish(transport, number, **fields):
    await transport.finish_step("r", step_meta(step(number, **fields)))


async def same(log, source):
    """Each event of another log."""
    transport = FileTransport(log)
    with open(source, encoding="utf-8") as lines:
        events = [json.loads(line) for line in lines]
    for event in events:
        starts = event["operation"] == "start"
        if event["type"] == "step":
            call = transport.initiate_step if starts else transport.finish_step
            await call(event["runId"], step_meta(event["step"]))
        elif starts:
            await transport.initiate_run(pipeline_meta(event["meta"]))
        else:
            await transport.finish_run(pipeline_meta(event["meta"]), event["status"])


class Unprintable:
    def __str__(self):
        raise RuntimeError("no")

    __repr__ = __str__


async def odd(log):
    """Records that JSON cannot hold, in a step and in the steps of a pipeline."""
    cycle, deep = {"name": "loop"}, []
    cycle["self"] = cycle
    for _ in range(100000):
        deep = [deep]
    simple = {"nan": float("nan"), "inf": -float("inf"), "big": 2**70, "lone": "\ud800", "bytes": b"\xff"}
    simple["date"] = datetime.date(2026, 5, 18)
    strange = {"cycle": cycle, "keys": {(1, 2): 3}, "unprintable": Unprintable(), "deep": deep, "number": 7}
    transport = FileTransport(log)
    await finish(transport, 1, records=simple, result={1, 1})
    await finish(transport, 2, records=strange, result=cycle)
    meta = {**step(0), "name": "p", "key": "p", "logVersion": 1, "runId": "r"}
    await transport.finish_run(pipeline_meta({**meta, "steps": [step(3, records=strange), step(4)]}), "completed")
    await finish(transport, 5, records={"ok": "yes"})
    print(transport.lost)


async def plain(log, count="1", size="1"):
    """COUNT steps with a record of SIZE characters."""
    transport = FileTransport(log)
    for number in range(int(count)):
        await finish(transport, number, records={"text": "x" * int(size)})
    print(transport.lost)


def hundred(transport, first):
    for number in range(first, first + 100):
        try:
            finish(transport, number, records={"text": "x" * 4000}).send(None)
        except StopIteration:  # it never has to wait
            pass


def start_threads(transport):
    workers = [threading.Thread(target=hundred, args=(transport, 100 * n)) for n in range(8)]
    for worker in workers:
        worker.start()
    return workers


async def threads(log):
    """8 threads with 100 steps each; the system takes half a line at once."""
    transport, write = FileTransport(log), os.write
    os.write = lambda file, data: write(file, data[:3000])
    for worker in start_threads(transport):
        worker.join()
    print(transport.lost)


async def forked(log):
    """The same and a child process, which must not be stopped by what the threads do while it is made."""
    transport = FileTransport(log)
    workers = start_threads(transport)
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        hundred(transport, 800)
        os._exit(transport.lost)
    for worker in workers:
        worker.join()
    print(transport.lost + os.waitpid(child, 0)[1])


async def killed(log):
    """Dies the moment that the third call has returned."""
    transport = FileTransport(log)
    for number in range(3):
        await finish(transport, number)
    os.kill(os.getpid(), signal.SIGKILL)


async def short(log):
    """The system takes at most 7 bytes at once."""
    write = os.write
    os.write = lambda file, data: write(file, data[:7])
    await plain(log, 3, 100)


async def full(log):
    """No room in the middle of the second of three lines."""
    write, calls = os.write, []

    def failing(file, data):
        calls.append(data)
        if len(calls) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(file, data[:10] if len(calls) == 2 else data)

    os.write = failing
    await plain(log, 3)


asyncio.run(globals()[sys.argv[1]](*sys.argv[2:]))
