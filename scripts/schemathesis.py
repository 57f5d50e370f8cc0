#!/usr/bin/env python3
"""Drives generated requests, good and bad, through the proxy in front of an origin that takes everything.

    python3 -m venv .venv && .venv/bin/pip install schemathesis
    swift build -c release
    .venv/bin/python scripts/schemathesis.py [DOCUMENT.yaml] [EXAMPLES]

No good case may be refused (positive_data_acceptance), no bad one may pass (negative_data_rejection). Members that nobody declared are
only counted: where a schema is silent about them, they are good cases.
"""
import http.server, os, socket, subprocess, sys, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.environ.get("ROPELINE", os.path.join(ROOT, ".build/release/ropeline"))
document = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "Tests/SchemaFilesTests/Documents/box-office-3.1.yaml")
examples = sys.argv[2] if len(sys.argv) > 2 else "100"


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
    result = subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "schemathesis"), "run", document, "--url", "http://127.0.0.1:%d/v1" % port, "--mode", "all",
         "--phases", "examples,coverage,fuzzing", "--checks", "positive_data_acceptance,negative_data_rejection", "--max-examples", examples,
         "--header", "Authorization: Bearer abc", "--header", "X-Key: k", "--continue-on-failure", "--seed", "7", "--no-color", *sys.argv[3:]])
finally:
    proxy.terminate()
    proxy.wait()
sys.exit(result.returncode)
