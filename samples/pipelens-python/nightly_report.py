# SPDX-License-Identifier: MIT
"""A nightly report whose sources and mail server are played by timers: what a real one leaves in its log.

pip install pipelens && python nightly_report.py [LOG]
"""
import asyncio
import sys

from pipelens import Pipeline, Step

from file_transport import FileTransport

SOURCES = {"orders": 1482, "returns": 97, "visits": 20115}


def query(source):
    async def run(st: Step):
        await st.record("source", source)
        await asyncio.sleep(0.02 + len(source) / 200)
        await st.record("rows", SOURCES[source])
        return SOURCES[source]

    return run


async def collect(st: Step):
    counts = await asyncio.gather(*(st.step(source, query(source)) for source in SOURCES))
    return dict(zip(SOURCES, counts))


async def send(st: Step):
    async def attempt(st: Step):
        await asyncio.sleep(0.03)
        raise TimeoutError("mail.example: no answer after 30 ms")

    async def relay(st: Step):
        await asyncio.sleep(0.01)
        await st.record("accepted", ["ops@shop.example"])

    try:
        await st.step("mail", attempt)
    except TimeoutError:  # the log has it; the report goes out another way
        await st.step("relay", relay)


async def nightly_report(st: Step):
    counts = await st.step("collect", collect)
    await st.record("counts", counts)
    await st.step("send", send)
    return sum(counts.values())


async def main(path):
    transport = FileTransport(path)
    pipeline = Pipeline("nightly-report", options={"auto_save": "real_time", "transport": transport})
    try:
        await pipeline.track(nightly_report)
    finally:
        await transport.flush_and_stop()


asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "nightly-report.ndjson"))
