"""How gunicorn serves the site: `gunicorn` in this folder, nothing else to say on the command line."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent

# `site/` is a source root, never a package (docs/architecture.md).
pythonpath = f"{ROOT / 'site'},{ROOT}"
wsgi_app = "config.wsgi:application"

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60  # seconds; long work is a job, not a request
max_requests = 2_000  # a worker is replaced now and then: leaks stay small
max_requests_jitter = 200
preload_app = True  # refusals stop the start instead of every worker in turn
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - heartbeat files, not data
accesslog = None  # the proxy in front writes it; ours would hold addresses of people for nothing
errorlog = "-"
