"""Rasa is imported without TensorFlow where config.yml can do without, and with it where it cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.base.lean_rasa import Placeholder, component_names, needs_tensorflow
from bot.base.settings import ROOT


def imported(config: Path) -> list[str]:
    """Which of these a fresh process has after importing what a serving process imports."""
    code = (
        "import sys, pathlib; from bot.base.lean_rasa import leave_out\n"
        f"leave_out(pathlib.Path({str(config)!r}))\n"
        "import rasa.core.processor, bot.rasa_host\n"
        "real = [m for m in ('tensorflow', 'keras') if getattr(sys.modules.get(m), '__file__', None)]\n"
        "print(*real)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_our_configuration_leaves_tensorflow_out() -> None:
    assert imported(ROOT / "config.yml") == []


def test_what_a_serving_process_imports_first_brings_nothing_heavy() -> None:
    """Before the configuration is looked at, everything that computes would be imported for good."""
    code = (
        "import sys, bot.serve; print(*sorted({'tensorflow', 'keras', 'jax', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_a_component_that_computes_with_tensorflow_gets_it(tmp_path: Path) -> None:
    config = tmp_path / "config.yml"
    config.write_text("pipeline:\n- name: WhitespaceTokenizer\n- name: DIETClassifier\n", encoding="utf-8")
    assert "tensorflow" in imported(config)


def test_a_component_nobody_knows_is_taken_to_need_it() -> None:
    assert needs_tensorflow(["WhitespaceTokenizer", "somebody.elses.Component"])
    assert not needs_tensorflow(component_names(ROOT / "config.yml"))


def test_a_placeholder_can_be_named_subclassed_and_decorate_but_not_compute() -> None:
    tf = Placeholder("tensorflow")

    @tf.function
    def decorated() -> int:
        return 1

    class Layer(tf.keras.layers.Layer):  # type: ignore[misc, name-defined]
        pass

    assert decorated() == 1
    assert Layer.__mro__ == (Layer, object)
    with pytest.raises(RuntimeError, match=r"tensorflow\.constant was called.*config\.yml"):
        tf.constant([1])
