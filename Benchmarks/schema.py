#!/usr/bin/env python3
"""JSON Schema validation and OpenAPI loading, ours beside PyPI's jsonschema-rs and openapi-spec-validator, in one run.

    python3 -m venv .venv && .venv/bin/pip install jsonschema-rs openapi-spec-validator pyyaml
    swift build -c release
    .venv/bin/python Benchmarks/schema.py [OPENAPI.yaml]

Times are CPU time: the median of several batches, reading the JSON text included on both sides (json.loads on theirs). Loading an
OpenAPI document: wall time in a process that is already running, from the file on; ours reads, checks and compiles. Beside it what our
whole process takes, with its start.
"""
import json, os, random, statistics, subprocess, sys, tempfile, time

import jsonschema_rs

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.environ.get("ROPELINE", os.path.join(ROOT, ".build/release/ropeline"))
random.seed(7)

SMALL_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": False,
    "required": ["user", "email", "country", "plan", "age", "newsletter", "token", "created"],
    "properties": {
        "user": {"type": "string", "pattern": "^[a-z][a-z0-9_]{2,30}$"}, "email": {"type": "string", "minLength": 5, "maxLength": 120},
        "country": {"type": "string", "pattern": "^[A-Z]{2}$"}, "plan": {"enum": ["free", "family", "student", "premium"]},
        "age": {"type": "integer", "minimum": 13, "maximum": 120}, "newsletter": {"type": "boolean"},
        "token": {"type": "string", "minLength": 32, "maxLength": 64}, "created": {"type": "string", "maxLength": 40}}}
SMALL = {"user": "night_listener", "email": "listener@example.org", "country": "NO", "plan": "family", "age": 27, "newsletter": True,
         "token": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab", "created": "2026-11-20T19:58:02Z"}

ORDER_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": ["id", "customer", "lines", "payment"],
    "properties": {
        "id": {"type": "string", "pattern": "^ORD-[0-9]{6}$"}, "customer": {"$ref": "#/$defs/customer"},
        "lines": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"$ref": "#/$defs/line"}},
        "payment": {"oneOf": [{"$ref": "#/$defs/card"}, {"$ref": "#/$defs/invoice"}]}, "notes": {"type": ["string", "null"], "maxLength": 500}},
    "$defs": {
        "customer": {"type": "object", "required": ["name", "address"],
                     "properties": {"name": {"type": "string"}, "address": {"type": "object", "required": ["street", "city", "zip"],
                                    "properties": {"street": {"type": "string"}, "city": {"type": "string"}, "zip": {"type": "string", "pattern": "^[0-9]{4,5}$"}}}}},
        "line": {"type": "object", "additionalProperties": False, "required": ["sku", "title", "count", "price"],
                 "properties": {"sku": {"type": "string", "minLength": 8, "maxLength": 16}, "title": {"type": "string", "maxLength": 200},
                                "count": {"type": "integer", "minimum": 1, "maximum": 50}, "price": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.01},
                                "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
                                "size": {"enum": ["S", "M", "L", "XL"]}, "gift": {"type": "boolean"}}},
        "card": {"type": "object", "required": ["type", "number"], "properties": {"type": {"const": "card"}, "number": {"type": "string", "minLength": 12}, "month": {"type": "integer"}}},
        "invoice": {"type": "object", "required": ["type", "company"], "properties": {"type": {"const": "invoice"}, "company": {"type": "string"}}}}}
ORDER = {"id": "ORD-123456", "customer": {"name": "Night Listener", "address": {"street": "Storgata 12 b", "city": "Oslo", "zip": "0150"}},
         "lines": [{"sku": "TOUR-%05d" % n, "title": "Tour shirt, the long night, number %d, black cotton, printed on both sides, washed once" % n, "count": n % 5 + 1,
                    "price": 24.99, "tags": ["shirt", "tour", "limited", "n%d" % n], "size": "SMLX"[n % 3], "gift": n % 4 == 0} for n in range(15)],
         "payment": {"type": "invoice", "company": "Backstage AS, Oslo"}, "notes": "Please leave it at the door. " * 12}

