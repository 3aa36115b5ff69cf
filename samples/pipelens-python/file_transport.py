# SPDX-License-Identifier: MIT
"""A PipeLens transport that appends an event log: what HttpTransport would post, a line in the file per call."""
import asyncio, json, logging, os, threading
from contextlib import suppress


def _fields(value):  # what JSON does not know: a model as PipeLens writes it, else the text that Python prints
    return value.model_dump(by_alias=True) if hasattr(value, "model_dump") else str(value)


def _plain(value):
    with suppress(Exception):  # a cycle, a key that is no text, a record that another thread changes
        return json.loads(json.dumps(value, default=_fields))
    with suppress(Exception):
        return str(value)
    return f"{type(value).__name__} that cannot be shown"


def _plain_fields(meta):
    fields = meta.model_dump(by_alias=True, exclude={"records", "result", "steps"})
    records = {str(key): _plain(data) for key, data in list(meta.records.items())}
    steps = {"steps": meta.steps} if hasattr(meta, "steps") else {}
    return {**fields, "records": records, "result": _plain(meta.result), **steps}


class FileTransport:  # with the methods of pipelens.transport.Transport
    def __init__(self, path):
        self.lost, self._lock = 0, threading.Lock()  # lost: events that could not be written
        os.register_at_fork(after_in_child=lambda: setattr(self, "_lock", threading.Lock()))
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)  # several processes can share a log
        # The last line may have no end: then it gets one before the next event.
        self._torn = (size := os.fstat(self._file).st_size) > 0 and os.pread(self._file, 1, size - 1) != b"\n"

    def _append(self, **event):  # never raises: nobody looks after what a transport raises
        try:
            try:
                text = json.dumps(event, default=_fields)
            except Exception:
                text = json.dumps(event, default=_plain_fields)
            with self._lock:
                line = b"\n" * self._torn + text.encode() + b"\n"
                while line:
                    line = line[os.write(self._file, line):]
                    self._torn = bool(line)
        except Exception as error:
            self.lost += 1
            if self.lost == 1:
                logging.getLogger(__name__).error("an event could not be written and is lost: %r", error)

    async def initiate_run(self, pipeline_meta):
        self._append(type="pipeline", operation="start", meta=pipeline_meta)
    async def finish_run(self, pipeline_meta, status):
        self._append(type="pipeline", operation="finish", meta=pipeline_meta, status=status)
    async def initiate_step(self, run_id, step):
        self._append(type="step", operation="start", runId=run_id, step=step)
    async def finish_step(self, run_id, step):
        self._append(type="step", operation="finish", runId=run_id, step=step)
    async def flush_and_stop(self):
        await asyncio.sleep(0)  # PipeLens calls from tasks: those that wait come first
