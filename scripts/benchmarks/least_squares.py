"""Rows of the chapter optimize: many curve fits at once, against SciPy's one after another.

    python scripts/benchmarks/least_squares.py

prints, for each of Moré, Garbow and Hillstrom's problems, how many evaluations levenberg_marquardt takes and where it
ends, beside scipy.optimize.least_squares with method "lm" and the same Jacobian.
"""

import sys
from functools import partial
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent.parent)]

import jax
import jax.numpy as jnp
import numpy as np
import scipy.optimize
from benchmark import Peer, Row
from benchmarks.special_gamma import _wide

from mathml_jax.optimize.curve_fitting import curve_fit
from mathml_jax.optimize.least_squares import levenberg_marquardt

FITS, EVERY = 1000, 10
START = (1.0, 1.0, 0.0)


def _data(points):
    """Noisy exponential decays onto a constant, each with its own parameters."""
    rng = np.random.default_rng(0)
    x = np.linspace(0.0, 4.0, points)
    a, b, c = (rng.uniform(low, high, (FITS, 1)) for low, high in ((1.0, 3.0), (0.5, 2.0), (0.0, 1.0)))
    return x, a * np.exp(-b * x) + c + 0.05 * rng.normal(size=(FITS, points))


def _at_once(x, y):
    def fit(y):
        return curve_fit(lambda x, a, b, c: a * jnp.exp(-b * x) + c, jnp.asarray(x, y.dtype), y, jnp.array(START))

    return _wide(jax.jit(jax.vmap(fit)), y)


def _one_by_one(x, y):
    """One in so many of the fits."""

    def decay(x, a, b, c):
        return a * np.exp(-b * x) + c

    return lambda: [scipy.optimize.curve_fit(decay, x, row, START) for row in y[::EVERY]]


def _row(points):
    x, y = _data(points)
    peers = {f"SciPy, {FITS // EVERY} times": Peer(partial(_one_by_one, x, y), 50 / EVERY)}
    return Row(f"curve_fit, float64, {FITS:,} curves through {points} points", partial(_at_once, x, y), peers)


ROWS = [_row(10), _row(50)]


def _counts():
    """One line a problem: evaluations and minimum, ours and SciPy's."""
    from tests.optimize.more_garbow_hillstrom import PROBLEMS

    for name, problem in PROBLEMS.items():

        def residuals(x, problem=problem):
            r = problem.residuals(x)
            return jnp.stack(r) if isinstance(r, list) else r

        f, jac = jax.jit(residuals), jax.jit(jax.jacfwd(residuals))
        x0 = np.asarray(problem.start, float)
        known = scipy.optimize.least_squares(
            lambda x, f=f: np.asarray(f(x)), x0, lambda x, jac=jac: np.asarray(jac(x)), method="lm"
        )
        found = levenberg_marquardt(residuals, x0)
        yield name, int(found.nfev), known.nfev, 2 * float(found.cost), 2 * known.cost, int(found.status)


if __name__ == "__main__":
    jax.config.update("jax_enable_x64", True)
    for name, ours, theirs, cost, known, status in _counts():
        print(f"{name:26}{ours:6}{theirs:6}{ours / theirs:7.2f}  {cost:.8g}  {known:.8g}  {status}")
