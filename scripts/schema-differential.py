#!/usr/bin/env python3
"""Holds our JSON Schema verdicts against those of jsonschema-rs (PyPI) on random schemas of every draft, and formats on random texts.

    python3 -m venv .venv && .venv/bin/pip install jsonschema-rs
    swift build -c release
    .venv/bin/python scripts/schema-differential.py [SEED] [SCHEMAS]

Prints every difference, and counts. Known ones, where we follow the specification: in 2019-09 `contains` says nothing to `unevaluatedItems`
(core, section 9.3.1.3); a huge number with an exponent is an integer in draft 4 too; labels with upper case beside letters outside of ASCII, and those that break
the Bidi rule, are no host names (RFC 5892 section 2.2, RFC 5893 section 2).
"""
import json, os, random, subprocess, sys, tempfile

import jsonschema_rs

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.environ.get("ROPELINE", os.path.join(ROOT, ".build/release/ropeline"))
SEED = int(sys.argv[1]) if len(sys.argv) > 1 else 1
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 500
rng = random.Random(SEED)
DRAFTS = {4: "http://json-schema.org/draft-04/schema#", 6: "http://json-schema.org/draft-06/schema#", 7: "http://json-schema.org/draft-07/schema#",
          8: "https://json-schema.org/draft/2019-09/schema", 9: "https://json-schema.org/draft/2020-12/schema"}
NAMES = ["a", "b", "ab", "foo", "", "x-1", "é"]
TYPES = ["null", "boolean", "object", "array", "number", "string", "integer"]
NUMBERS = [0, 1, 2, -1, 1.5, 3, 10, 0.01, 1e308, 2.0]
PATTERNS = ["^a", "a+", "^.*$", "b$", "\\d", "^\\S*$", "x-", "^é$", "[a-c]", "^$", "\\w", "\\p{L}", "^(?!foo)"]


def value(depth=3):
    kind = rng.randrange(9 if depth else 6)
    if kind == 0: return None
    if kind == 1: return rng.random() < 0.5
    if kind == 2: return rng.choice([0, 1, -1, 2, 3, 10, 1.0, 1.5, 0.1, -2.5, 1e308, 12345678901234567890, 0.0075, 1e-8, 100, 1e2])
    if kind < 6: return rng.choice(["", "a", "foo", "ab", "bar", "é", "💩", "aaa", "1", "a\nb"])
    if kind == 6: return [value(depth - 1) for _ in range(rng.randrange(4))]
    return {rng.choice(NAMES): value(depth - 1) for _ in range(rng.randrange(4))}


class Schemas:
    """Random schemas of one draft. References in place are made at the top only: a circle of them means nothing."""

    def __init__(self, draft):
        self.draft = draft
        self.definitions = "definitions" if draft < 8 else "$defs"

    def root(self):
        schema = self.one(3, in_place=True, may_refer=True, is_root=True)
        schema["$schema"] = DRAFTS[self.draft]
        defs = schema[self.definitions] = {name: self.one(2, in_place=True, may_refer=False) for name in "xy"}
        if self.draft >= 8: defs["z"] = {"$anchor": "anch", "type": rng.choice(TYPES)}
        if self.draft >= 9: defs["w"] = {"$dynamicAnchor": "dyn", "type": rng.choice(TYPES)}
        if self.draft == 8 and rng.random() < 0.5: schema["$recursiveAnchor"] = True
        return schema

    def one(self, depth, in_place, may_refer, is_root=False):
        if not is_root and self.draft >= 6 and rng.random() < 0.12: return rng.random() < 0.5
        keywords = {}
        same = lambda: self.one(depth - 1, in_place, may_refer)
        inner = lambda: self.one(depth - 1, False, may_refer)
        names = lambda: rng.sample(NAMES, rng.randrange(1, 3))
        limit = (lambda: {"minimum": rng.choice(NUMBERS), "exclusiveMinimum": rng.random() < 0.5}) if self.draft == 4 else (
            lambda: {rng.choice(["exclusiveMinimum", "exclusiveMaximum"]): rng.choice(NUMBERS)})
        makers = [
            lambda: {"type": rng.choice(TYPES) if rng.random() < 0.7 else rng.sample(TYPES, rng.randrange(1, 4))},
            lambda: {"enum": [value(2) for _ in range(rng.randrange(1, 4))]}, lambda: {rng.choice(["minimum", "maximum"]): rng.choice(NUMBERS)}, limit,
            lambda: {"multipleOf": rng.choice([1, 2, 0.5, 0.01, 1.5, 3, 1e-8, 0.123456789])}, lambda: {"pattern": rng.choice(PATTERNS)},
            lambda: {rng.choice(["min", "max"]) + rng.choice(["Length", "Items", "Properties"]): rng.randrange(4)},
            lambda: {"uniqueItems": rng.random() < 0.7}, lambda: {"required": names()}]
        if self.draft >= 6: makers.append(lambda: {"const": value(2)})
        makers.append(lambda: {"dependencies" if self.draft < 8 else "dependentRequired": {rng.choice(NAMES): names()}})
        if depth:
            makers += [
                lambda: {"items": inner()}, lambda: {"properties": {rng.choice(NAMES): inner() for _ in range(rng.randrange(1, 4))}},
                lambda: {"patternProperties": {rng.choice(PATTERNS): inner()}}, lambda: {"additionalProperties": inner()},
                lambda: {rng.choice(["allOf", "anyOf", "oneOf"]): [same() for _ in range(rng.randrange(1, 4))]}, lambda: {"not": same()},
                lambda: {"prefixItems" if self.draft == 9 else "items": [inner() for _ in range(rng.randrange(1, 3))]},
                lambda: {"dependencies" if self.draft < 8 else "dependentSchemas": {rng.choice(NAMES): same()}}]
            if self.draft < 9: makers.append(lambda: {"additionalItems": inner()})
            if self.draft >= 6: makers += [lambda: {"contains": inner()}, lambda: {"propertyNames": same()}]
            if self.draft >= 7: makers.append(lambda: {name: same() for name in rng.choice([("if", "then"), ("if", "else"), ("if", "then", "else"), ("then",)])})
            if self.draft >= 8:
                makers += [lambda: {rng.choice(["unevaluatedProperties", "unevaluatedItems"]): rng.random() < 0.3 or inner()}] * 2
                makers.append(lambda: {"contains": inner(), rng.choice(["minContains", "maxContains"]): rng.randrange(3)})
            if may_refer or not in_place:
                targets = ["#/%s/x" % self.definitions, "#/%s/y" % self.definitions] + (["#anch"] if self.draft >= 8 else []) + ([] if in_place else ["#"])
                makers += [lambda: {"$ref": rng.choice(targets)}] * 2
                if self.draft == 9: makers.append(lambda: {"$dynamicRef": rng.choice(["#dyn", "#anch"])})
                if self.draft == 8 and not in_place: makers.append(lambda: {"$recursiveRef": "#"})
        for make in rng.sample(makers, rng.randrange(1, 5)): keywords.update(make())
        return keywords


