# The portal's image: one for web, workers and beat. Built with locked dependencies, runs as nobody special.
FROM python:3.12-slim AS build
WORKDIR /portal
RUN python -m venv /venv
COPY requirements/base.lock requirements/base.lock
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/base.lock
COPY . .
RUN /venv/bin/python -m filing_portal.messages compile \
 && DJANGO_SETTINGS_MODULE=filing_portal.settings.embedded PORTAL_DATA=/build \
    /venv/bin/python manage.py collectstatic --noinput \
 && mkdir -p /data && mv /build/static /data/static && rm -rf /build

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin portal
COPY --from=build /venv /venv
COPY --from=build /portal /portal
COPY --from=build --chown=10001:10001 /data /data
WORKDIR /portal
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PORTAL_DATA=/data \
    DJANGO_SETTINGS_MODULE=filing_portal.settings.production
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-m", "filing_portal.healthcheck"]
CMD ["gunicorn", "filing_portal.wsgi", "--bind", "0.0.0.0:8000", "--workers", "4", "--threads", "4", \
     "--worker-class", "gthread", "--preload", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
