"""Run by an interpreter that has `matching`: its hospital-resident game on a matrix of scores and places.

The peer needs a rank for every pair, so barred pairs are left out of the lists of both sides. Prints its time, and
how many are matched with what total.
"""

import json
import sys
import time

import numpy as np
from matching.games import HospitalResident


def main() -> None:
    sys.setrecursionlimit(100_000)
    data = np.load(sys.argv[1])
    score, allowed, places = data["score"], data["allowed"], data["places"]
    clock = {"cpu": time.process_time, "wall": time.perf_counter}[sys.argv[2]]
    residents, hospitals = {}, {}
    for i, row in enumerate(allowed):
        listed = np.flatnonzero(row)
        if len(listed):
            residents[f"r{i}"] = [f"h{j}" for j in listed[np.argsort(-score[i, listed], kind="stable")]]
    for j, column in enumerate(allowed.T):
        listed = np.flatnonzero(column)
        if len(listed) and places[j]:
            hospitals[f"h{j}"] = [f"r{i}" for i in listed[np.argsort(-score[listed, j], kind="stable")]]
    residents = {r: [h for h in hs if h in hospitals] for r, hs in residents.items()}
    start = clock()
    game = HospitalResident.create_from_dictionaries(
        residents, hospitals, {h: int(places[int(h[1:])]) for h in hospitals}
    )
    solved = game.solve()
    seconds = clock() - start
    pairs = [(int(r.name[1:]), int(h.name[1:])) for h, rs in solved.items() for r in rs]
    total = float(sum(score[i, j] for i, j in pairs))
    print(json.dumps({"seconds": seconds, "pairs": len(pairs), "total": total}))


main()
