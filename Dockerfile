# eventapp for PostgreSQL, Redis and many workers. Built from locked packages:
#
#     docker build --tag eventapp .
#
# A package index other than pip's own is given as a secret, so that it stays out of the
# image: docker build --secret id=pip,src=pip.conf .

FROM python:3.11-slim AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_CONFIG_FILE=/run/secrets/pip

WORKDIR /src

# The packages change seldom and the source often: each is a layer of its own.
COPY requirements/server.txt requirements/build.txt requirements/
RUN --mount=type=secret,id=pip \
    python -m venv /opt/eventapp && \
    /opt/eventapp/bin/pip install --require-hashes --requirement requirements/server.txt && \
    python -m venv /opt/build && \
    /opt/build/bin/pip install --require-hashes --requirement requirements/build.txt

COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY migrations migrations
COPY static static
COPY templates templates
COPY eventapp eventapp
RUN /opt/build/bin/hatchling build --target wheel --directory /dist && \
    /opt/eventapp/bin/pip install --no-deps --no-index /dist/*.whl


FROM python:3.11-slim

ENV PATH=/opt/eventapp/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    EVENTAPP_DATA_DIR=/data

RUN groupadd --system --gid 10001 eventapp && \
    useradd --system --uid 10001 --gid eventapp --home-dir /data --shell /usr/sbin/nologin eventapp && \
    install --directory --owner=eventapp --group=eventapp --mode=0750 /data

COPY --from=build /opt/eventapp /opt/eventapp
COPY wsgi.py /app/wsgi.py

WORKDIR /app
USER eventapp
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM

# /healthz is exempt from the Host check: the process answers, whatever name it is known by.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]

# Heartbeats go to memory: on a slow disk gunicorn would take a busy worker for a dead one.
CMD ["gunicorn", "wsgi:app", \
     "--bind=0.0.0.0:8000", \
     "--worker-class=gthread", \
     "--workers=2", \
     "--threads=8", \
     "--worker-tmp-dir=/dev/shm", \
     "--graceful-timeout=30", \
     "--access-logfile=-"]
