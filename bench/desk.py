"""The desk under load: slider to answer, slider to repaint, and fifty people at once.

    python bench/desk.py [--users 50] [--seconds 60] [--browser]

A server of its own is started in another process. The floor of an answer is the bare solve of the
same shock in this process; the ratio says what questions, law, tables and JSON add to it. Every
user moves a slider about once a second and waits for the answer; half of them drag through the
same marks, as people do, so some answers are shared. As their pages do, they ask for the ranges of
an answer a quarter of a second after it, and want them no more once they have moved on.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from typing import Any

import httpx

START = (
    "import sys; from pathlib import Path; from surtax.desk.serve import serve; "
    "serve('127.0.0.1', int(sys.argv[1]), Path(sys.argv[2]), None, launch=False)"
)


def rows(values: list[float]) -> str:
    values = sorted(values)
    p95 = values[min(len(values) - 1, int(0.95 * len(values)))]
    return (
        f"median {1e3 * statistics.median(values):7.1f} ms   p95 {1e3 * p95:7.1f} ms   "
        f"worst {1e3 * values[-1]:7.1f} ms   n {len(values)}"
    )


def floor() -> float:
    """Seconds of the bare solve of a shock of ten points, from the solution beside it."""
    from surtax.desk import studio
    from surtax.desk.studiostate import State, variation_of
    from surtax.economy.solve import solve

    studio.answer(State())
    run = studio.run_of(variation_of(State(rates=["CAN>USA +10%"])))
    tariffs, rule = run.shock(run.case).tariffs, run.closure(run.case, run.headline)
    start = solve(run.world, run.shock(run.case).tariffs, closure=rule).unknowns
    spent = []
    for _ in range(20):
        began = time.perf_counter()
        solve(run.world, tariffs * 1.01, closure=rule, start=start)
        spent.append(time.perf_counter() - began)
    return statistics.median(spent)


def drag(address: str) -> list[float]:
    """One person: every mark of a slider, one after the other, none asked before."""
    spent = []
    with httpx.Client(base_url=address, timeout=60) as client:
        client.post("/api/studio", json={})
        for mark in range(60):
            body = {"rates": [f"CAN>USA +{mark / 2 + 0.25}%"], "barriers": f"{mark}%"}
            began = time.perf_counter()
            client.post("/api/studio", json=body).raise_for_status()
            spent.append(time.perf_counter() - began)
    return spent


Crowd = tuple[list[float], list[float], Counter[str]]


async def crowd(address: str, users: int, seconds: float) -> Crowd:
    """Users for some seconds; times of answers and of ranges, and what all else said."""
    spent: list[float] = []
    ranged: list[float] = []
    wrong: Counter[str] = Counter()
    until = time.monotonic() + seconds
    limits = httpx.Limits(max_connections=2 * users)

    async def asked_of(client: httpx.AsyncClient, path: str, body: Any, into: list[float]) -> None:
        began = time.perf_counter()
        try:
            answer = await client.post(path, json=body)
            if answer.status_code != 200:
                wrong[f"{answer.status_code} {answer.text}"] += 1
        except httpx.HTTPError as error:
            wrong[repr(error)] += 1
        into.append(time.perf_counter() - began)

    async def ranges(client: httpx.AsyncClient, query: str, body: Any) -> None:
        await asyncio.sleep(0.25)
        await asked_of(client, f"/api/studio/ranges?{query}", body, ranged)

    async def user(number: int, client: httpx.AsyncClient) -> None:
        chance = random.Random(number)
        await asyncio.sleep(chance.random())
        asked = 0
        while time.monotonic() < until:
            asked += 1
            size = chance.randrange(1, 50)
            own = f"{number}.{asked % 10}" if number % 2 else "0"
            body = {"rates": [f"CAN>USA +{size}%"], "barriers": f"{own}%"}
            query = f"client=u{number}&number={asked}"
            await asked_of(client, f"/api/studio?{query}", body, spent)
            following = asyncio.create_task(ranges(client, query, body))
            await asyncio.sleep(chance.uniform(0.5, 1.5))
            following.cancel()

    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        await asyncio.gather(*(user(k, client) for k in range(users)))
    return spent, ranged, wrong


def repaint(address: str) -> list[float]:
    """Key to picture in Chromium: a slider moves one mark, the headline's figure is repainted."""
    from playwright.sync_api import sync_playwright

    move = """() => new Promise((done) => {
      const slider = document.querySelector('.steer input[type=range]');
      const head = document.querySelector('.headline');
      const began = performance.now();
      const seen = new MutationObserver(() => requestAnimationFrame(() => {
        seen.disconnect();
        done((performance.now() - began) / 1000);
      }));
      seen.observe(head, { childList: true });
      slider.value = Number(slider.value) + 1;
      slider.dispatchEvent(new Event('input', { bubbles: true }));
    })"""
    args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=args)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/studio")
        page.wait_for_selector(".headline .figure", timeout=60000)
        page.wait_for_timeout(3000)
        spent = []
        for _ in range(30):
            spent.append(float(page.evaluate(move)))
            page.wait_for_timeout(600)
        browser.close()
    return spent


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--users", type=int, default=50)
    asked.add_argument("--seconds", type=float, default=60.0)
    asked.add_argument("--browser", action="store_true")
    given = asked.parse_args()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        server = subprocess.Popen([sys.executable, "-c", START, str(port), folder], env=environment)
        try:
            address = f"http://127.0.0.1:{port}"
            with httpx.Client(base_url=address, timeout=120) as client:
                began = time.perf_counter()
                for _ in range(200):
                    try:
                        client.post("/api/studio", json={}).raise_for_status()
                        break
                    except httpx.HTTPError:
                        time.sleep(0.25)
                print(f"first answer after start        {time.perf_counter() - began:.1f} s")
                client.post("/api/studio/ranges", json={})
            least = floor()
            spent = drag(address)
            print(f"floor: bare solve               {1e3 * least:7.1f} ms")
            print(f"slider to answer                {rows(spent)}")
            print(f"answer over floor               {statistics.median(spent) / least:.2f}")
            if given.browser:
                print(f"slider to repaint               {rows(repaint(address))}")
            times, ranged, wrong = asyncio.run(crowd(address, given.users, given.seconds))
            print(f"{given.users} users for {given.seconds:g} s              {rows(times)}")
            print(f"ranges that came in time        {rows(ranged) if ranged else 'none'}")
            print(f"errors among them               {wrong.total()}")
            for said, times_said in wrong.most_common():
                print(f"  {times_said} x {said}")
        finally:
            server.terminate()
            server.wait(10)


if __name__ == "__main__":
    main()
