"""What every concept of the catalogue keeps, whoever wrote it."""

import dis
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import textwrap
from itertools import groupby

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mathml_jax
from mathml_jax import catalog
from mathml_jax._docstring import parse, symbols
from mathml_jax._examine import draw, examine_together, resolve
from mathml_jax._trial import Trial
from mathml_jax._verdict import distance

CONCEPTS = [pytest.param(c, id=c.name) for c in catalog.CONCEPTS]
ROOMS = [pytest.param(tuple(room), id=module) for module, room in groupby(catalog.CONCEPTS, lambda c: c.module)]
DERIVATIVES = [pytest.param(c, d, id=f"{c.name}, {d.name}") for c in catalog.CONCEPTS for d in c.derivatives]
NOT_TOPICS = {"cli", "report", "experiments", "plot", "datasets", "derivations", "catalog"}
SUFFIXES = ("_derivative", "_gradient", "_jacobian", "_hessian", "_vjp")


@pytest.mark.parametrize("concept", CONCEPTS)
def test_docstring(concept):
    doc = parse(concept.function)
    assert doc.sentence.endswith("."), "the docstring begins with a sentence"
    assert doc.formula, "the docstring has one math block"
    assert not doc.unexplained, f"symbols of the formula that no :math:`...` names: {doc.unexplained}"
    for part in ("why", "arguments", "returns", "references", "examples"):
        assert getattr(doc, part), f"the docstring has no {part}"


@pytest.mark.parametrize(("concept", "derivative"), DERIVATIVES)
def test_derivatives_signature(concept, derivative):
    """The function's parameters under their names, and for a vjp the cotangent last."""
    own, hand = (list(inspect.signature(f).parameters.values()) for f in (concept.function, derivative.function))
    assert parse(derivative.function).formula, "a hand-written derivative shows its formula"
    assert derivative.name.endswith(SUFFIXES) or derivative.name in ("score", "pdf")
    if concept.evaluate is None:
        names = [p.name for p in own if p.kind != p.KEYWORD_ONLY]
        mine = [p.name for p in hand if p.kind != p.KEYWORD_ONLY]
        assert mine[: len(names)] == names
        assert len(mine) == len(names) + (derivative.kind == "vjp")
        assert {p.name for p in own if p.kind == p.KEYWORD_ONLY} >= {p.name for p in hand if p.kind == p.KEYWORD_ONLY}


@pytest.mark.parametrize("room", ROOMS)
def test_derivatives_oracle_float32_and_eager(room):
    """All that an examination asks; and a function called alone returns what it returns compiled and vmapped.

    The verbs of a distribution are thin over `special`, and called alone by their doctests: compiling each once more
    would take minutes.
    """
    examinations = examine_together(room)
    failed = [examination for examination in examinations if not examination.ok]
    assert not failed, "\n".join(line for e in failed for line in [*e.failures, *map(str, e.comparisons)])
    alone = [] if room[0].topic == "distributions" else zip(room, examinations, strict=True)
    for concept, examination in alone:
        trial = Trial.of(draw(concept, 3), (), batched=True)
        eager = concept.call(*trial.args([leaf[0] for leaf in trial.batch]))
        for batched, one in zip(examination.values, jax.tree.leaves(eager), strict=True):
            first, one = np.asarray(batched[0], np.float64), np.asarray(one, np.float64)
            bound = 2**10 * np.finfo(np.float64).eps * np.max(np.abs(np.nan_to_num(one)), initial=0.0)
            assert np.all(distance(first, one) <= bound), concept.name


@pytest.mark.parametrize("concept", CONCEPTS)
def test_dtypes_are_kept(concept):
    """float32 in, float32 out, with x64 on; and nothing breaks with x64 off and JAX's default promotion."""
    trial = Trial.of(draw(concept, 1), (), batched=True).cast("float32")
    real = any(jnp.issubdtype(leaf.dtype, jnp.floating) for leaf in trial.batch)
    for leaf in jax.tree.leaves(trial.shapes(concept.call)):
        assert not (real and jnp.issubdtype(leaf.dtype, jnp.floating)) or leaf.dtype == jnp.float32
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        trial.shapes(concept.call)


