"""The grown shape: compose file, image, variables, and settings that refuse what is unsafe."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.resources import files

import jsonschema
import pytest
import yaml

SAFE = {
    "DJANGO_SETTINGS_MODULE": "filing_portal.settings.production",
    "SECRET_KEY": "k3y-of-sufficient-length-0123456789-abcdefghijklmnopqrstuvwxyz",
    "LEDGER_SIGNING_KEY": "0123456789abcdef" * 4,
    "PORTAL_HOSTS": "portal.test",
    "PORTAL_BASE_URL": "https://portal.test",
    "DATABASE_URL": "postgresql://portal:x@127.0.0.1:9/portal",
    "REDIS_URL": "redis://:x@127.0.0.1:9",
}
NEEDED = {
    "web",
    "worker-deadlines",
    "worker-notices",
    "worker-bulk",
    "beat",
    "database",
    "pgbouncer",
    "valkey",
    "storage",
    "proxy",
}


@pytest.fixture(scope="module")
def compose(repository):
    return yaml.safe_load((repository / "docker-compose.yml").read_text())


def test_compose_file_follows_the_specification(compose):
    schema = json.loads(
        files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json").read_text()
    )
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(compose)] == []
    broken = {**compose, "services": {"web": {"image": 7}}}
    assert list(validator.iter_errors(broken)), "the schema must be one that refuses something"


def test_compose_has_every_part_with_a_health_check(compose):
    services = compose["services"]
    assert set(services) >= NEEDED
    for name in NEEDED:
        assert "test" in services[name]["healthcheck"], name
    queues = {queue for service in services.values() for queue in _queues(service.get("command", []))}
    assert queues == {"deadlines", "notices", "bulk", "default"}


def test_compose_prepares_the_database_with_all_but_the_demonstration(compose):
    """Without its authorities nobody is competent, and no company could register."""
    from filing_portal.embedded.run import SEEDS

    line = " ".join(compose["services"]["migrate"]["command"])
    steps = [step.split()[2] for step in line.split(" -c ")[-1].split(" && ")] if " -c " in line else []
    assert steps == ["migrate", *(seed for seed in SEEDS if seed != "seed_demo")]


def _queues(command):
    return command[command.index("-Q") + 1].split(",") if "-Q" in command else []


def test_compose_keeps_the_portal_from_being_root(compose, repository):
    assert "USER 10001" in (repository / "Dockerfile").read_text()
    for name in ("web", "worker-deadlines", "worker-notices", "worker-bulk", "beat", "migrate"):
        assert compose["services"][name]["cap_drop"] == ["ALL"], name


def test_image_installs_locked_dependencies(repository):
    assert "--require-hashes -r requirements/base.lock" in (repository / "Dockerfile").read_text()
    for name in ("base", "dev"):
        lock = (repository / "requirements" / f"{name}.lock").read_text()
        assert "http" not in lock
        requirements = re.findall(r"^[a-z0-9][^\s]*==", lock, re.M)
        assert len(requirements) > 50
        assert len(re.findall(r"^[a-z0-9][^\s]*==[^\n]*\\\n    --hash=sha256:", lock, re.M)) == len(
            requirements
        )


def test_every_variable_is_in_the_example_and_documented(repository):
    compose = (repository / "docker-compose.yml").read_text()
    wanted = set(re.findall(r"\$\{(\w+)", compose))
    example = set(re.findall(r"^(\w+)=", (repository / ".env.example").read_text(), re.M))
    assert wanted == example
    documented = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", (repository / "docs" / "operators.md").read_text()))
    assert wanted - documented == set()
    read = set()
    for path in (repository / "filing_portal" / "settings").glob("*.py"):
        if path.stem not in ("test", "stack"):
            read |= set(
                re.findall(
                    r"""(?:environ(?:\.get)?[\[(]|_required\()["']([A-Z0-9_]+)["']""", path.read_text()
                )
            )
    assert read, "the settings read variables"
    assert read - documented == set()


# --- production settings ------------------------------------------------------------------------


def start(**changes):
    environment = {"PATH": os.environ["PATH"], **SAFE, **changes}
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "import django; django.setup(); from django.conf import settings; print(settings.DEBUG)",
        ],
        env={key: value for key, value in environment.items() if value is not None},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_safe_settings():
    done = start()
    assert done.stdout.strip() == "False", done.stderr


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "change-me" * 10}, "SECRET_KEY is a default or too short"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is a default or too short"),
        ({"SECRET_KEY": "a" * 80}, "SECRET_KEY is a default or too short"),
        ({"LEDGER_SIGNING_KEY": None}, "LEDGER_SIGNING_KEY is not set"),
        ({"LEDGER_SIGNING_KEY": "0" * 64}, "LEDGER_SIGNING_KEY must be 64 random hex digits"),
        ({"PORTAL_DEBUG": "1"}, "production never runs with DEBUG"),
        ({"PORTAL_DEMO_ACCOUNTS": "1"}, "demonstration accounts exist in embedded mode only"),
        ({"PORTAL_HOSTS": None}, "PORTAL_HOSTS is not set"),
        ({"PORTAL_HOSTS": "*"}, "PORTAL_HOSTS must name hosts"),
        ({"PORTAL_BASE_URL": "http://portal.test"}, "PORTAL_BASE_URL must be"),
        ({"DATABASE_URL": None}, "DATABASE_URL is not set"),
        ({"DATABASE_URL": "sqlite:///x"}, "PostgreSQL is the only database"),
        ({"REDIS_URL": None}, "REDIS_URL is not set"),
    ],
)
def test_production_refuses_to_start_with(changes, said):
    done = start(**changes)
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured")
    assert said in last


def test_production_takes_a_secret_from_a_file(tmp_path):
    (tmp_path / "secret").write_text(SAFE["SECRET_KEY"] + "\n")
    assert start(SECRET_KEY=None, SECRET_KEY_FILE=str(tmp_path / "secret")).returncode == 0


def test_production_checks_name_debug_and_demo_accounts(settings):
    from filing_portal.checks import production_is_safe

    settings.PORTAL_MODE = "production"
    settings.DEBUG = settings.PORTAL_DEMO_ACCOUNTS = True
    assert {message.id for message in production_is_safe(None)} == {
        "filing_portal.E001",
        "filing_portal.E002",
    }
    settings.DEBUG = settings.PORTAL_DEMO_ACCOUNTS = False
    assert production_is_safe(None) == []


def test_tasks_go_to_a_worker_outside_tests() -> None:
    """What asks for this setting (two notices within two seconds) finds it in every way of running the portal."""
    from filing_portal.settings import base

    assert base.CELERY_TASK_ALWAYS_EAGER is False
