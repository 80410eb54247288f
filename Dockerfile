# Common Room for production: no compiler, no root, every package pinned and hashed.
# docker build -t common-room .          deploy/README.md says how to run it.
FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --quiet --require-hashes --only-binary :all: -r requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production
RUN groupadd --system --gid 10001 room && useradd --system --uid 10001 --gid room --home-dir /app room
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py gunicorn.conf.py requirements.txt ./
COPY site site
COPY home home
COPY mentoring mentoring
COPY networks networks
COPY search search
# Names of static files carry a hash of their content, so they are collected into the image. The values here only let
# the settings load; none of them is kept.
RUN mkdir -p var && \
    SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" ALLOWED_HOSTS=build.invalid \
    BASE_URL=https://build.invalid DATABASE_URL=sqlite:////tmp/build.sqlite3 EMAIL_URL=dummymail:// \
    DEFAULT_FROM_EMAIL=build@build.invalid python manage.py collectstatic --no-input --verbosity 0 && \
    chown -R room:room var
USER room
VOLUME /app/var/media /app/var/private
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn"]
