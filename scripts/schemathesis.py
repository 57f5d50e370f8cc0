#!/usr/bin/env python3
"""Drives generated requests, good and bad, through the proxy in front of an origin that takes everything.

    python3 -m venv .venv && .venv/bin/pip install schemathesis
    swift build -c release
    .venv/bin/python scripts/schemathesis.py [DOCUMENT.yaml] [EXAMPLES] [SEED]

No good case may be refused (positive_data_acceptance), no bad one may pass (negative_data_rejection). Members that nobody declared are
only counted: where a schema is silent about them, they are good cases.

Where the generator writes requests otherwise than the specification says, both sides get the document without that place; NARROWED
lists each with its reason. The requests of Tests/SchemaFilesTests/Documents are held against the whole document.
"""
import http.server, os, socket, subprocess, sys, tempfile, threading, time

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.environ.get("ROPELINE", os.path.join(ROOT, ".build/release/ropeline"))
document = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "Tests/SchemaFilesTests/Documents/box-office-3.1.yaml")
examples = sys.argv[2] if len(sys.argv) > 2 else "100"
seed = sys.argv[3] if len(sys.argv) > 3 else "7"


def closed(schema):
    schema["additionalProperties"] = False


def parameter(paths, path, name):
    return next(p for p in paths[path]["get"]["parameters"] if p["name"] == name)["schema"]


def content(paths, path, method):
    return paths[path][method]["requestBody"]["content"]


def form(paths):
    return content(paths, "/form", "post")["application/x-www-form-urlencoded"]["schema"]


def upload(paths):
    return content(paths, "/upload", "post")["multipart/form-data"]["schema"]


def letters(schema):
    schema.pop("format", None)
    schema["pattern"] = "^[A-Z]*$"


# Each: what is done to the paths of the document, and why.
NARROWED = [
    (lambda p: parameter(p, "/label/{list}", "list").update(minItems=2, items={"type": "string", "pattern": "^[a-z]{1,3}$"}),
     "it writes a text or number where a list is asked for, as a wrong type; on the wire .AAA is a list of one item, .0.5 one of two"),
    (lambda p: upload(p)["properties"]["tags"].update(minItems=2, items={"type": "string", "pattern": "^[A-Z]{1,4}$"}), "the same for parts"),
    (lambda p: closed(parameter(p, "/me", "X-Color")), "it writes nested members nobody declared as Python shows them, with commas that are not coded"),
    (lambda p: closed(parameter(p, "/search", "range")), "the same"),
    (lambda p: closed(form(p)["properties"]["address"]),
     "it makes names with single brackets: address[9[x]=1 may be the member 9[x of address or x of address[9;"
     " the specification defines no brackets in names (3.0.4 and 3.1.1, Style Values), so we refuse them"),
    (lambda p: [content(p, "/form", "post")["application/x-www-form-urlencoded"]["encoding"].update(data={"style": "form", "explode": True}),
                form(p)["required"].append("data"), form(p)["properties"]["data"].update(required=["a"])],
     "it spreads the members of an object over the form; without an encoding an object is JSON (3.0 and 3.1, Encoding Object)"),
    (lambda p: closed(upload(p)), "it names parts with control characters and without coding, which no parser of header fields takes"),
    (lambda p: letters(upload(p)["properties"]["file"]),
     "it counts the length of bytes in characters of UTF-8, or sends whole images whatever the length; unencoded bytes are counted as bytes"
     " (3.1, Considerations for File Uploads)"),
    (lambda p: letters(content(p, "/blob", "put")["application/octet-stream"]["schema"]), "the same"),
    (lambda p: content(p, "/note", "post").pop("text/*"),
     "it writes bodies for the range as text/plain, which has an entry and a schema of its own, or as XML, which is not looked into (not-checked)"),
    (lambda p: p["/any"]["post"]["requestBody"].update(content={"application/json": {}, "text/plain": {}}),
     "it writes XML with several roots, which is refused because it is not XML"),
]


# Cases with a null, empty list or empty object in the query or a form are left out, good ones too: such a value leaves nothing on the
# wire, so that a bad one is a request without it.
HOOKS = """import schemathesis

@schemathesis.hook
def filter_case(context, case):
    pairs = list((case.query or {}).items())
    if case.media_type == "application/x-www-form-urlencoded":
        pairs += case.body.items() if isinstance(case.body, dict) else case.body if isinstance(case.body, list) else []
    return not any(value is None or value == {} or value == [] for _, value in pairs)
"""


def narrowed(path):
    with open(path) as file:
        whole = yaml.safe_load(file)
    for narrow, _ in NARROWED:
        narrow(whole["paths"])
    # The names of statuses are texts.
    for item in whole["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"] = {str(status): value for status, value in operation["responses"].items()}
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", delete=False) as file:
        yaml.safe_dump(whole, file, sort_keys=False)
    return file.name


own = os.path.basename(document).startswith("box-office-")
if own:
    document = narrowed(document)


class Origin(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_HEAD = do_TRACE = answer

    def log_message(self, *arguments):
        pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


origin = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Origin)
threading.Thread(target=origin.serve_forever, daemon=True).start()
port = free_port()
strict = ["unknown-endpoint", "unknown-method", "unknown-query", "unknown-cookie", "wrong-content-type", "missing-security", "missing-parameter",
          "missing-body", "unexpected-body", "readonly-in-request", "duplicate-parameter", "duplicate-member", "invalid"]
command = [BINARY, "proxy", "--listen", "127.0.0.1:%d" % port, "--upstream", "http://127.0.0.1:%d" % origin.server_port, "--admin", "off", "--mode", "block",
           "--schema", document, "--audit-log", os.environ.get("AUDIT", "/dev/null"), "--audit", "all"]
for kind in strict:
    command += ["--schema-policy", kind + " block"]
proxy = subprocess.Popen(command)
try:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.1)
    # A refusal is one by any status, a target that is too long included; a good case is let through, or asked for credentials that the
    # generator was not given.
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as settings, tempfile.NamedTemporaryFile("w", suffix=".py") as hooks:
        hooks.write(HOOKS)
        hooks.flush()
        settings.write('[checks]\nnegative_data_rejection.expected-statuses = ["4xx"]\npositive_data_acceptance.expected-statuses = ["2xx", "401"]\n')
        settings.flush()
        result = subprocess.run(
            [os.path.join(os.path.dirname(sys.executable), "schemathesis"), "--config-file", settings.name, "run", document, "--url", "http://127.0.0.1:%d/v1" % port, "--mode", "all",
             "--phases", "examples,coverage,fuzzing", "--checks", "positive_data_acceptance,negative_data_rejection", "--max-examples", examples,
             "--header", "Authorization: Bearer abc", "--header", "X-Key: k", "--continue-on-failure", "--seed", seed, "--no-color", *sys.argv[4:]],
            env={**os.environ, "SCHEMATHESIS_HOOKS": hooks.name})
finally:
    proxy.terminate()
    proxy.wait()
    if own:
        os.unlink(document)
sys.exit(result.returncode)
