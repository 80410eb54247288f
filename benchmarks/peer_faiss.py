"""Run by an interpreter that has faiss-cpu: the flat index, without any rule, over vectors from two files."""

import json
import sys
import time

import faiss
import numpy as np


def main() -> None:
    left, right = np.load(sys.argv[1]), np.load(sys.argv[2])
    k, clock = int(sys.argv[3]), {"cpu": time.process_time, "wall": time.perf_counter}[sys.argv[4]]
    index = faiss.IndexFlatIP(right.shape[1])
    index.add(right)
    index.search(left[:64], k)
    times = []
    for _ in range(2):
        start = clock()
        index.search(left, k)
        times.append(clock() - start)
    print(json.dumps({"seconds": min(times), "threads": faiss.omp_get_max_threads()}))


main()
