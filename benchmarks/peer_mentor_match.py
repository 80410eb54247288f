"""Run by the peer's own interpreter: `mentor-match` on invented people; prints what it took as JSON."""

import json
import operator
import random
import sys
import time

from matching.mentee import Mentee
from matching.mentor import Mentor
from matching.process import calculate_matches, generate_match_matrix, prepare_matrix
from matching.rules import rule as rl


def people(kind: type, count: int, pick: random.Random, low: int, high: int) -> list:
    return [
        kind(
            **{
                "first name": kind.__name__, "last name": str(n), "email": f"{kind.__name__}{n}@example.org",
                "role": "role", "job title": "role", "grade": pick.randint(low, high),
                "organisation": f"department {pick.randrange(12)}", "profession": f"profession {pick.randrange(8)}",
                "biography": "", "both mentor and mentee": "no",
            }
        )
        for n in range(count)
    ]  # fmt: skip


def main() -> None:
    mentees, mentors = int(sys.argv[1]), int(sys.argv[2])
    pick = random.Random(1)
    left, right = people(Mentee, mentees, pick, 0, 6), people(Mentor, mentors, pick, 2, 8)

    def rules() -> list:
        return [
            rl.Disqualify(lambda match: match.mentee.organisation == match.mentor.organisation),
            rl.Disqualify(lambda match: match.mentor.grade <= match.mentee.grade),
            rl.Grade(1, operator.eq, {True: 12, False: 0}),
            rl.Grade(2, operator.eq, {True: 9, False: 0}),
            rl.Equivalent("profession", {True: 4, False: 0}),
        ]

    start = time.perf_counter()
    matrix = generate_match_matrix(right, left, rules())
    pairs = calculate_matches(prepare_matrix(matrix))
    seconds = time.perf_counter() - start
    scores = [[match.score for match in row] for row in matrix]
    total = sum(scores[a][b] for a, b in pairs)
    made = sum(1 for a, b in pairs if not matrix[a][b].disallowed)
    allowed = [[not match.disallowed for match in row] for row in matrix]
    print(json.dumps({"seconds": seconds, "total": total, "pairs": made, "scores": scores, "allowed": allowed}))


main()