def ours(schema, texts, formats):
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, "schema.json")] + [os.path.join(folder, "%d.json" % n) for n in range(len(texts))]
        for path, text in zip(paths, [json.dumps(schema)] + texts):
            with open(path, "w") as file: file.write(text)
        run = subprocess.run([BINARY, "schema", "validate", *paths, "--output", "flag"] + ["--formats"] * formats, capture_output=True, text=True)
        lines = ["true" in line for line in run.stdout.splitlines()]
        assert len(lines) == len(texts), run.stderr
        return lines


def compare(schema, values, formats=False):
    texts = [json.dumps(one, ensure_ascii=False) for one in values]
    validator = jsonschema_rs.validator_for(schema, validate_formats=formats)
    for text, mine in zip(texts, ours(schema, texts, formats)):
        counts["judged"] += 1
        if mine != validator.is_valid(json.loads(text)):
            counts["different"] += 1
            print("ours %s, theirs %s: %s\n  %s" % (mine, not mine, text, json.dumps(schema, ensure_ascii=False)[:600]))


FORMATS = {
    "date-time": "1998-12-31T23:59:60Z", "date": "2020-02-29", "time": "23:59:60+00:30", "duration": "P1Y2M3DT4H5M6S", "email": "\"joe bloggs\"@[IPv6:::1]",
    "hostname": "xn--4gbwdl.xn--wgbh1c", "ipv4": "192.168.0.1", "ipv6": "1:2::d6:192.168.0.1", "uri": "http://u:p@[::1]:80/a;b?c=%20#d", "uri-reference": "//a/b?c#d",
    "iri": "http://ƒøø.ßår/?∂éœ=πîx#πîüx", "iri-reference": "//ƒøø/âππ#ƒ", "uri-template": "http://e/{term:1}/{+x,y*}", "uuid": "2eb8aa08-aa98-11ea-b4aa-73b441d16380",
    "json-pointer": "/foo/bar~0/baz~1/%a", "relative-json-pointer": "12/foo/0", "idn-email": "실례@실례.테스트"}
ALPHABET = "aZ09-_.:/#?@[]{}%~!$&'()*+,;= \"\\|<>^`éß٠"


def mutated(text):
    letters = list(text)
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        place = rng.randrange(len(letters) + 1)
        letters[place:place + rng.randrange(2)] = rng.choice(["", rng.choice(ALPHABET)])
    return "".join(letters)


counts = {"judged": 0, "different": 0}
for _ in range(COUNT):
    compare(Schemas(rng.choice(list(DRAFTS))).root(), [value() for _ in range(14)])
for name, text in FORMATS.items():
    compare({"$schema": DRAFTS[9], "format": name}, [mutated(text) for _ in range(COUNT // 4)], formats=True)
print("%(judged)d judged, %(different)d differently" % counts)