ARRAY_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "array", "maxItems": 1000,
    "items": {"type": "object", "additionalProperties": False, "required": ["id", "type", "track", "at", "position", "device", "ok"],
              "properties": {"id": {"type": "integer", "minimum": 0}, "type": {"enum": ["play", "pause", "skip", "seek"]},
                             "track": {"type": "string", "minLength": 22, "maxLength": 22}, "at": {"type": "string", "maxLength": 30},
                             "position": {"type": "number", "minimum": 0}, "device": {"type": "string", "maxLength": 40}, "ok": {"type": "boolean"}}}}
ARRAY = [{"id": n, "type": ["play", "pause", "skip", "seek"][n % 4], "track": "%022d" % random.randrange(10**20), "at": "2026-11-20T19:%02d:%02d.%03dZ" % (n // 60 % 60, n % 60, n),
          "position": n * 1.25, "device": "phone-%d of the listener" % (n % 50), "ok": n % 9 != 0} for n in range(660)]


def cpu_median(work, batches, count):
    times = []
    for _ in range(batches):
        start = time.process_time()
        for _ in range(count):
            work()
        times.append((time.process_time() - start) / count)
    return statistics.median(times) * 1e6


def validation():
    print("%-8s %9s %12s %22s %14s %8s" % ("instance", "bytes", "ours us", "jsonschema-rs+loads us", "allocations", "faster"))
    with tempfile.TemporaryDirectory() as folder:
        for name, schema, instance, count in [("small", SMALL_SCHEMA, SMALL, 20000), ("order", ORDER_SCHEMA, ORDER, 2000), ("array", ARRAY_SCHEMA, ARRAY, 100)]:
            text = json.dumps(instance, separators=(",", ":"))
            paths = os.path.join(folder, name + "-schema.json"), os.path.join(folder, name + ".json")
            for path, content in zip(paths, (json.dumps(schema), text)):
                with open(path, "w") as file:
                    file.write(content)
            validator = jsonschema_rs.validator_for(schema)
            data = text.encode()
            assert validator.is_valid(json.loads(data))
            ours, theirs = [], []
            # Rounds are interleaved, so that what else the machine does falls on both.
            for _ in range(5):
                run = subprocess.run([BINARY, "schema", "validate", *paths, "--output", "flag", "--repeat", str(count)], capture_output=True, text=True, check=True)
                words = run.stderr.split(": ")[-1].split()
                ours.append(float(words[0]))
                allocations = int(words[2])
                theirs.append(cpu_median(lambda: validator.is_valid(json.loads(data)), 15, max(count // 10, 10)))
            a, b = statistics.median(ours), statistics.median(theirs)
            print("%-8s %9d %12.2f %22.2f %14d %7.1fx" % (name, len(text), a, b, allocations, b / a))


def loading(path):
    from openapi_spec_validator import validate
    from openapi_spec_validator.readers import read_from_filename

    theirs, ours, wholes = [], [], []
    for _ in range(9):
        start = time.perf_counter()
        spec, uri = read_from_filename(path)
        read = time.perf_counter()
        validate(spec, base_uri=uri)
        theirs.append((read - start, time.perf_counter() - start))
        run = subprocess.run([BINARY, "schema", "check", path, "--repeat", "10"], capture_output=True, text=True, check=True)
        ours.append(float(run.stderr.split(": ")[-1].split()[0]) / 1e6)
        start = time.perf_counter()
        subprocess.run([BINARY, "schema", "check", path], capture_output=True, check=True)
        wholes.append(time.perf_counter() - start)
    load, whole = statistics.median(ours), statistics.median(wholes)
    print("loading %s: ours %.1f ms; a process from start to end %.1f ms" % (os.path.basename(path), load * 1e3, whole * 1e3))
    for what, times in zip(("reads", "reads and validates"), zip(*theirs)):
        median = statistics.median(times)
        print("  openapi-spec-validator %s in %.1f ms: %.1fx; %.1fx of our process" % (what, median * 1e3, median / load, median / whole))


validation()
for path in sys.argv[1:]:
    loading(path)