def _module(value):
    return getattr(value, "__module__", None) or ""


@pytest.mark.parametrize("concept", CONCEPTS)
def test_oracle_shares_no_code(concept):
    if concept.oracle is not None:
        _, oracle = resolve(concept.oracle)
        assert not getattr(inspect.unwrap(oracle), "__module__", "").startswith("jax")
        code = getattr(oracle, "__code__", None)
        used = {i.argval for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL"} if code else set()
        public = [name for name in used if not name.startswith("_")]
        modules = {name: _module(oracle.__globals__.get(name)) for name in public}
        ours = [name for name, module in modules.items() if re.match(r"mathml_jax\.(?!.*_oracles)", module)]
        assert not ours, f"the oracle of {concept.name} calls {ours}"


def rooms():
    for info in pkgutil.walk_packages(mathml_jax.__path__, "mathml_jax."):
        parts = info.name.split(".")
        if len(parts) > 2 and not info.ispkg and parts[1] not in NOT_TOPICS and not parts[-1].startswith("_"):
            yield importlib.import_module(info.name)


def test_no_public_function_without_a_record():
    recorded = {inspect.unwrap(c.function) for c in catalog.CONCEPTS}
    recorded |= {inspect.unwrap(d.function) for c in catalog.CONCEPTS for d in c.derivatives}
    for room in rooms():
        for name, value in vars(room).items():
            own = callable(value) and not inspect.isclass(value) and getattr(value, "__module__", "") == room.__name__
            if own and not name.startswith("_"):
                assert inspect.unwrap(value) in recorded, f"{room.__name__}.{name} has no record"


def test_every_room_is_in_the_catalogue_and_handed_on():
    assert {room.__name__ for room in rooms()} == {module.__name__ for module in catalog.MODULES}
    for concept in catalog.CONCEPTS:
        owner = mathml_jax
        for part in concept.name.split("."):
            owner = getattr(owner, part)
        assert owner is concept.function


def test_names_are_unique():
    names = [c.name for c in catalog.CONCEPTS]
    assert len(set(names)) == len(names)
    assert all(catalog.find(name).name == name for name in names)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("sofmax", "no concept 'sofmax'; did you mean softmax?"),
        ("nn.sofmax", "no concept 'nn.sofmax'; did you mean nn.softmax?"),
        ("qqqqqqqq", "no concept 'qqqqqqqq'"),
    ],
)
def test_unknown_names_find_their_neighbour(name, message):
    with pytest.raises(LookupError) as error:
        catalog.find(name)
    assert error.value.args[0] == message


def test_symbols_of_a_formula():
    assert symbols(r"\frac{\partial p_i}{\partial x_j} = p_i(\delta_{ij} - p_j)") == {"p", "x", r"\delta"}


def test_import_is_quiet():
    """Importing wakes no device, flips no setting, loads no topic and none of the heavy libraries."""
    program = """
        import sys, jax
        before = dict(jax.config.values)
        import mathml_jax
        from jax._src import xla_bridge
        assert not xla_bridge._backends, "a device woke up"
        assert dict(jax.config.values) == before, "a setting was flipped"
        loaded = {name.split(".")[1] for name in sys.modules if name.startswith("mathml_jax.")}
        assert not loaded, loaded
        for heavy in ("matplotlib", "optax", "rich", "tyro", "jinja2", "ziamath"):
            assert heavy not in sys.modules, heavy
        import mathml_jax.catalog
        assert not xla_bridge._backends, "the catalogue woke a device"
        assert "scipy.stats" not in sys.modules, "the catalogue waits for SciPy's oracles"
        assert dict(jax.config.values) == before, "the catalogue flipped a setting"
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)
