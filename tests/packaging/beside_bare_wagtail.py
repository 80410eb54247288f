"""Puts the plugin beside a project that `wagtail start` made, as docs/plugin.md says, and runs a match there.

    python tests/packaging/beside_bare_wagtail.py [--fresh] [--keep FOLDER]

Without `--fresh` the new virtual environment borrows the dependencies of the one that runs this, so that nothing is
downloaded; with it, pip fetches them. The project keeps Django's own user model, with its user names.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.error
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PORT = 8169

MATCH = """
import datetime as dt
import time
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from mentoring.models import *
from mentoring.programmes import applying, grants, services
from mentoring.programmes.consent import CONSENT_VERSION
from mentoring.proposals import runs, services as proposals

def until(done):
    # The plugin's own worker, a thread of this process, does the rest.
    for _ in range(600):
        if done():
            return
        time.sleep(0.1)
    raise SystemExit(f"not done: {list(MatchRun.objects.values())} {list(Outbox.objects.values('state', 'error'))}")


User = get_user_model()
root = User.objects.create_superuser("root", "root@example.org", "a-long-password")
cora = User.objects.create_user("cora", "cora@example.org", "a-long-password")
trust = Organisation.objects.create(name="Trust", kind="trust")
programme = Programme.objects.create(title="Leaders", slug="leaders", owner_org=trust, contact_email="role@example.org")
today = timezone.localdate()
cohort = Cohort.objects.create(
    programme=programme, name="One", state="open", apply_from=today, apply_to=today, start=today, end=today
)
grants.grant(programme=programme, user=cora, role="coordinator", actor=root)
topic = Interest.objects.get(slug="behaviour")
for name, role, level, way in (("mia", "mentee", "teacher", "seek"), ("moe", "mentor", "phase-leader", "offer")):
    school = Organisation.objects.create(name=f"School of {name}", kind="school")
    user = User.objects.create_user(name, f"{name}@example.org", "a-long-password")
    profile = Profile.objects.create(
        user=user, display_name=name.title(), organisation=school, job_title="Teacher",
        role_level=RoleLevel.objects.get(slug=level),
    )
    ProfileInterest.objects.create(profile=profile, interest=topic, direction=way)
    row = applying.begin(cohort=cohort, profile=profile, as_role=role, actor=user)
    goals = {"goal_rows": [("To lead well", "")]} if role == "mentee" else {"capacity": 1}
    row = applying.save_part(enrolment=row, actor=user, version=row.version, **goals)
    row = applying.send(
        enrolment=row, actor=user, version=row.version, consent_version=CONSENT_VERSION, adult=True
    )
    services.accept(enrolment=row, actor=cora, version=row.version)
run = runs.start_run(cohort=cohort, actor=cora)
until(lambda: MatchRun.objects.filter(pk=run.pk, state="complete").exists())
run.refresh_from_db()
pair = run.proposals.get()
proposals.approve(proposal=pair, actor=cora, version=1)
until(lambda: not Outbox.objects.exclude(state="sent").exists())
c = Client()
c.force_login(cora)
for path in (
    f"/admin/mentoring/cohorts/{cohort.pk}/", f"/admin/mentoring/proposals/{pair.pk}/", "/admin/mentoring/proposals/",
    f"/admin/mentoring/runs/{run.pk}/", "/admin/mentoring/mail/", "/mentoring/",
):
    answer = c.get(path, headers={"host": "localhost"})
    assert answer.status_code == 200, (path, answer.status_code)
c.force_login(User.objects.get(username="mia"))
page = c.get("/mentoring/", headers={"host": "localhost"}).content.decode()
assert "moe@example.org" in page and pair.explanation["reasons"][0] in page
print("MATCHED", pair.score, pair.explanation["reasons"])
"""


SETTINGS = """
LOGIN_URL = "wagtailadmin_login"
WAGTAILADMIN_BASE_URL = "http://localhost"
DATABASES["default"]["OPTIONS"] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
"""


def run(*command: str | Path, cwd: Path, env: dict[str, str], text: str | None = None) -> str:
    print("$", *(str(part) for part in command))
    done = subprocess.run(  # noqa: S603 - our own interpreter and arguments
        [str(part) for part in command], cwd=cwd, env=env, input=text, text=True, capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(done.stdout[-3000:] + done.stderr[-5000:])
    return done.stdout


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    if old not in text:
        sys.exit(f"{file} has no {old!r}: `wagtail start` writes something else now; mend docs/plugin.md too")
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def install(folder: Path, fresh: bool, env: dict[str, str]) -> Path:
    """A virtual environment with the plugin; its `bin`."""
    home = folder / "venv"
    venv.create(home, with_pip=fresh)
    python = home / "bin" / "python"
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("docs", "mentoring"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    if not fresh:
        (packages,) = home.glob("lib/python*/site-packages")
        (packages / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    options = () if fresh else ("--no-deps", "--no-build-isolation")
    run(python, "-m", "pip", "install", "--quiet", *options, source, cwd=folder, env=env)  # pip itself: borrowed or new
    return python.parent


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--fresh", action="store_true", help="let pip fetch every dependency")
    arguments.add_argument("--keep", type=Path, help="work here and leave it")
    given = arguments.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="bare-wagtail-"))
    folder.mkdir(exist_ok=True, parents=True)
    env = {k: v for k, v in os.environ.items() if k not in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "PYTHONPATH")}
    started = time.perf_counter()
    python = install(folder, given.fresh, env) / "python"
    site = folder / "bare"
    site.mkdir()
    begin = "from wagtail.bin.wagtail import main; import sys; sys.argv = ['wagtail', 'start', 'bare', '.']; main()"
    run(python, "-c", begin, cwd=site, env=env)
    edit(site / "bare/settings/base.py", "INSTALLED_APPS = [", 'INSTALLED_APPS = [\n    "mentoring",')
    with (site / "bare/settings/base.py").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS)
    edit(
        site / "bare/urls.py",
        "urlpatterns = urlpatterns + [",
        'urlpatterns = urlpatterns + [\n    path("mentoring/", include("mentoring.urls")),',
    )
    run(python, "manage.py", "check", cwd=site, env=env)
    run(python, "manage.py", "migrate", "-v0", cwd=site, env=env)
    run(python, "manage.py", "makemigrations", "--check", "--dry-run", cwd=site, env=env)
    run(python, "manage.py", "load_thesaurus", cwd=site, env=env)
    print(run(python, "manage.py", "shell", "--no-imports", cwd=site, env=env, text=MATCH).strip().splitlines()[-1])
    where = run(python, "-c", "import mentoring; print(mentoring.__file__)", cwd=site, env=env).strip()
    assert where.startswith(str(folder)), where
    server = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
        [str(python), "manage.py", "runserver", "--noreload", f"127.0.0.1:{PORT}"], cwd=site, env=env
    )
    try:
        for path in ("/mentoring/", "/static/mentoring/mentoring.css", "/admin/login/"):
            print(path, fetch(f"http://127.0.0.1:{PORT}{path}"))
    finally:
        server.terminate()
        server.wait()
    print(f"The plugin runs beside a bare Wagtail project ({time.perf_counter() - started:.0f} s).")
    if not given.keep:
        shutil.rmtree(folder)


def fetch(address: str) -> int:
    for _ in range(60):
        try:
            with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own server
                return int(answer.status)
        except urllib.error.URLError:
            time.sleep(0.5)
    sys.exit(f"{address} does not answer")


if __name__ == "__main__":
    main()
