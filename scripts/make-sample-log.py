#!/usr/bin/env python3
"""Writes Samples/logs/release-night.log: an invented evening around a release, in the ropeline log format. Deterministic."""
import random
import sys
import time

random.seed(20261120)
DROP = 1795204800  # 2026-11-20 20:00:00 UTC
FANS = ["Backstage/4.2 (iPhone; iOS 19.1)", "Backstage/4.1 (Android 16; Pixel 9)",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 15_1) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15"]
lines = []


def line(at, ip, agent, method, target, status, size, sid="-", key="-", referer="-"):
    stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(at))
    rid = "%016x" % random.getrandbits(64)
    took = "%.3f" % random.uniform(0.004, 0.09)
    lines.append((at, f'{ip} - - [{stamp}] "{method} {target} HTTP/1.1" {status} {size} "{referer}" "{agent}" '
                      f'rt={took} uct=0.001 urt={took} msec={at:.3f} rid={rid} host=api.backstage.example '
                      f'in={random.randint(300, 900)} out={size + 240} sid={sid} key={key}'))


# Fans: some come before the drop, most within a minute of it; households and a campus share addresses.
for fan in range(140):
    ip = f"198.51.100.{random.randint(1, 60)}" if fan % 3 == 0 else f"203.0.113.{random.randint(1, 250)}"
    if fan % 17 == 0:
        ip = f"2001:db8:{fan:x}::{random.randint(1, 99):x}"
    agent = FANS[fan % len(FANS)]
    sid = "%08x" % random.getrandbits(32)
    at = DROP + random.choice([random.uniform(-900, 0), random.uniform(0, 60), random.uniform(0, 60), random.uniform(0, 600)])
    line(at, ip, agent, "GET", "/v1/drops/next", 200, 812, sid)
    for _ in range(random.randint(0, 4)):
        at += random.uniform(0.6, 9)
        line(at, ip, agent, "GET", "/v1/drops/next", random.choice([200, 304, 304, 503]) if at > DROP else 304, 0, sid)
    for _ in range(random.randint(2, 7)):
        at += random.uniform(1.5, 40)
        track = random.choice([1041, 1042, 1042, 1042, 1043, 1044, random.randint(200, 900)])
        line(at, ip, agent, "GET", f"/v1/tracks/{track}", 200, random.randint(700, 1900), sid)
        if random.random() < 0.7:
            line(at + 0.3, ip, agent, "POST", f"/v1/tracks/{track}/plays", 201, 96, sid)
            for beat in range(random.randint(0, 3)):
                line(at + 30 * (beat + 1) + random.uniform(-1, 2), ip, agent, "POST", f"/v1/tracks/{track}/plays/heartbeat", 204, 0, sid)
    if random.random() < 0.25:
        at += random.uniform(2, 30)
        line(at, ip, agent, "GET", "/v1/search?q=" + random.choice(["union+of+the+snake", "don%27t+stop", "select+few", "rock+%27n%27+roll"]), 200, 2210, sid)
# A scraper: every track in order.
for step in range(260):
    line(DROP + 5 + step * 1.02, "192.0.2.44", "python-requests/2.32", "GET", f"/v1/tracks/{3000 + step}", 200 if step % 7 else 404, 1400)
# A fuzzer: broken parameters, odd paths.
for step in range(90):
    target = random.choice(["/v1/search?q=%zz", "/v1/search?q=%00a", "/v1/tracks?limit=-1", "/v1/search?q=" + "A" * 260, "/v1/covers?file=../../../../etc/passwd",
                            f"/v1/{random.choice(['admin', 'internal', 'debug', 'test'])}{step}", "/v1/search?q=%7B%7B7*7%7D%7D", "/.git/config", "/v1/playlists?id=FUZZ"])
    line(DROP + 40 + step * 0.7 + random.uniform(0, 0.4), "192.0.2.77", "Mozilla/5.0", "GET", target, random.choice([400, 404, 404, 404]), 120)
# Credential stuffing.
for step in range(70):
    line(DROP + 100 + step * 1.7 + random.uniform(0, 0.9), "192.0.2.130", "okhttp/4.12", "POST", "/v1/login", 401 if step % 23 else 200, 74)
# An attacker by hand.
for step, target in enumerate(["/v1/search?q=1%27%20OR%20%271%27=%271", "/v1/search?q=1%20UNION%20SELECT%20name,password%20FROM%20users--",
                               "/v1/search?q=%3Cscript%3Ealert(1)%3C/script%3E", "/v1/covers?file=../../etc/passwd", "/v1/ping?host=;cat%20/etc/passwd"]):
    line(DROP + 300 + step * 21, "192.0.2.200", "curl/8.5.0", "GET", target, 200, 512)
# A crawler, a monitor, a partner.
for step in range(30):
    line(DROP - 600 + step * 41, "192.0.2.240", "Mozilla/5.0 (compatible; ExampleBot/1.0; crawler; +https://example.org/bot)", "GET", f"/v1/artists/{step}", 200, 3000)
for step in range(40):
    line(DROP - 900 + step * 60, "192.0.2.250", "uptime-monitor/2.1", "GET", "/v1/health", 200, 20)
for step in range(60):
    line(DROP - 700 + step * 30.5, "192.0.2.251", "PartnerRadio/1.9", "GET", "/v1/charts/today", 200, 5200, key="partner-7")

lines.sort()
with open(sys.argv[1] if len(sys.argv) > 1 else "Samples/logs/release-night.log", "w") as out:
    out.writelines(text + "\n" for _, text in lines)
