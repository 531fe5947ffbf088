"""The command line as a person types it: exit codes, one-line errors, no traceback."""

import json
import subprocess
import sys

import pytest

from mathml_jax import cli

FILE = """
import jax
import jax.numpy as jnp

def loss(w, x):
    return jnp.sum(jnp.tanh(w * x))

def dloss(w, x):
    return x * (1 - jnp.tanh(w * x) ** 2)

def wrong(w, x):
    return x

def broken(w, x):
    return 1 / 0

def example(key):
    return jax.random.normal(key, (3,)), jnp.arange(3.0)
"""


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Runs the command line in an empty folder; gives exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")

    def run(*words):
        with pytest.raises(SystemExit) as stop:
            cli.main([str(word) for word in words])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return stop.value.code or 0, captured.out, captured.err

    return run


@pytest.fixture
def my_file(tmp_path):
    path = tmp_path / "my_file.py"
    path.write_text(FILE)
    return path


def test_list(call):
    code, out, _ = call("list", "nn")
    assert code == 0
    assert "softmax" in out
    assert "Turns any real scores into a probability vector." in out
    assert "exponential_growth" not in out


def test_show(call):
    code, out, _ = call("show", "softmax", "--derivation")
    assert code == 0
    for part in (
        r"\frac{e^{x_i}}{\sum_j e^{x_j}}",
        "def softmax_jacobian",
        "And in code.",
        "agree",
        "scipy.special.softmax",
    ):
        assert part in out


def test_compare_concepts(call):
    code, out, _ = call("compare", "nn.softmax", "exponential_growth")
    assert code == 0
    assert out.count("agree") >= 2


@pytest.mark.parametrize(
    ("derivative", "code", "message"),
    [("dloss", 0, "agree within"), ("wrong", 1, "the hand-written one is wrong"), (None, 0, "agree within")],
)
def test_compare_a_file(call, my_file, derivative, code, message):
    words = [] if derivative is None else ["--derivative", f"{my_file}:{derivative}"]
    found, out, _ = call("compare", f"{my_file}:loss", *words)
    assert found == code
    assert message in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["show", "sofmax"], "no concept 'sofmax'; did you mean softmax?"),
        (["compare", "sofmax"], "no concept 'sofmax'; did you mean softmax?"),
        (["compare"], "compare: expected the name of a concept or FILE.py:FUNCTION, got nothing"),
        (
            ["compare", "softmax", "--derivative", "f.py:g"],
            "compare: expected --derivative together with FILE.py:FUNCTION",
        ),
        (
            ["compare", "no.py:loss"],
            "compare: expected FILE.py:FUNCTION with a Python file that exists, got no.py:loss",
        ),
        (
            ["compare", "my_file.py:los"],
            "compare: expected a function of my_file.py (loss, dloss, wrong, broken, example)",
        ),
        (["compare", "my_file.py:broken"], "compare: broken raised ZeroDivisionError: division by zero"),
        (["compare", "my_file.py:loss", "--derivative", "my_file.py:broken"], "raised ZeroDivisionError"),
        (["compare", "my_file.py:loss", "--argnum", "7"], "expected argnum below 2, got 7"),
        (["list", "stat"], "no topic 'stat'; did you mean stats?"),
        (["run", "linear-regresion"], "no experiment 'linear-regresion'; did you mean linear-regression?"),
        (["run", "linear-regression", "--steps", "0"], "steps"),
        (["run", "linear-regression", "--learning-rate", "-1"], "--learning-rate"),
        (["report", "statz"], "no topic 'statz'; did you mean stats?"),
        (["report", "--out", "/nowhere/report.html"], "report: expected --out to be a file in a writable folder"),
    ],
)
def test_wrong_calls_are_one_line(call, my_file, words, message):
    code, _, err = call(*words)
    assert code == 2
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def loss(:\n", "SyntaxError"),
        ("import nowhere_to_be_found\n", "ModuleNotFoundError"),
        ("def loss(x): return x\n", "example(key)"),
    ],
)
def test_a_file_that_does_not_import(call, my_file, text, message):
    my_file.write_text(text)
    code, _, err = call("compare", "my_file.py:loss")
    assert code == 2
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", [["frobnicate"], ["compare", "softmax", "--kind", "slope"]])
def test_unknown_words_exit_with_2(call, words):
    assert call(*words)[0] == 2


def test_run_writes_a_record(call, tmp_path):
    code, out, _ = call("run", "linear-regression", "--steps", "40", "--seed", "1", "--out", tmp_path / "out")
    assert code == 0
    assert str(tmp_path / "out") in out.replace("\n", "")
    record = json.loads((tmp_path / "out" / "result.json").read_text())
    assert record["config"]["steps"] == 40
    assert record["config"]["seed"] == 1


def test_a_report_of_one_topic(call, tmp_path):
    code, out, _ = call("report", "fundamentals", "--out", "page.html")
    assert code == 0
    assert "page.html" in out
    assert "exponential_growth" in (tmp_path / "page.html").read_text()


def test_help_is_quick():
    """Nothing heavy is imported to show the help."""
    program = """
import sys
from mathml_jax import cli
try:
    cli.main(["--help"])
except SystemExit as stop:
    assert not stop.code
assert not {"jax", "numpy", "optax", "matplotlib", "jinja2"} & set(sys.modules), "too much"
"""
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
