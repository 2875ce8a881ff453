# Everything but the assistant: telegram, web, worker, console. CPython 3.12.
FROM python:3.12-slim-bookworm AS build
COPY --from=ghcr.io/astral-sh/uv:0.13 /uv /usr/local/bin/uv
WORKDIR /app
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy PYTHONUTF8=1
COPY pyproject.toml uv.lock .python-version README.md LICENSE ./
RUN uv sync --frozen --no-dev
COPY bot bot
COPY locales locales
COPY nlu_data/domain.yml nlu_data/directory.yml nlu_data/facts.yml nlu_data/
RUN .venv/bin/python -m bot content compile

FROM python:3.12-slim-bookworm
# The console lends these fonts to operators whose machines lack Khmer, Burmese, Lao or Thai.
RUN apt-get update && apt-get install -y --no-install-recommends fonts-noto-core && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home helpline
WORKDIR /app
ENV PYTHONUTF8=1 HOME=/tmp
COPY --from=build /app /app
USER 10001
ENTRYPOINT [".venv/bin/python", "-m", "bot"]
CMD ["worker"]
