"""Rows of the chapter optimize: many minimisations at once, against SciPy's one after another.

    python scripts/benchmarks/minimisers.py

prints, for each of Moré, Garbow and Hillstrom's problems, how many evaluations every method takes and where it ends,
beside SciPy's counterpart.
"""

import sys
from functools import partial
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent.parent)]

import jax
import jax.numpy as jnp
import numpy as np
from benchmark import Peer, Row
from jax import random
from scipy.optimize import minimize, rosen, rosen_der

from mathml_jax import optimize

STARTS, EVERY = 10_000, 100
PAIRS = {
    "bfgs": ("BFGS", {}),
    "lbfgs": ("L-BFGS-B", {}),
    "newton": ("Newton-CG", {}),
    "trust_exact": ("trust-exact", {"gtol": 1e-5}),
}


def _starts():
    return random.uniform(random.key(0), (STARTS, 2), minval=-2.0, maxval=2.0)


def _at_once(method):
    """In the default dtype, float32, to a gradient that it can reach."""

    def least(x):
        return getattr(optimize, method)(optimize.rosenbrock, x, gtol=1e-3).x

    return lambda: partial(jax.jit(jax.vmap(least)), _starts())


def _one_by_one(method):
    """One in so many of the starts."""

    def make():
        starts = np.asarray(_starts(), np.float64)[::EVERY]
        return lambda: [minimize(rosen, x, jac=rosen_der, method=method, options={"gtol": 1e-3}).x for x in starts]

    return make


def _row(ours, theirs):
    peers = {f"SciPy, {STARTS // EVERY} times": Peer(_one_by_one(theirs), 50 / EVERY)}
    return Row(f"{ours}, {STARTS:,} times Rosenbrock's valley", _at_once(ours), peers)


ROWS = [_row("bfgs", "BFGS"), _row("lbfgs", "L-BFGS-B")]


def _counts():
    """One line a problem and method: evaluations and minimum, ours and SciPy's."""
    from tests.optimize.more_garbow_hillstrom import PROBLEMS, SIZE, objective, start

    slope, hessian = jax.jit(jax.value_and_grad(objective)), jax.jit(jax.hessian(objective))
    for method, (theirs, options) in PAIRS.items():
        for k, (name, problem) in enumerate(PROBLEMS.items()):
            n = len(problem.start)

            def value(x, k=k, n=n):
                value, gradient = slope(np.pad(x, (0, SIZE - n)), k)
                return float(value), np.asarray(gradient)[:n]

            def bend(x, k=k, n=n):
                return np.asarray(hessian(np.pad(x, (0, SIZE - n)), k))[:n, :n]

            more = {"hess": bend} if method in ("newton", "trust_exact") else {}
            known = minimize(value, np.asarray(problem.start, float), jac=True, method=theirs, options=options, **more)
            found = getattr(optimize, method)(objective, jnp.asarray(start(name)), (k,))
            yield method, name, int(found.nfev), known.nfev, float(found.fun), known.fun, int(found.status)


if __name__ == "__main__":
    jax.config.update("jax_enable_x64", True)
    for method, name, ours, theirs, fun, known, status in _counts():
        print(f"{method:12}{name:26}{ours:6}{theirs:6}{ours / theirs:7.2f}  {fun:.8g}  {known:.8g}  {status}")
