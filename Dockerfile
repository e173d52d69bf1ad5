# One image for every process of docker-compose.yml.
FROM python:3.11-slim

RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      libreoffice-writer-nogui python3-uno fonts-urw-base35 fonts-liberation poppler-utils \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data alurizin \
 && install -d -o alurizin -g alurizin -m 700 /data

WORKDIR /app
COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY pyproject.toml README.md LICENSE celeryconfig.py ./
COPY pipeline pipeline
COPY tasks tasks
COPY web web
COPY ops ops
COPY templates_sk templates_sk
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e .

USER alurizin
ENV PYTHONUNBUFFERED=1 ALURIZIN_DATA=/data ALURIZIN_MODE=production
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072
VOLUME /data
EXPOSE 8000 5555
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--preload", "--worker-class", "web.server.Worker", "--threads", "32", "web.wsgi:app"]
