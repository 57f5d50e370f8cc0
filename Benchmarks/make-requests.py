#!/usr/bin/env python3
"""Writes the eight request types that the benchmarks measure into Benchmarks/requests. Deterministic."""
import json, os, random

random.seed(2026)
out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "requests")
os.makedirs(out, exist_ok=True)
UA = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def write(name, line, fields, body=""):
    if body:
        fields = fields + [("Content-Length", str(len(body.encode())))]
    head = line + "\r\n" + "".join(f"{n}: {v}\r\n" for n, v in [("Host", "backstage.example")] + fields) + "\r\n"
    with open(os.path.join(out, name + ".http"), "wb") as file:
        file.write((head + body).encode())


words = "midnight velvet river paper lantern winter echo golden harbor silent orbit coral thunder meadow glass parade".split()
title = lambda: " ".join(random.choice(words).title() for _ in range(random.randint(2, 4)))
track = lambda i: {
    "id": f"trk_{random.randrange(10**8):08d}", "title": title(), "artist": title(), "position": i,
    "seconds": random.randint(120, 420), "explicit": random.random() < 0.1, "tags": random.sample(words, 3),
}


def playlist(size):
    value = {"name": title(), "public": True, "tracks": []}
    while len(json.dumps(value)) < size:
        value["tracks"].append(track(len(value["tracks"])))
    return json.dumps(value)


json_fields = [("User-Agent", "BackstageApp/7.2 (Android 15)"), ("Accept", "application/json"), ("Content-Type", "application/json")]
write("static-get", "GET /assets/app.4f2a9c.js HTTP/1.1", [("User-Agent", UA), ("Accept", "*/*")])
write("api-get", "GET /v1/albums/alb_20261121/tracks?limit=20&offset=40 HTTP/1.1", json_fields[:2] + [("X-Api-Key", "pk_live_7Hs82nQz")])
write("browser-get", "GET /drop/midnight-velvet?ref=home&utm_source=mail HTTP/1.1", [
    ("User-Agent", UA), ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
    ("Accept-Language", "en-GB,en;q=0.7,de;q=0.3"), ("Accept-Encoding", "gzip, deflate, br"), ("Referer", "https://backstage.example/"),
    ("Connection", "keep-alive"), ("Cookie", "session=9f2c1a7be04d5586; theme=dark; _ga=GA1.2.1830275.17649; consent=all"),
    ("Upgrade-Insecure-Requests", "1"), ("Sec-Fetch-Dest", "document"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Site", "same-origin"),
])
write("login-post", "POST /login HTTP/1.1", [
    ("User-Agent", UA), ("Accept", "text/html"), ("Content-Type", "application/x-www-form-urlencoded"),
    ("Origin", "https://backstage.example"), ("Referer", "https://backstage.example/login"), ("Cookie", "session=9f2c1a7be04d5586"),
], "user=ada.lovelace%40fans.example&password=Correct-Horse-7-Battery&remember=on&next=%2Fdrop%2Fmidnight-velvet")
write("json-1k", "POST /v1/playlists HTTP/1.1", json_fields, playlist(1000))
write("json-16k", "POST /v1/playlists HTTP/1.1", json_fields, playlist(16000))
write("sql-attack", "GET /v1/search?q=1%27%20UNION%20SELECT%20name,%20secret%20FROM%20users%20--%20&limit=20 HTTP/1.1", json_fields[:2])
write("script-attack", "GET /v1/search?q=%3Cscript%3Ealert(document.cookie)%3C/script%3E&limit=20 HTTP/1.1", json_fields[:2])
