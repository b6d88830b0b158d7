"""What the Python peers share with the programs in C++: questions, problems, choice of the fastest right variant, timing."""
import json
import os
import statistics
import sys
import time
from collections import namedtuple

import numpy as np

Question = namedtuple("Question", "model evaluation d n precision milliseconds")
Problem = namedtuple("Problem", "W V X U B loss result")
Variant = namedtuple("Variant", "name run read")  # run() evaluates once, read() gives (losses, result)


def parse(line):
    model, evaluation, d, n, precision, milliseconds = line.split()
    return Question(model, evaluation, int(d), int(n), precision, float(milliseconds))


def count(q):
    return 1024 if q.evaluation == "batch" else 1


def load(q, folder):
    """The order is that of common/problem.hpp. A batch has one more axis, in front."""
    k, batch = count(q), () if count(q) == 1 else (count(q),)
    b = (q.n, q.d) if q.model == "output" else (q.n, q.n)
    shapes = [(q.d, q.d), (q.d, q.d), batch + (q.d, q.n), batch + (q.d, q.n), batch + b, (k,), batch + (q.d, q.n)]
    numbers = np.fromfile(os.path.join(folder, f"{q.model}-{q.evaluation}-{q.d}-{q.n}"))
    ends = np.cumsum([int(np.prod(s)) for s in shapes])
    return Problem(*(part.reshape(s) for part, s in zip(np.split(numbers, ends[:-1]), shapes)))


def once(run, times):
    begin = time.perf_counter_ns()
    for _ in range(times):
        run()
    return (time.perf_counter_ns() - begin) / times


def measure(run, milliseconds):
    """Median and best over blocks of a millisecond, or of one run where that is longer, after a tenth to warm up: as common/timing.hpp."""
    budget, times = milliseconds * 1e6, 1
    block = min(budget / 20, 1e6)
    each = once(run, 1)
    spent = each
    while spent < budget / 10:
        times = max(1, int(min(block / each, times * 10)))
        each = once(run, times)
        spent += each * times
    times, blocks = max(1, int(block / each)), []
    while sum(blocks) * times < budget * 0.9 or len(blocks) < 3:
        blocks.append(once(run, times))
    return statistics.median(blocks), min(blocks)


def difference(a, b):
    a = np.asarray(a, dtype=float).reshape(b.shape)
    return float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-300)) if np.isfinite(a).all() else float("inf")


def choose(q, folder, variants):
    problem, best, fastest = load(q, folder), None, float("inf")
    for variant in variants(q, problem):
        variant.run()
        loss, result = variant.read()
        error = max(difference(loss, problem.loss), difference(result, problem.result))
        if error > (2e-3 if q.precision == "float" else 1e-9):
            print(f"{q}, {variant.name}: off by {error:g}", file=sys.stderr)
            continue
        spent = measure(variant.run, min(30, q.milliseconds))[1]
        if spent < fastest:
            fastest, best = spent, (variant, error)
    return best


def serve(name, folder, variants):
    known = {}
    for line in sys.stdin:
        q = parse(line)
        key = q._replace(milliseconds=0)
        if key not in known:
            known[key] = choose(q, folder, variants)
        answer = {"peer": name, **q._asdict()}
        del answer["milliseconds"]
        if known[key]:
            variant, error = known[key]
            median, best = measure(variant.run, q.milliseconds)
            answer.update(nanoseconds=median / count(q), best=best / count(q), error=error, variant=variant.name)
        print(json.dumps(answer), flush=True)
