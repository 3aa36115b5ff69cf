# SPDX-License-Identifier: MIT
#
# `python3 rows.py LOG OUT.png`: the rows of a log as a Gantt chart by matplotlib, for comparison. Exit status 3 when it is
# not installed.
import json
import sys

try:
    import matplotlib
except ImportError:
    sys.exit(3)
matplotlib.use("Agg")
from matplotlib import pyplot

steps = []
with open(sys.argv[1], encoding="utf-8") as log:
    for line in log:
        if '"operation":"finish"' in line and '"type":"step"' in line:
            step = json.loads(line)["step"]
            steps.append((step["time"]["startTs"], step["time"]["endTs"], step["name"]))
steps.sort()
begin = steps[0][0]
height = 26 * len(steps) + 150
figure, axes = pyplot.subplots(figsize=(8.71, height / 100), dpi=100)
axes.barh(range(len(steps)), [end - start for start, end, _ in steps], left=[start - begin for start, _, _ in steps],
          height=0.55, color="#3b93b2")
axes.set_yticks(range(len(steps)), [name for _, _, name in steps])
axes.set_ylim(len(steps), -1)
axes.grid(axis="x")
figure.subplots_adjust(left=0.2, right=0.98, top=1 - 75 / height, bottom=75 / height)
figure.savefig(sys.argv[2])
