# SPDX-License-Identifier: MIT
"""Stands in for PipeLens, which may not be installed: as much of it as the samples use, with its habits. Handlers are
tasks that nobody waits for; the models are pydantic's if that is there (PYDANTIC=no: not even then)."""
import asyncio
import os
import time
import uuid

try:
    if os.environ.get("PYDANTIC") == "no":
        raise ImportError
    from typing import Any, List, Optional

    from pydantic import BaseModel, ConfigDict, Field

    class TimeMeta(BaseModel):
        startTs: int
        endTs: Optional[int] = None
        timeUsageMs: Optional[int] = None

    class StepMeta(BaseModel):
        name: str
        key: str
        time: TimeMeta
        records: dict = {}
        result: Any = None
        error: Optional[str] = None

    class PipelineMeta(StepMeta):
        model_config = ConfigDict(populate_by_name=True)
        log_version: int = Field(default=1, alias="logVersion")
        run_id: str = Field(alias="runId")
        steps: List[StepMeta] = []

except ImportError:

    class _Model:
        aliases = {}
        defaults = {}

        def __init__(self, **fields):
            for name, value in {**self.defaults, **fields}.items():
                setattr(self, name, value)

        def model_dump(self, by_alias=False, exclude=()):
            names = self.aliases if by_alias else {}
            return {names.get(n, n): _dump(v) for n, v in vars(self).items() if n not in exclude}

    def _dump(value):
        if isinstance(value, _Model):
            return value.model_dump(by_alias=True)
        if isinstance(value, dict):
            return {key: _dump(part) for key, part in value.items()}
        return [_dump(part) for part in value] if isinstance(value, list) else value

    def TimeMeta(startTs, endTs=None, timeUsageMs=None):
        return {"startTs": startTs, "endTs": endTs, "timeUsageMs": timeUsageMs}

    class StepMeta(_Model):
        pass

    class PipelineMeta(_Model):
        aliases = {"log_version": "logVersion", "run_id": "runId"}


def step_meta(event):
    """What PipeLens hands to a transport, from what it writes."""
    return StepMeta(**{**event, "time": TimeMeta(**event["time"])})


def pipeline_meta(event):
    fields = {name: value for name, value in event.items() if name not in ("logVersion", "runId", "steps")}
    fields["time"] = TimeMeta(**event["time"])
    steps = [step_meta(step) for step in event["steps"]]
    return PipelineMeta(**fields, log_version=event["logVersion"], run_id=event["runId"], steps=steps)


class Step:
    def __init__(self, name, parent=None):
        self.name = name
        self.key = f"{parent.key}.{name}" if parent else name
        self.pipeline = parent.pipeline if parent else self
        self.records, self.steps, self.result, self.error = {}, [], None, None
        self.start, self.end = _now(), None

    def meta(self):
        usage = None if self.end is None else self.end - self.start
        error = str(self.error) if self.error else None
        return StepMeta(
            name=self.name,
            key=self.key,
            time=TimeMeta(startTs=self.start, endTs=self.end, timeUsageMs=usage),
            records=dict(self.records),
            result=self.result,
            error=error,
        )

    def flattened(self):
        return [self.meta()] + [meta for step in self.steps for meta in step.flattened()]

    async def record(self, key, data):
        self.records[key] = data
        return self

    async def step(self, name, function):
        child = Step(name, parent=self)
        self.steps.append(child)
        return await child.track(function)

    async def track(self, function):
        self.start = _now()
        self.pipeline.emit(self.pipeline.started, self)
        try:
            self.result = await function(self)
            return self.result
        except Exception as error:
            self.error = error
            raise
        finally:
            self.end = _now()
            self.pipeline.emit(self.pipeline.ended, self)


class Pipeline(Step):
    def __init__(self, name, options):
        super().__init__(name)
        self.run_id = options.get("run_id", str(uuid.uuid4()))
        self.transport = options["transport"]
        assert options["auto_save"] == "real_time"

    def emit(self, handler, step):
        asyncio.ensure_future(handler(step, step.meta()))

    def output(self):
        fields = dict(vars(self.meta()))
        return PipelineMeta(**fields, log_version=1, run_id=self.run_id, steps=self.flattened())

    async def started(self, step, meta):
        if step is self:
            await self.transport.initiate_run(self.output())
        await self.transport.initiate_step(self.run_id, meta)

    async def ended(self, step, meta):
        await self.transport.finish_step(self.run_id, meta)
        if step is self:
            await self.transport.finish_run(self.output(), "failed" if meta.error else "completed")


def _now():
    return int(time.time() * 1000)
